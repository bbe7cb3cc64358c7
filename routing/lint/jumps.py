"""Jumps between schemes that lead back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from routing.lint.base import Lint
from routing.lint.findings import LintFinding, OneScheme, SchemeFacts
from routing.lint.whole import WholeFolder
from routing.steps.base import LONGEST_JUMPS, Complaint


class SelfJump(Lint):
    """A scheme jumps to its own start: people who did not answer are rung again, up to ten times.

    Good::

        - ring: ivan
        - scheme: other

    Bad::

        - ring: ivan
        - scheme: front
    """

    id = "self-jump"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Jumps to the scheme's own id."""
        own = one.fields.scheme
        for step, loc, _ in one.steps:
            if own in step.jumps():
                yield loc, f"jumps to the start of `{own}` itself, up to ten times", "jump to another scheme"


class EndlessCircle(Lint):
    """Schemes jump to each other in a circle, and the call is finally cut off without an announcement.

    After ten jumps the scheme's `otherwise` runs; without it the call ends.

    Good::

        scheme: front
        numbers: "+380440000001"
        steps: [{ring: ivan}, {scheme: back}]
        otherwise: [{voicemail: {box: sales, notify: ivan}}]
        ---
        scheme: back
        steps: [{ring: olena}, {scheme: front}]
        otherwise: [{voicemail: {box: sales, notify: ivan}}]

    Bad::

        scheme: front
        numbers: "+380440000001"
        steps: [{ring: ivan}, {scheme: back}]
        ---
        scheme: back
        steps: [{ring: olena}, {scheme: front}]
    """

    id = "endless-circle"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Schemes of a circle that have no `otherwise`."""
        onward = _in_circles(whole.schemes)
        for name in sorted(onward):
            facts = whole.schemes[name]
            way = None if facts.has_otherwise else _way_back(name, onward)
            if way is None:
                continue
            place = next(place for to, _, place in facts.jumps if to == way[1])
            message = f"circle: {' -> '.join(way)}; after {LONGEST_JUMPS} jumps the call is cut off"
            yield facts.at(self.id, place, message, f"give `{name}` `otherwise:` with a voicemail or an announcement")


def _in_circles(schemes: Mapping[str, SchemeFacts]) -> dict[str, list[str]]:
    """Jumps of schemes from which a circle can be reached."""
    onward = {
        name: sorted({to for to, _, _ in facts.jumps if to in schemes and to != name})
        for name, facts in schemes.items()
    }
    while ends := {name for name, to in onward.items() if not to}:
        onward = {name: [each for each in to if each not in ends] for name, to in onward.items() if name not in ends}
    return onward


def _way_back(name: str, onward: Mapping[str, list[str]]) -> list[str] | None:
    """The shortest path from a scheme to itself."""
    ways, seen = [[name]], set[str]()
    while ways:
        following = [[*way, to] for way in ways for to in onward[way[-1]]]
        for way in following:
            if way[-1] == name:
                return way
        ways = []
        for way in following:
            if way[-1] not in seen:
                seen.add(way[-1])
                ways.append(way)
    return None
