"""The engine's decisions about a call, and the channel variables that carry them to the compiled dialplan.

They are ids and digits, never a dial string: the compiled XML re-checks them. Knows no sockets and no FreeSWITCH.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from routing.model.answers import Chosen, Found, NoInput, NothingFound, Unclear
from routing.model.call import Call as Call
from routing.model.forms import TEXT
from routing.model.ringing import Wave, Waves, ring_times

ID = re.compile(r"[a-z][a-z0-9_]{0,63}")
PHONE = re.compile(rf"{ID.pattern}\.{ID.pattern}")
PERSON_OR_PHONE = re.compile(rf"{ID.pattern}(?:\.{ID.pattern})?")
STEP_PATH = re.compile(r"[a-z0-9_*#]+(\.[a-z0-9_*#]+)*")
EXTENSION = re.compile(r"[0-9]{2,6}")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
#: A caller: E.164, the text that was sent if it is no number, or `anonymous`.
CALLER = re.compile(TEXT, re.ASCII)
CAUSE = re.compile(r"[A-Z][A-Z0-9_]{1,39}")
#: Characters that a display name must not contain: FreeSWITCH expands, quotes, splits or ends a line on them.
UNSAFE_NAME = re.compile(
    r"""[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff$\\{}\[\]<>,|^&"'`;=:%@]"""
)
#: The count of decision requests of a call: one more ``x`` for each.
QUESTION = re.compile(r"x{1,2000}")
LONGEST_RING_SECONDS = 300
LONGEST_NAME = 40
#: The channel variable with what a webhook or CRM calls the client: phones show it.
LABEL = "routing_label"


@dataclass(frozen=True)
class RingPerson:
    """Ring all phones in this person's ``ring``."""

    person: str
    seconds: int
    name: str = ""


@dataclass(frozen=True)
class RingPhone:
    """Ring one phone of a person, written ``ivan.desk``."""

    phone: str
    seconds: int
    name: str = ""


@dataclass(frozen=True)
class RingNumber:
    """Ring an outside number, ``+`` and E.164 digits."""

    number: str
    seconds: int
    name: str = ""


@dataclass(frozen=True)
class RingOrder:
    """Ring people or single phones one after another, each for ``seconds``, until somebody talks."""

    people: tuple[str, ...]
    seconds: int
    name: str = ""


@dataclass(frozen=True)
class RingTogether:
    """Ring these people or single phones at the same time."""

    people: tuple[str, ...]


@dataclass(frozen=True)
class Nobody:
    """There is nobody to ring now: the step is over."""


@dataclass(frozen=True)
class Wait:
    """The person to ring is busy: let the caller wait until they are free."""


@dataclass(frozen=True)
class Ordered:
    """A call back to this caller is ordered: the step is over."""


@dataclass(frozen=True)
class AskRating:
    """Ask the caller how the talk was."""


@dataclass(frozen=True)
class Spoken:
    """A voice has spoken the step's text."""


@dataclass(frozen=True)
class GoScheme:
    """Leave this scheme for another one."""

    scheme: str


@dataclass(frozen=True)
class Continue:
    """Go on with the next step."""


@dataclass(frozen=True)
class End:
    """End the call with a hangup cause in FreeSWITCH's spelling."""

    cause: str


def _at_once(person: str) -> tuple[Wave, ...]:
    return (Wave(),)


Decision = (
    RingPerson | RingPhone | RingNumber | RingOrder | RingTogether | Nobody | Wait | Ordered
    | Found | NothingFound | AskRating | Chosen | Unclear | NoInput
    | Spoken | GoScheme | Continue | End
)  # fmt: skip


#: The event of a call that still waits after `Wait`, and variables of such a call: the count of rounds of waiting (one
#: more ``x`` each), the last round that the engine acknowledged, and the engine that decided on `Wait`.
WAITS_EVENT = "routing::waits"
WAITS, NOTED, KEEPER = "routing_waits", "routing_noted", "routing_keeper"
#: A round of waiting, after which a call notices that the engine is gone.
TURN_SECONDS = 5
#: The variable that tells the journal why the engine made no decision: `oversized`.
UNDECIDED = "routing_undecided"


