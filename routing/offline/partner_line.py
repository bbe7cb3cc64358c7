"""The line of a called leg that has a dialplan of its own: it writes into its call's events, and is no caller's."""

from __future__ import annotations

from dataclasses import dataclass

from routing.model.spoken import Phrase
from routing.offline.line import CallerLine

#: Facts of the caller's leg, which a called one has not.
_OF_CALLERS = frozenset(
    {"hears", "variable", "ringing", "early_media", "answered", "scheme", "step", "tag", "transfer", "digits"}
)


@dataclass
class PartnerLine(CallerLine):
    """See the module. ``target``: whose leg it is."""

    target: str = ""

    def note(
        self, kind: str, subject: str = "", detail: str = "", lasted_ms: int = 0, reason: str = "",
        speaks: Phrase | None = None,
    ) -> None:  # fmt: skip
        """Write what others notice of this leg; what it hears is no sound of the caller's."""
        if kind == "play":
            kind, detail = "whisper", self.target
        if kind not in _OF_CALLERS:
            super().note(kind, subject, detail, lasted_ms, reason, speaks)

    def hear(self, what: str) -> None:
        """Only what callers hear is of interest."""
