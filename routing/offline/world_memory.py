"""Memory and presence over many calls of one world: a `routing.offline.past.Past` that grows.

Presence comes from the world's current calls; talks, loads and turns are added to those given before the first call
(`Remembered`). Production learns of a talk from the journal, seconds after the call; here it is known at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from routing.decide.strategy import whose_turn
from routing.model.call import Call as DecisionCall
from routing.model.memory import Forgotten, Load, PeopleFacts, State, Talk
from routing.offline.events import Event, our_caller
from routing.offline.remembered import OfflineRatings, PersonState, Remembered
from routing.offline.switch import OfflineCall
from routing.offline.world import World

_DAY = "%Y%m%d"


@dataclass
class WorldMemory:
    """The memory of all calls of a world. ``zone`` is the project's; a day ends in it."""

    world: World
    before: Remembered
    zone: tzinfo
    #: Client -> talks with them, the newest first.
    _talks: dict[str, list[Talk]] = field(default_factory=dict)
    #: Person -> their talks with clients, the newest first.
    _clients: dict[str, list[Talk]] = field(default_factory=dict)
    #: Person -> day -> their load of that day.
    _loads: dict[str, dict[str, Load]] = field(default_factory=dict)
    #: Place of a step -> name -> the number of its last turn.
    _turns: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    _away: dict[str, bool] = field(default_factory=dict)
    #: Client -> when they were asked for a rating.
    _rating_requests: dict[str, float] = field(default_factory=dict)

    @property
    def chance(self) -> Callable[[], float]:
        """See Past."""
        return self.before.chance

    def memory(self, call: DecisionCall) -> WorldMemory:
        """See Past."""
        return self

    def ratings(self, call: DecisionCall) -> OfflineRatings:
        """See Past."""
        return OfflineRatings(self.before, self._rating_requests)

    def presence(self, call: DecisionCall) -> WorldPresence:
        """See Past."""
        return WorldPresence(self, call.uuid)

    @property
    def states(self) -> Mapping[str, PersonState]:
        """See Past."""
        return self.before.states

    @property
    def anybody(self) -> WorldPresence:
        """Presence as no call in particular sees it."""
        return WorldPresence(self, "")

    def now(self, call: DecisionCall) -> float:
        """See Past."""
        return self.world.now_ms / 1000

    def learn(self, call: OfflineCall, events: Sequence[Event]) -> None:
        """Remember the talks of a call that is over."""
        calls_out = dict(call.variables).get("routing_person") or our_caller(events)
        for event in events:
            if event.kind == "talk_end" and event.lasted_ms:
                ended_s, talk_s = call.at.timestamp() + event.at_ms / 1000, event.lasted_ms / 1000
                self._talked(call, calls_out, event.subject, Talk("", ended_s, talk_s, "in"))

    def remember(self, client: str, talk: Talk) -> None:
        """Remember a talk with a client; it is the newest."""
        self._talks.setdefault(client, []).insert(0, talk)

    def _talked(self, call: OfflineCall, calls_out: str, target: str, talk: Talk) -> None:
        """``calls_out``: the person who calls; of ``talk`` the times."""
        person, client = (calls_out, target) if calls_out else (target.partition(".")[0], call.caller)
        if client.startswith("+"):
            had = replace(talk, person=person, direction="out" if calls_out else "in")
            self.remember(client, had)
            self._clients.setdefault(person, []).insert(0, replace(had, client=client))
        day = datetime.fromtimestamp(talk.at, self.zone).strftime(_DAY)
        load = self._load(person, day)
        self._loads.setdefault(person, {})[day] = Load(load.calls + 1, load.talk_s + talk.talk_s, talk.at)

    def _load(self, person: str, day: str) -> Load:
        days = self._loads.get(person, {})
        found = days.get(day) or self.before.loads.get(person, Load())
        last = max((load.last_end for load in days.values()), default=0.0)
        return replace(found, last_end=max(found.last_end, last))

    def talks(self, project: str, caller: str) -> Sequence[Talk]:
        """See Memory."""
        before = [talk for talk in self.before.history if talk.client in ("", caller)]
        return [*self._there()._talks.get(caller, ()), *before]

    def clients(self, project: str, person: str) -> Sequence[Talk]:
        """See Memory."""
        now_s = self.world.now_ms / 1000
        return [*self._there()._clients.get(person, ()), *self.before.clients_of(person, now_s)]

    def facts(self, project: str, people: Sequence[str], day: str, place: tuple[str, str]) -> PeopleFacts:
        """See Memory."""
        turns = self._there()._turns.get(place, self.before.turns)
        return PeopleFacts({person: self._load(person, day) for person in people}, dict(turns))

    def is_away(self, project: str, person: str) -> bool:
        """See Memory."""
        return self._there()._away.get(person, self.before.states.get(person) == "dnd")

    def disturb(self, project: str, person: str, may_disturb: bool, now_s: float = 0.0) -> None:
        """See Memory."""
        self._there()._away[person] = not may_disturb

    def next_message(self, project: str, person: str, call: str, now_s: float) -> str:
        """See Memory: voicemails are not kept."""
        self._there()
        return ""

    def take_turn(self, project: str, place: tuple[str, str], ranked: Sequence[tuple[str, int]], spread: bool) -> str:
        """See Memory."""
        turns = self._there()._turns.setdefault(place, dict(self.before.turns))
        name = whose_turn(ranked, turns, spread)
        turns[name] = max(turns.values(), default=0) + 1
        return name

    def _there(self) -> WorldMemory:
        if self.before.is_down:
            raise Forgotten("no answer from Redis")
        return self


@dataclass(frozen=True)
class WorldPresence:
    """`routing.model.memory.Presence` for one call; its own legs do not count as busy."""

    office: WorldMemory
    call: str

    def state(self, person: str, accounts: Collection[str], outside: bool) -> State:
        """See Presence; a state that is given for a person holds throughout."""
        before = self.office.before.states.get(person, "free")
        if self.office._away.get(person, before == "dnd"):
            return "absent"
        if before in ("busy", "absent"):
            return "busy" if before == "busy" else "absent"
        return "busy" if self.office.world.is_busy(person, self.call) else "free"
