"""Sample calls as a file holds them: the language's form of scheme tests, and what of ours is broken meanwhile.

Reads one file. Knows nothing of releases, processes or how a call is carried.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, field_validator

from routing.load.nodes import read
from routing.load.validate import validate
from routing.model.fields import Fields, OneOrMany, Seconds, Text, refuse
from routing.model.numbers import normalise
from routing.model.problem import Problem, Problems, did_you_mean
from routing.offline import phones as scripted
from routing.offline.switch import Call
from routing.testing.expect import KINDS, Expectation


def _expectation(value: Any) -> Expectation:
    if not isinstance(value, dict) or len(value) != 1:
        raise refuse("write one `kind: what` a line, such as `talk: ivan.desk`")
    ((kind, what),) = value.items()
    if kind not in KINDS:
        raise refuse(f"nothing is called `{kind}`; {did_you_mean(kind, KINDS) or 'known: ' + ', '.join(KINDS)}")
    return Expectation(kind, tuple(str(word) for word in (what if isinstance(what, list) else [what])))


Expectations = Annotated[list[Annotated[Expectation, BeforeValidator(_expectation)]], OneOrMany]


class CallFields(Fields):
    """Who calls whom, and when, in the project's zone."""

    to: Text
    from_: Text = Field(alias="from")
    at: Text


class CallerFields(Fields):
    """What the caller does."""

    digits: Text = ""
    hangs_up_after: Seconds | None = None


class Sample(Fields):
    """One call, what the phones do, and what must come of it."""

    name: Text
    call: CallFields
    phones: dict[str, Text] = Field(default_factory=dict)
    caller: CallerFields = Field(default_factory=CallerFields)
    handler: Literal["running", "frozen"] = "running"
    engine: Literal["running", "frozen", "killed"] = "running"
    expect: Expectations
    never: Expectations = Field(default_factory=list)
    within: Seconds | None = None

    @field_validator("phones")
    @classmethod
    def _behave(cls, value: dict[str, str]) -> dict[str, str]:
        try:
            scripted.Phones.of(value)
        except scripted.BadBehaviour as error:
            raise refuse(str(error)) from None
        return value

    @field_validator("call")
    @classmethod
    def _moment(cls, value: CallFields) -> CallFields:
        try:
            datetime.fromisoformat(value.at)
        except ValueError:
            raise refuse(f"`{value.at}` is not a moment: write `2026-11-23 10:00`") from None
        return value

    def made(self, uuid: str, timezone: str, country: str | None) -> Call:
        """The call for the offline switch. Raises ValueError for what is no number."""
        caller = self.call.from_
        from_ = caller if caller == "anonymous" else normalise(caller, country)
        moment = datetime.fromisoformat(self.call.at)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(timezone))
        return Call(normalise(self.call.to, country), from_, moment, uuid=uuid)

    def ringing(self) -> scripted.Phones:
        """The scripted phones; those without a script do not answer."""
        return scripted.Phones.of(self.phones)

    def dialling(self) -> scripted.Caller:
        """The scripted caller."""
        seconds = self.caller.hangs_up_after
        return scripted.Caller(self.caller.digits, None if seconds is None else seconds * 1000)


class _File(Fields):
    tests: list[Sample]


def read_samples(file: Path) -> list[Sample]:
    """The sample calls of a file. Raises Problems with everything that is wrong in it, OSError when it is not there."""
    document = read(str(file), file.read_bytes())
    found = validate(_File, document, (), document.data, None)
    if isinstance(found, list):
        raise Problems(found)
    if not found.tests:
        raise Problems([Problem(str(file), 1, 1, "tests", "there is no call here")])
    tests: list[Sample] = found.tests
    return tests
