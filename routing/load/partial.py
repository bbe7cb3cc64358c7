"""What is left of a scheme with faults, so that the names in its sound parts are checked in the same run."""

from __future__ import annotations

import copy
from collections.abc import Collection, Sequence
from typing import Any

from pydantic import ValidationError

from routing.model.problem import Loc
from routing.steps import KINDS
from routing.steps.scheme_file import SchemeFields

#: Names that could not be read, where one is needed.
UNREADABLE = "unreadable"
_LISTS = ("steps", "open", "closed", "holiday", "otherwise")


def without_faults(
    data: Any, locs: Sequence[Loc], country: str | None, meant: Collection[Loc] = ()
) -> SchemeFields | None:
    """The scheme with every faulty step replaced by a `hangup` and every other faulty setting left out.

    A calendar that is wrongly told, or under a key that was meant to be `hours` (``meant``), is there: `UNREADABLE`.

    None when nothing sound is left. Only good for looking at names: where the call goes is another matter.
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
    """Where in the place the innermost step stands: an index into a list of steps."""
    for at in range(len(loc) - 1, 0, -1):
        if isinstance(loc[at], int) and (loc[at - 1] in _LISTS or (at > 1 and loc[at - 2] == "options")):
            return at
    return None


def _replace(data: Any, loc: Loc) -> None:
    """Put a `hangup` at a place; parts that a shorthand leaves out are passed over."""
    holder: Any = None
    key: Any = ""
    for part in loc:
        there = part in data if isinstance(data, dict) else isinstance(data, list) and isinstance(part, int)
        if there:
            holder, key = data, part
            data = holder[key]
    if holder is not None and key not in KINDS:
        holder[key] = "hangup"
