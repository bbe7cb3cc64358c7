"""The conditions of ``match``: the caller, the dialled number, the site's visitor; all must match.

Each becomes a condition on this project's own channel variables; caller input is never part of an expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from routing.model import numbers, plans
from routing.model.digits import LONGEST_COMPILED, compiled_bytes, longest_prefix_pattern
from routing.model.entities import ENTITY, SOURCE
from routing.model.fields import Fields, Flag, Number, OneOrMany, Region, Seconds, refuse, shown
from routing.model.folder import ANY, Folder
from routing.model.pools import QUESTIONS, VISIT, Questions, flat_schema, gathered
from routing.model.problem import Loc, did_you_mean
from routing.model.question import ANSWER
from routing.model.regions import UnknownRegion, known_zones, region_pattern, zones_pattern
from routing.model.typed_digits import TYPED
from routing.model.zones import Zone
from routing.steps.base import Complaint
from routing.steps.dialplan import Condition, any_of
from routing.steps.known import is_known, talked_within

MOST_PREFIXES = 20_000
#: PCRE compiles a regex to 64 kB at most; a larger one silently never matches.
PREFIXES_A_REGEX = 1_000
CALLER = "${routing_caller}"
#: Kind of a fact that has a name -> the prefix of its channel variable.
KINDS = {**dict(zip(VISIT, (ENTITY, SOURCE), strict=True)), "asked": TYPED, "lookup": ANSWER}
_LIST = re.compile(r"([a-z][a-z0-9_]{0,63})\.txt")


def _prefix(value: Any) -> str:
    """The start of a number: ``+`` and digits."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise refuse(f'a number must be in quotes: write "+{value}"')
    digits = re.sub(r"[\s()./-]", "", value) if isinstance(value, str) else ""
    if not re.fullmatch(r"\+[0-9]{1,15}", digits):
        raise refuse(f"{shown(value)} is not the start of a number", "write it with its country code: `+38057`")
    number = digits.removeprefix("+")
    if (possible := plans.longest_beginning(number)) != number:
        hint = f"only the prefix `+{possible}` is possible" if possible else "no country has that code"
        raise refuse(f"no number starts with {shown(value)}", _trunk_zero(number, possible) or hint)
    return digits


def _trunk_zero(number: str, possible: str) -> str:
    """A hint when the only mistake is a trunk zero after the country code."""
    without = possible + number[len(possible) + 1 :]
    is_zero = possible and number[len(possible) :].startswith("0") and plans.is_country_code(possible)
    fits = is_zero and plans.longest_beginning(without) == without
    return f"leave out the zero after the country code: `+{without}`" if fits else ""


def _list(value: Any) -> str:
    if not isinstance(value, str) or not _LIST.fullmatch(value):
        raise refuse(f"{shown(value)} is not a list: name a file in lists/ such as `vip.txt`, in a-z, 0-9 and _")
    return value.removesuffix(".txt")


def _region(value: Any, info: ValidationInfo) -> str:
    if not isinstance(value, str):
        raise refuse(f"{shown(value)} is not the name of a region")
    try:
        pattern = region_pattern(value, (info.context or {}).get("country"))
    except UnknownRegion as error:
        raise refuse(str(error), error.hint) from None
    if compiled_bytes(pattern) > LONGEST_COMPILED:
        raise refuse(f"`{value}` has too many prefixes for a FreeSWITCH regex", "name parts of it")
    return value


def _caller_zone(value: str) -> str:
    if value not in known_zones():
        raise refuse(f"no number lies in `{value}`", "numbers map to the zones of big cities")
    return value


Prefix = Annotated[str, BeforeValidator(_prefix)]
ListName = Annotated[str, BeforeValidator(_list), WithJsonSchema({"type": "string", "pattern": f"^{_LIST.pattern}$"})]
Place = Annotated[str, BeforeValidator(_region), WithJsonSchema({"type": "string", "examples": ["Kharkiv"]})]
CallerZone = Annotated[Zone, AfterValidator(_caller_zone)]


