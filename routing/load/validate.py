"""From plain data to typed fields, and from pydantic's errors to problems for authors, each at its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from routing.load.nodes import Document
from routing.model import meant
from routing.model.fields import shown
from routing.model.folder import SHARED_KEYS
from routing.model.problem import Loc, Problem, closest, did_you_mean

Model = TypeVar("Model", bound=BaseModel)

_MESSAGES = {
    "missing": "is missing",
    "string_type": "must be text: put it in quotes",
    "int_type": "must be a whole number, without quotes",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must not be empty",
    "too_long": "is too long: at most {max_length}",
    "bool_type": "must be `true` or `false`",
    "dict_type": "must be a mapping: `key: value` lines",
    "list_type": "must be a list: lines that start with `-`",
    "model_type": "must be a mapping: `key: value` lines",
    "model_attributes_type": "must be a mapping: `key: value` lines",
}


#: A key without a value, which would count as absent.
EMPTY, EMPTY_HINT = "is empty", "write what belongs there, `{}` for the defaults of settings, or remove the key"
#: Keys without a value that mean something: `say: {opening: }` says the hours of the scheme's own calendar.
_MAY_BE_EMPTY = frozenset({"opening"})
#: Keys below which names stand alone: `entities: {region: }` is a fact that the page sends.
_LISTS_NAMES = frozenset({"entities"})
#: Keys that hold passwords in other telephone systems.
_SECRETS = frozenset({"password", "pass", "passwd", "secret", "token", "auth", "register_password"})


class Wrong(list[Problem]):
    """The problems that `validate` found; ``locs`` are their locations in the data."""

    locs: Sequence[Loc] = ()
    #: Locations of the intended keys of unknown ones: they are not reported as missing too.
    meant: frozenset[Loc] = frozenset()


def validate(
    model: type[Model] | TypeAdapter[Any], document: Document, loc: Loc, data: Any, country: str | None
) -> Model | Any | Wrong:
    """The typed form of one part of a document, or its problems (`Wrong`)."""
    empty = [(where, document.problem((*loc, *where), EMPTY, EMPTY_HINT, at_key=True)) for where in _empty(data)]
    try:
        if isinstance(model, TypeAdapter):
            found = model.validate_python(data)
        else:
            found = model.model_validate(data, context={"country": country})
    except ValidationError as error:
        details = error.errors(include_url=False)
        meant_keys = {(*detail["loc"][:-1], _key_meant(model, detail)) for detail in details}
        reported = [each for each in details if each["type"] != "missing" or tuple(each["loc"]) not in meant_keys]
        wrong = Wrong(_problem(model, document, loc, detail) for detail in reported)
        wrong.locs = [tuple(detail["loc"]) for detail in details]
        wrong.meant = frozenset(meant_keys)
    else:
        if not empty:
            return found
        wrong = Wrong()
    reported_at = {problem.path for problem in wrong}
    new = [(where, problem) for where, problem in empty if problem.path not in reported_at]
    wrong += [problem for _, problem in new]
    wrong.locs = [*wrong.locs, *(where for where, _ in new)]
    return wrong


def _empty(data: Any) -> list[Loc]:
    """Where a key has no value: YAML's null would be as if the key were not there, which its author does not mean.

    A step without settings is meant (`- hangup:`).
    """
    found: list[Loc] = []
    left: list[tuple[Loc, Any]] = [((), data)]
    while left:
        where, value = left.pop()
        for key, each in value.items() if isinstance(value, dict) else enumerate(value) if type(value) is list else ():
            is_step = len(value) == 1 and where and isinstance(where[-1], int)
            is_name = where and where[-1] in _LISTS_NAMES
            if each is None and isinstance(value, dict) and not is_step and not is_name and key not in _MAY_BE_EMPTY:
                found.append((*where, key))
            elif isinstance(each, dict | list):
                left.append(((*where, key), each))
    return found


def _problem(model: Any, document: Document, loc: Loc, detail: Any) -> Problem:
    where: Loc = tuple(part for part in detail["loc"] if part != "[key]")
    kind = detail["type"]
    at_key = "[key]" in detail["loc"]
    if kind == "extra_forbidden" and where[-1] == "<<":
        hint = "write the lines out, or define a calendar or group once and name it"
        return document.problem((*loc, *where), "merge keys `<<` are not supported", hint, at_key=True)
    if kind == "extra_forbidden":
        return document.problem((*loc, *where), f"unknown key `{where[-1]}`", _of_key(model, where)[0], at_key=True)
    if kind == "missing":
        return document.problem((*loc, *where[:-1]), f"`{where[-1]}` is missing")
    if kind == "literal_error":
        choices = re.findall("'([^']*)'", detail["ctx"]["expected"])
        hint = did_you_mean(str(detail["input"]), choices)
        one_of = ", ".join(f"`{choice}`" for choice in choices)
        return document.problem((*loc, *where), f"{shown(detail['input'])} is not one of {one_of}", hint)
    context = detail.get("ctx", {})
    message = _MESSAGES[kind].format(**context) if kind in _MESSAGES else detail["msg"]
    return document.problem((*loc, *where), message, context.get("hint") or _of_value(kind, detail), at_key=at_key)


def _of_value(kind: str, detail: Any) -> str:
    """A hint for a value that other languages would accept."""
    if kind == "bool_type":
        return f"write `{word}`" if (word := meant.flag(detail["input"])) else ""
    if bare := meant.unquoted(detail["input"]):
        return f'YAML does not know these quotes: write "{bare}"'
    return ""


def _of_key(model: Any, where: Loc) -> tuple[str, str]:
    """The hint for an unknown key, and the intended key."""
    known = list(_keys(model, where[:-1]))
    word = str(where[-1])
    if no_space := meant.odd_space(word):
        return no_space, word.strip(meant.ODD_SPACES)
    if len(where) == 1 and word in SHARED_KEYS and "scheme" in known:
        return f"`{word}:` belongs in a file without `scheme:`", word
    if spaced := meant.key(word, known):
        return f"a space is missing after the colon: `{spaced}`", word.partition(":")[0]
    if near := closest(word, known):
        return did_you_mean(word, [near]), near
    if word in _SECRETS:
        return "passwords do not belong in YAML: `routing secrets` adds them to the secrets file", ""
    return f"known keys: {', '.join(known)}", ""


def _key_meant(model: Any, detail: Any) -> str:
    return _of_key(model, tuple(detail["loc"]))[1] if detail["type"] == "extra_forbidden" else ""


def _keys(model: Any, loc: Loc) -> Iterator[str]:
    """The keys of a mapping at ``loc`` below the model."""
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
