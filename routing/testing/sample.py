"""A scheme test in its file: one or several calls, the state of the world, and the expectations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from routing.model import numbers
from routing.model.fields import Fields, Id, OneOrMany, Seconds, Text, refuse
from routing.offline.phones import ScriptedCaller, ScriptedPhone, ScriptedPhones
from routing.offline.remembered import PersonState
from routing.offline.switch import OfflineCall, login
from routing.testing.expect import Expected
from routing.testing.form import (
    Behaviour,
    CallerFields,
    CallFields,
    CrmAnswer,
    Expectations,
    HandlerAnswer,
    Load,
    Moment,
    Talk,
    moment,
)

LISTS = ("expect", "exactly", "never")
#: Keys of each of several calls, apart from those of the call itself.
OWN = ("caller", *LISTS, "within", "silence")
_PLACED = frozenset({"to", "from_", "at", "after"})
#: A test with more is not readable; for a day of calls use `routing trace --calls`.
MOST_CALLS = 100
LONGEST_DAY = 20_000


class ExpectationFields(Fields):
    """The expectations of a call."""

    expect: Expectations = Field(
        default_factory=list, description="What must happen in this order; other events may come between."
    )
    exactly: Expectations = Field(
        default_factory=list, description="As `expect`; of these kinds nothing else may happen."
    )
    never: Expectations = Field(default_factory=list, description="What must not happen.")
    within: Seconds | None = Field(None, description="From the INVITE to the talk, the message or the end.")
    silence: Seconds | None = Field(None, description="The longest that the caller may hear nothing.")

    @property
    def expected(self) -> Expected:
        """For the judge."""
        return Expected(self.expect, self.exactly, self.never, self.within, self.silence)

    @property
    def can_fail(self) -> bool:
        """Whether anything is expected."""
        return bool(self.expect or self.exactly or self.never or self.within or self.silence)


class OneOfSeveral(ExpectationFields):
    """One of the `calls` of a test, with its expectations."""

    to: Text = Field(description="As in `call`.")
    from_: Text = Field(alias="from", description="As in `call`.")
    at: Moment | None = Field(None, description="When: `2026-11-23 10:00`; the first call needs it.")
    after: Seconds | None = Field(None, description="Instead of `at`: so long after the first call began.")
    caller: CallerFields = Field(default_factory=CallerFields, description="What this caller does.")


def _each_begins(calls: list[OneOfSeveral]) -> list[OneOfSeveral]:
    """Refuse calls without a beginning, each at its place."""
    wrong = []
    for n, each in enumerate(calls):
        if n == 0 and (each.at is None or each.after is not None):
            complaint = refuse("the first of several calls begins `at` a moment, others may begin `after` it")
        elif (each.at is None) == (each.after is None):
            complaint = refuse(
                "a call needs its beginning: write `at`, or `after: 5s` for the time after the first one"
            )
        else:
            continue
        wrong.append(InitErrorDetails(type=complaint, loc=(n,), input=each))
    if wrong:
        raise ValidationError.from_exception_data("calls", wrong)
    return calls


class Sample(ExpectationFields):
    """One test: one or several calls, the state of the world, and the expectations."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["call"]}, {"required": ["calls"]}]})

    #: Whether a test that expects nothing is a mistake.
    must_expect: ClassVar[bool] = True

    name: Text = Field(description="What is expected, as a sentence; unique in its file.")
    call: CallFields | None = Field(None, description="Who calls whom, and when.")
    calls: Annotated[list[OneOfSeveral], AfterValidator(_each_begins)] = Field(
        default_factory=list,
        max_length=MOST_CALLS,
        description="Several calls instead, each with its own expectations; they share phones and memory.",
    )
    phones: dict[str, Behaviour] = Field(
        default_factory=dict,
        description="What phones do, by `ivan`, `ivan.desk` or number: `busy`, `answers after 8s`, `rejects` ...",
    )
    others: Behaviour = Field(
        ScriptedPhone(),
        description="What all other phones do.",
        json_schema_extra={"default": "no answer"},
    )
    caller: CallerFields = Field(default_factory=CallerFields, description="What the caller does.")
    hours: dict[Id, Literal["open", "closed"]] = Field(
        default_factory=dict, description="Calendars as overridden by hand: `{office: closed}`."
    )
    entities: dict[str, Text] = Field(
        default_factory=dict, description="Entities of the visitor to whom the dialled number is lent."
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
        default_factory=list, description="Earlier talks: `ivan`, or `{out: ivan, ago: 3d, talked: 30s}`."
    )
    states: dict[Id, PersonState] = Field(
        default_factory=dict, description="States of people in FreeSWITCH; `dnd`: on do-not-disturb."
    )
    loads: dict[Id, Load] = Field(default_factory=dict, description="Talks of today: `{ivan: 3}`.")
    turns: Annotated[list[Text], OneOrMany] = Field(
        default_factory=list, description="Who had a turn in dynamic orders, the latest last."
    )
    surveyed: Seconds | None = Field(
        None, description="How long ago the caller was asked for a rating: `3d`; default: never."
    )
    voice: Literal["up", "down"] = Field("up", description="`down`: no voice speaks while a call waits.")
    redis: Literal["up", "down"] = Field("up", description="`down`: Redis does not answer.")
    handler: Literal["running", "frozen"] = Field("running", description="`frozen`: webhooks get no answer.")
    engine: Literal["running", "frozen", "killed"] = Field(
        "running", description="`killed` or `frozen` during the call."
    )

    @model_validator(mode="after")
    def _has_calls(self) -> Sample:
        if (self.call is None) == (not self.calls):
            raise refuse("a test makes one `call`, or several `calls`")
        if self.calls:
            _refuse_odd(self)
        elif self.must_expect and not self.can_fail:
            raise refuse("a test that expects nothing cannot fail", "write `expect:` and what must happen")
        return self

    @property
    def made_call(self) -> CallFields:
        """The call of a test with one call; several calls are separate tests: see `apart`."""
        assert self.call is not None
        return self.call

    def apart(self) -> list[Sample]:
        """The calls of a test as tests of one call each, which run together."""
        if not self.calls:
            return [self]
        at = self.calls[0].at
        return [
            self.model_copy(
                update={name: getattr(each, name) for name in (*OneOfSeveral.model_fields.keys() - _PLACED,)}
                | {
                    "name": f"{self.name}, call {n} of {len(self.calls)}",
                    "call": CallFields.model_validate({"to": each.to, "from": each.from_, "at": each.at or at}),
                    "calls": [],
                }
            )
            for n, each in enumerate(self.calls, 1)
        ]

    def made(
        self, uuid: str, timezone: str, country: str | None, accounts: Mapping[str, str] | None = None
    ) -> OfflineCall:
        """The call for the offline switch; ``accounts``: SIP account to phone. Raises ValueError for what is no number.

        A phone may dial an extension, an account or a number.
        """
        call = self.made_call
        caller, to, at = call.from_, call.to, moment(call.at, timezone)
        phones = {phone: account for account, phone in (accounts or {}).items()}
        if account := caller if caller in phones.values() else phones.get(caller):
            dialled = "".join(to.split())
            context = "routing_internal"
            phone = next(phone for phone, known in phones.items() if known == account)
            return OfflineCall(dialled, account, at, uuid=uuid, context=context, variables=login(account, phone))
        return OfflineCall(numbers.called(to, country), numbers.caller(caller, country), at, uuid=uuid)

    def ringing(self) -> ScriptedPhones:
        """The scripted phones."""
        return ScriptedPhones(self.phones, self.others)

    def dialling(self) -> ScriptedCaller:
        """The scripted caller."""
        return self.caller.scripted()


class Day(Sample):
    """Calls to trace: as in a test, without expectations."""

    must_expect: ClassVar[bool] = False

    name: Text = "calls"
    calls: Annotated[list[OneOfSeveral], AfterValidator(_each_begins)] = Field(min_length=1, max_length=LONGEST_DAY)


def _refuse_odd(sample: Sample) -> None:
    """Refuse what a test of several calls cannot hold."""
    if set(OWN) & sample.model_fields_set:
        raise refuse("with several `calls`, expectations and `caller` stand at each call")
    if sample.must_expect and not any(each.can_fail for each in sample.calls):
        raise refuse("a test that expects nothing cannot fail", "write `expect:` at one of the calls")
