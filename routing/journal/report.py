"""Figures of many calls: the missed share, and the same per person, scheme, label and hour. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from routing.journal.status import FLOOD, MISSED
from routing.model.rating import SCORES


@dataclass
class ReportLine:
    """Counts of some calls. Missed and answered are of incoming calls; ``talk_s`` and ``wait_s`` of answered ones."""

    calls: int = 0
    incoming: int = 0
    answered: int = 0
    missed: int = 0
    talk_s: float = 0.0
    wait_s: float = 0.0
    #: Callers who were asked for a rating, and the scores of those who gave one.
    requested: int = 0
    scores: Counter[int] = field(default_factory=Counter)

    def rate(self, row: Mapping[str, Any]) -> None:
        """Count one call's rating."""
        self.requested += row["rating_requested"] > 0
        if row["rating"]:
            self.scores[row["rating"]] += 1

    def add(self, row: Mapping[str, Any]) -> None:
        """Count one call."""
        self.calls += 1
        if row["direction"] == "in":
            self.incoming += row["status"] != FLOOD
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

    @property
    def mean_rating(self) -> float:
        """The mean score; 0.0 without one."""
        return sum(score * count for score, count in self.scores.items()) / max(self.scores.total(), 1)

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        scores = {"scores": {str(score): self.scores[score] for score in SCORES}}
        means = {"missed_share": self.missed_share, "mean_talk_s": self.mean_talk_s, "mean_wait_s": self.mean_wait_s}
        rounded = {name: round(value, 3) for name, value in means.items()}
        return vars(self) | rounded | scores | {"mean_rating": round(self.mean_rating, 3)}


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
        _rated(found, row)
        if row["person"]:
            found.people[row["person"]].add(row)
        if row["scheme"]:
            found.schemes[row["scheme"]].add(row)
        if row["node"]:
            found.nodes[row["node"]].add(row)
        for tag in row["tags"]:
            found.tags[tag].add(row)
    return found


def _rated(found: Report, row: Mapping[str, Any]) -> None:
    """The rating counts for the person whom it is about, who need not be the first who talked."""
    if not row["rating_requested"]:
        return
    for line in (found.total, found.schemes[row["scheme"]]):
        line.rate(row)
    if row["rated_person"]:
        found.people[row["rated_person"]].rate(row)
