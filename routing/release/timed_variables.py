"""Global variables of FreeSWITCH that its own scheduler ends: what they say holds without any Python process.

Every function takes a `Switch` and raises what it raises.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable

Switch = Callable[[str], str]


class VariableRefused(Exception):
    """FreeSWITCH refused; the text is its answer."""


def values(switch: Switch, prefix: str) -> dict[str, str]:
    """Every variable that begins so: name without the prefix -> value."""
    lines = (line.partition("=") for line in switch("global_getvar").splitlines())
    return {name.removeprefix(prefix): value.strip() for name, _, value in lines if name.startswith(prefix)}


def ends(switch: Switch) -> dict[str, int]:
    """Task -> when it runs next, seconds since the epoch. A new task is listed some milliseconds later."""
    try:
        tasks = json.loads(switch("show tasks as json")).get("rows", [])
    except ValueError:
        return {}
    found: dict[str, int] = {}
    for row in tasks:
        task, runs = str(row.get("task_group", "")), int(row["task_runtime"])
        found[task] = min(found.get(task, runs), runs)
    return found


def put(switch: Switch, name: str, value: str, task: str, seconds: float = 0) -> None:
    """Set a variable, for some seconds or (0) until somebody sets another value; "" removes it. ``task``: what ends
    it. Raises VariableRefused."""
    switch(f"sched_del {task}")  # of an earlier value, which would end this one too
    if seconds:
        must(switch(f"sched_api +{max(1, math.ceil(seconds))} {task} global_setvar {name}="))
    must(switch(f"global_setvar {name}={value}"))


def must(answer: str) -> None:
    """Raises VariableRefused for an answer that is an error."""
    if answer.startswith("-"):
        raise VariableRefused(f"FreeSWITCH refused: {answer.strip()}")
