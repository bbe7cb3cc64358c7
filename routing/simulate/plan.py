"""What is simulated: queues with their settings and their calls, and who works when."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from routing.model.queue import QueueSettings
from routing.simulate.lengths import Lengths, Same
from routing.simulate.week import DAY_MS, WEEK_MS, Span, common, joined


@dataclass(frozen=True)
class SimulatedCallbacks:
    """Who of the waiting asks to be called back: the share of callers, after ``after_ms`` of waiting.

    ``reached``: the share of clients that answer; others are tried again after ``again_ms``, ``tries`` times at most.
    """

    share: float
    after_ms: int
    reached: float = 1.0
    tries: int = 3
    again_ms: int = 600_000


@dataclass(frozen=True)
class QueuePlan:
    """A queue and its calls.

    ``rates``: spans of the week and calls an hour in them; ``unanswered``: the share of offers that nobody picks up;
    ``owner_pays``: the number's owner pays from the answer on; ``answers_first``: while the caller waits, too;
    ``scheme``: the one whose calls a journal counts.
    """

    settings: QueueSettings
    at_most_ms: int | None = None
    rates: Sequence[tuple[Span, float]] = ()
    talk: Lengths = field(default_factory=lambda: Same(0))
    patience: Lengths = field(default_factory=lambda: Same(None))
    picks_up: Lengths = field(default_factory=lambda: Same(0))
    unanswered: float = 0.0
    callback: SimulatedCallbacks | None = None
    owner_pays: bool = False
    answers_first: bool = False
    scheme: str = ""

    @property
    def name(self) -> str:
        """The queue's name."""
        return self.settings.name

    @functools.cached_property
    def people(self) -> Sequence[str]:
        """Its people in the written order."""
        return tuple(dict.fromkeys(member.person for member in self.settings.members))

    @functools.cached_property
    def ring_ms(self) -> int:
        """How long a phone rings at most."""
        return max((member.seconds for member in self.settings.members), default=0) * 1000


@dataclass(frozen=True)
class Plan:
    """A week. ``shifts``: when each person works; ``days``: the days that are simulated, Monday 0, its next one 7.

    ``within_ms``: the service level's bound; ``short_ms``: abandoned calls below it are short ones.
    """

    queues: Mapping[str, QueuePlan]
    shifts: Mapping[str, tuple[Span, ...]]
    days: Sequence[int] = (0, 1, 2, 3, 4, 5, 6)
    within_ms: int = 20_000
    short_ms: int = 5_000

    @property
    def spans(self) -> tuple[Span, ...]:
        """The simulated days."""
        return tuple((day * DAY_MS, (day + 1) * DAY_MS) for day in sorted(self.days))

    def hours_of(self, person: str) -> tuple[Span, ...]:
        """When a person works on the simulated days."""
        weeks = {day // 7 * WEEK_MS for day in self.days}
        spans = [(start + week, end + week) for week in weeks for start, end in self.shifts.get(person, ())]
        return joined(common(span, day) for span in spans for day in self.spans)
