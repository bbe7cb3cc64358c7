"""FreeSWITCH's global variables and scheduled tasks in memory, for what refuses floods."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field


@dataclass
class GlobalsSwitch:
    """Answers API commands. ``fails``: it refuses every change; ``is_away``: it cannot be reached; ``now_s``: of its
    scheduler."""

    now_s: float
    fails: bool = False
    is_away: bool = False
    variables: dict[str, str] = field(default_factory=lambda: {"hostname": "pbx", "routing_flood_": "broken"})
    tasks: dict[str, tuple[float, str]] = field(default_factory=dict)

    def __call__(self, command: str) -> str:
        if self.is_away:
            raise ConnectionRefusedError("event socket 127.0.0.1:8021: connection refused")
        name, _, rest = command.partition(" ")
        if command == "global_getvar":
            return "".join(f"{each}={value}\n" for each, value in self.variables.items())
        if command == "show tasks as json":
            rows = [{"task_group": task, "task_runtime": str(round(at))} for task, (at, _) in self.tasks.items()]
            return json.dumps({"row_count": len(rows), **({"rows": rows} if rows else {})})
        if name == "sched_del":
            return "+OK" if self.tasks.pop(rest, None) else "-ERR No such task"
        if self.fails:
            return "-ERR no reply"
        if name == "sched_api":
            found = re.fullmatch(r"\+([0-9]+) (\S+) (.+)", rest)
            assert found
            self.tasks[found[2]] = self.now_s + int(found[1]), found[3]
        elif name == "global_setvar":
            variable, _, value = rest.partition("=")
            self.variables[variable] = value
            if not value:
                del self.variables[variable]
        return "+OK"

    def pass_until(self, now_s: float) -> None:
        """Let time pass; tasks that are due run."""
        self.now_s = now_s
        for task, (at, command) in list(self.tasks.items()):
            if at <= now_s:
                del self.tasks[task]
                self(command)
