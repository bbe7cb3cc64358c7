"""Overrides of calendars by hand: a global variable of FreeSWITCH for each, and a task of its scheduler that ends it.

So an override holds without any Python process. Every function takes a `Switch` and raises what it raises.
"""

from __future__ import annotations

from routing.model.override_end import PREFIX as OPENS
from routing.release.timed_variables import Switch, ends, must, put, values

OVERRIDES = ("open", "closed")
#: Returns to the calendar.
AUTO = "auto"
_PREFIX = "hours_"


def override_of(switch: Switch, calendar: str) -> str:
    """``open``, ``closed``, or ``auto`` for none."""
    answer = switch(f"global_getvar {_PREFIX}{calendar}").strip()
    return answer if answer in OVERRIDES else AUTO


def ends_s(switch: Switch, calendar: str) -> int:
    """When the override ends, seconds since the epoch, as FreeSWITCH's scheduler knows; 0: not by itself."""
    return ends(switch).get(_task(calendar), 0)


def every_override(switch: Switch) -> dict[str, tuple[str, int]]:
    """Calendar -> its state and when it ends (`ends_s`), of all that are overridden, by two commands."""
    found = values(switch, _PREFIX)
    end = ends(switch) if found else {}
    return {name: (state, end.get(_task(name), 0)) for name, state in found.items() if state in OVERRIDES}


def override(switch: Switch, calendar: str, state: str, seconds: int = 0, opens: str = "") -> None:
    """Set a calendar open or closed for every call from now on, for some seconds or (0) until somebody ends it; AUTO
    ends it. ``opens``: what callers hear of its opening after that (`model.override_end`). Raises VariableRefused."""
    must(switch(f"global_setvar {OPENS}{calendar}={opens}"))
    is_auto = state == AUTO
    put(switch, f"{_PREFIX}{calendar}", "" if is_auto else state, _task(calendar), 0 if is_auto else seconds)


def _task(calendar: str) -> str:
    return f"routing_{_PREFIX}{calendar}"
