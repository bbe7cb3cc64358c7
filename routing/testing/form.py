"""The parts of a scheme test in its file: types, and the messages for wrong values."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from routing.decide.verdict import HandlerFailure, HandlerReply
from routing.model.fields import Fields, Id, Number, OneOrMany, Seconds, Text, Whole, refuse, shown
from routing.model.moments import as_clocks_show
from routing.model.problem import did_you_mean
from routing.offline import crm_answers, phones
from routing.offline.answering import canned
from routing.offline.spent import Handler
from routing.testing.caller import CallerFields as CallerFields
from routing.testing.kinds import KINDS, MEANINGS, Expectation
from routing.testing.spans import Span, parse_span

FAILURES = ("timeout", "garbage", "refused")
_WHEN = re.compile(r"(.*\d)\s+([A-Za-z]+(?:/[A-Za-z0-9_+-]+)*)")
_INSTANT_MS = 20


def _expectation(value: Any) -> Expectation:
    settings = dict(value) if isinstance(value, dict) else {}
    at, lasts = settings.pop("at", None), settings.pop("for", None)
    if len(settings) != 1:
        raise refuse("write one `kind: what` a line, such as `talk: ivan.desk`; `at:` and `for:` may be added")
    ((kind, what),) = settings.items()
    if kind not in KINDS:
        raise refuse(f"there is no kind `{kind}`; {did_you_mean(kind, KINDS) or 'known: ' + ', '.join(KINDS)}")
    if kind == "answered" and what is not True:
        raise refuse("write `answered: true`; what must not happen goes under `never`")
    if isinstance(what, dict):
        values, each = tuple(what), tuple((word, _span(length)) for word, length in what.items())
    else:
        values = tuple(str(word) for word in (what if isinstance(what, list) else [what]))
        each = tuple((word, _span(lasts)) for word in values) if lasts is not None else ()
    if not values or None in (what, *(what if isinstance(what, list) else ())):
        raise refuse(f"`{kind}` has no value: write `{kind}: ...`")
    return Expectation(kind, values, None if at is None else _span(at), each)


def _span(text: Any) -> Span:
    try:
        return parse_span(text)
    except ValueError as error:
        raise refuse(str(error)) from None


_ANY_VALUE = {"type": ["string", "integer", "array", "object", "boolean"]}
_EXPECTATION = {
    "type": "object",
    "description": "One `kind: value`; values in brackets happen together; `at:` and `for:` may be added.",
    "properties": {
        **{kind: {**_ANY_VALUE, "description": about} for kind, about in MEANINGS.items()},
        "at": {"type": "string", "description": "When it begins, from the INVITE: `18s`, `10s-15s`."},
        "for": {"type": "string", "description": "How long it lasts."},
    },
    "additionalProperties": False,
    "minProperties": 1,
}
Expectations = Annotated[
    list[Annotated[Expectation, BeforeValidator(_expectation), WithJsonSchema(_EXPECTATION)]], OneOrMany
]


def _handler(value: Any) -> Handler:
    """A mapping is a JSON body, a number a status; text is a failure's name, a status, or the body itself."""
    if isinstance(value, bool) or value is None or isinstance(value, list | float):
        raise refuse(f"{shown(value)} is no answer: write a body such as `{{scheme: lviv}}`, a status, `timeout`")
    if isinstance(value, int):
        if not 100 <= value <= 599:
            raise refuse(f"`{value}` is no HTTP status; a body that is a number stands in quotes")
        return canned(str(value))
    if isinstance(value, dict):
        return _answering(json.dumps(value, ensure_ascii=False))
    if value in FAILURES or re.fullmatch(r"[345]\d\d", value):
        return canned(value)
    if re.fullmatch(r"[a-z]+", value) and (hint := did_you_mean(value, FAILURES)):
        raise refuse(f"`{value}` is no answer", hint)
    return _answering(value)


def _answering(body: str) -> Handler:
    def answer(step: Any, call: Any) -> tuple[HandlerReply | HandlerFailure, int]:
        return HandlerReply(200, "application/json", body.encode()), _INSTANT_MS

    return answer


