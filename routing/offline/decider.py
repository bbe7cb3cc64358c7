"""The port through which a ``socket`` application gets the engine's answer, and the answers there are.

An answer holds the commands that the engine sends, not a decision: the switch executes them as FreeSWITCH does, with
``${}`` expansion, so that a hostile value shows here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Protocol

from routing.model.spoken import Phrase

#: Why a call goes on by its compiled fallback: connection refused, no answer, connection closed without an answer.
Reason = Literal["refused", "silent", "closed"]


@dataclass(frozen=True)
class EngineAnswer:
    """The engine answered after ``elapsed_ms`` and disconnected: the applications it ran (name, argument), in order.

    That may be long after FreeSWITCH has gone on. ``resumed``: it sent the command ``resume``, which the product's
    engine never does; ``note`` is the answer as text.
    """

    commands: tuple[tuple[str, str], ...] = ()
    elapsed_ms: int = 0
    note: str = ""
    resumed: bool = False
    #: What a voice has spoken for the call, by the name of the file.
    speech: Mapping[str, Phrase] = field(default_factory=dict)

    @classmethod
    def of(cls, variables: Mapping[str, str], elapsed_ms: int = 0, note: str = "") -> EngineAnswer:
        """An answer that sets channel variables."""
        commands = tuple(("set", f"{name}={value}") for name, value in variables.items())
        return cls(commands, elapsed_ms, note or " ".join(f"{k}={v}" for k, v in variables.items()))


@dataclass(frozen=True)
class EngineRefused:
    """The connection is refused: FreeSWITCH goes on with the next action at once."""

    reason: ClassVar[Reason] = "refused"
    note: str = "the engine does not answer the connection"


@dataclass(frozen=True)
class EngineSilent:
    """The engine accepts the connection and sends nothing: the watchdog ends the wait."""

    reason: ClassVar[Reason] = "silent"
    note: str = "the engine is silent"


@dataclass(frozen=True)
class EngineClosed:
    """The engine closed the connection without a decision, after ``elapsed_ms``."""

    reason: ClassVar[Reason] = "closed"
    elapsed_ms: int = 0
    note: str = "the engine closed the connection"


Reply = EngineAnswer | EngineRefused | EngineSilent | EngineClosed


class Decider(Protocol):
    """Called once per ``socket``. ``timeout_ms`` is the virtual time until a scheduled task takes the leg away."""

    def __call__(self, address: str, variables: Mapping[str, str], timeout_ms: int) -> Reply:
        """The answer of the engine at ``address`` for the call with these channel variables."""


def refused(address: str, variables: Mapping[str, str], timeout_ms: int) -> Reply:
    """The decider of a machine on which no engine runs."""
    return EngineRefused()
