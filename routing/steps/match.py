"""``match``: go by who calls and which number was called; the first case that fits wins.

Good::

    - match:
        - {when: {caller: ["+38057", "+38050"]}, steps: [{scheme: kharkiv}]}
        - {when: {anonymous: true}, steps: [hangup]}

Bad, a case that asks nothing (``needs at least one question``)::

    - match: [{when: {}, steps: [hangup]}]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, field_validator, model_validator

from routing.model import numbers
from routing.model.fields import Fields, Flag, Number, OneOrMany, Region, refuse, shown
from routing.model.problem import Loc
from routing.steps.base import Emitter, Step, StepItem
from routing.steps.dialplan import Condition, Extension
from routing.steps.lists import Steps

MOST_PREFIXES = 20_000


def _prefix(value: Any) -> str:
    """A beginning of a number: ``+`` and digits."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise refuse(f'a number must be in quotes: write "+{value}"')
    digits = re.sub(r"[\s()./-]", "", value) if isinstance(value, str) else ""
    if not re.fullmatch(r"\+[0-9]{1,15}", digits):
        raise refuse(f"{shown(value)} is not the beginning of a number", "write it with its country, `+38057`")
    return digits


Prefix = Annotated[str, BeforeValidator(_prefix)]


class When(Fields):
    """Questions about a call; all that are asked must fit."""

    caller: Annotated[list[Prefix], OneOrMany] = Field(
        default_factory=list,
        max_length=MOST_PREFIXES,
        description="Beginnings of the caller's number, or whole numbers.",
    )
    country: Annotated[list[Region], OneOrMany] = Field(default_factory=list, description="The caller's country.")
    anonymous: Flag | None = Field(None, description="The caller hides the number, or shows it.")
    number: Annotated[list[Number], OneOrMany] = Field(default_factory=list, description="The number that was called.")
    any: list[When] = Field(default_factory=list, description="Fits when one of these fits.")

    @field_validator("any")
    @classmethod
    def _flat(cls, value: list[When]) -> list[When]:
        if any(len(list(one.conditions())) != 1 or one.any for one in value):
            raise refuse("each entry of `any` asks exactly one question")
        return value

    def conditions(self) -> Iterator[Condition]:
        """One condition a question, on this project's own captured variables."""
        if self.caller:
            yield Condition("${routing_caller}", prefixes_pattern(self.caller))
        if self.country:
            patterns = tuple(("${routing_caller}", numbers.country_pattern(region)) for region in self.country)
            yield Condition(regex="any", regexes=patterns)
        if self.anonymous is not None:
            yield Condition("${routing_caller}", "^anonymous$" if self.anonymous else r"^\+")
        if self.number:
            yield Condition("${routing_number}", f"^({'|'.join(map(re.escape, self.number))})$")
        if self.any:
            yield Condition(regex="any", regexes=tuple(pair for one in self.any for pair in one.pairs()))

    def pairs(self) -> Iterator[tuple[str, str]]:
        """The questions as regexes of one condition."""
        for condition in self.conditions():
            yield from condition.regexes or ((condition.field, condition.expression),)


class Case(Fields):
    """One case: when it fits, its steps run."""

    when: When
    steps: Steps

    @field_validator("when")
    @classmethod
    def _asks(cls, value: When) -> When:
        if not list(value.conditions()):
            raise refuse("`when` needs at least one question: caller, country, anonymous or number")
        return value


class MatchStep(Step):
    """Choose by the caller and the number; falls through when no case fits and there is no `otherwise`."""

    kind: ClassVar[str] = "match"
    primary: ClassVar[str] = "cases"

    cases: Annotated[list[Case], OneOrMany] = Field(min_length=1, description="Tried in order.")
    otherwise: Steps | None = Field(None, description="Steps when no case fits.")

    @model_validator(mode="before")
    @classmethod
    def _one_case(cls, value: Any) -> Any:
        return {"cases": [value]} if isinstance(value, dict) and "when" in value else value

    def branches(self) -> Iterator[tuple[Loc, str, Sequence[StepItem]]]:
        """The cases in order, then ``otherwise``."""
        for index, case in enumerate(self.cases):
            yield ("cases", index, "steps"), str(index + 1), case.steps
        if self.otherwise is not None:
            yield ("otherwise",), "otherwise", self.otherwise

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """One extension a case; FreeSWITCH takes the first whose conditions hold."""
        here.do("transfer", out.go(f"{path}.case"))
        for index, case in enumerate(self.cases, 1):
            extension = out.context.extension(f"{path}.case", *case.when.conditions())
            out.steps(case.steps, extension, f"{path}.{index}.", after)
        out.steps(self.otherwise or (), out.context.extension(f"{path}.case"), f"{path}.otherwise.", after)
        return None

    def falls_past_branches(self) -> bool:
        """Not when ``otherwise`` takes the rest."""
        return self.otherwise is None


def prefixes_pattern(prefixes: Sequence[str]) -> str:
    """One regex for many beginnings of numbers, as a tree, so that thousands cost one walk down the digits."""
    tree: dict[str, Any] = {}
    for prefix in sorted(set(prefixes)):
        node = tree
        for digit in prefix.removeprefix("+"):
            if "" in node:
                break
            node = node.setdefault(digit, {})
        else:
            node[""] = {}
    return rf"^\+{_tree_pattern(tree)}"


def _tree_pattern(node: dict[str, Any]) -> str:
    if "" in node or not node:
        return ""
    parts = [f"{digit}{_tree_pattern(below)}" for digit, below in node.items()]
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
