"""Scripted phones and the scripted caller.

A phone's behaviour is written as text: ``busy``, ``no answer``, ``rejects``, ``redirects`` (it has a call forwarding of
its own, which the switch does not follow), ``unreachable`` (or ``off``), ``answers after 8s`` (or ``answer:8``),
``rejects after 5s``, ``voicemail after 20s``; then, after a comma, ``talks 30s`` (then the person hangs up),
``transfers to 103 after 5s`` (once a call), ``attended`` (a consultation call comes before the transfer), ``confirms
after 3s``, ``never confirms`` or ``refuses after 2s`` (by the key that refuses, where there is one); ``early media``
when it sends sound instead of ringing before it answers, as carriers do for mobiles; ``presses *5 after 3s``: keys in
its talk, again for more of them; ``parks after 10s``: the key that parks. Knows nothing of dial strings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

UNREACHABLE_MS = 2_000
TALK_MS = 30_000
CONFIRM_MS = 2_000
TRANSFER_MS = 5_000
#: How long a consultation call lasts before the phone hands the caller over.
CONSULT_MS = 2_000

ATTENDED = "attended"
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m)?")
_BEHAVIOURS = {
    "busy": "busy", "no answer": "no answer", "noanswer": "no answer", "no_answer": "no answer",
    "rejects": "rejects", "reject": "rejects", "redirects": "redirects",
    "unreachable": "unreachable", "off": "unreachable",
}  # fmt: skip
_MANNERS = (
    "'talks 30s', 'never hangs up', 'transfers to 103 after 5s', 'attended', 'confirms after 3s', 'never confirms', "
    "'refuses after 2s', 'presses *5 after 3s', 'parks after 10s'"
)
_TRANSFERS = re.compile(r"transfers to ([+\w.*#-]{1,64})(?: after (.+))?", re.I)
#: The keys of a script that park, whichever they are in the project.
PARKS = "parks"
_PRESSES = re.compile(r"presses ([0-9*#]{1,16}) after (.+)")
_AFTER = re.compile(r"(answer|voicemail|busy|reject)s?(?:\s*:\s*|\s+after\s+|\s*)(.*)")


class BadBehaviour(ValueError):
    """The text is no phone's behaviour; the message shows what is."""


@dataclass(frozen=True)
class PhoneTransfer:
    """A transfer by a phone: to which number, when in its talk; ``attended``: after a consultation call."""

    to: str
    after_ms: int = TRANSFER_MS
    attended: bool = False


@dataclass(frozen=True)
class ScriptedPhone:
    """How a phone behaves when it rings; times in milliseconds from the beginning of its ringing, or its answer."""

    does: str = "no answer"
    after_ms: int = 0
    talks_ms: int | None = TALK_MS
    confirms_ms: int | None = CONFIRM_MS
    refuses_ms: int | None = None
    early_media: bool = False
    sends: PhoneTransfer | None = None
    #: Keys in a talk, each with its moment in ms since the answer.
    presses: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class ScriptedCaller:
    """The scripted caller: digits in order (``-`` skips one prompt), and when they hang up while it rings.

    ``message_ms`` is how long they speak after a voicemail's beep before they hang up. For a phone of the project:
    ``sends`` is its transfer of the called party, ``consults``: this is a consultation call for a held party.
    """

    digits: str = ""
    hangs_up_after_ms: int | None = None
    message_ms: int = 10_000
    types_after_ms: int = 1_000
    #: The moment of the first of the digits, where their script has one.
    types_at_ms: int | None = None
    sends: PhoneTransfer | None = None
    consults: bool = False
    #: Whether ``hangs_up_after_ms`` holds while somebody talks with them too; else only while they wait.
    hangs_up_in_talk: bool = True
    #: What they say at speech menus, one prompt each; `-` says nothing.
    says: tuple[str, ...] = ()
    #: Keys outside prompts, each with its moment in ms since the INVITE.
    presses: tuple[tuple[str, int], ...] = ()
    #: The key at the question of a rating; "": the next of ``digits``.
    rating: str = ""


