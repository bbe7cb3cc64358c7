"""Fields of `pools:` (numbers lent to visitors of a site) and of the project's `tracking:` (what its pages tell).

What a page may send is listed here by name; anything else that a page sends is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, field_validator, model_validator

from routing.model.entities import MOST_ENTITIES, NAME, SOURCES, AcceptedValues, Visitor, clean, linear
from routing.model.fields import Fields, Flag, Id, Name, Number, OneOrMany, Seconds, Text, one_or_many, refuse, shown
from routing.model.problem import did_you_mean
from routing.model.sites import Origins

MOST_NUMBERS = 500
#: A name or a path of the page: ``shop.cart.items[0].category``.
_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*|\[\d{1,4}\])*", re.ASCII)
#: The alias under which questions about visitors are kept; a mapping of scheme files has them flat.
QUESTIONS = "entity.NAME"
_QUESTION = re.compile(r"(entity|source)\.(.*)")


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
        raise refuse(f"no value can be {shown(value)}: at most 64 letters, digits, spaces and . _ , / + : & # @ ( ) -")
    return value


_ONE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_PATTERN = {**_ONE, "description": "Texts in which `*` stands for anything: `drain*`."}
_VALUE_SCHEMA = {
    "anyOf": [*_ONE["anyOf"], {"type": "object", "properties": {"pattern": _PATTERN}, "required": ["pattern"]}]
}
Value = Annotated[AcceptedValues, BeforeValidator(accepted_values), WithJsonSchema(_VALUE_SCHEMA)]


def gathered(value: Any) -> Any:
    """The flat keys ``entity.region`` and ``source.utm_source`` of a mapping as one mapping under `QUESTIONS`."""
    if not isinstance(value, dict):
        return value
    questions = {key: of for key, of in value.items() if isinstance(key, str) and _QUESTION.fullmatch(key)}
    rest = {key: of for key, of in value.items() if key not in questions}
    return {**rest, QUESTIONS: questions} if questions else rest


def _question(value: Any) -> str:
    kind, _, name = str(value).partition(".")
    if kind == "source" and name not in SOURCES:
        raise refuse(f"a visit has no source `{name}`", did_you_mean(name, SOURCES) or f"one of {', '.join(SOURCES)}")
    if not NAME.fullmatch(name):
        raise refuse(f"{shown(name)} is not the name of an entity: small letters, digits and _, a letter first")
    return str(value)


Questions = dict[Annotated[str, BeforeValidator(_question)], Value]


def flat_schema(schema: dict[str, Any]) -> None:
    """The JSON Schema of a mapping with questions: one pattern of keys instead of the field that keeps them."""
    questions = schema["properties"].pop(QUESTIONS)
    schema["patternProperties"] = {rf"^(entity|source)\.{NAME.pattern}$": questions["additionalProperties"]}


class Entity(Fields):
    """What a page tells of its visitor: a value that the page states, or one that the script finds by a path."""

    expression: Text | None = Field(None, description="Where the page has it: `shop.cart.category`; else it is stated.")
    level: Literal["session", "view"] = Field("session", description="Kept for the visit, or until the next page.")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {} if value is None else {"expression": value} if isinstance(value, str) else value

    @field_validator("expression", mode="before")
    @classmethod
    def _path(cls, value: Any) -> Any:
        if value is not None and (not isinstance(value, str) or not _PATH.fullmatch(value) or len(value) > 120):
            raise refuse(f"{shown(value)} is not a path of the page: write `shop.cart.items[0].category`")
        return value


class Tracking(Fields):
    """The sites whose visitors are told apart, and what their pages may tell."""

    origins: Origins = Field(description="Sites: `https://www.example.com`.")
    key: Name | None = Field(None, description="Name of the secret with which a server, not a page, may ask.")
    entities: dict[Id, Entity] = Field(default_factory=dict, description="Tracked values by name.")

    @field_validator("entities")
    @classmethod
    def _few(cls, value: dict[str, Entity]) -> dict[str, Entity]:
        if len(value) > MOST_ENTITIES:
            raise refuse(f"at most {MOST_ENTITIES} entities: each travels with every call")
        if long := next((name for name in value if not NAME.fullmatch(name)), ""):
            raise refuse(f"{shown(long)} is too long: an entity's name is at most 32 characters")
        return value


class PoolWhen(Fields):
    """Questions about a visit; all that are asked must fit."""

    model_config = ConfigDict(json_schema_extra=flat_schema)

    page: Annotated[list[Text], OneOrMany] = Field(
        default_factory=list, description="Paths of pages, `*` for anything: `/kharkiv/*`."
    )
    questions: Questions = Field(default_factory=dict, alias=QUESTIONS)

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, value: Any) -> Any:
        return gathered(value)

    def fits(self, visitor: Visitor, page: str) -> bool:
        """Whether a visit on this page (a path) is one that the pool is for."""
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
    """Numbers lent to visitors, one each, so that a call tells who calls."""

    scheme: Id = Field(description="Where calls to its numbers go.")
    numbers: Annotated[list[Number], OneOrMany] = Field(
        min_length=1, max_length=MOST_NUMBERS, description="Numbers that are shown, one to each visitor."
    )
    overflow: Number = Field(description="Shown when every number is lent: a number of a scheme, shared by visitors.")
    lease: Seconds = Field(1800, description="How long a visitor keeps a number after the last sign of life.")
    keep: Seconds = Field(3600, description="How much longer a call still counts as this visitor's; then all is gone.")
    when: PoolWhen = Field(default_factory=PoolWhen, description="Visitors it is for; the first pool that fits lends.")
    caller_pays: Flag = Field(True, description="False on 0800 numbers: the owner pays from the moment of answering.")

    @field_validator("numbers")
    @classmethod
    def _once(cls, value: list[str]) -> list[str]:
        for at, number in enumerate(value):
            if number in value[:at]:
                raise refuse(f"{number} stands twice in this pool")
        return value

    @model_validator(mode="after")
    def _apart(self) -> Pool:
        if self.overflow in self.numbers:
            raise refuse("the overflow number is shown to many: it cannot be one that is lent to one visitor")
        return self