class When(Fields):
    """Conditions on a call; all must match."""

    model_config = ConfigDict(json_schema_extra=flat_schema(KINDS))

    caller: Annotated[list[Prefix], OneOrMany] = Field(
        default_factory=list,
        max_length=MOST_PREFIXES,
        description="Prefixes of the caller's number, or whole numbers.",
    )
    list_: Annotated[list[ListName], OneOrMany] = Field(
        default_factory=list, alias="list", description="The caller's number is in a file of lists/: `vip.txt`."
    )
    country: Annotated[list[Region], OneOrMany] = Field(default_factory=list, description="The caller's country.")
    region: Annotated[list[Place], OneOrMany] = Field(
        default_factory=list, description="The caller's region or city: `Kharkiv`, `PL/Kraków`. Mobiles have none."
    )
    zone: Annotated[list[CallerZone], OneOrMany] = Field(
        default_factory=list, description="The time zone of the caller's number."
    )
    anonymous: Flag | None = Field(None, description="Whether the caller hides their number.")
    known: Flag | None = Field(
        None, description="Whether somebody has talked with the caller before, or a `crm` step has found them."
    )
    known_within: Seconds | None = Field(
        None, description="Somebody has talked with the caller within this time: `30d`."
    )
    number: Annotated[list[Number], OneOrMany] = Field(default_factory=list, description="The number that was dialled.")
    questions: Questions = Field(
        default_factory=dict,
        alias=QUESTIONS,
        description="What the visitor did on the site and where they came from; what the caller has typed.",
    )
    any: list[When] = Field(default_factory=list, description="Matches when one of these matches.")

    @model_validator(mode="before")
    @classmethod
    def _gathered(cls, value: Any) -> Any:
        return gathered(value, KINDS)

    @field_validator("any")
    @classmethod
    def _flat(cls, value: list[When]) -> list[When]:
        if any(one.count() != 1 or one.any for one in value):
            raise refuse("each entry of `any` holds exactly one condition")
        return value

    def count(self) -> int:
        """The number of conditions."""
        conditions = (self.caller, self.list_, self.country, self.region, self.zone, self.number, self.any)
        chosen = (self.anonymous, self.known, self.known_within)
        return sum(map(bool, conditions)) + sum(each is not None for each in chosen) + len(self.questions)

    @property
    def asks_memory(self) -> bool:
        """Whether the engine must look up if the caller is known."""
        return any(one.known is not None or one.known_within is not None for _, one in self.everything())

    def named(self) -> Iterator[tuple[str, str]]:
        """Kind and name of each fact that it compares."""
        for question in self.questions:
            kind, _, name = question.partition(".")
            yield kind, name

    def everything(self) -> Iterator[tuple[Loc, When]]:
        """These conditions and those of `any`, each with its location."""
        yield (), self
        for index, one in enumerate(self.any):
            yield ("any", index), one

    def conditions(self, country: str | None) -> Iterator[Condition]:
        """Dialplan conditions on this project's own captured variables; ``country`` is the project's."""
        if len(self.caller) > PREFIXES_A_REGEX:
            yield any_of((CALLER, prefixes_pattern(part)) for part in _parts(sorted(self.caller)))
        elif self.caller:
            yield Condition(CALLER, prefixes_pattern(self.caller))
        if self.list_:
            yield any_of((f"${{{list_variable(name)}}}", "^yes$") for name in self.list_)
        if self.country:
            yield any_of((CALLER, numbers.country_pattern(region)) for region in self.country)
        if self.region:
            yield any_of((CALLER, region_pattern(region, country)) for region in self.region)
        if self.zone:
            yield Condition(CALLER, zones_pattern(frozenset(self.zone)))
        if self.anonymous is not None:
            yield Condition(CALLER, "^anonymous$" if self.anonymous else "^(?!anonymous$)")
        if self.known is not None:
            yield is_known(self.known)
        if self.known_within is not None:
            yield talked_within(self.known_within)
        if self.number:
            yield Condition("${routing_number}", f"^({'|'.join(map(re.escape, self.number))})$")
        for (kind, name), expected in zip(self.named(), self.questions.values(), strict=True):
            yield Condition(f"${{{KINDS[kind]}{name}}}", expected.expression)
        if self.any:
            yield any_of(pair for one in self.any for pair in one.pairs(country))

    def pairs(self, country: str | None) -> Iterator[tuple[str, str]]:
        """The conditions as regexes of one dialplan condition."""
        for condition in self.conditions(country):
            yield from condition.regexes or ((condition.field, condition.expression),)

    def check(self, loc: Loc, folder: Folder) -> Iterator[Complaint]:
        """Lists and entities exist."""
        tracked = folder.project.tracking.entities if folder.project.tracking else {}
        for where, one in self.everything():
            for index, name in enumerate(one.list_):
                if name not in folder.lists and ("lists", ANY) not in folder.broken:
                    known = [f"{each}.txt" for each in folder.lists]
                    yield (*loc, *where, "list", index), *_no_list(name, known)
            for question in one.questions:
                kind, _, name = question.partition(".")
                if kind == "entity" and name not in tracked:
                    hint = did_you_mean(name, tracked) or "`project: {tracking: {entities: ...}}` lists them"
                    yield (*loc, *where, question), f"no entity is called `{name}`", hint


def _no_list(name: str, known: Sequence[str]) -> tuple[str, str]:
    return f"there is no list `lists/{name}.txt`", did_you_mean(f"{name}.txt", known)


def list_variable(name: str) -> str:
    """The channel variable that holds whether the caller is in a list."""
    return f"routing_list_{name}"


def _parts(prefixes: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(prefixes), PREFIXES_A_REGEX):
        yield prefixes[start : start + PREFIXES_A_REGEX]


def prefixes_pattern(prefixes: Sequence[str]) -> str:
    """One regex for many prefixes."""
    return longest_prefix_pattern({prefix.removeprefix("+"): True for prefix in prefixes})
