"""The comparison of two sides, as reports print it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from routing.diff.affected import Affected
from routing.diff.changes import Change, changes
from routing.diff.explore import Explored, Explorer
from routing.diff.other_changes import other_changes
from routing.diff.side import Side

MOST_CALLS = 1_200
#: Limits of every comparison.
NEVER = (
    "real answers of webhooks and CRMs (each kind of answer was tried once), loads and turns of dynamic orders",
    "phones that answer at other times than after 3 s, combinations of circumstances beyond those tried",
    "callers who hang up early, calls across an opening time, concurrent calls, days of a clock change",
    "calls between people of the project",
)


@dataclass(frozen=True)
class Comparison:
    """``changes``: what callers and people notice, the important ones first; ``other_changes``: what no call shows.
    ``queues``: what waits do in the simulations of the new side. Times are in ``timezone``, the new side's."""

    changes: Sequence[Change]
    other_changes: Sequence[str]
    numbers: int
    explored: Explored
    unexplored: Sequence[str]
    timezone: str
    queues: Sequence[str] = ()

    @property
    def differs(self) -> bool:
        """Whether there is any change."""
        return bool(self.changes or self.other_changes or self.queues)


def compare(old: Side, new: Side, today: date, most_calls: int = MOST_CALLS) -> Comparison:
    """Run calls on both sides; the explored year starts ``today``."""
    affected = Affected(old, new)
    explored = Explorer(affected, today, most_calls).explore()
    numbers = sum(len(group.numbers) for group in affected.groups)
    found = changes(explored.findings, explored.kinds)
    return Comparison(
        found, other_changes(affected), numbers, explored, _unexplored(affected, explored), new.published.timezone
    )


def _unexplored(affected: Affected, explored: Explored) -> list[str]:
    if not affected.changed:
        return []
    untouched = [group for group, left in explored.cut.items() if left < 0]
    partly = [group for group, left in explored.cut.items() if left >= 0]
    found = []
    for groups, how in ((untouched, "not at all"), (partly, "in part")):
        if groups:
            numbers = sorted(number for group in groups for number in group.numbers)
            shown = ", ".join(numbers[:3]) + (f" and {len(numbers) - 3} more" if len(numbers) > 3 else "")
            found.append(f"{how}, the limit of calls was reached: {shown} (raise --calls)")
    found += [f"callers that only {test} distinguishes" for test in sorted(explored.untried)[:3]]
    if affected.schemes and affected.has_webhooks:
        found.append(f"webhooks of other numbers that name {_some(sorted(affected.schemes))}")
    return [*found, *NEVER]


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" or {len(names) - 3} more" if len(names) > 3 else "")
