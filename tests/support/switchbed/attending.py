"""A phone that calls a colleague before it hands its caller over: two dialogs, which SIPp's scenarios do not have."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from routing.offline.phones import CONSULT_MS, ScriptedPhone

from . import ports
from .agent import Agent
from .dialog import Call
from .sip import Message
from .waiting import until

_LONGEST_S = 60.0


class Phoning(Protocol):
    """A phone of a case, whatever plays it."""

    port: int

    def wait_listening(self) -> None:
        """Wait until it can be called."""

    def messages(self) -> list[Message]:
        """All SIP messages in order."""

    def stop(self) -> None:
        """End it."""


class Attending:
    """Answers, holds, calls whom its behaviour names, and asks to join the two; with nobody reached it talks on."""

    def __init__(self, agent: Agent, does: ScriptedPhone) -> None:
        self.port = agent.port
        self._does = does
        self._agent = agent
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def wait_listening(self) -> None:
        """See Phoning: its port is open."""

    def messages(self) -> list[Message]:
        """See Phoning."""
        return list(self._agent.log)

    def stop(self) -> None:
        """See Phoning."""
        self._stopped.set()
        self._thread.join(_LONGEST_S)
        self._agent.vanish()
        ports.give_back(self.port, 2)

    def _run(self) -> None:
        sends = self._does.sends
        assert sends
        if not self._waits_for(lambda: self._agent.received("ACK")):
            return
        leg = self._agent.rung()
        if self._stopped.wait(sends.after_ms / 1000) or leg.is_over():
            return
        leg.request("INVITE", body=self._agent.offer("a=sendonly"))
        asked = self._agent.call(sends.to)
        if self._agent.answered(asked, _LONGEST_S).start == "200":
            self._stopped.wait(CONSULT_MS / 1000)
            leg.request("REFER", replaces(sends.to, asked), f"Contact: {self._agent.contact}")
            return
        leg.request("INVITE", body=self._agent.offer())
        if self._does.talks_ms is not None and not self._stopped.wait(self._does.talks_ms / 1000):
            leg.hang_up()

    def _waits_for(self, found: Callable[[], object]) -> bool:
        return bool(until(lambda: self._stopped.is_set() or found(), _LONGEST_S)) and not self._stopped.is_set()


def replaces(to: str, asked: Call) -> str:
    """The header of a REFER that hands over a call which the phone has made meanwhile."""
    to_tag, from_tag = asked.remote.partition("tag=")[2], asked.local.partition("tag=")[2]
    return f"Refer-To: <sip:{to}@{asked.agent.host}?Replaces={asked.id}%3Bto-tag%3D{to_tag}%3Bfrom-tag%3D{from_tag}>"
