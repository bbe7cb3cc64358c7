"""The input and output of lints: one scheme with everything it can name, its cached facts, a finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from routing.load.nodes import Document
from routing.model.folder import Folder
from routing.model.problem import Loc, Problem
from routing.steps import targets
from routing.steps.base import Step, StepItem
from routing.steps.ring_people import RingPeopleStep
from routing.steps.scheme_file import SchemeFields, every_step
from routing.steps.targets import Leg, Turn

#: A location in a file: line and column from 1, and the path as shown.
Place = tuple[int, int, str]
#: The entry whose `allow:` applies: ("scheme", id), ("people", name), ("calendars", name) or ("project", "").
Owner = tuple[str, str]
PROJECT: Owner = ("project", "")


@dataclass(frozen=True, order=True)
class LintFinding:
    """A finding; the message of its problem does not contain the lint's id."""

    problem: Problem
    lint: str
    owner: Owner = PROJECT

    @property
    def shown(self) -> Problem:
        """The finding as a problem whose message contains the lint's id."""
        at = self.problem
        return Problem(at.file, at.line, at.column, at.path, f"[{self.lint}] {at.message}", at.hint)


@dataclass(frozen=True)
class OneScheme:
    """A scheme that compiles, and everything that its steps can name."""

    document: Document
    fields: SchemeFields
    folder: Folder

    @cached_property
    def steps(self) -> list[tuple[Step, Loc, str]]:
        """Every step with its location in the file and its path in the dialplan."""
        return [*every_step(self.fields)]

    @cached_property
    def rings(self) -> list[Rung]:
        """Every `ring` step with the phones that it names and the phones that ring."""
        found = ((step, loc) for step, loc, _ in self.steps if isinstance(step, RingPeopleStep))
        return [
            Rung(step, loc, targets.named_turns(step.to, self.folder), step.turns(self.folder)) for step, loc in found
        ]


class Rung(NamedTuple):
    """A `ring` step, its location, the turns of its names, and the legs of each turn with their times."""

    step: RingPeopleStep
    loc: Loc
    named: list[Turn]
    turns: list[tuple[Leg, ...]]

    @property
    def legs(self) -> list[Leg]:
        """Every phone that rings."""
        return [leg for turn in self.turns for leg in turn]


@dataclass
class SchemeFacts:
    """The cached facts of a scheme: plain data, because thousands are cached between runs."""

    scheme: str
    file: str
    place: Place
    numbers: list[str] = field(default_factory=list)
    #: The location of each number.
    numbers_at: list[Place] = field(default_factory=list)
    #: Names that the scheme uses, by kind: people (or groups, or phones), calendars, sounds, lists, crm ...
    uses: dict[str, list[str]] = field(default_factory=dict)
    #: By event of `routing.lint.ways.UNTIL`: schemes that calls enter before it has happened.
    leads: dict[str, list[str]] = field(default_factory=dict)
    #: Longest seconds to an end in the scheme, without its jumps.
    longest: float = 0.0
    #: Seconds of the steps that run after too many jumps.
    otherwise: float = 0.0
    #: (scheme, seconds until then, location) of jumps in the file; webhooks may name further schemes.
    jumps: list[tuple[str, float, Place]] = field(default_factory=list)
    #: Numbers in cases of `match`, with their locations.
    matched_numbers: list[tuple[str, Place]] = field(default_factory=list)
    #: Facts of calls that steps give and need (`Step.gives`, `Step.needs`), the latter with their locations.
    gives: list[str] = field(default_factory=list)
    needs: list[tuple[str, Place]] = field(default_factory=list)
    has_otherwise: bool = False
    #: A decision of it can be made inside FreeSWITCH.
    may_be_inline: bool = False
    #: The location of its `record`, when it records talks.
    records: Place | None = None
    #: (lint, place, message, hint)
    found: list[tuple[str, Place, str, str]] = field(default_factory=list)
    #: Lint to the location of its allowance.
    allow: dict[str, Place] = field(default_factory=dict)

    def at(self, lint: str, place: Place, message: str, hint: str = "") -> LintFinding:
        """A finding in this scheme's file."""
        return LintFinding(Problem(self.file, *place, message, hint), lint, ("scheme", self.scheme))

    @property
    def own(self) -> Iterator[LintFinding]:
        """The findings in this scheme alone."""
        return (self.at(lint, place, message, hint) for lint, place, message, hint in self.found)

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return dict(vars(self))


def lists(steps: list[Any], loc: Loc) -> Iterator[tuple[list[StepItem], Loc]]:
    """Every list of steps with its location, outer lists first."""
    yield steps, loc
    for index, item in enumerate(steps):
        for below, _, nested in item.step.branches():
            yield from lists(list(nested), (*loc, index, item.step.kind, *below))
