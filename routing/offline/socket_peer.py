"""A decider that connects to a running engine over TCP, as FreeSWITCH does (`routing.offline.event_socket`).

The only file of the offline switch that opens a socket and waits in real time. It reports a refused connection and a
silent engine; the virtual watchdog ends the wait.
"""

from __future__ import annotations

import contextlib
import re
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from routing.offline.decider import EngineAnswer, EngineClosed, EngineRefused, EngineSilent, Reply
from routing.offline.event_socket import FreeSwitchSide

_DECISION = re.compile(r"routing_decision=[^:;]*:([^;]*)")


@dataclass
class SocketPeer:
    """A decider for `switch.run`. ``address`` (``host:port``) overrides the one in the dialplan.

    ``longest_s`` bounds the real wait for a silent engine; ``clock`` gives monotonic seconds.
    """

    address: str = ""
    longest_s: float = 10.0
    clock: Callable[[], float] = field(default=time.monotonic)

    def __call__(self, address: str, variables: Mapping[str, str], timeout_ms: int) -> Reply:
        """See Decider: one connection, to its end."""
        host, _, port = (self.address or address.partition("|")[0]).rpartition(":")
        began = self.clock()
        until = began + min(timeout_ms / 1000, self.longest_s)
        try:
            with socket.create_connection((host, int(port)), timeout=max(until - began, 0.001)) as sock:
                return self._converse(sock, variables, began, until)
        except TimeoutError:
            return EngineSilent()
        except ConnectionRefusedError:
            return EngineRefused()
        except OSError as error:
            return EngineClosed(self._elapsed_ms(began), f"the connection to the engine broke: {error}")

    def _converse(self, sock: socket.socket, variables: Mapping[str, str], began: float, until: float) -> Reply:
        side = FreeSwitchSide(variables)
        while not side.over:
            sock.settimeout(max(until - self.clock(), 0.001))
            received = sock.recv(65536)
            if not received:
                break
            sock.sendall(side.hear(received))
        with contextlib.suppress(OSError):  # the engine may have closed the connection
            sock.sendall(side.goodbye())
        if not side.executed and not side.resumed:
            return EngineClosed(self._elapsed_ms(began))
        return EngineAnswer(tuple(side.executed), self._elapsed_ms(began), _note(side.executed), side.resumed)

    def _elapsed_ms(self, began: float) -> int:
        return round((self.clock() - began) * 1000)


def _note(commands: list[tuple[str, str]]) -> str:
    """The decision, as in `answering`; the commands themselves when they hold no decision of this project."""
    executed = " ".join(f"{application} {argument}" for application, argument in commands)
    decision = _DECISION.search(executed)
    return decision[1] if decision else executed or "resume"
