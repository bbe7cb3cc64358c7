"""Dials the orders of a project's clients that are due: one engine at a time, by the lease of the database.

No order is lost and no client is rung twice for one attempt, wherever a process is killed: the uuid is chosen and the
attempt is committed first, then FreeSWITCH is asked for it once. The result comes from the finished call's record
(`routing.recorder.callbacks`), never from the answer to the command. An attempt that FreeSWITCH has never begun ends as
UNKNOWN, and the next one is a new one.

The ports block; the greenlets and the clock are the caller's. Knows nothing of SQL and of the event socket.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from routing.decide.directory import Directory
from routing.engine.callback_room import CallbackRoom, FreeTakers
from routing.engine.dialler_ports import CallbackSwitch, LiveRelease, OrderBook, OtherNodes
from routing.model.callback import CallbackOrder
from routing.model.callback_call import CallbackCall, NotDiallable
from routing.model.callback_causes import UNKNOWN
from routing.model.callback_plan import CallbackPlan
from routing.model.entities import Visitor, variables

#: How long the lease runs without being renewed; how many due orders are looked at in a turn.
LEASE_S, AT_ONCE = 15.0, 50
#: How often orders that expired and attempts without a result are looked for.
SWEEP_S = 10.0
#: FreeSWITCH begins an attempt within this time, if ever.
BEGINS_S = 60.0
#: The record of an attempt comes within this time, if ever: journals may be down for hours.
RECORDED_S = 86400.0
#: A client who calls at this moment is called later, if nobody talks with them now.
CALLING_S = 20.0
#: Where nobody is free, another node may dial for so long.
REST_S = 2.0
#: An order that the live release cannot carry out is tried again after this time.
UNFIT_S = 600.0
DAY_S = 86400.0
#: Digits at the end of a number that tell clients apart, whatever is before them.
_TAIL = 9


@dataclass
class Dialler:
    """``live``: the live release, None when it calls nobody back; ``owner``: unique to the process; ``now``: seconds
    since the epoch; ``new_uuid``: 128 random bits; ``stopping``: nothing is begun any more."""

    book: OrderBook
    switch: CallbackSwitch
    live: Callable[[], LiveRelease | None]
    owner: str
    now: Callable[[], float]
    log: Callable[..., None]
    new_uuid: Callable[[], uuid.UUID] = uuid.uuid4
    stopping: Callable[[], bool] = lambda: False
    #: Called when an attempt begins, and when one ends as UNKNOWN.
    count: Callable[[str], None] = lambda what: None
    #: Who calls on other nodes; None where there are none.
    others: OtherNodes | None = None
    #: Who is free on this node, and the people of a release's folder; without them only `at_once` bounds.
    free: FreeTakers | None = None
    directory: Callable[[str], Directory] = lambda folder: Directory({}, {}, {}, ())
    #: The project and token of the lease that it holds.
    lease: tuple[str, int] | None = None
    _next_sweep_s: float = field(default=0.0, init=False)
    _next_renewal_s: float = field(default=0.0, init=False)
    _rests_until_s: float = field(default=0.0, init=False)

    def turn(self) -> int:
        """Dial what is due; returns how many calls were begun. Raises OrdersDown and SwitchFault. Writes nothing while
        nothing is due."""
        release, now = self.live(), self.now()
        if release is None:
            return 0
        project = release.plan.project
        if now >= self._next_sweep_s:
            self._sweep(project, now)
            for order in self.book.expire(project, now):
                self.log("info", "callback expired", order=order.id, scheme=order.scheme)
            self._next_sweep_s = now + SWEEP_S
        due = self.book.due(project, now, AT_ONCE)
        numbers = self.switch.numbers() if due else ()
        elsewhere = self.others.exchange(project, self.switch.name(), numbers if due else None) if self.others else ()
        token = self._token(project, now) if due and now >= self._rests_until_s else None
        if token is not None and elsewhere is None:
            return self._hold(due, "another node has not said yet who calls there")
        return 0 if token is None else self._dial_due(release, token, due, {*numbers, *(elsewhere or ())})

    def _token(self, project: str, now: float) -> int | None:
        """The token of the lease, taken or renewed in time; None while another engine has it."""
        if self.lease and self.lease[0] == project and now < self._next_renewal_s:
            return self.lease[1]
        token = self.book.take(project, self.owner, now, LEASE_S)
        self.lease = (project, token) if token is not None else None
        self._next_renewal_s = now + LEASE_S / 3
        return token

    def give_up_lease(self) -> None:
        """Another engine may dial at once. Raises OrdersDown."""
        if self.lease:
            self.book.release(*self.lease)
            self.lease = None

    def _dial_due(
        self, release: LiveRelease, token: int, due: Sequence[CallbackOrder], calling: Collection[str]
    ) -> int:
        plan, begun = release.plan, 0
        under_way = self.book.under_way(plan.project)
        room = plan.at_once - len(under_way)
        if room < 1:
            return self._hold(due, f"at_once: {len(under_way)} are being dialled")
        if self.book.talked_since(plan.project, self.now() - DAY_S) >= plan.minutes_a_day * 60:
            return self._hold(due, "minutes_a_day: they are used up")
        people = self._people(release, under_way)
        for at, order in enumerate(due):
            if begun == room:
                self._hold(due[at:], f"at_once: {len(under_way) + begun} are being dialled")
            if begun == room or self.stopping():
                break
            if self._must_wait(order, plan, calling):
                continue
            if people and not people.has_for(order):
                self._hold([order], "nobody of its scheme is free")
                continue
            begun += self._dial(order, release, token)
        if not begun and people and people.has_refused:  # on another node somebody may be free
            self.give_up_lease()
            self._rests_until_s = self.now() + REST_S
        return begun

    def _people(self, release: LiveRelease, under_way: Sequence[CallbackOrder]) -> CallbackRoom | None:
        """The room for calls, without those that have nobody yet; None when nobody knows who is free."""
        if self.free is None:
            return None
        room = CallbackRoom(release.plan, self.directory(release.folder), self.free)
        room.keep(under_way, {each.uuid: self._is_ours(each.uuid) for order in under_way for each in order.attempts},
                  self.now())  # fmt: skip
        return room

    def _hold(self, orders: Sequence[CallbackOrder], why: str) -> int:
        """Write why orders wait, where it is not written yet; none is dialled."""
        for order in orders:
            if order.held != why:
                self.book.hold(order.id, why)
        return 0

    def _must_wait(self, order: CallbackOrder, plan: CallbackPlan, calling: Collection[str]) -> bool:
        now = self.now()
        allowed = plan.next_allowed(now, order.number, order.scheme)
        if allowed is None or allowed > now:
            until_s = order.expires_s if allowed is None else allowed
            self.book.put_off(order.id, until_s, "quiet hours, or the calendar is closed")
            return True
        if is_among(order.number, calling):
            self.book.put_off(order.id, now + CALLING_S, "the client is in a call at this moment")
            return True
        return False

    def _dial(self, order: CallbackOrder, release: LiveRelease, token: int) -> bool:
        """Begin an attempt: commit, then ask FreeSWITCH."""
        call = self._call(order, release)
        try:
            call.check()
        except NotDiallable as problem:
            self.log("error", "callback not possible", order=order.id, scheme=order.scheme, problem=str(problem))
            self.book.put_off(order.id, self.now() + UNFIT_S, f"not possible by the live release: {problem}")
            return False
        if not self.book.start(order.id, call.uuid, token, self.now()):
            return False
        self.log("info", "callback", order=order.id, call=call.uuid, scheme=call.scheme, first=call.first)
        self.count("begun")
        self.switch.originate(call)
        return True

    def _call(self, order: CallbackOrder, release: LiveRelease) -> CallbackCall:
        known = release.plan.schemes.get(order.scheme)
        # a number that is not the company's any more is not shown
        own = order.dialled if order.dialled in release.plan.own else known.number if known else ""
        return CallbackCall(
            uuid=str(of_node(self.new_uuid(), self.switch.name())),
            first=order.first.value,
            client=order.number,
            number=own,
            scheme=order.scheme if known else "",
            release=release.folder,
            variables=variables(Visitor(order.entities, order.source_facts)),
            place_ms=round((order.place_s or 0) * 1000),
        )

    def _sweep(self, project: str, now: float) -> None:
        """End attempts that no record will end: FreeSWITCH has not begun them, or begun them too long ago."""
        for order in self.book.unfinished(project, now - BEGINS_S):
            for attempt in order.attempts:
                age_s = now - attempt.began_s
                if attempt.ended_s or age_s < BEGINS_S:
                    continue
                if age_s > RECORDED_S or (self._is_ours(attempt.uuid) and not self.switch.has_begun(attempt.uuid)):
                    self.book.finish(attempt.uuid, UNKNOWN, 0.0, now)
                    self.count("unknown")
                    self.log("warning", "callback without a result", order=order.id, call=attempt.uuid)

    def _is_ours(self, attempt: str) -> bool:
        return attempt[-_NODE_DIGITS:] == node_digits(self.switch.name())


_NODE_DIGITS = 12


def node_digits(switch: str) -> str:
    """The last digits of the uuids of a node's attempts."""
    return hashlib.sha256(switch.encode()).hexdigest()[:_NODE_DIGITS]


def of_node(random: uuid.UUID, switch: str) -> uuid.UUID:
    """A uuid whose end says which node's FreeSWITCH is asked for it: only that one can be asked about it later."""
    return uuid.UUID(f"{random.hex[:-_NODE_DIGITS]}{node_digits(switch)}")


def is_among(number: str, digits: Collection[str]) -> bool:
    """Whether a number (E.164) is among numbers in whatever form."""
    tail = number[-_TAIL:]
    return any(each[-_TAIL:] == tail for each in digits)
