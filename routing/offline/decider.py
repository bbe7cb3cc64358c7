"""The port through which a ``socket`` application asks the engine, and the answers it may give.

What comes back is the commands the engine sends, not a decision: the switch executes them as FreeSWITCH
does, with ``${}`` expansion, so that a hostile value would show here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

#: Why a call goes on by its compiled fallback: nobody listens, nobody speaks, the connection ends without a word.
Reason = Literal["refused", "silent", "closed"]


@dataclass(frozen=True)
class EngineAnswer:
    """The engine spoke after ``elapsed_ms``, and let go: applications it had executed (name, argument), in order.

    That may be long after FreeSWITCH has gone on. ``resumed`` is true for the command ``resume``, which the product's
    engine never says; ``note`` says in words what was answered.
    """

    commands: tuple[tuple[str, str], ...] = ()
    elapsed_ms: int = 0
    note: str = ""
    resumed: bool = False

    @classmethod
    def of(cls, variables: Mapping[str, str], elapsed_ms: int = 0, note: str = "") -> EngineAnswer:
        """An answer that sets channel variables."""
        commands = tuple(("set", f"{name}={value}") for name, value in variables.items())
        return cls(commands, elapsed_ms, note or " ".join(f"{k}={v}" for k, v in variables.items()))


@dataclass(frozen=True)
class EngineRefused:
    """Nobody listens: FreeSWITCH goes on with the next action at once."""

    reason: ClassVar[Reason] = "refused"
    note: str = "the engine does not answer the connection"


@dataclass(frozen=True)
class EngineSilent:
    """The connection stands and nothing comes: only the watchdog helps."""

    reason: ClassVar[Reason] = "silent"
    note: str = "the engine is silent"


@dataclass(frozen=True)
class EngineClosed:
    """The engine hung up the connection without a decision, after ``elapsed_ms``."""

    reason: ClassVar[Reason] = "closed"
    elapsed_ms: int = 0
    note: str = "the engine closed the connection"


Reply = EngineAnswer | EngineRefused | EngineSilent | EngineClosed


class Decider(Protocol):
    """Asked once per ``socket``. ``patience_ms`` is the virtual time left until the leg is taken away."""

    def __call__(self, address: str, variables: Mapping[str, str], timeout_ms: int) -> Reply:
        """What the engine at ``address`` does for the call with these channel variables."""


def refused(address: str, variables: Mapping[str, str], timeout_ms: int) -> Reply:
    """The decider of a machine without an engine."""
    return EngineRefused()
