"""An order to call a client back, its attempts, and the rules of its life. Pure: the times and ids come as arguments.

A colleague may order one too: they and a busy person are connected when that person is free (`awaits`).

An order is open while it is `ordered` or `dialling`; of one client number and project one is open at most. The only
ways: ordered -> dialling (an attempt) -> ordered (the next attempt), talked or given up; open -> talked (any talk
with the client), cancelled; ordered -> expired; dialling -> withdrawn (the client wants no calls). Of colleagues one is
open at most of each pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from routing.model.callback_causes import FAULTS, NOBODY, UNKNOWN, UNWANTED, delay_after
from routing.model.causes import BUSY


class CallbackStatus(StrEnum):
    """Where an order is in its life."""

    ORDERED = "ordered"
    DIALLING = "dialling"
    TALKED = "talked"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


#: The statuses in which an order waits for its call, or is being dialled.
OPEN = frozenset({CallbackStatus.ORDERED, CallbackStatus.DIALLING})


class CallsUnwanted(Exception):
    """The client has asked not to be called back; the text says so."""


class OrdersDown(Exception):
    """No order can be written; the text says why."""


class CallbackSource(StrEnum):
    """What ordered the call."""

    API = "api"
    WIDGET = "widget"
    QUEUE = "queue"
    STEP = "step"
    MISSED = "missed"
    COLLEAGUE = "colleague"
    CLI = "cli"


#: Orders that clients make by a call of their own: they lift an earlier wish not to be called back.
BY_CALL = frozenset({CallbackSource.QUEUE, CallbackSource.STEP})


class First(StrEnum):
    """Who is rung first: somebody of the company by the scheme, or the client."""

    PERSON = "person"
    CLIENT = "client"


#: How long a colleague's order is kept: as long as a network keeps a completion of calls to busy subscribers.
AWAITED_S = 2700.0
#: How often a colleague and a person who was busy again are tried to connect.
MOST_TRIES_AWAITED = 10
#: Attempts that an order has at most, also those that did not ring the client.
MOST_ATTEMPTS = 30


@dataclass(frozen=True, slots=True)
class CallbackAttempt:
    """One call of an order. ``number``: 1 for the first; ``uuid``: FreeSWITCH's, fixed before it dials; ``ended_s``: 0
    while it lasts; ``cause``: a hangup cause, `UNKNOWN` or `NOBODY`; ``talked_s``: seconds that the client talked
    with a person. Times are seconds since the epoch."""

    number: int
    uuid: str
    began_s: float
    ended_s: float = 0.0
    cause: str = ""
    talked_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Consent:
    """What the client agreed to: the text that they read, the page that it was on, and when."""

    text: str
    page: str
    at_s: float


@dataclass(frozen=True, slots=True)
class CallbackOrder:
    """An order to call a client. Times are seconds since the epoch.

    ``number``: the client's, E.164. ``dialled``: the company's number that the client called or saw; "": the first
    one of the scheme. ``person``: the colleague who ordered, who is rung first, when the person ``awaits`` is free
    (``number`` and ``scheme`` are ""); both "" for a client. ``not_before_s``: the time of the next attempt.
    ``entities``, ``source_facts``: the site's facts of its visitor. ``call_id``: the call that ordered it, or "".
    ``place_s``: when the client came to the queue in which they keep their place. ``closed_s``: 0 while it is open.
    ``held``: why it was not dialled when it was due. ``visitor``: a hash of the page's visitor who ordered it, or "".
    """

    id: str
    project: str
    number: str
    scheme: str
    source: CallbackSource
    created_s: float
    not_before_s: float
    expires_s: float
    dialled: str = ""
    person: str = ""
    awaits: str = ""
    first: First = First.PERSON
    tries_left: int = 3
    attempts: tuple[CallbackAttempt, ...] = ()
    status: CallbackStatus = CallbackStatus.ORDERED
    entities: Mapping[str, str] = field(default_factory=dict)
    source_facts: Mapping[str, str] = field(default_factory=dict)
    consent: Consent | None = None
    call_id: str = ""
    place_s: float | None = None
    closed_s: float = 0.0
    held: str = ""
    visitor: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it waits for its call or is being dialled."""
        return self.status in OPEN

    def is_due(self, now: float) -> bool:
        """Whether it may be dialled now, as far as the order itself says."""
        return self.status is CallbackStatus.ORDERED and self.not_before_s <= now < self.expires_s


