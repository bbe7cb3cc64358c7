"""What the caller hears while a phone rings or sends early media, as in FreeSWITCH's originate."""

from __future__ import annotations

from collections.abc import Mapping

from routing.offline.document import is_true
from routing.offline.line import CallerLine
from routing.offline.phones import ScriptedPhone


def progress(line: CallerLine, variables: Mapping[str, str], phone: ScriptedPhone, *, alone: bool) -> None:
    """Handle a phone's 180 or 183; ``variables`` are the originate's, ``alone``: only one endpoint is dialled."""
    if phone.early_media:
        _early_media(line, variables, alone)
    elif not is_true(variables.get("ignore_ring_ready")):
        line.ring()
    play_ringback(line)


def play_ringback(line: CallerLine) -> None:
    """A caller with media hears ``transfer_ringback`` once they are answered, ``ringback`` at any time."""
    answered = line.get("transfer_ringback") if line.answered else None
    if line.media and line.hears == "nothing" and (answered or line.get("ringback")):
        line.hear("audio")


def _early_media(line: CallerLine, variables: Mapping[str, str], alone: bool) -> None:
    """``ignore_early_media=ring_ready`` signals ringing when one endpoint is dialled; bridged early media is heard."""
    ignored = variables.get("ignore_early_media", "")
    if ignored == "ring_ready" and alone:
        line.ring()
    elif is_true(variables.get("bridge_early_media")) and not (is_true(ignored) or ignored in _IGNORED):
        line.pre_answer()
        line.hear("audio")


_IGNORED = ("consume", "ring_ready")
