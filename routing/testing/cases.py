"""Scheme tests as a file holds them: calls, what phones, callers and the engine's partners do, what must come of it.

Reads one file. Knows nothing of releases, processes or how a call is carried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from routing.load.nodes import Document, read
from routing.load.validate import Wrong, validate
from routing.model.fields import Fields, Id, OneOrMany, Seconds, Text, refuse
from routing.model.numbers import normalise
from routing.model.problem import Loc, Problem, Problems, did_you_mean
from routing.offline import phones as scripted
from routing.offline.remembered import Said
from routing.offline.switch import Call
from routing.testing.expect import Wanted
from routing.testing.form import (
    Behaviour,
    CallerFields,
    CallFields,
    CrmAnswer,
    Expectations,
    HandlerAnswer,
    Load,
    Talk,
    moment,
)
from routing.testing.kinds import Expectation

LISTS = ("expect", "exactly", "never")


class Sample(Fields):
    """One test: a call, how the world is meanwhile, and what must come of it."""

    name: Text = Field(description="What is expected, in a sentence; each once a file.")
    call: CallFields = Field(description="Who calls whom, and when.")
    phones: dict[str, Behaviour] = Field(
        default_factory=dict,
        description="What phones do, by `ivan`, `ivan.desk` or number: `busy`, `answers after 8s`, `rejects` ...",
    )
    others: Behaviour = Field(scripted.Phone(), description="What phones do that are not named.")
    caller: CallerFields = Field(default_factory=CallerFields, description="What the caller does.")
    hours: dict[Id, Literal["open", "closed"]] = Field(
        default_factory=dict, description="Calendars as overridden by hand: `{office: closed}`."
    )
    entities: dict[str, Text] = Field(
        default_factory=dict, description="Of the visitor to whom the dialled number is lent."
    )
    source: dict[str, Text] = Field(
        default_factory=dict, description="Where the visitor came from: `{utm_source: google}`."
    )
    webhook: HandlerAnswer = Field(
        None, description="What handlers answer: a body, a status, `timeout`, `garbage`, `refused`."
    )
    webhooks: dict[Text, HandlerAnswer] = Field(default_factory=dict, description="The same by URL.")
    crm: CrmAnswer = Field(
        "nobody", description="What CRMs answer: `deal ivan, Romashka Ltd`, `nobody`, `timeout`, `500`."
    )
    crms: dict[Id, CrmAnswer] = Field(default_factory=dict, description="The same by system.")
    sticky: Annotated[list[Talk], OneOrMany] = Field(
        default_factory=list, description="Talks that are remembered: `ivan`, or `{out: ivan, ago: 3d, talked: 30s}`."
    )
    states: dict[Id, Said] = Field(
        default_factory=dict, description="As FreeSWITCH knows people; `dnd`: must not be disturbed."
    )
    loads: dict[Id, Load] = Field(default_factory=dict, description="Talks of today: `{ivan: 3}`.")
    turns: Annotated[list[Text], OneOrMany] = Field(
        default_factory=list, description="Who had a turn in dynamic orders; the last named was last."
    )
    redis: Literal["up", "down"] = Field("up", description="`down`: nothing can be remembered.")
    handler: Literal["running", "frozen"] = Field("running", description="`frozen`: webhooks get no answer.")
    engine: Literal["running", "frozen", "killed"] = Field(
        "running", description="`killed` or `frozen` while the call goes."
    )
    expect: Expectations = Field(
        default_factory=list, description="What must happen in this order; other events may stand between."
    )
    exactly: Expectations = Field(
        default_factory=list, description="As `expect`; of these kinds nothing else may happen."
    )
    never: Expectations = Field(default_factory=list, description="What must not happen.")
    within: Seconds | None = Field(None, description="From the INVITE to the talk, the message or the end.")
    silence: Seconds | None = Field(None, description="The longest that the caller may hear nothing.")

    @model_validator(mode="after")
    def _expects(self) -> Sample:
        if not (self.expect or self.exactly or self.never or self.within or self.silence):
            raise refuse("a test that expects nothing cannot fail", "write `expect:` and what must happen")
        return self

    @property
    def wanted(self) -> Wanted:
        """What must come of the call."""
        return Wanted(self.expect, self.exactly, self.never, self.within, self.silence)

    def made(self, uuid: str, timezone: str, country: str | None, accounts: Mapping[str, str] | None = None) -> Call:
        """The call for the offline switch; ``accounts``: SIP account to phone. Raises ValueError for what is no number.

        A phone's call may go to whatever phones can dial: an extension, an account, a number.
        """
        caller, to, at = self.call.from_, self.call.to, moment(self.call.at, timezone)
        phones = {phone: account for account, phone in (accounts or {}).items()}
        if account := caller if caller in phones.values() else phones.get(caller):
            dialled = "".join(to.split())
            context = "routing_internal"
            return Call(dialled, account, at, uuid=uuid, context=context, variables=(("sip_auth_username", account),))
        from_ = caller if caller == "anonymous" else normalise(caller, country)
        return Call(normalise(to, country), from_, at, uuid=uuid)

    def ringing(self) -> scripted.Phones:
        """The scripted phones."""
        return scripted.Phones(self.phones, self.others)

    def dialling(self) -> scripted.Caller:
        """The scripted caller."""
        return self.caller.scripted()


@dataclass(frozen=True)
class Case:
    """A test and where it stands: file, line, and the way back from its parts to their lines."""

    sample: Sample
    file: str
    line: int
    index: int = 0
    document: Document | None = field(default=None, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The test's name."""
        return self.sample.name

    def problem(self, loc: Loc, message: str, hint: str = "", *, at_key: bool = False) -> Problem:
        """A problem at a part of the test."""
        if self.document is None:
            return Problem(self.file, self.line, 1, "", message, hint)
        return self.document.problem(("tests", self.index, *loc), message, hint, at_key=at_key)


