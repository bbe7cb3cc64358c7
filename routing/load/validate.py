"""Plain data to typed fields; pydantic's errors as problems that an author understands, each at its line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from routing.load.nodes import Document
from routing.model.problem import Loc, Problem, did_you_mean

Model = TypeVar("Model", bound=BaseModel)

_MESSAGES = {
    "missing": "is missing",
    "string_type": "must be text: put it in quotes",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "bool_parsing": "must be `true` or `false`",
    "bool_type": "must be `true` or `false`",
    "dict_type": "must be a mapping: `key: value` lines",
    "list_type": "must be a list: lines that start with `-`",
    "model_type": "must be a mapping: `key: value` lines",
    "model_attributes_type": "must be a mapping: `key: value` lines",
}


def validate(model: type[Model], document: Document, loc: Loc, data: Any, country: str | None) -> Model | list[Problem]:
    """The typed form of one part of a document, or everything that is wrong with it."""
    try:
        return model.model_validate(data, context={"country": country})
    except ValidationError as error:
        return [_problem(model, document, loc, detail) for detail in error.errors(include_url=False)]


def _problem(model: type[BaseModel], document: Document, loc: Loc, detail: Any) -> Problem:
    where: Loc = tuple(part for part in detail["loc"] if part != "[key]")
    kind = detail["type"]
    at_key = "[key]" in detail["loc"]
    if kind == "extra_forbidden":
        known = list(_keys(model, where[:-1]))
        hint = did_you_mean(str(where[-1]), known) or f"known here: {', '.join(known)}"
        return document.problem((*loc, *where), f"unknown key `{where[-1]}`", hint, at_key=True)
    if kind == "missing":
        return document.problem((*loc, *where[:-1]), f"`{where[-1]}` is missing")
    if kind == "literal_error":
        hint = did_you_mean(str(detail["input"]), [word.strip("'") for word in detail["ctx"]["expected"].split(", ")])
        expected = detail["ctx"]["expected"].replace("'", "`")
        return document.problem((*loc, *where), f"`{detail['input']}` is not one of {expected}", hint)
    return document.problem((*loc, *where), _MESSAGES.get(kind, detail["msg"]), at_key=at_key)


def _keys(model: Any, loc: Loc) -> Iterator[str]:
    """Keys that a mapping at ``loc`` below the model may have."""
    for candidate in _models(model):
        if not loc:
            yield from (field.alias or name for name, field in candidate.model_fields.items())
        else:
            for name, field in candidate.model_fields.items():
                if loc[0] in (name, field.alias):
                    yield from _keys(field.annotation, loc[1:])
    if get_origin(model) in (list, dict, tuple) and loc:
        yield from _keys(get_args(model)[-1], loc[1:])
    elif get_origin(model) not in (None, list, dict, tuple):
        for inner in get_args(model):
            yield from _keys(inner, loc)


def _models(annotation: Any) -> list[type[BaseModel]]:
    return [annotation] if isinstance(annotation, type) and issubclass(annotation, BaseModel) else []