def renewed(order: CallbackOrder, new: CallbackOrder) -> CallbackOrder:
    """An open order that the client has ordered again: the new wishes, the old id, attempts and place in the queue."""
    places = [place for place in (order.place_s, new.place_s) if place is not None]
    return replace(
        new,
        id=order.id,
        created_s=order.created_s,
        status=order.status,
        attempts=order.attempts,
        dialled=new.dialled or order.dialled,
        person=new.person or order.person,
        entities=new.entities or order.entities,
        source_facts=new.source_facts or order.source_facts,
        consent=new.consent or order.consent,
        call_id=new.call_id or order.call_id,
        visitor=new.visitor or order.visitor,
        place_s=min(places, default=None),
        expires_s=max(order.expires_s, new.expires_s),
    )


def started(order: CallbackOrder, uuid: str, now: float) -> CallbackOrder | None:
    """The order with a new attempt; None when it may not be dialled (any more)."""
    if not order.is_due(now) or order.tries_left < 1:
        return None
    attempt = CallbackAttempt(len(order.attempts) + 1, uuid, now)
    return replace(
        order,
        status=CallbackStatus.DIALLING,
        attempts=(*order.attempts, attempt),
        tries_left=order.tries_left - 1,
        held="",
    )


def finished(order: CallbackOrder, uuid: str, cause: str, talked_s: float, now: float) -> CallbackOrder:
    """The order after an attempt. The same order when the attempt is not its own, or has ended already."""
    which = next((at for at, each in enumerate(order.attempts) if each.uuid == uuid and not each.ended_s), None)
    if which is None:
        return order
    ended = replace(order.attempts[which], ended_s=now, cause=cause, talked_s=talked_s)
    order = replace(order, attempts=(*order.attempts[:which], ended, *order.attempts[which + 1 :]))
    if order.status is not CallbackStatus.DIALLING:
        return order  # a talk or the client has closed it meanwhile
    if talked_s > 0:
        return replace(order, status=CallbackStatus.TALKED, closed_s=now)
    if order.awaits:
        return _awaiting_on(order, cause, now)
    if cause == UNWANTED:  # what is not needed to prove it is forgotten
        return replace(order, status=CallbackStatus.WITHDRAWN, closed_s=now, entities={}, source_facts={})
    tries_left = order.tries_left + (cause == NOBODY or cause in FAULTS)
    delay_s = delay_after([each.cause for each in order.attempts])
    if delay_s is None or tries_left < 1 or len(order.attempts) >= MOST_ATTEMPTS:
        return replace(order, status=CallbackStatus.GIVEN_UP, closed_s=now)
    return replace(order, status=CallbackStatus.ORDERED, not_before_s=now + delay_s, tries_left=tries_left)


def _awaiting_on(order: CallbackOrder, cause: str, now: float) -> CallbackOrder:
    """A colleague's order after an attempt without a talk: it stays when the person was busy again, or nobody knows
    what became of it; otherwise both have been rung, as often as they are."""
    if (cause in BUSY or cause == UNKNOWN) and order.tries_left > 0:
        return replace(order, status=CallbackStatus.ORDERED, not_before_s=now)
    return replace(order, status=CallbackStatus.GIVEN_UP, closed_s=now)


def awaiting(order_id: str, project: str, person: str, awaits: str, now: float, call_id: str = "") -> CallbackOrder:
    """The order of a colleague: connect them with a person when that one is free."""
    return CallbackOrder(
        order_id, project, "", "", CallbackSource.COLLEAGUE, now, now, now + AWAITED_S, person=person, awaits=awaits,
        tries_left=MOST_TRIES_AWAITED, call_id=call_id,
    )  # fmt: skip


def closed(order: CallbackOrder, status: CallbackStatus, now: float) -> CallbackOrder | None:
    """The order closed from outside: talked, cancelled or expired; None when that is not its state to leave."""
    leaves = {CallbackStatus.ORDERED} if status is CallbackStatus.EXPIRED else OPEN
    return replace(order, status=status, closed_s=now) if order.status in leaves else None
