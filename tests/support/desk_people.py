"""What people set, in memory; and a switch that notes what the desk asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from routing.esl.client import SwitchFault
from routing.model.memory import Forgotten
from routing.model.queue import DutyRecord


@dataclass
class FakePeople:
    """As `routing.desk.people_store.PeopleStore`; ``is_down``: its Redis does not answer."""

    is_down: bool = False
    away: set[str] = field(default_factory=set)
    paused: set[str] = field(default_factory=set)
    signed: dict[str, dict[str, bool]] = field(default_factory=dict)

    @contextmanager
    def __call__(self, project: str) -> Iterator[FakePeople]:
        assert project == "shop"
        yield self

    def record(self, person: str) -> DutyRecord:
        self._must_be_up()
        return DutyRecord(self.signed.get(person, {}), person in self.paused, person in self.away)

    def disturb(self, person: str, may_disturb: bool, now_s: float) -> None:
        self._must_be_up()
        (self.away.discard if may_disturb else self.away.add)(person)

    def work(self, person: str, is_on_break: bool, now_s: float) -> None:
        self._must_be_up()
        (self.paused.add if is_on_break else self.paused.discard)(person)

    def sign(self, person: str, is_in: bool, queue: str = "*") -> None:
        self._must_be_up()
        self.signed.setdefault(person, {})[queue] = is_in

    def _must_be_up(self) -> None:
        if self.is_down:
            raise Forgotten("down")


@dataclass
class FakeSwitch:
    """Answers a node's commands; ``sees``: called with each originate."""

    asked: list[str] = field(default_factory=list)
    answer: str = "+OK x"
    is_down: bool = False
    sees: Callable[[str], None] = lambda command: None

    def __call__(self, node: str, command: str) -> str:
        if self.is_down:
            raise SwitchFault("refused")
        if command.startswith("global_getvar"):
            return "leg_mark\n"
        self.sees(command)
        self.asked.append(command)
        return self.answer
