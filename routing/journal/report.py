"""Figures of many calls: the missed share, and the same per person, scheme, label and hour. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from routing.journal.status import MISSED


@dataclass
class ReportLine:
    """Counts of some calls. Missed and answered are of incoming calls; ``talk_s`` and ``wait_s`` of answered ones."""

    calls: int = 0
    incoming: int = 0
    answered: int = 0
    missed: int = 0
    talk_s: float = 0.0
    wait_s: float = 0.0

    def add(self, row: Mapping[str, Any]) -> None:
        """Count one call."""
        self.calls += 1
        if row["direction"] == "in":
            self.incoming += 1
            self.missed += row["status"] in MISSED
        if row["bridged"]:
            self.answered += 1
            self.talk_s += row["talk_s"]
            self.wait_s += row["wait_s"]

    @property
    def missed_share(self) -> float:
        """Missed calls among the incoming ones, 0..1."""
        return self.missed / self.incoming if self.incoming else 0.0

    @property
    def mean_talk_s(self) -> float:
        """Seconds of talk of an answered call."""
        return self.talk_s / self.answered if self.answered else 0.0

    @property
    def mean_wait_s(self) -> float:
        """Seconds until an answered call was answered."""
        return self.wait_s / self.answered if self.answered else 0.0

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        means = {"missed_share": self.missed_share, "mean_talk_s": self.mean_talk_s, "mean_wait_s": self.mean_wait_s}
        return vars(self) | {name: round(value, 3) for name, value in means.items()}


@dataclass
class Report:
    """Figures of a set of calls. Hours are 0..23 of the zone that ``hour_of`` knew."""

    total: ReportLine = field(default_factory=ReportLine)
    statuses: Counter[str] = field(default_factory=Counter)
    people: dict[str, ReportLine] = field(default_factory=lambda: defaultdict(ReportLine))
    schemes: dict[str, ReportLine] = field(default_factory=lambda: defaultdict(ReportLine))
    tags: dict[str, ReportLine] = field(default_factory=lambda: defaultdict(ReportLine))
    nodes: dict[str, ReportLine] = field(default_factory=lambda: defaultdict(ReportLine))
    hours: dict[int, ReportLine] = field(default_factory=lambda: defaultdict(ReportLine))

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        lines = {
            "people": {name: line.as_json() for name, line in sorted(self.people.items())},
            "schemes": {name: line.as_json() for name, line in sorted(self.schemes.items())},
            "tags": {name: line.as_json() for name, line in sorted(self.tags.items())},
            "nodes": {name: line.as_json() for name, line in sorted(self.nodes.items())},
            "hours": {str(hour): line.as_json() for hour, line in sorted(self.hours.items())},
        }
        return {"total": self.total.as_json(), "statuses": dict(self.statuses), **lines}


def report(rows: Iterable[Mapping[str, Any]], hour_of: Callable[[float], int]) -> Report:
    """Count calls; ``hour_of`` gives the hour of a time."""
    found = Report()
    for row in rows:
        found.total.add(row)
        found.statuses[row["status"]] += 1
        found.hours[hour_of(row["started"])].add(row)
        if row["person"]:
            found.people[row["person"]].add(row)
        if row["scheme"]:
            found.schemes[row["scheme"]].add(row)
        if row["node"]:
            found.nodes[row["node"]].add(row)
        for tag in row["tags"]:
            found.tags[tag].add(row)
    return found
