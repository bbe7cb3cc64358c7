"""The path of one call through a scheme, read from its events. Pure: events in, steps and times out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from routing.graph.flow import START, Edge
from routing.offline.events import Event


@dataclass(frozen=True)
class Way:
    """Steps by path with their start in milliseconds, the edges between them, and a summary of the call."""

    summary: str
    steps: dict[str, int]
    pairs: frozenset[tuple[str, str]]

    def reached_ms(self, path: str) -> int | None:
        """When the call first reached a step; None when it never did."""
        return self.steps.get(path)

    def took(self, edge: Edge) -> bool:
        """Whether the call took this edge."""
        return (edge.source, edge.target) in self.pairs


def way(scheme: str, events: Sequence[Event], summary: str) -> Way:
    """The path of a call in one scheme, without its other schemes."""
    steps: dict[str, int] = {}
    pairs, last = set(), ""
    for event in events:
        if event.kind == "scheme":
            last = START if event.subject == scheme else ""
            if last:
                steps.setdefault(START, event.at_ms)
        elif event.kind == "step" and last:
            steps.setdefault(event.subject, event.at_ms)
            pairs.add((last, event.subject))
            last = event.subject
    return Way(summary, steps, frozenset(pairs))
