"""The node of a sample month, as far as calendars and releases need one: what is overridden by hand, and until when; it
has whatever accounts and gateways a release asks it to read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

_ITS_OWN = {"domain": "sample", "routing_phones_at": "sample"}


@dataclass
class SampleNode:
    """Answers the commands of `routing.release` as FreeSWITCH does. ``now``: seconds since the epoch."""

    now: Callable[[], float]
    _globals: dict[str, str] = field(default_factory=dict)
    #: Group of a task -> when it runs, and the variable that it empties.
    _tasks: dict[str, tuple[float, str]] = field(default_factory=dict)

    def __call__(self, command: str) -> str:
        """The answer to a command. Raises OSError for others: there is no FreeSWITCH."""
        self._run_due()
        match command.split(" ", 3):
            case ["global_getvar"]:
                return "\n".join(f"{name}={value}" for name, value in self._globals.items())
            case ["global_getvar", name]:
                return self._globals.get(name, _ITS_OWN.get(name, ""))
            case ["global_setvar", *parts]:
                name, _, self._globals[name] = " ".join(parts).partition("=")
            case ["sched_del", group]:
                self._tasks.pop(group, None)
            case ["sched_api", after, group, then]:
                self._tasks[group] = self.now() + int(after), then.split(" ")[-1].rstrip("=")
            case ["show", what, *_]:
                return json.dumps(self._shown(what))
            case ["reloadxml"] | ["sofia", "profile", *_]:
                return "+OK [Success]"
            case ["user_exists", *_]:
                return "true"
            case _:
                raise OSError("a sample has no FreeSWITCH")
        return "+OK"

    def _shown(self, what: str) -> dict[str, object]:
        rows = [{"task_group": group, "task_runtime": round(at)} for group, (at, _) in self._tasks.items()]
        rows = rows if what == "tasks" else []
        return {"row_count": len(rows), "rows": rows}

    def _run_due(self) -> None:
        for group, (at, name) in list(self._tasks.items()):
            if at <= self.now():
                self._globals[name] = ""
                del self._tasks[group]
