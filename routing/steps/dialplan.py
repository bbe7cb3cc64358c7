"""A dialplan in memory: extensions, conditions and actions, as FreeSWITCH will read them. Knows no step and no XML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Condition:
    """One condition: a regex over a field, attributes of time, or regexes of which ``any`` or ``all`` must hold."""

    field: str = ""
    expression: str = ""
    times: tuple[tuple[str, str], ...] = ()
    regex: str = ""
    regexes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Action:
    """One application with its argument."""

    application: str
    data: str = ""


@dataclass
class Extension:
    """Actions that run when the number dialled is the label and every condition holds."""

    label: str
    conditions: tuple[Condition, ...] = ()
    actions: list[Action] = field(default_factory=list)
    #: A pattern instead of the label itself, when the extension answers to many numbers.
    pattern: str = ""

    def do(self, application: str, data: str = "") -> None:
        """Append an action."""
        self.actions.append(Action(application, data))

    def set(self, variable: str, value: str | int) -> None:
        """Append the setting of a channel variable."""
        self.do("set", f"{variable}={value}")

    @property
    def expression(self) -> str:
        """The regex on the dialled number."""
        return self.pattern or f"^{re.escape(self.label)}$"


@dataclass
class Context:
    """A context: its extensions are tried in order."""

    name: str
    extensions: list[Extension] = field(default_factory=list)

    def extension(self, label: str, *conditions: Condition, pattern: str = "") -> Extension:
        """Append an extension; several may share a label, the first whose conditions hold runs."""
        added = Extension(label, conditions, pattern=pattern)
        self.extensions.append(added)
        return added
