"""What happened on a call, as facts with virtual time, and the questions asked of them.

One flat kind of event serves the human ladder, ``--json``, scheme tests (``expect``) and our own tests.
Kinds, what ``subject`` and ``detail`` hold:

=============  ======================================================================================
call           number dialled; ``from +380...``
scheme         scheme entered, from ``routing_scheme``
step           step path entered, from ``routing_step``; the kind of step
variable       a routing_ variable set: ``name=value``
tag            label that the call has got; each once a call
ringing        the caller's phone is told to ring (180)
early_media    183: the caller may hear the switch without an answer
answered       the caller's leg is answered, and begins to cost
play           sound file; duration
digits         variable; what was typed (``-`` nothing, ``!`` before an invalid one)
ring           target being rung (every leg tried, busy ones too); its dial string
brought_back   number of our own that rings through a gateway: the carrier makes a new call of it
undisturbed    target that is not rung, because its person must not be disturbed; the cause that stands for it
confirm        target that picked up; the key it is asked to press
ring_end       target; hangup cause, or ``answered``
whisper        sound file; target that hears it as the talk begins
talk           target connected with the caller
talk_end       target; who ended it
transferred    phone that sends the other party of its talk on; what it dials
consults       phone that holds its talk and calls first; what it dials
taken_back     phone that has reached nobody so; the hangup cause of its call
decision       address asked; what came back
fallback       address asked; why nothing usable came back
late           address asked; what came back when the call had gone on
transfer       extension, context; ``watchdog`` when scheduled, ``sent on`` when a phone did
record         file being recorded; duration
voicemail      file of a message left; its duration
limit          realm and resource; usage of how many, ``6 of 5`` or, an interval's, ``11 of 10/60``
hears          nothing | ringing | audio: what the caller hears from now on
missing        a dialplan file that is not there: the call finds no route in it
error          what the compiled plan did wrong
end            hangup cause of the caller's leg; who hung up
=============  ======================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

#: Kinds of which one step writes several at a moment: they belong together, and their order says nothing.
TOGETHER = frozenset({"ring", "tag"})


@dataclass(frozen=True)
class Event:
    """One fact. ``at_ms`` since the INVITE; ``lasted_ms`` where the fact has a length; the scheme and step
    it is in."""

    at_ms: int
    kind: str
    subject: str = ""
    detail: str = ""
    lasted_ms: int = 0
    scheme: str = ""
    step: str = ""
    #: Of a fallback: `routing.offline.decider.Reason`; of a limit that did not let the call in: ``refused``.
    reason: str = ""


def as_json(events: Iterable[Event]) -> list[dict[str, object]]:
    """Plain mappings of the events, empty fields left out."""
    return [{name: value for name, value in asdict(event).items() if value != ""} for event in events]


def ended(events: Sequence[Event]) -> Event:
    """The event that ended the call; the switch always writes one."""
    return next(event for event in reversed(events) if event.kind == "end")


def talked(events: Iterable[Event]) -> str | None:
    """The first target the caller talked with."""
    return next((event.subject for event in events if event.kind == "talk"), None)


def rung(events: Iterable[Event]) -> list[str]:
    """Every target rung, in order."""
    return [event.subject for event in events if event.kind == "ring"]


def steps(events: Iterable[Event]) -> list[str]:
    """Every step entered, ``scheme/path``, in order."""
    return [f"{event.scheme}/{event.subject}" for event in events if event.kind == "step"]


def longest_silence_ms(events: Sequence[Event]) -> int:
    """The longest stretch in which the caller heard nothing."""
    changes = [(event.at_ms, event.subject) for event in events if event.kind == "hears"]
    changes.append((ended(events).at_ms, "end"))
    longest, since = 0, None
    for at_ms, heard in changes:
        if heard == "nothing":
            since = at_ms if since is None else since
        elif since is not None:
            longest, since = max(longest, at_ms - since), None
    return longest
