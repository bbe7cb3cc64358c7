"""A release's settings of screen pops (``pops`` in ``table.json``): the origins of pages, the key. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PopsPlan:
    """One project's screen pops. ``key``: the name of the secret, "" for a project without screen pops."""

    project: str
    origins: frozenset[str]
    key: str
    people: frozenset[str]


def plan_of(table: Mapping[str, Any]) -> PopsPlan:
    """The plan in a release's ``table.json``. Raises KeyError, TypeError or AttributeError when it is none."""
    screens = table.get("pops") or {}
    return PopsPlan(
        str(table["project"]),
        frozenset(screens.get("origins", ())),
        str(screens.get("key") or ""),
        frozenset(table["people"]),
    )
