"""Distributes waiting callers to people: who is offered to whom, and when. One object serves all queues of a project.

The engine, the offline switch and `routing simulate` run this same code. No I/O and no clock: what happens comes in as
method calls with the time (ms since the epoch), the states of phones and the order of people as functions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from routing.decide.duty import Duty
from routing.decide.queued import Offer, QueuedCaller, each_person_once, has_skills, is_before, moments
from routing.decide.queued_elsewhere import QueuedElsewhere
from routing.decide.strategy import RequiredSkills
from routing.model.memory import State
from routing.model.queue import OFFER_EVERY_MS, QueueMember, QueueSettings

#: The state of a member's phones.
PhoneState = Callable[[QueueMember], State]
#: The names of members in the order of the queue: settings, members, required skills -> names, the first to ring first.
Rank = Callable[[QueueSettings, Sequence[QueueMember], RequiredSkills], Sequence[str]]
#: A queue, a person, and until when they are paused.
MissedOutCall = Callable[[QueueSettings, str, int], None]
#: An offer that was not answered for so much longer than it may ring is over: its caller's event was lost.
LOST_MS = 20_000


@dataclass
class Distribution:
    """See the module. ``missed_out``: a queue's missed offers have just paused a person."""

    rank: Rank
    missed_out: MissedOutCall = lambda queue, person, until_ms: None
    #: Called with the queue and the length (ms) of every talk that ends.
    talked: Callable[[QueueSettings, int], None] = lambda queue, talk_ms: None
    #: Called with a queue and a person of it when something about their work has changed.
    worked: Callable[[QueueSettings, str], None] = lambda queue, person: None
    callers: dict[str, QueuedCaller] = field(default_factory=dict)
    elsewhere: QueuedElsewhere = field(default_factory=QueuedElsewhere)
    duties: defaultdict[str, Duty] = field(default_factory=lambda: defaultdict(Duty))

    # what happens

    def joined(self, caller: QueuedCaller, now_ms: int) -> QueuedCaller:
        """A caller waits; the same call may be reported again, and keeps its place."""
        known = self.callers.setdefault(caller.uuid, caller)
        known.queue, known.heard_ms = caller.queue, now_ms
        return known

    def heard(self, caller: QueuedCaller, made: int, tried: Mapping[str, str], now_ms: int) -> None:
        """A caller rings nobody: it has made ``made`` offers, the last one to these people with these hangup causes."""
        caller.heard_ms = now_ms
        if made == caller.made:  # an offer may still be on its way
            return
        for person, cause in tried.items():
            self._refused(caller.queue, person, cause, now_ms)
        caller.made = caller.decided = made
        caller.offered = ()

    def gone(self, uuid: str, now_ms: int) -> None:
        """A caller hung up, left, or was silent for too long."""
        caller = self.callers.pop(uuid, None)
        if caller and caller.talks_with:
            self.duties[caller.talks_with].talk_ended(caller.queue, now_ms)
            self.talked(caller.queue, now_ms - caller.talk_began_ms)
            self.worked(caller.queue, caller.talks_with)

    def talk_began(self, uuid: str, person: str, now_ms: int) -> None:
        """A caller and a person talk."""
        if caller := self.callers.get(uuid):
            caller.talks_with, caller.talk_began_ms, caller.offered = person, now_ms, ()
            self.duties[person].missed = 0
            self.worked(caller.queue, person)

    def _refused(self, queue: QueueSettings, person: str, cause: str, now_ms: int) -> None:
        if self.duties[person].refused(queue, cause, now_ms):
            self.missed_out(queue, person, self.duties[person].paused_ms)
        self.worked(queue, person)

    # who waits

    def waiting(self, queue: QueueSettings | None = None) -> list[QueuedCaller]:
        """The callers who wait or ring somebody, of one queue or all, in their order."""
        found = (each for each in self.callers.values() if not each.talks_with)
        mine = (each for each in found if queue is None or each.queue.key == queue.key)
        return sorted(mine, key=lambda each: each.rank)

    def place(self, caller: QueuedCaller) -> int:
        """1 for the caller who is served next, those of other nodes included."""
        return 1 + sum(is_before(each, caller) for each in (*self.callers.values(), *self.elsewhere.callers))

    def talking(self) -> set[str]:
        """The calls that talk, by uuid."""
        return {uuid for uuid, caller in self.callers.items() if caller.talks_with}

    def offered(self) -> set[str]:
        """The people who ring for a caller, or are about to."""
        return {member.person for caller in self.callers.values() for member in caller.offered}

    def hear_elsewhere(self, texts: Iterable[str]) -> bool:
        """Other nodes say who waits there; whether that is news."""
        return self.elsewhere.hear(texts, [caller.queue for caller in self.callers.values()])

    # who is offered to whom

    def offers(self, now_ms: int, state: PhoneState) -> list[Offer]:
        """Every offer to be made now, in the callers' order. Each is noted: it counts as pending until `heard`."""
        self._drop_lost(now_ms)
        found, free = [], _Free(self, self.offered(), now_ms, state)
        everybody = (*self.callers.values(), *self.elsewhere.callers)
        waiting = [caller for caller in everybody if not caller.talks_with and free.of(caller.queue)]
        for caller in sorted(waiting, key=lambda each: each.rank):
            if free.is_empty():
                break
            if caller.offered or not free.of(caller.queue):
                continue
            if caller.uuid not in self.callers:
                free.take(self._kept_for(caller, free, now_ms, state))
                continue
            is_soon = caller.decided and now_ms < caller.offered_ms + OFFER_EVERY_MS
            if is_soon:  # nobody behind may be offered who is next for this one
                free.take(self._suitable(caller, free.of(caller.queue), now_ms, state)[:1])
            elif members := self._members_for(caller, free, now_ms, state):
                caller.offered, caller.offered_ms, caller.decided = members, now_ms, caller.decided + 1
                free.take(members)
                found.append(Offer(caller, members))
        return found

    def _kept_for(self, caller: QueuedCaller, free: _Free, now_ms: int, state: PhoneState) -> Sequence[QueueMember]:
        """The people whom another node is about to offer to its caller."""
        able = self._suitable(caller, free.of(caller.queue), now_ms, state)
        if not able or not self.elsewhere.hold(caller, now_ms):
            return ()
        return able if caller.queue.order == "together" else able[:1]

    def rings(self, caller: QueuedCaller, names: Sequence[str], now_ms: int) -> None:
        """A caller was offered before this object knew of it: to these members, who ring or are to ring."""
        if members := tuple(member for member in caller.queue.members if member.name in names):
            caller.offered, caller.offered_ms, caller.decided = members, now_ms, caller.made + 1

    def withdraw(self, caller: QueuedCaller) -> None:
        """An offer could not be sent: its people are free again."""
        caller.offered, caller.decided = (), caller.made

    def _members_for(
        self, caller: QueuedCaller, free: _Free, now_ms: int, state: PhoneState
    ) -> tuple[QueueMember, ...]:
        able = self._suitable(caller, free.of(caller.queue), now_ms, state)
        if not able:
            return ()
        by_name = {member.name: member for member in able}
        names = self.rank(caller.queue, able, caller.required)
        ranked = each_person_once(by_name[name] for name in names if name in by_name)
        return tuple(ranked) if caller.queue.order == "together" else tuple(ranked[:1])

    def _suitable(
        self, caller: QueuedCaller, able: Sequence[QueueMember], now_ms: int, state: PhoneState
    ) -> Sequence[QueueMember]:
        """The person of the last talk alone, for a while; then who has the required skills; then anybody."""
        waited_ms, queue = now_ms - caller.arrived_ms, caller.queue
        last = [member for member in queue.members if member.person == caller.last_person]
        if last and waited_ms < queue.prefer_last_ms and self.works(queue, state, last):
            return [member for member in able if member in last]
        if queue.relax_ms is not None and waited_ms >= queue.relax_ms:
            return able
        return [member for member in able if has_skills(member, caller.required)]

    def _drop_lost(self, now_ms: int) -> None:
        for caller in self.callers.values():
            if not caller.offered:
                continue
            longest_ms = max(member.seconds for member in caller.offered) * 1000 + LOST_MS
            if now_ms > caller.offered_ms + longest_ms:
                self.withdraw(caller)

    # when something may change by itself

    def next_ms(self, now_ms: int) -> int | None:
        """The next moment at which an offer may become possible by itself; None for none."""
        waiting = [caller for caller in self.waiting() if not caller.offered]
        queues = {caller.queue.key: caller.queue for caller in waiting}
        people = {member.person for queue in queues.values() for member in queue.members}
        found = [self.duties[person].ready_ms() for person in people]
        found += [moment for caller in waiting for moment in moments(caller)]
        found += self.elsewhere.next_ms() if waiting else ()
        return min((moment for moment in found if moment > now_ms), default=None)

    # who works

    def works(self, queue: QueueSettings, state: PhoneState, members: Iterable[QueueMember] = ()) -> list[str]:
        """The people who work in a queue now, busy or not; of some of its members only."""
        there = (
            member.person
            for member in members or queue.members
            if self.duties[member.person].works(queue) and state(member) != "absent"
        )
        return list(dict.fromkeys(there))

    def is_ready(self, member: QueueMember, queue: QueueSettings, now_ms: int, state: PhoneState) -> bool:
        """Whether a member could be offered a caller now."""
        duty = self.duties[member.person]
        return duty.works(queue) and duty.ready_ms() <= now_ms and state(member) == "free"

    def why_not(self, caller: QueuedCaller, now_ms: int, state: PhoneState) -> Mapping[str, str]:
        """Why each member is not offered this caller, in a word or two; members who could be are left out."""
        reasons = {}
        for member in caller.queue.members:
            phones = state(member)
            why = self.duties[member.person].why_not(caller.queue, now_ms) or (phones if phones != "free" else "")
            reasons[member.name] = why or ("" if has_skills(member, caller.required) else "unskilled")
        return {name: why for name, why in reasons.items() if why}


@dataclass
class _Free:
    """The members of each queue who can be offered a caller, while offers are found."""

    distribution: Distribution
    reserved: set[str]
    now_ms: int
    state: PhoneState
    _found: dict[tuple[str, str], list[QueueMember]] = field(default_factory=dict)

    def of(self, queue: QueueSettings) -> list[QueueMember]:
        if queue.key not in self._found:
            self._found[queue.key] = [member for member in queue.members if self._is_free(member, queue)]
        return self._found[queue.key]

    def is_empty(self) -> bool:
        """Whether nobody is left in any queue that was asked for."""
        return not any(self._found.values())

    def take(self, members: Iterable[QueueMember]) -> None:
        """These people are offered a caller."""
        people = {member.person for member in members}
        self.reserved |= people
        for key, found in self._found.items():
            self._found[key] = [member for member in found if member.person not in people]

    def _is_free(self, member: QueueMember, queue: QueueSettings) -> bool:
        is_ready = self.distribution.is_ready(member, queue, self.now_ms, self.state)
        return is_ready and member.person not in self.reserved