class Late(Exception):
    """FreeSWITCH no longer waits for the answer, or may not: it must not be sent."""


#: ``sched_transfer +N`` fires after N-1 to N seconds, and the engine may answer half a second after its budget.
WATCHDOG_MARGIN_SECONDS = 2


def watchdog_seconds(budget_s: float) -> int:
    """The watchdog's time for an engine with a timeout of ``budget_s``; it may fire up to a second earlier."""
    return math.ceil(budget_s) + WATCHDOG_MARGIN_SECONDS


def answer(call: Call, decision: Decision, waves: Waves = _at_once) -> dict[str, str]:
    """`encode` for a call's step and decision request."""
    variables = encode(call.step, decision, waves)
    return variables | {"routing_answered": call.question} if call.question else variables


def clean_name(text: str) -> str:
    """A name for a phone's display: unsafe characters become spaces, at most 40 characters."""
    return " ".join(UNSAFE_NAME.sub(" ", text).split())[:LONGEST_NAME].rstrip()


def encode(step: str, decision: Decision, waves: Waves = _at_once) -> dict[str, str]:
    """Channel variables of a decision for the step at path ``step``; ``waves``: the waves of a person's phones.

    Raises ValueError for a part without its strict form: such a decision must never reach FreeSWITCH.
    """
    _require(STEP_PATH, step, "step path")
    match decision:
        case RingPerson(person, seconds, name):
            _require(ID, person, "person")
            variables = _ring(step, f"ring:person:{person}", seconds, name)
            return variables | {"routing_ring_for": ring_for(waves(person), seconds)}
        case RingPhone(phone, seconds, name):
            _require(PHONE, phone, "phone")
            return _ring(step, f"ring:phone:{phone}", seconds, name)
        case RingNumber(number, seconds, name):
            _require(E164, number, "number")
            return _ring(step, f"ring:number:{number}", seconds, name)
        case RingOrder(people, seconds, name):
            return _ring(step, f"order:{_list(people)}", seconds, name)
        case RingTogether(people):
            return {"routing_decision": f"{step}:together:{_list(people)}"}
        case Nobody() | Wait() | Ordered() | Found() | Spoken() | Unclear() | NoInput() | Continue():
            return {"routing_decision": f"{step}:{type(decision).__name__.lower()}"}
        case NothingFound():
            return {"routing_decision": f"{step}:missing"}
        case AskRating():
            return {"routing_decision": f"{step}:ask"}
        case Chosen(option):
            _require(ID, option, "option")
            return {"routing_decision": f"{step}:option:{option}"}
        case GoScheme(scheme):
            _require(ID, scheme, "scheme")
            return {"routing_decision": f"{step}:scheme:{scheme}"}
        case End(cause):
            _require(CAUSE, cause, "hangup cause")
            return {"routing_decision": f"{step}:end:{cause}"}


def ring_for(waves: Iterable[Wave], seconds: int) -> str:
    """The value of ``routing_ring_for`` for a person who rings ``seconds`` in all: one number per wave, ``20,10``."""
    return ",".join(map(str, ring_times(waves, seconds)))


def _ring(step: str, target: str, seconds: int, name: str) -> dict[str, str]:
    if not 1 <= seconds <= LONGEST_RING_SECONDS:
        raise ValueError(f"ring time {seconds} s is not within 1..{LONGEST_RING_SECONDS}")
    variables = {"routing_decision": f"{step}:{target}", "routing_ring_for": str(seconds)}
    if label := clean_name(name):
        variables[LABEL] = label
    return variables


def _list(people: tuple[str, ...]) -> str:
    if not people:
        raise ValueError("nobody to ring")
    for person in people:
        _require(PERSON_OR_PHONE, person, "person or phone")
    return ",".join(people)


def _require(pattern: re.Pattern[str], value: str, what: str) -> None:
    if not pattern.fullmatch(value):
        raise ValueError(f"{what} {value!r} is not of the form {pattern.pattern}")
