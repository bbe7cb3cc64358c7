"""Queues: their settings as the engine reads them, the channel variables of a caller who waits, results of an offer.

An offer is a call of one waiting caller to one person (with `together`, to several). Times are milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

#: The step kind.
KIND = "queue"
#: Variables of a waiting call. When it came (ms since the epoch); the count of offers that it has made, one more ``x``
#: each; the last one with its result, ``1:order:ivan:NO_ANSWER``; the announcements to play next, ``place3,wait5``.
ARRIVED, OFFERS, TRIED, SAY = "routing_arrived", "routing_offers", "routing_tried", "routing_say"
#: The announcements that a waiting call has heard: ``<when, ms>,<place>,<wait>,<texts>`` (`routing.decide.announcing`).
HEARD = "routing_heard"
#: The name of the queue.
QUEUE = "routing_queue"
#: Why the engine decided as it did, for the journal.
WHY = "routing_why"
#: What the engine has stored of a person's work: `sign_in`, `sign_out`, `pause`, `ready`.
DUTY = "routing_duty"
#: The queue step whose music the call hears and whose keys it may press.
ENTERED = "routing_entered"
#: In place of the count of turns: a talk begins. An empty count: the call has left the queue.
TALKS = "talk"
#: In place of a queue's name: every queue that a person has not set by itself.
EVERY_QUEUE = "*"
#: The port of the engine of a waiting call's release: two engines may share a switch.
ENGINE_PORT = "routing_engine_port"
#: How long the call may sleep on after its turn (ms), told with the acknowledgement.
REST, LONGEST_REST_MS = "routing_rest", 25_000
#: What FreeSWITCH counts of a person, by `limit hash`: the legs that ring them or talk with them, and their own calls.
#: A node's dialplan counts them (`freeswitch/dialplan/routing.xml.j2`); callers in queues ring nobody who has one.
CALLS_OF = "calls_of_"
#: The result of an offer to somebody who has a call by that count: they were not rung.
COUNTED = "HAS_A_CALL"
#: A caller without an engine goes on after so long; afterwards a turn lasts `TURN_SECONDS`.
FIRST_TURN_MS = 2_000
#: How many minutes of waiting one point of `priority` is worth.
PRIORITY_MS = 60_000
#: No caller gets more than one offer in so long.
OFFER_EVERY_MS = 1_000
#: No caller hears announcements more often.
ANNOUNCE_EVERY_MS = 15_000
#: Talks of a queue before an expected wait is announced.
ENOUGH_TALKS = 20


@dataclass(frozen=True)
class FailedOffer:
    """What an offer without a talk means: the time before this person's next offer; whether it counts as missed."""

    delay_ms: int
    is_missed: bool


_UNREACHABLE = FailedOffer(30_000, False)
_MISSED = FailedOffer(10_000, True)
_REFUSALS: Mapping[str, FailedOffer] = {
    "NO_ANSWER": _MISSED,
    "ALLOTTED_TIMEOUT": _MISSED,
    "NO_USER_RESPONSE": _MISSED,
    "CALL_REJECTED": FailedOffer(30_000, True),
    "USER_BUSY": FailedOffer(15_000, False),
    COUNTED: FailedOffer(2_000, False),
    # the caller left, or another phone of the same offer was first
    "ORIGINATOR_CANCEL": FailedOffer(0, False),
    "LOSE_RACE": FailedOffer(0, False),
    "PICKED_OFF": FailedOffer(0, False),
}


def failed_offer(cause: str) -> FailedOffer:
    """What a hangup cause of a person's phone means; an unknown one counts as not reachable."""
    return _REFUSALS.get(cause, _UNREACHABLE)


