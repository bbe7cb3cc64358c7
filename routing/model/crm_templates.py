"""Filling in the templates of a CRM described in YAML: ``{phone}``, ``{entity.region}``, ``{source.utm_campaign}``.

A visitor's values are untrusted: the caller of `filled` passes the escaping for their context, and a filled-in value is
never a template again. crm_places.py checks the placeholders.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from routing.model.problem import Loc

#: Braces around a space are text, such as a GraphQL query.
PLACE = re.compile(r"\{([^{}\s]+)\}")
#: A fact of a visitor.
VISITOR = re.compile(r"(entity|source)\.(.*)", re.DOTALL)


def visitor_places(template: str) -> Iterator[str]:
    """The facts of the visitor in a template: ``entity.region``."""
    yield from (place for place in PLACE.findall(template) if VISITOR.match(place))


def texts(body: Any, loc: Loc = ()) -> Iterator[tuple[Loc, str]]:
    """The texts of a JSON body with their locations."""
    if isinstance(body, str):
        yield loc, body
    elif isinstance(body, dict | list):
        for key, value in body.items() if isinstance(body, dict) else enumerate(body):
            yield from texts(value, (*loc, key))


def filled(template: str, values: Mapping[str, str], escape: Callable[[str], str] = str) -> str:
    """A template with its placeholders filled in. Raises KeyError for one without a value."""
    return PLACE.sub(lambda found: escape(values[found[1]]), template)


def filled_body(body: Any, values: Mapping[str, str]) -> Any:
    """A JSON body with the placeholders of its texts filled in; the JSON encoder escapes them."""
    if isinstance(body, str):
        return filled(body, values)
    if isinstance(body, dict):
        return {key: filled_body(value, values) for key, value in body.items()}
    return [filled_body(value, values) for value in body] if isinstance(body, list) else body
