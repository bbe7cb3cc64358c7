"""The typed fields of scheme files: valid values, and the messages for authors about others.

Pydantic types over the parsers of this package. Each accepts the forms that authors write and yields one clean form.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    Strict,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from routing.model import durations, meant, numbers, url_secrets
from routing.model.calendar import Period, parse_period
from routing.model.decision import ID
from routing.model.secret import is_key, reserved_owner

#: Control characters, line separators, marks that change the writing direction: no author's text holds them.
CONTROL_CHARACTERS = r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
#: Refused in author text, which reaches XML, phones and logs: those, and what FreeSWITCH or its preprocessor would
#: interpret.
_FORBIDDEN = re.compile(rf"\$|X-PRE-PROCESS|{CONTROL_CHARACTERS}", re.IGNORECASE)
_LABEL_FORBIDDEN = re.compile(r"""[{}\[\]<>,|^&"'`\\;=]""")


class Fields(BaseModel):
    """A mapping of a scheme file: unknown keys are errors, values are immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def refuse(message: str, hint: str = "") -> PydanticCustomError:
    """The error of an invalid field; authors see message and hint verbatim."""
    return PydanticCustomError("refused", "{message}", {"message": message, "hint": hint})


def parsed_by(parse: Any) -> Any:
    """A validator that turns a parser's ValueError into a `refuse` with the same message."""

    def validate(value: Any) -> Any:
        try:
            return parse(value)
        except ValueError as error:
            raise refuse(str(error)) from None

    return validate


def shown(value: Any) -> str:
    """A value as an author wrote it, short enough for a message."""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, bool):
        return {None: "an empty value", True: "`true`", False: "`false`"}[value]
    text = url_secrets.masked(str(value))
    return f"`{text}`" if len(text) <= 60 else f"`{text[:57]}...`"


def invalid_name_message(value: Any) -> str:
    """Why a value is not a valid name."""
    if isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_]*", value):
        return f"{shown(value)} is too long for a name: {len(value)} characters, at most 64"
    write = f": write `{known}`" if (known := meant.name(value)) else ": use a-z, 0-9 and _, a letter first"
    return f"{shown(value)} is not a name{write}"


def _id(value: Any) -> str:
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise ValueError(invalid_name_message(value))
    return value


def safe_text(value: Any) -> str:
    """Author text: a string without ``$``, control characters and ``X-PRE-PROCESS``. Raises ValueError."""
    if value is None:
        raise ValueError("is empty: text is missing here")
    if not isinstance(value, str):
        hint = ": put it in quotes" if isinstance(value, int | float) else ""
        raise ValueError(f"{shown(value)} is not text{hint}")
    if found := _FORBIDDEN.search(value):
        if found[0].isprintable():
            raise ValueError(f"text must not contain `{found[0]}`: FreeSWITCH would interpret it")
        raise ValueError(f"text must not contain the control character U+{ord(found[0]):04X}")
    return value


def _label(value: Any) -> str:
    text = safe_text(value)
    if found := _LABEL_FORBIDDEN.search(text):
        raise ValueError(f"a name shown on phones must not contain `{found[0]}`")
    if len(text) > 40:
        raise ValueError("a name shown on phones has at most 40 characters")
    return text


def _quoted(parse: Any) -> Any:
    """A validator of text in digits, which YAML reads as a number without quotes."""

    def validate(value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            raise ValueError(f'`{value}` must be in quotes: write "{value}"')
        return parse(value)

    return validate


def _digits(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{2,8}", value):
        raise ValueError(f"{shown(value)} is not an internal number: 2 to 8 digits")
    return value


def _account(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", value):
        raise ValueError(f"{shown(value)} is not a SIP account name: letters, digits, `_`, `.` and `-`")
    return safe_text(value)


def _key(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9*#]", value):
        raise ValueError(f"{shown(value)} is not a phone key: one of 0-9, `*`, `#`")
    return value


def _number(value: Any, info: ValidationInfo) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise refuse(f'a number must be in quotes: write "+{value}"')
    if not isinstance(value, str):
        raise refuse('a number must be text in quotes: "+380501112233"')
    try:
        return numbers.normalise(value, (info.context or {}).get("country"))
    except ValueError as error:
        raise refuse(str(error)) from None


def _name(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,63}", value) or is_key(value):
        # never quote the value: it may be the secret itself, and messages go to logs and pull requests
        raise ValueError(
            "this is not the name of a secret: letters, digits and _, such as BOARD_PIN; "
            "`routing secrets` keeps its value elsewhere"
        )
    if owner := reserved_owner(value):
        raise ValueError(f"{value} is {owner}, which no scheme may send anywhere")
    return value


def _region(value: Any) -> str:
    if not isinstance(value, str) or not numbers.is_region(value):
        known = value.upper() if isinstance(value, str) and numbers.is_region(value.upper()) else ""
        write = f": write `{known}`" if known else ": two capital letters such as UA or PL"
        raise ValueError(f"{shown(value)} is not a country code{write}")
    return value


def one_or_many(value: Any) -> Any:
    """A list from a single value, or from nothing."""
    if value is None:
        return []
    return value if isinstance(value, list | tuple) else [value]


def _periods(value: Any) -> tuple[Period, ...]:
    return tuple(parse_period(text if isinstance(text, str) else shown(text).strip("`")) for text in one_or_many(value))


_TEXT = {"type": "string"}


def _schema(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema(schema)


Id = Annotated[str, BeforeValidator(parsed_by(_id)), _schema(type="string", pattern="^[a-z][a-z0-9_]*$")]
Seconds = Annotated[
    int,
    BeforeValidator(parsed_by(durations.parse_duration)),
    _schema(type="string", pattern=durations.PATTERN, examples=["20s", "3 rings", "2m"]),
]
Number = Annotated[str, BeforeValidator(_number), _schema(type="string", examples=["+380501112233"])]
Text = Annotated[str, BeforeValidator(parsed_by(safe_text)), WithJsonSchema(_TEXT)]
Label = Annotated[str, BeforeValidator(parsed_by(_label)), _schema(type="string", maxLength=40)]
Extension = Annotated[str, BeforeValidator(parsed_by(_quoted(_digits))), _schema(type="string", pattern=r"^\d{2,8}$")]
Account = Annotated[str, BeforeValidator(parsed_by(_quoted(_account))), WithJsonSchema(_TEXT)]
Key = Annotated[str, BeforeValidator(parsed_by(_quoted(_key))), _schema(type="string", pattern="^[0-9*#]$")]
Name = Annotated[str, BeforeValidator(parsed_by(_name)), _schema(type="string", pattern="^[A-Za-z][A-Za-z0-9_]*$")]
Region = Annotated[str, BeforeValidator(parsed_by(_region)), _schema(type="string", pattern="^[A-Z]{2}$")]
Periods = Annotated[
    tuple[Period, ...],
    BeforeValidator(parsed_by(_periods)),
    _schema(anyOf=[{"type": "string"}, {"type": "array", "items": {"type": "string"}}], examples=["09:00-18:00"]),
]


def at_least_one(value: Any) -> Any:
    """Refuse an empty list or mapping."""
    if not value:
        raise refuse("must not be empty")
    return value


class _OneOrMany(BeforeValidator):
    """As a validator `one_or_many`; in the JSON Schema the list, or one of what it holds."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        return {"anyOf": [schema["items"], schema]} if "items" in schema else schema


NotEmpty = AfterValidator(at_least_one)
OneOrMany = _OneOrMany(one_or_many)
#: `true` or `false` and nothing else: `no` and `off` are text in this language.
Flag = Annotated[bool, Strict()]
Whole = Annotated[int, Strict()]
