"""The numbers that can behave differently: those from which a changed file can be reached."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from routing.diff.side import Number, Side


@dataclass(frozen=True)
class Group:
    """Numbers that lead to the same scheme and that no scheme tells apart; ``steps``: jumps to the nearest change.

    ``old``, ``new``: None on a side without the number.
    """

    numbers: tuple[str, ...]
    old: Number | None
    new: Number | None
    steps: int

    @property
    def moved(self) -> bool:
        """Whether the numbers themselves changed."""
        return self.old != self.new


@dataclass
class Affected:
    """The changes between two sides, and what they affect."""

    old: Side
    new: Side
    _near: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    @cached_property
    def changed(self) -> frozenset[str]:
        """Files with different content, or on one side only."""
        old, new = self.old.files, self.new.files
        return frozenset(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))

    @cached_property
    def schemes(self) -> frozenset[str]:
        """Schemes that changed, or refer to a changed calendar, list or sound."""
        return frozenset(
            scheme
            for side in (self.old, self.new)
            for scheme in side.schemes
            if self.changed & self._belongings(side, scheme)
        )

    def _belongings(self, side: Side, scheme: str) -> frozenset[str]:
        """A scheme's own files and those that they refer to, directly or indirectly, without other schemes."""
        found = {f"schemes/{scheme}.xml", f"schemes/{scheme}.json"}
        queue = deque(found)
        while queue:
            for name in side.refers(queue.popleft()) - found:
                if not name.startswith("schemes/") and "*" not in name:
                    found.add(name)
                    queue.append(name)
        return frozenset(found)

    def onward(self, side: Side, scheme: str) -> frozenset[str]:
        """The scheme and every scheme that a call can reach from it; webhooks are not followed."""
        key = (side.release.name, scheme)
        if key not in self._near:
            self._near[key] = frozenset(_distances(side, scheme))
        return self._near[key]

    def relevant(self, group: Group) -> list[tuple[Side, str]]:
        """Schemes on a path to a change, and those after one: only their conditions can matter."""
        found = []
        for side, start in self._starts(group.old, group.new):
            near = self.onward(side, start)
            if not group.moved:
                behind = {after for scheme in near & self.schemes for after in self.onward(side, scheme)}
                near = frozenset(behind | {scheme for scheme in near if self.leads(side, scheme)})
            found += [(side, scheme) for scheme in sorted(near)]
        return found

    def leads(self, side: Side, scheme: str) -> bool:
        """Whether a change can be reached from a scheme, the scheme itself included."""
        return bool(self.onward(side, scheme) & self.schemes)

    def _starts(self, old: Number | None, new: Number | None) -> list[tuple[Side, str]]:
        return [(side, number.scheme) for side, number in ((self.old, old), (self.new, new)) if number]

    def files(self, group: Group) -> list[tuple[Side, str]]:
        """The files of the relevant schemes, and those that they refer to."""
        return [
            (side, path)
            for side, scheme in self.relevant(group)
            for path in sorted(self._belongings(side, scheme))
            if path.endswith(".xml") and path.startswith(("schemes/", "lists/", "calendars/"))
        ]

    @cached_property
    def groups(self) -> list[Group]:
        """Numbers of both sides that may have changed, nearest to a change first."""
        found: dict[tuple[Number | None, Number | None, str], list[str]] = {}
        for number in sorted(self.old.numbers.keys() | self.new.numbers.keys()):
            old, new = self.old.numbers.get(number), self.new.numbers.get(number)
            found.setdefault((old, new, self._alone(number, old, new)), []).append(number)
        groups = [Group(tuple(numbers), old, new, self._steps(old, new)) for (old, new, _), numbers in found.items()]
        return sorted((group for group in groups if group.steps >= 0), key=lambda group: (group.steps, group.numbers))

    def _steps(self, old: Number | None, new: Number | None) -> int:
        """The count of jumps from the number's scheme to the nearest change; -1 without one."""
        if old != new:
            return 0
        distances = [
            distance
            for side, scheme in self._starts(old, new)
            for found, distance in _distances(side, scheme).items()
            if found in self.schemes
        ]
        return min(distances, default=-1)

    def _alone(self, number: str, old: Number | None, new: Number | None) -> str:
        """The number itself, if a scheme on its path tests the dialled number; otherwise ""."""
        for side, scheme in self._starts(old, new):
            if self.onward(side, scheme) & self._asking(side):
                return number
        return ""

    def _asking(self, side: Side) -> frozenset[str]:
        cache: dict[str, frozenset[str]] = self.__dict__.setdefault("_asks_number", {})
        if side.release.name not in cache:
            asking = (name for name in side.schemes if 'field="${routing_number}"' in side.text(f"schemes/{name}.xml"))
            cache[side.release.name] = frozenset(asking)
        return cache[side.release.name]

    @cached_property
    def has_webhooks(self) -> bool:
        """Whether any scheme of either side asks a handler, which may name another scheme."""
        return any(
            step["kind"] == "webhook"
            for side in (self.old, self.new)
            for scheme in side.schemes
            for step in json.loads(side.text(f"schemes/{scheme}.json") or '{"steps": {}}')["steps"].values()
        )

    def unreached(self) -> list[str]:
        """Changed schemes of both sides to which only webhooks can lead."""
        starts = (start for group in self.groups for start in self._starts(group.old, group.new))
        reached = {name for side, start in starts for name in self.onward(side, start)}
        return sorted((self.schemes - reached) & self.new.schemes.keys() & self.old.schemes.keys())


def _distances(side: Side, start: str) -> Mapping[str, int]:
    found = {start: 0} if start in side.schemes else {}
    queue = deque(found)
    while queue:
        scheme = queue.popleft()
        for onward in _targets(side, scheme):
            if onward not in found:
                found[onward] = found[scheme] + 1
                queue.append(onward)
    return found


def _targets(side: Side, scheme: str) -> Iterable[str]:
    return (target for target, _, _ in side.schemes[scheme].jumps if target in side.schemes)