@dataclass(frozen=True)
class DutyRecord:
    """What a person has set: queue -> signed in or out; whether they pause; whether they are on do-not-disturb.

    ``ready_ms``: when they last said that they are ready, which ends pauses, wrap-up and delays from before.
    """

    signed_in: Mapping[str, bool] = field(default_factory=dict)
    is_on_break: bool = False
    is_away: bool = False
    ready_ms: int = 0

    def is_signed_in(self, queue: str, must_sign_in: bool) -> bool:
        """Whether they are signed in to a queue; ``must_sign_in``: nobody is who has not done it."""
        return self.signed_in.get(queue, self.signed_in.get(EVERY_QUEUE, not must_sign_in))

    def why_absent(self, queue: str, must_sign_in: bool) -> str:
        """Why they are offered nobody of a queue by what they have set: paused, away, signed out; "" when they are."""
        if self.is_on_break or self.is_away:
            return "paused" if self.is_on_break else "away"
        return "" if self.is_signed_in(queue, must_sign_in) else "signed out"


class Duties(Protocol):
    """Stores what people set. Every method raises `routing.model.memory.Forgotten`."""

    def sign(self, project: str, person: str, is_in: bool, queue: str = EVERY_QUEUE) -> None:
        """A person signs in to a queue or out of it; without a queue, in all of them."""

    def pause(self, project: str, person: str, now_s: float) -> None:
        """A person pauses in every queue."""

    def ready(self, project: str, person: str, now_s: float) -> None:
        """A person is ready for the next caller: pause, wrap-up and delays are over."""


@dataclass(frozen=True)
class QueueMember:
    """Somebody who may be offered callers: ``name`` is what rings, a person or ``ivan.mobile``, for ``seconds``."""

    name: str
    person: str
    sip: tuple[str, ...] = ()
    outside: bool = False
    seconds: int = 20
    weight: int = 1
    skills: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> QueueMember:
        """From a release (`routing.steps.targets.table_of`). Raises KeyError."""
        return cls(
            str(table["name"]),
            str(table["person"]),
            tuple(table["sip"]),
            bool(table["outside"]),
            int(table["seconds"]),
            int(table.get("weight") or 1),
            table.get("skills") or {},
        )


@dataclass(frozen=True)
class Announcements:
    """What waiting callers hear. ``places``: how many there are; the last one means "that place or later".

    ``waits``: expected waits in minutes, ascending; ``texts``: how many; ``every_ms`` between two, ``first_ms`` before
    the first.
    """

    places: int = 0
    waits: tuple[int, ...] = ()
    texts: int = 0
    every_ms: int = 30_000
    first_ms: int = 10_000


@dataclass(frozen=True)
class QueueSettings:
    """A queue as its step compiles it. ``size``, ``expect_ms``: a caller beyond them does not wait (None: no bound).

    ``misses``: that many in a row pause a person for ``pause_ms`` (0: never). ``relax_ms``: skills count for so long
    (None: always). ``sign_in``: nobody works before they sign in.
    """

    name: str
    project: str
    members: tuple[QueueMember, ...]
    timezone: str = "UTC"
    order: str = "longest_idle"
    size: int | None = None
    expect_ms: int | None = None
    wrap_up_ms: int = 0
    misses: int = 0
    pause_ms: int = 300_000
    priority: int = 0
    skills: Mapping[str, Any] | None = None
    relax_ms: int | None = None
    prefer_last_ms: int = 0
    resume_ms: int = 0
    sign_in: bool = False
    announce: Announcements = Announcements()

    @property
    def key(self) -> tuple[str, str]:
        """Steps with the same queue name share one queue."""
        return self.project, self.name

    @property
    def place(self) -> tuple[str, str]:
        """Where the memory keeps whose turn it is."""
        return "queue", self.name

    @classmethod
    def of(cls, table: Mapping[str, Any], scheme: str) -> QueueSettings:
        """From the step's entry in ``schemes/<id>.json``. Raises KeyError, TypeError or ValueError."""
        own = {name: table[name] for name in _PLAIN if name in table} | {"name": table.get("name") or scheme}
        announce = table.get("announce") or {}
        return cls(
            members=tuple(QueueMember.of(each) for each in table["people"]),
            announce=Announcements(**{**announce, "waits": tuple(announce.get("waits", ()))}),
            **own,
        )


_PLAIN = (
    "name", "project", "timezone", "order", "size", "expect_ms", "wrap_up_ms", "misses", "pause_ms", "priority",
    "skills", "relax_ms", "prefer_last_ms", "resume_ms", "sign_in",
)  # fmt: skip
