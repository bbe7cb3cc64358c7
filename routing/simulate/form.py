"""The file of a simulation, ``*.simulate.yaml``: its types, and the messages for wrong values."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from routing.model.calendar import Period, parse_days, parse_period
from routing.model.calendar_fields import DayNames
from routing.model.durations import PATTERN, parse_duration
from routing.model.fields import Fields, Flag, Id, NotEmpty, OneOrMany, Periods, Seconds, Whole, refuse, shown
from routing.simulate.lengths import Exponential, Lengths, LogNormal, Measured, Same
from routing.simulate.week import spans_of, when

#: People and calls an hour beyond any company's.
MOST_PEOPLE, MOST_RATE = 1_000, 100_000
_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3})?)\s*%")


def _share(value: Any) -> float:
    found = _SHARE.fullmatch(value) if isinstance(value, str) else None
    if not found or float(found[1]) > 100:
        raise refuse(f"{shown(value)} is not a share: write `5%`, at most `100%`")
    return float(found[1]) / 100


Share = Annotated[
    float,
    BeforeValidator(_share),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?\s*%$", "examples": ["5%"]}),
]


def _rate(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse(f"{shown(value)} is not a number of calls an hour: write `40`")
    if not 0 <= value <= MOST_RATE:
        raise refuse(f"{shown(value)} calls an hour: write 0 to {MOST_RATE}")
    return float(value)


def _period(value: Any) -> Period:
    try:
        return parse_period(value)
    except ValueError as error:
        raise refuse(str(error)) from None


Rate = Annotated[float, BeforeValidator(_rate), WithJsonSchema({"type": "number", "minimum": 0})]
RatePeriod = Annotated[
    Period, BeforeValidator(_period), WithJsonSchema({"type": "string", "examples": ["09:00-12:00"]})
]

#: As in the step.
Orders = Literal[
    "longest_idle", "in_order", "together", "random", "weighted", "round_robin", "fewest_calls", "least_talk"
]  # fmt: skip
Calls = dict[DayNames, dict[RatePeriod, Rate]]


class LengthFields(Fields):
    """A distribution of lengths: a mean alone is exponential, with a deviation it is log-normal."""

    mean: Seconds | None = Field(None, description="Mean.")
    deviation: Seconds | None = Field(None, description="Standard deviation; the lengths are log-normal then.")
    exactly: Seconds | None = Field(None, description="Every length is this one.")
    measured: Annotated[list[Seconds], NotEmpty] | None = Field(None, description="Lengths that are equally probable.")

    @model_validator(mode="after")
    def _one(self) -> LengthFields:
        given = [name for name in ("mean", "exactly", "measured") if getattr(self, name) is not None]
        if len(given) != 1:
            raise refuse("write one of `mean`, `exactly` and `measured`")
        if self.deviation is not None and self.mean is None:
            raise refuse("`deviation` needs `mean`")
        return self

    def lengths(self) -> Lengths:
        """The distribution."""
        if self.measured is not None:
            return Measured(tuple(sorted(seconds * 1000 for seconds in self.measured)))
        if self.exactly is not None or self.mean is None:
            return Same(self.exactly * 1000 if self.exactly is not None else None)
        if self.deviation is not None:
            return LogNormal(self.mean * 1000, self.deviation * 1000)
        return Exponential(self.mean * 1000)


def _lengths(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    try:
        return {"mean": parse_duration(value) and value}
    except ValueError as error:
        raise refuse(str(error)) from None


_SHORT = {"type": "string", "pattern": PATTERN, "examples": ["3m"]}


class _ShortLength(BeforeValidator):
    """A duration alone is the mean."""

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> Any:
        return {"anyOf": [_SHORT, handler(core)]}


LengthSetting = Annotated[LengthFields, _ShortLength(_lengths)]


class CallbackForecast(Fields):
    """Who of the waiting asks to be called back."""

    share: Share = Field(description="Share of callers that ask for it, if they still wait by then.")
    after: Seconds = Field(60, description="After how long a wait they ask.")
    reached: Share | None = Field(None, description="Share of clients that answer when they are called; default: all.")
    tries: Whole = Field(3, ge=1, le=9, description="How often a client is called at most.")
    again: Seconds = Field(600, description="How long after a try the next one is.")


class QueueForecast(Fields):
    """A queue, and the calls that come to it. What is not written here is as a step `queue` of this name says."""

    scheme: Id | None = Field(
        None, description="The scheme whose calls a journal counts; default: the step's, else the queue's name."
    )
    to: Annotated[list[Id], OneOrMany, NotEmpty] | None = Field(
        None, description="People and groups that the queue's calls ring; default: the step's."
    )
    order: Orders | None = Field(
        None, description="Who of several free people gets the call; default: the step's, else `longest_idle`."
    )
    for_: Seconds | None = Field(
        None, alias="for", le=300, description="Ring time of a person; default: the step's, else 20s."
    )
    at_most: Seconds | None = Field(None, description="Longest wait of a caller.")
    size: Whole | None = Field(None, ge=1, le=10_000, description="How many can wait at once.")
    expect_at_most: Seconds | None = Field(None, description="A caller whose expected wait is longer goes on at once.")
    wrap_up: Seconds | None = Field(None, description="Time after a talk in which a person is not rung.")
    misses: Whole | None = Field(
        None,
        ge=0,
        le=20,
        description="So many offers in a row without an answer pause a person; 0: never; default: the step's, else 3.",
    )
    priority: Whole | None = Field(
        None, ge=0, le=60, description="Each point counts as a minute of waiting among queues."
    )
    calls: Calls | None = Field(None, description='Calls an hour by days and times: `mon-fri: {"09:00-12:00": 40}`.')
    talk: LengthSetting | None = Field(None, description="How long talks last: a mean such as `3m`, or a distribution.")
    patience: LengthSetting | None = Field(
        None, description="How long callers wait before they hang up; default: for ever."
    )
    picks_up: LengthSetting | None = Field(
        None, description="How long a phone rings before its person answers; default: not at all."
    )
    unanswered: Share | None = Field(None, description="Share of offers that a person does not pick up.")
    callback: CallbackForecast | None = Field(None, description="Callers who ask to be called back.")
    caller_pays: Flag | None = Field(
        None, description="`false`: the number's owner pays from the answer on; default: as the scheme's numbers say."
    )
    answer: Flag | None = Field(None, description="The call is answered while it waits: waiting is paid, too.")

    @field_validator("calls")
    @classmethod
    def _one_rate(cls, value: Calls | None) -> Calls | None:
        spans = sorted(
            span for days, rates in (value or {}).items() for each in rates for span in spans_of(days, [each])
        )
        if twice := next((later for first, later in pairwise(spans) if later[0] < first[1]), None):
            raise refuse(f"two rates for one time: {when(twice[0])} is in two periods")
        return value


class PeopleForecast(Fields):
    """When somebody works; people without hours in the hours of the scheme that has the queue, else always."""

    works: dict[DayNames, Periods] | None = Field(None, description='Hours: `mon-fri: ["09:00-13:00", "14:00-18:00"]`.')
    hours: Id | None = Field(None, description="A calendar instead: the hours of its usual week.")
    count: Whole = Field(1, ge=1, le=MOST_PEOPLE, description="How many work like this, under one name.")

    @model_validator(mode="after")
    def _one(self) -> PeopleForecast:
        if self.works is not None and self.hours is not None:
            raise refuse("write `works` or `hours`, not both")
        return self


def _days(value: Any) -> tuple[int, ...]:
    try:
        return tuple(sorted(set(parse_days(value))))
    except ValueError as error:
        raise refuse(str(error)) from None


class SimulationFields(Fields):
    """What is simulated."""

    days: Annotated[tuple[int, ...], BeforeValidator(_days), WithJsonSchema({"type": "string"})] | None = Field(
        None, description="The days of the week: `mon-fri`, `sat`; default: all."
    )
    within: Seconds = Field(20, description="Service level: the share of calls that are answered within this time.")
    short: Seconds = Field(5, description="Abandoned calls that waited less are short ones, and counted apart.")
    queues: Annotated[dict[Id, QueueForecast], NotEmpty] = Field(description="Queues by name, each with its calls.")
    people: dict[Id, PeopleForecast] = Field(
        default_factory=dict, description="Who works when; names that the project does not have are people to be hired."
    )