def _crm(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise refuse(f"{shown(value)} is no answer of a CRM: write nobody, timeout, 500, or `deal ivan, Romashka Ltd`")
    try:
        crm_answers.answers(str(value))
    except ValueError as error:
        raise refuse(str(error)) from None
    return str(value)


_HANDLER = {"type": ["object", "string", "integer"], "examples": ["timeout", "garbage", "refused", 500]}
_CRM = {"type": ["string", "integer"], "examples": ["nobody", "timeout", 500, "deal ivan, Romashka Ltd"]}
HandlerAnswer = Annotated[Any, BeforeValidator(_handler), WithJsonSchema(_HANDLER)]
CrmAnswer = Annotated[str, BeforeValidator(_crm), WithJsonSchema(_CRM)]


def moment(text: str, timezone: str) -> datetime:
    """``2026-11-23 10:00``, with an offset or a zone's name after it, else in ``timezone``. Raises ValueError."""
    named = _WHEN.fullmatch(text)
    try:
        zone = ZoneInfo(named[2] if named and named[2] != "Z" else timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"`{text}` names no time zone: write it like `2026-11-23 10:00 Europe/Warsaw`") from None
    try:
        found = datetime.fromisoformat(named[1] if named else text)
    except ValueError:
        raise ValueError(f"`{text}` is not a moment: write `2026-11-23 10:00`") from None
    found = found if found.tzinfo else found.replace(tzinfo=zone)
    if (clock := as_clocks_show(found)).replace(tzinfo=None) != found.replace(tzinfo=None):
        write = f"write `{clock:%Y-%m-%d %H:%M}`"
        raise ValueError(f"`{text}` does not exist in {zone.key}, where clocks go forward over it: {write}")
    return found


def _is_moment(value: str) -> str:
    try:
        moment(value, "UTC")
    except ValueError as error:
        raise refuse(str(error)) from None
    return value


#: When a call begins.
Moment = Annotated[Text, AfterValidator(_is_moment)]


class CallFields(Fields):
    """Who calls whom, and when. ``from``: a number, `anonymous` or a phone of the project: ``ivan.desk``, ``1001``."""

    to: Text = Field(
        description="The number dialled; from a phone of the project also an extension, an account or a code."
    )
    from_: Text = Field(
        alias="from", description="A number, `anonymous`, or a phone of the project: `ivan.desk`, `1001`."
    )
    at: Moment = Field(description="When: `2026-11-23 10:00`, in the project's zone unless another follows.")
    callback: Literal["person", "client"] | None = Field(
        None, description="Who is rung first when `from`, whose phone is in `phones`, is called back after a call `to`."
    )


class TalkFields(Fields):
    """An earlier talk of a person: who called (`in`: the client, `out`: the person), how long ago, how long."""

    in_: Id | None = Field(None, alias="in", description="With whom, when the caller called.")
    out: Id | None = Field(None, description="With whom, when the person called.")
    with_: Number | None = Field(
        None, alias="with", description="The client, in E.164, where a person calls; default: the caller."
    )
    ago: Seconds = Field(60, description="How long before the call it ended.")
    talked: Seconds = Field(3600, description="How long it was.")

    @model_validator(mode="after")
    def _with_somebody(self) -> TalkFields:
        if not (self.in_ or self.out):
            raise refuse("a talk needs a person: write `in: ivan` or `out: ivan`")
        return self


class LoadFields(Fields):
    """A person's load today: talks, their length, how long ago the last one ended."""

    calls: Whole = Field(0, ge=0, description="Talks of today.")
    talked: Seconds | None = Field(None, description="Their length in all.")
    ended: Seconds | None = Field(None, description="How long before the call the last one ended.")


def _talk(value: Any) -> Any:
    return {"in": value, "out": value} if isinstance(value, str) else value


def _load(value: Any) -> Any:
    return {"calls": value} if isinstance(value, int) else value


def _behaviour(value: Any) -> phones.ScriptedPhone:
    try:
        return phones.parse(value)
    except phones.BadBehaviour as error:
        raise refuse(str(error)) from None
    except AttributeError:
        if value is None:
            raise refuse(
                "has no value", 'put text with a comma in quotes: `ivan: "answers after 8s, talks 30s"`'
            ) from None
        raise refuse(f"{shown(value)}: write what the phone does, such as `busy` or `answers after 8s`") from None


class _Short(BeforeValidator):
    """A mapping that may be written as a single value."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [handler(core), {"type": ["string", "integer"]}]}


_DOES = {
    "type": "string",
    "examples": [
        "busy", "no answer", "answers after 8s", "rejects", "voicemail after 20s", "answers after 3s, transfers to 103",
        "answers after 3s, transfers to 103 after 5s, attended",
    ],
}  # fmt: skip
Behaviour = Annotated[phones.ScriptedPhone, BeforeValidator(_behaviour), WithJsonSchema(_DOES)]
Talk = Annotated[TalkFields, _Short(_talk)]
Load = Annotated[LoadFields, _Short(_load)]
