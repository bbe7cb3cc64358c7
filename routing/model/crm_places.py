"""The places in the templates of a CRM described in YAML: ``{phone}``, ``{entity.region}``, ``{source.utm_campaign}``.

What may stand between the braces, and how a template is filled. A visitor's values are a stranger's words: whoever
fills says how they are escaped for where they stand, and what is filled in is never a template again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from routing.model.entities import NAME, SOURCES
from routing.model.fields import refuse, shown
from routing.model.problem import Loc, did_you_mean

#: The forms of the caller's number.
FORMS = ("phone", "digits", "national", "tail")
#: Braces with a space between them are text: a query of GraphQL.
PLACE = re.compile(r"\{([^{}\s]+)\}")
_BRACES = re.compile(r"\{([^{}]*)\}")
_VISITOR = re.compile(r"(entity|source)\.(.*)", re.DOTALL)
_SOURCES = frozenset(f"source.{name}" for name in SOURCES)
_KINDS = (*(f"{{{form}}}" for form in FORMS), "{entity.NAME}", "{source.NAME}")


def check(template: str) -> None:
    """Every place of a template can be filled in. Raises a refusal that says which cannot."""
    for inside in _BRACES.findall(template):
        place = inside.strip()
        if place != inside and (place in FORMS or _VISITOR.match(place)):
            raise refuse(f"`{{{inside}}}` would be sent as it is", f"write `{{{place}}}`")
        if place == inside and not _is_known(place):
            raise refuse(f"nothing is called `{{{place}}}`", _meant(place))


def check_path(template: str) -> None:
    """No visitor's words stand in the path itself, where ``..`` or nothing at all would be another address."""
    for place in visitor_places(template.partition("?")[0]):
        raise refuse(f"`{{{place}}}` stands in the path", "it can be a parameter, behind `?`, or stand in `body`")


def visitor_places(template: str) -> Iterator[str]:
    """What a template tells of the visitor: ``entity.region``."""
    yield from (place for place in PLACE.findall(template) if _VISITOR.match(place))


def texts(body: Any, loc: Loc = ()) -> Iterator[tuple[Loc, str]]:
    """The texts of a JSON body with their places in it."""
    if isinstance(body, str):
        yield loc, body
    elif isinstance(body, dict | list):
        for key, value in body.items() if isinstance(body, dict) else enumerate(body):
            yield from texts(value, (*loc, key))


def filled(template: str, values: Mapping[str, str], escape: Callable[[str], str] = str) -> str:
    """A template with its places filled in. Raises KeyError for a place without a value."""
    return PLACE.sub(lambda found: escape(values[found[1]]), template)


def filled_body(body: Any, values: Mapping[str, str]) -> Any:
    """A JSON body with the places of its texts filled in; what writes the JSON escapes them."""
    if isinstance(body, str):
        return filled(body, values)
    if isinstance(body, dict):
        return {key: filled_body(value, values) for key, value in body.items()}
    return [filled_body(value, values) for value in body] if isinstance(body, list) else body


def _is_known(place: str) -> bool:
    kind, _, name = place.partition(".")
    return place in FORMS or place in _SOURCES or (kind == "entity" and NAME.fullmatch(name) is not None)


def _meant(place: str) -> str:
    kind, _, name = place.partition(".")
    if kind == "entity":
        return f"{shown(name)} is not the name of an entity: small letters, digits and _, a letter first"
    if kind == "source":
        return did_you_mean(name, SOURCES) or f"a source is one of {', '.join(SOURCES)}"
    hint = did_you_mean(place, (*FORMS, f"entity.{name}", f"source.{name}"))
    return hint or f"one of {', '.join(_KINDS)}"
