"""The valid parts of a faulty scheme, so that the same run checks the names in them."""

from __future__ import annotations

import copy
from collections.abc import Collection, Sequence
from typing import Any

from pydantic import ValidationError

from routing.model.problem import Loc
from routing.steps import KINDS
from routing.steps.scheme_file import SchemeFields

#: Placeholder for a required name that could not be read.
UNREADABLE = "unreadable"
_LISTS = ("steps", "open", "closed", "holiday", "otherwise")


def without_faults(
    data: Any, locs: Sequence[Loc], country: str | None, meant: Collection[Loc] = ()
) -> SchemeFields | None:
    """The scheme with a `hangup` in place of each faulty step, and without other faulty settings.

    `hours` is `UNREADABLE` when it is faulty, or misspelt (``meant``: intended keys of unknown ones).

    None when nothing valid is left. Only fit for checking names: calls would go elsewhere.
    """
    if not isinstance(data, dict):
        return None
    rest = copy.deepcopy(data)
    hours = ("hours",) in meant
    for loc in locs:
        at = _step(loc)
        if at is None:
            rest.pop(str(loc[0]), None)
            hours |= loc[0] == "hours"
        else:
            _replace(rest, loc[: at + 1])
    try:
        return SchemeFields.model_validate(
            {"scheme": "x", "steps": "hangup"} | rest | ({"hours": UNREADABLE} if hours else {}),
            context={"country": country},
        )
    except ValidationError:
        return None


def _step(loc: Loc) -> int | None:
    """The position in ``loc`` of the innermost index into a list of steps."""
    for at in range(len(loc) - 1, 0, -1):
        if isinstance(loc[at], int) and (loc[at - 1] in _LISTS or (at > 1 and loc[at - 2] == "options")):
            return at
    return None


def _replace(data: Any, loc: Loc) -> None:
    """Put a `hangup` at a location; parts that a shorthand omits are skipped."""
    holder: Any = None
    key: Any = ""
    for part in loc:
        there = part in data if isinstance(data, dict) else isinstance(data, list) and isinstance(part, int)
        if there:
            holder, key = data, part
            data = holder[key]
    if holder is not None and key not in KINDS:
        holder[key] = "hangup"