@dataclass(frozen=True)
class ScriptedPhones:
    """Behaviours by target: ``ivan.desk``, then the person ``ivan``, then the number or SIP account, then the default.

    ``aliases``: SIP account or number -> target, for dial strings without ``routing_target``.
    """

    behaviours: Mapping[str, ScriptedPhone] = field(default_factory=dict)
    default: ScriptedPhone = ScriptedPhone()
    aliases: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, behaviours: Mapping[str, str], default: str = "no answer") -> ScriptedPhones:
        """Phones from text, as a scheme test or the command line gives them. Raises BadBehaviour."""
        return cls({name: parse(text) for name, text in behaviours.items()}, parse(default))

    def find(self, target: str, address: str) -> ScriptedPhone:
        """The behaviour of a leg: ``target`` is its routing_target, ``address`` the account or number dialled."""
        for name in (target, target.partition(".")[0], address):
            if name in self.behaviours:
                return self.behaviours[name]
        return self.default


def parse(text: str) -> ScriptedPhone:
    """A behaviour from its text. Raises BadBehaviour."""
    first, *rest = [part.strip() for part in text.split(",")]
    phone = _outcome(first.lower())
    for part in rest:
        phone = replace(phone, sends=_sends(found)) if (found := _TRANSFERS.fullmatch(part)) else _manner(phone, part)
    return phone


def parse_transfer(text: str) -> PhoneTransfer:
    """The transfer of a phone that calls: ``to 103 after 5s, attended``. Raises BadBehaviour."""
    target, _, manner = (part.strip() for part in text.partition(","))
    found = _TRANSFERS.fullmatch(f"transfers {target}")
    if not found or manner.lower() not in ("", ATTENDED):
        raise BadBehaviour(f"{text!r}: write 'to 103 after 5s', or 'to 103 after 5s, {ATTENDED}'")
    return replace(_sends(found), attended=bool(manner))


def milliseconds(text: str) -> int:
    """A duration: ``8``, ``8s``, ``500ms``, ``2m``. Raises BadBehaviour."""
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise BadBehaviour(f"{text!r} is not a duration such as 8s")
    return round(float(found[1]) * {"ms": 1, "s": 1000, "m": 60_000}[found[2] or "s"])


def _outcome(text: str) -> ScriptedPhone:
    if text in _BEHAVIOURS:
        return ScriptedPhone(_BEHAVIOURS[text])
    found = _AFTER.fullmatch(text)
    if not found:
        raise BadBehaviour(
            f"{text!r}: a phone is busy, no answer, rejects, unreachable, 'answers after 8s' or 'voicemail after 20s'"
        )
    after_ms = milliseconds(found[2]) if found[2] else 0
    if found[1] == "voicemail":
        return ScriptedPhone("voicemail", after_ms, confirms_ms=None)
    return ScriptedPhone({"answer": "answers", "reject": "rejects"}.get(found[1], found[1]), after_ms)


def _sends(found: re.Match[str]) -> PhoneTransfer:
    return PhoneTransfer(found[1], milliseconds(found[2].lower()) if found[2] else TRANSFER_MS)


def _manner(phone: ScriptedPhone, part: str) -> ScriptedPhone:
    manner = part.lower()
    if manner == ATTENDED and phone.sends:
        return replace(phone, sends=replace(phone.sends, attended=True))
    if manner == ATTENDED:
        raise BadBehaviour(f"'{ATTENDED}' follows a transfer: 'transfers to 103 after 5s, attended'")
    if manner.startswith("talks "):
        return replace(phone, talks_ms=milliseconds(manner.removeprefix("talks ")))
    if manner == "early media":
        return replace(phone, early_media=True)
    if manner == "never hangs up":
        return replace(phone, talks_ms=None)
    if manner.startswith("confirms after "):
        return replace(phone, confirms_ms=milliseconds(manner.removeprefix("confirms after ")))
    if manner == "never confirms":
        return replace(phone, confirms_ms=None)
    if manner.startswith("refuses after "):
        return replace(phone, confirms_ms=None, refuses_ms=milliseconds(manner.removeprefix("refuses after ")))
    if manner.startswith(f"{PARKS} after "):
        return replace(phone, presses=(*phone.presses, (PARKS, milliseconds(manner.removeprefix(f"{PARKS} after ")))))
    if found := _PRESSES.fullmatch(manner):
        return replace(phone, presses=(*phone.presses, (found[1], milliseconds(found[2]))))
    raise BadBehaviour(f"{manner!r}: write {_MANNERS} or 'early media'")
