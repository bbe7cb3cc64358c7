"""Overrides of calendars by hand: a global variable of FreeSWITCH for each, and a task of its scheduler that ends it.

So an override holds without any Python process. Every function takes a `Switch` and raises what it raises.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from routing.model.override_end import PREFIX as OPENS

OVERRIDES = ("open", "closed")
#: Returns to the calendar.
AUTO = "auto"
_PREFIX = "hours_"
Switch = Callable[[str], str]


class OverrideRefused(Exception):
    """FreeSWITCH refused; the text is its answer."""


def override_of(switch: Switch, calendar: str) -> str:
    """``open``, ``closed``, or ``auto`` for none."""
    answer = switch(f"global_getvar hours_{calendar}").strip()
    return answer if answer in OVERRIDES else AUTO


def ends_s(switch: Switch, calendar: str) -> int:
    """When the override ends, seconds since the epoch, as FreeSWITCH's scheduler knows; 0: not by itself."""
    return _ends(switch).get(calendar, 0)


def _ends(switch: Switch) -> dict[str, int]:
    try:
        tasks = json.loads(switch("show tasks as json")).get("rows", [])
    except ValueError:
        return {}
    found: dict[str, int] = {}
    for task in tasks:
        group = str(task.get("task_group", ""))
        if group.startswith(f"routing_{_PREFIX}"):
            name, runs = group.removeprefix(f"routing_{_PREFIX}"), int(task["task_runtime"])
            found[name] = min(found.get(name, runs), runs)
    return found


def every_override(switch: Switch) -> dict[str, tuple[str, int]]:
    """Calendar -> its state and when it ends (`ends_s`), of all that are overridden, by two commands."""
    lines = (line.partition("=") for line in switch("global_getvar").splitlines())
    found = {name.removeprefix(_PREFIX): value.strip() for name, _, value in lines if name.startswith(_PREFIX)}
    ends = _ends(switch) if found else {}
    return {name: (state, ends.get(name, 0)) for name, state in found.items() if state in OVERRIDES}


def override(switch: Switch, calendar: str, state: str, seconds: int = 0, opens: str = "") -> None:
    """Set a calendar open or closed for every call from now on, for some seconds or (0) until somebody ends it; AUTO
    ends it. ``opens``: what callers hear of its opening after that (`model.override_end`). Raises OverrideRefused."""
    name = f"hours_{calendar}"
    switch(f"sched_del routing_{name}")  # of an earlier override, which would end this one too
    _must(switch(f"global_setvar {OPENS}{calendar}={opens}"))
    _must(switch(f"global_setvar {name}={'' if state == AUTO else state}"))
    if seconds and state != AUTO:
        _must(switch(f"sched_api +{seconds} routing_{name} global_setvar {name}="))


def _must(answer: str) -> None:
    if answer.startswith("-"):
        raise OverrideRefused(f"FreeSWITCH refused: {answer.strip()}")
