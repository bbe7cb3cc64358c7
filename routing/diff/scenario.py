"""One tried call: default circumstances, except for its ``deltas``, and their description. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

#: The script of a phone that answers.
ANSWERS_AFTER = "answers after 3s"


@dataclass(frozen=True, order=True)
class Delta:
    """One circumstance that differs from the default: ``kind`` is a key of `PHRASES`, ``who`` its subject.

    Of ``presses``, ``who`` is the second of the call.
    """

    kind: str
    who: str = ""
    what: str = ""

    def __str__(self) -> str:
        what = self.what.replace("_", " ") if self.kind == "state" else self.what
        return PHRASES[self.kind].format(who=self.who, what=what)


#: Kind -> its description.
PHRASES = {
    "caller": "from {who}",
    "hours": "{who} {what} by hand",
    "entity": "visitor's {who} is {what}",
    "digits": "caller types {what}",
    "says": "caller says {what}",
    "presses": "caller presses {what} while they wait",
    "webhook": "webhook answers {what}",
    "crm": "CRM answers {what}",
    "sticky": "{what} talked with the caller before",
    "state": "{who} is {what}",
    "engine": "engine down",
    "others": "every phone is {what}",
    "answers": "{who} answers",
    "unconfirmed": "{who} picks up and presses nothing",
}
#: The order in which they are tried.
ORDER = tuple(PHRASES)


@dataclass(frozen=True)
class Scenario:
    """A call to ``to`` from ``caller`` at an aware moment. ``digits`` has one entry per prompt: "-" types nothing.

    Defaults: no phone answers, nothing is typed, webhooks refuse, CRMs find nobody, no talk is stored.
    """

    to: str
    caller: str
    at: datetime
    deltas: tuple[Delta, ...] = ()
    digits: tuple[str, ...] = ()

    def with_(self, delta: Delta) -> Scenario:
        """The same call with one more delta."""
        return replace(self, deltas=(*self.deltas, delta))

    def value(self, kind: str) -> str:
        """The value of the delta of this kind; empty without one."""
        return next((delta.what for delta in self.deltas if delta.kind == kind), "")

    def has(self, kind: str) -> bool:
        """Whether there is a delta of this kind."""
        return any(delta.kind == kind for delta in self.deltas)

    @property
    def typed(self) -> str:
        """All digits that the caller types, with pauses."""
        return "".join(self.digits)

    def command(self, where: Sequence[str]) -> str:
        """The ``routing trace`` command that shows this call; ``where``: its options for the schemes."""
        arguments = ["routing", "trace", *where, "--to", self.to, "--from", self.caller]
        arguments += ["--at", f"{self.at:%Y-%m-%d %H:%M} {self.at.tzinfo}"]
        for delta in self.deltas:
            arguments += _option(delta)
        if self.digits:
            arguments += ["--digits", self.typed]
        return shlex.join(arguments)


def _option(delta: Delta) -> list[str]:
    match delta.kind:
        case "hours":
            return ["--hours", f"{delta.who}={delta.what}"]
        case "entity":
            kind, _, name = delta.who.partition(" ")
            return [f"--{kind}", f"{name}={delta.what}"]
        case "webhook" | "crm" | "sticky":
            return [f"--{delta.kind}", delta.what]
        case "says":
            return ["--says", delta.what]
        case "presses":
            return ["--press", f"{delta.what}={delta.who}s"]
        case "state":
            return ["--state", f"{delta.who}={delta.what}"]
        case "engine":
            return ["--engine", "down"]
        case "others":
            return ["--others", delta.what]
        case "answers":
            return ["--phone", f"{delta.who}={ANSWERS_AFTER}"]
        case "unconfirmed":
            return ["--phone", f"{delta.who}={ANSWERS_AFTER}, never confirms"]
    return []
