"""Filling in the templates of a CRM described in YAML: ``{phone}``, ``{entity.region}``, ``{source.utm_campaign}``.

A visitor's values are a stranger's words: whoever fills says how they are escaped for where they stand, and what is
filled in is never a template again. Which places an author may name is checked by crm_places.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from routing.model.problem import Loc

#: Braces with a space between them are text: a query of GraphQL.
PLACE = re.compile(r"\{([^{}\s]+)\}")
#: What is known of a visitor.
VISITOR = re.compile(r"(entity|source)\.(.*)", re.DOTALL)


def visitor_places(template: str) -> Iterator[str]:
    """What a template tells of the visitor: ``entity.region``."""
    yield from (place for place in PLACE.findall(template) if VISITOR.match(place))


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
