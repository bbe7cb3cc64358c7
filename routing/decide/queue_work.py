"""Who works in queues: what people set, and what followed from their offers and talks, which outlives the engine.

Pure, over the ports of `QueuePorts`. A memory that does not answer is a normal case: what was known last holds.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from routing.decide.distribution import Distribution
from routing.decide.duty import Duty
from routing.decide.expected_wait import TalkTimes
from routing.decide.queue_turn import QueuePorts
from routing.model.memory import Forgotten
from routing.model.queue import DutyRecord, QueueSettings
from routing.model.queue_facts import WorkFacts


@dataclass
class QueueWork:
    """Reads facts of a project and of a queue when it first meets them, and keeps every change."""

    ports: QueuePorts
    distribution: Distribution
    talks: TalkTimes
    _projects: set[str] = field(default_factory=set)
    _queues: set[tuple[str, str]] = field(default_factory=set)
    #: Those of whom this object knows better than any memory.
    _people: set[tuple[str, str]] = field(default_factory=set)

    def read(self, project: str, now_ms: int) -> None:
        """What people have set; before that, once, what another engine knew of them."""
        if self.ports.facts and project not in self._projects:
            with suppress(Forgotten, TypeError, ValueError):
                for person, facts in self.ports.facts.work(project).items():
                    self._take_over(project, person, facts, now_ms)
                self._projects.add(project)
        try:
            records = self.ports.duties(project)
        except Forgotten:
            return
        duties = self.distribution.duties
        for person in duties.keys() | records.keys():
            duties[person].obey(records.get(person, DutyRecord()))

    def _take_over(self, project: str, person: str, facts: WorkFacts, now_ms: int) -> None:
        if (project, person) in self._people:
            return
        wrap_up_ms = facts.wrap_up_ms
        if facts.talk and facts.talk not in self.distribution.callers:  # it ended while nobody looked
            wrap_up_ms = now_ms + facts.talk_wrap_up_ms
        duty = self.distribution.duties[person]
        duty.paused_ms, duty.wrap_up_ms, duty.delayed_ms = facts.paused_ms, wrap_up_ms, facts.delayed_ms
        duty.missed, duty.ready_since_ms = facts.missed, facts.ready_since_ms

    def meet(self, queue: QueueSettings) -> None:
        """A queue has a caller: the last talks in it that another engine knew of count."""
        if self.ports.facts and queue.key not in self._queues:
            with suppress(Forgotten, ValueError):
                self.talks.begin(queue, self.ports.facts.talks(*queue.key))
                self._queues.add(queue.key)

    def talked(self, queue: QueueSettings, talk_ms: int) -> None:
        """A talk of a queue has ended."""
        self.talks.add(queue, talk_ms)
        if self.ports.facts:
            with suppress(Forgotten):
                self.ports.facts.keep_talk(*queue.key, talk_ms)

    def worked(self, queue: QueueSettings, person: str) -> None:
        """Something about a person has changed."""
        self._people.add((queue.project, person))
        if self.ports.facts:
            with suppress(Forgotten):
                self.ports.facts.keep_work(queue.project, person, self._facts(self.distribution.duties[person], person))

    def _facts(self, duty: Duty, person: str) -> WorkFacts:
        callers = self.distribution.callers.values()
        talk = next((caller for caller in callers if caller.talks_with == person), None)
        return WorkFacts(
            duty.paused_ms,
            duty.wrap_up_ms,
            duty.delayed_ms,
            duty.missed,
            duty.ready_since_ms,
            talk.uuid if talk else "",
            talk.queue.wrap_up_ms if talk else 0,
        )
