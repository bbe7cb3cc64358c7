"""One call as it is tried: everything is as usual but what ``deltas`` names. And how people say that. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

#: What can be special about a call, in the order in which it is said and tried.
ANSWERS_AFTER = "answers after 3s"


@dataclass(frozen=True, order=True)
class Delta:
    """One thing that is not as usual: ``kind`` is a row of SAID, ``who`` whom it is about."""

    kind: str
    who: str = ""
    what: str = ""

    def __str__(self) -> str:
        return PHRASES[self.kind].format(who=self.who, what=self.what)


#: Kind -> how it is said.
PHRASES = {
    "caller": "from {who}",
    "hours": "{who} {what} by hand",
    "entity": "visitor's {who} is {what}",
    "digits": "caller types {what}",
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
    """A call to ``to`` from ``caller`` at an aware moment. ``digits`` has one entry a question: "-" types nothing.

    Usual is: no phone answers, nothing is typed, webhooks refuse, CRMs know nobody, nothing is remembered.
    """

    to: str
    caller: str
    at: datetime
    deltas: tuple[Delta, ...] = ()
    digits: tuple[str, ...] = ()

    def with_(self, delta: Delta) -> Scenario:
        """The same call with one more thing special about it."""
        return replace(self, deltas=(*self.deltas, delta))

    def value(self, kind: str) -> str:
        """What is special of this kind; empty when nothing is."""
        return next((delta.what for delta in self.deltas if delta.kind == kind), "")

    def has(self, kind: str) -> bool:
        """Whether anything of this kind is special."""
        return any(delta.kind == kind for delta in self.deltas)

    @property
    def typed(self) -> str:
        """The digits as the caller types them, pauses included."""
        return "".join(self.digits)

    def command(self, where: Sequence[str]) -> str:
        """The ``routing trace`` that shows this call; ``where``: its options for the schemes."""
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
        case "state":
            return ["--state", f"{delta.who}={delta.what}"]
        case "engine":
            return ["--webhook", "refused", "--crm", "refused", "--no-redis"]
        case "others":
            return ["--others", delta.what]
        case "answers":
            return ["--phone", f"{delta.who}={ANSWERS_AFTER}"]
        case "unconfirmed":
            return ["--phone", f"{delta.who}={ANSWERS_AFTER}, never confirms"]
    return []
