"""The placeholders in templates of a CRM described in YAML: ``{phone}``, ``{entity.region}``, ``{source.NAME}``.

This module checks them and gives the messages for authors; crm_templates.py fills them in.
"""

from __future__ import annotations

import re

from routing.model.crm_templates import VISITOR, visitor_places
from routing.model.entities import NAME, SOURCES
from routing.model.fields import refuse, shown
from routing.model.problem import did_you_mean

#: The forms of the caller's number.
FORMS = ("phone", "digits", "national", "tail")
_BRACES = re.compile(r"\{([^{}]*)\}")
_SOURCES = frozenset(f"source.{name}" for name in SOURCES)
_KINDS = (*(f"{{{form}}}" for form in FORMS), "{entity.NAME}", "{source.NAME}")


def check(template: str) -> None:
    """Check that every placeholder of a template is known. Raises a refusal that names the first unknown one."""
    for inside in _BRACES.findall(template):
        place = inside.strip()
        if place != inside and (place in FORMS or VISITOR.match(place)):
            raise refuse(f"`{{{inside}}}` would be sent literally", f"write `{{{place}}}`")
        if place == inside and not _is_known(place):
            raise refuse(f"there is no placeholder `{{{place}}}`", _meant(place))


def check_path(template: str) -> None:
    """Check that no fact of a visitor is in the path itself, where ``..`` or an empty text would change the address."""
    for place in visitor_places(template.partition("?")[0]):
        raise refuse(f"`{{{place}}}` must not be in the path", "make it a parameter after `?`, or put it in `body`")


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
