"""The fields of `pools:` (numbers lent to visitors of a site) and of the project's `tracking:` (facts from its pages).

Pages may only send facts that are listed by name; anything else is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, field_validator, model_validator

from routing.model.entities import MOST_ENTITIES, NAME, SOURCES, AcceptedValues, Visitor, clean, linear
from routing.model.fields import Fields, Flag, Id, Name, Number, OneOrMany, Seconds, Text, one_or_many, refuse, shown
from routing.model.problem import did_you_mean
from routing.model.sites import Origins

MOST_NUMBERS = 500
#: A name or a path of the page: ``shop.cart.items[0].category``.
_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*|\[\d{1,4}\])*", re.ASCII)
#: The alias of the field with conditions on visitors, which scheme files write as flat keys.
QUESTIONS = "entity.NAME"
#: The kinds of facts that conditions can name; pools know those of a visit alone.
VISIT = ("entity", "source")


def accepted_values(value: Any) -> AcceptedValues:
    """A text, several, or ``{pattern: "drain*"}``."""
    if isinstance(value, dict):
        if list(value) != ["pattern"]:
            raise refuse("write a text, a list of texts, or `{pattern: ...}`")
        patterns = tuple(_text(each, "*") for each in one_or_many(value["pattern"]))
        if not patterns:
            raise refuse("`pattern` needs at least one value")
        return AcceptedValues(patterns=patterns)
    texts = tuple(_text(each, "") for each in one_or_many(value))
    if not texts:
        raise refuse("must not be empty")
    return AcceptedValues(texts)


def _text(value: Any, wildcard: str) -> str:
    if not isinstance(value, str):
        hint = f'write "{value}"' if isinstance(value, int | float) and not isinstance(value, bool) else ""
        raise refuse(f"{shown(value)} is not text: put it in quotes", hint)
    plain = value.replace(wildcard, "") if wildcard else value
    if not value or clean(plain) != " ".join(plain.split()).rstrip():
        raise refuse(
            f"{shown(value)} is not a possible value: at most 64 letters, digits, spaces and . _ , / + : & # @ ( ) -"
        )
    return value


_ONE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_PATTERN = {**_ONE, "description": "Texts in which `*` stands for any text: `drain*`."}
_VALUE_SCHEMA = {
    "anyOf": [*_ONE["anyOf"], {"type": "object", "properties": {"pattern": _PATTERN}, "required": ["pattern"]}]
}
Value = Annotated[AcceptedValues, BeforeValidator(accepted_values), WithJsonSchema(_VALUE_SCHEMA)]


def gathered(value: Any, kinds: Iterable[str] = VISIT) -> Any:
    """A mapping with its flat keys ``entity.region`` and ``source.utm_source`` moved to a mapping under `QUESTIONS`."""
    if not isinstance(value, dict):
        return value
    dotted = tuple(f"{kind}." for kind in kinds)
    questions = {key: of for key, of in value.items() if isinstance(key, str) and key.startswith(dotted)}
    rest = {key: of for key, of in value.items() if key not in questions}
    return {**rest, QUESTIONS: questions} if questions else rest


def _question(value: Any) -> str:
    kind, _, name = str(value).partition(".")
    if kind == "source" and name not in SOURCES:
        raise refuse(f"a visit has no source `{name}`", did_you_mean(name, SOURCES) or f"one of {', '.join(SOURCES)}")
    if not NAME.fullmatch(name):
        what = "an entity" if kind == "entity" else f"what is {_NAMED[kind]}"
        raise refuse(f"{shown(name)} is not the name of {what}: use a-z, 0-9 and _, a letter first")
    return str(value)


#: What names under these kinds stand for, in messages.
_NAMED = {"asked": "asked", "lookup": "a field of an answer"}
Questions = dict[Annotated[str, BeforeValidator(_question)], Value]


def flat_schema(kinds: Iterable[str]) -> Callable[[dict[str, Any]], None]:
    """Makes the JSON Schema of a mapping with such conditions: a key pattern instead of the field."""

    def flatten(schema: dict[str, Any]) -> None:
        questions = schema["properties"].pop(QUESTIONS)
        schema["patternProperties"] = {rf"^({'|'.join(kinds)})\.{NAME.pattern}$": questions["additionalProperties"]}

    return flatten


class Entity(Fields):
    """A fact of the visitor: a value that the page sends, or that the site script reads from a path."""

    expression: Text | None = Field(
        None, description="Path of the value on the page: `shop.cart.category`; default: the page sends it."
    )
    level: Literal["session", "view"] = Field("session", description="Kept for the visit, or until the next page.")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {} if value is None else {"expression": value} if isinstance(value, str) else value

    @field_validator("expression", mode="before")
    @classmethod
    def _path(cls, value: Any) -> Any:
        if value is not None and (not isinstance(value, str) or not _PATH.fullmatch(value) or len(value) > 120):
            raise refuse(f"{shown(value)} is not a path on the page: write `shop.cart.items[0].category`")
        return value


class Tracking(Fields):
    """The sites whose visitors are tracked, and the facts that their pages may send."""

    origins: Origins = Field(description="Sites: `https://www.example.com`.")
    key: Name | None = Field(None, description="Name of the secret for requests from a server instead of a page.")
    entities: dict[Id, Entity] = Field(default_factory=dict, description="Tracked values by name.")

    @field_validator("entities")
    @classmethod
    def _few(cls, value: dict[str, Entity]) -> dict[str, Entity]:
        if len(value) > MOST_ENTITIES:
            raise refuse(f"at most {MOST_ENTITIES} entities: every call carries them")
        if long := next((name for name in value if not NAME.fullmatch(name)), ""):
            raise refuse(f"{shown(long)} is too long: an entity's name has at most 32 characters")
        return value


class PoolWhen(Fields):
    """Conditions on a visit; all must match."""

    model_config = ConfigDict(json_schema_extra=flat_schema(VISIT))

    page: Annotated[list[Text], OneOrMany] = Field(
        default_factory=list, description="Paths of pages, `*` for any text: `/kharkiv/*`."
    )
    questions: Questions = Field(default_factory=dict, alias=QUESTIONS)

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, value: Any) -> Any:
        return gathered(value)

    def fits(self, visitor: Visitor, page: str) -> bool:
        """Whether the pool is for a visit on this page (a path)."""
        values = {"entity": visitor.entities, "source": visitor.source}
        return (not self.page or any(_like(pattern, page) for pattern in self.page)) and all(
            expected.fits(_value(values, question)) for question, expected in self.questions.items()
        )


def _value(values: Mapping[str, Mapping[str, str]], question: str) -> str:
    kind, _, name = question.partition(".")
    return values[kind].get(name, "")


def _like(pattern: str, text: str) -> bool:
    return re.fullmatch(linear([*map(re.escape, pattern.split("*"))]), text) is not None


class Pool(Fields):
    """Numbers lent to visitors, one each, so that the dialled number identifies the visitor."""

    scheme: Id = Field(description="Scheme of calls to its numbers.")
    numbers: Annotated[list[Number], OneOrMany] = Field(
        min_length=1, max_length=MOST_NUMBERS, description="Numbers to lend, one to each visitor."
    )
    overflow: Number = Field(description="Shown when every number is lent: a number of a scheme, shared by visitors.")
    lease: Seconds = Field(1800, description="How long a visitor keeps a number after the last activity.")
    keep: Seconds = Field(3600, description="How much longer calls still count as this visitor's; then they expire.")
    when: PoolWhen = Field(
        default_factory=PoolWhen, description="Conditions on visitors; the first matching pool lends."
    )
    caller_pays: Flag = Field(True, description="False on 0800 numbers: the owner pays from the moment of answering.")

    @field_validator("numbers")
    @classmethod
    def _once(cls, value: list[str]) -> list[str]:
        for at, number in enumerate(value):
            if number in value[:at]:
                raise refuse(f"{number} is listed twice in this pool")
        return value

    @model_validator(mode="after")
    def _apart(self) -> Pool:
        if self.overflow in self.numbers:
            raise refuse("the overflow number is shown to many visitors: it cannot also be lent to one")
        return self