def read_cases(file: Path, name: str = "") -> tuple[list[Case], list[Problem]]:
    """The tests of a file that can be understood, and everything that is wrong in it; ``name``: as it is told.

    Raises Problems for a file that is no YAML, OSError when it is not there.
    """
    document = read(name or str(file), file.read_bytes())
    tests = _listed(document)
    cases: list[Case] = []
    problems: list[Problem] = []
    for index, data in enumerate(tests):
        found = validate(Sample, document, ("tests", index), data, None)
        if isinstance(found, Wrong):
            problems += found
        else:
            line = document.problem(("tests", index), "").line
            cases.append(Case(_with_lines(found, document, index), document.file, line, index, document))
    return cases, problems + list(_twice(cases))


def _listed(document: Document) -> Sequence[Any]:
    data = document.data
    if not isinstance(data, dict) or "tests" not in data:
        raise Problems([Problem(document.file, 1, 1, "", "a file of tests holds `tests:` and a list")])
    if unknown := [key for key in data if key != "tests"]:
        hint = did_you_mean(unknown[0], ["tests"]) or "a file of tests holds `tests:` only"
        raise Problems([document.problem((unknown[0],), f"unknown key `{unknown[0]}`", hint, at_key=True)])
    if not isinstance(data["tests"], list) or not data["tests"]:
        raise Problems([document.problem(("tests",), "there is no test here", "each test is a `- name: ...`")])
    tests: Sequence[Any] = data["tests"]
    return tests


def _with_lines(sample: Sample, document: Document, index: int) -> Sample:
    """Every expectation knows its line."""

    def at(name: str, number: int, expectation: Expectation) -> Expectation:
        return replace(expectation, line=document.problem(("tests", index, name, number), "").line)

    lists = {name: [at(name, *pair) for pair in enumerate(getattr(sample, name))] for name in LISTS}
    return sample.model_copy(update=lists)


def _twice(cases: Sequence[Case]) -> Iterator[Problem]:
    lines: dict[str, int] = {}
    for case in cases:
        if first := lines.get(case.name):
            yield case.problem(("name",), f"`{case.name}` is the name of the test in line {first} too")
        lines.setdefault(case.name, case.line)


def read_samples(file: Path) -> list[Sample]:
    """The tests of a file. Raises Problems with everything that is wrong in it, OSError when it is not there."""
    cases, problems = read_cases(file)
    if problems:
        raise Problems(problems)
    return [case.sample for case in cases]
