"""What happened on a call, as events with virtual times, and functions that query them.

One flat kind of event serves the ladder, ``--json``, scheme tests (``expect``) and this project's own tests.
The kinds, with their ``subject``; their ``detail``:

=============  ======================================================================================
call           number dialled; ``from +380...``
scheme         scheme entered, from ``routing_scheme``
step           step path entered, from ``routing_step``; the step's kind
variable       a routing_ variable set: ``name=value``
tag            label that the call gets; each label once a call
ringing        the caller's phone gets 180 Ringing
early_media    183: the caller hears the switch before it answers
answered       the caller's leg is answered: the call begins to cost
play           sound file; duration; its text and language, if a voice speaks it
digits         variable; the digits (``-`` for none, ``!`` before invalid ones)
ring           target being rung (every leg tried, busy ones too); its dial string
brought_back   number of the project that rings through a gateway: the carrier makes a new call of it
undisturbed    target that is skipped: its person is on do-not-disturb; the cause that the leg gets
card           phone whose person asks for the client's card by keys
confirm        target that picked up; the key that confirms
ring_end       target; hangup cause, or ``answered``
whisper        sound file; target that hears it as the talk begins; its text and language
talk           target connected with the caller
talk_end       target; who ended it
transferred    phone that transfers the other party; the number that it dials
consults       phone that holds its talk for a consultation call; the number that it dials
taken_back     phone whose consultation call fails: the talk goes on; that call's hangup cause
decision       engine's address; its answer
fallback       engine's address; why there is no usable answer
late           engine's address; its answer, which came after the call had gone on
transfer       extension, context; ``watchdog`` when it was scheduled, ``sent on`` by a phone
conference     room that the caller enters
record         file being recorded; duration
mask           file being recorded, in which silence begins; ``off`` when it ends
voicemail      file of a message; its duration
limit          realm and resource; usage and bound: ``6 of 5``, or of an interval ``11 of 10/60``
hears          nothing | ringing | audio: what the caller hears from now on
missing        dialplan file that does not exist: the call finds no route in it
error          fault of the compiled dialplan
end            hangup cause of the caller's leg; who hung up
=============  ======================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from routing.model.caller_shown import OUR_CALLER

#: Kinds of which one step writes several at the same moment; their order has no meaning.
TOGETHER = frozenset({"ring", "tag"})


@dataclass(frozen=True)
class Event:
    """One event. ``at_ms`` since the INVITE; ``lasted_ms`` where it has a length; the scheme and step of the call."""

    at_ms: int
    kind: str
    subject: str = ""
    detail: str = ""
    lasted_ms: int = 0
    scheme: str = ""
    step: str = ""
    #: Of a fallback: `routing.offline.decider.Reason`; of a limit that refuses the call: ``refused``.
    reason: str = ""
    #: Of a sound that a voice speaks.
    text: str = ""
    language: str = ""


def as_json(events: Iterable[Event]) -> list[dict[str, object]]:
    """The events as plain mappings without empty fields."""
    return [{name: value for name, value in asdict(event).items() if value != ""} for event in events]


def ended(events: Sequence[Event]) -> Event:
    """The event that ends the call; there is always one."""
    return next(event for event in reversed(events) if event.kind == "end")


def talked(events: Iterable[Event]) -> str | None:
    """The first target the caller talked with."""
    return next((event.subject for event in events if event.kind == "talk"), None)


def our_caller(events: Iterable[Event]) -> str:
    """The person of ours for whom the call has rung a client; "" for nobody."""
    begins = f"{OUR_CALLER}="
    found = (event.subject for event in events if event.kind == "variable" and event.subject.startswith(begins))
    return next(found, begins).removeprefix(begins)


def rung(events: Iterable[Event]) -> list[str]:
    """Every target rung, in order."""
    return [event.subject for event in events if event.kind == "ring"]


def steps(events: Iterable[Event]) -> list[str]:
    """Every step entered, ``scheme/path``, in order."""
    return [f"{event.scheme}/{event.subject}" for event in events if event.kind == "step"]


def longest_silence_ms(events: Sequence[Event]) -> int:
    """The longest time in which the caller hears nothing."""
    changes = [(event.at_ms, event.subject) for event in events if event.kind == "hears"]
    changes.append((ended(events).at_ms, "end"))
    longest, since = 0, None
    for at_ms, heard in changes:
        if heard == "nothing":
            since = at_ms if since is None else since
        elif since is not None:
            longest, since = max(longest, at_ms - since), None
    return longest
