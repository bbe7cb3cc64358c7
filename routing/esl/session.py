"""One call's socket: runs the exchange (`routing.esl.exchange`) over it, with a limit on every wait.

The decision is abandoned when FreeSWITCH hangs up or closes, and dropped when it comes too late. Unless a decision was
delivered the socket is just closed, and the compiled dialplan continues by itself. ``resume`` is never sent: it would
reset the call when the socket ends, whatever the call does by then. Knows nothing of webhooks or releases.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Any

import gevent
from gevent.socket import SHUT_WR, socket

from routing.esl.age import age_s
from routing.esl.exchange import CallToDecide, Delivered, Exchange, Gone
from routing.esl.facts import NotACall
from routing.esl.protocol import LONGEST_STREAM, Oversized, ProtocolError
from routing.esl.time_limit import time_limit
from routing.model.call import Call
from routing.model.decision import Late

CONNECT_SECONDS = 2.0
#: The event loop's flag for a readable socket (libev and libuv).
READ = 1
#: FreeSWITCH reads the decision within 20 ms, later on a busy node; the engine waits this long for its reply. Closing
#: the socket earlier would lose the decision.
LINGER_SECONDS = 5.0
CHUNK = 16 * 1024
#: No decision request waits longer: FreeSWITCH has given up an older connection.
LONGEST_WAIT_SECONDS = 35.0

Decide = Callable[[Call], Mapping[str, str]]
#: Called when a socket ends without a delivered decision: a label for the metrics, details for the log.
Report = Callable[[str, str], None]


class CallEnded(gevent.GreenletExit):
    """FreeSWITCH ended the call or the socket while the engine decided."""


def serve_call(sock: socket, decide: Decide, report: Report, connect_s: float = CONNECT_SECONDS) -> None:
    """Serve one accepted socket to its end and close it. Never raises for what the peer does."""
    try:
        _serve(sock, decide, report, connect_s)
    except Oversized as problem:
        _send_last(sock, Exchange().decline("oversized"))
        report("oversized", str(problem))
    except (ProtocolError, NotACall) as problem:
        report(_REASONS[type(problem)], str(problem))
    except OSError as problem:
        report("broken", str(problem))
    finally:
        sock.close()


_REASONS = {ProtocolError: "garbage", NotACall: "not_a_call"}


def _serve(sock: socket, decide: Decide, report: Report, connect_s: float) -> None:
    aged_s = age_s(sock)
    if aged_s > LONGEST_WAIT_SECONDS:
        report("late", f"waited for {aged_s:.0f} s to be served")
        return
    exchange = Exchange(time.monotonic() - aged_s)
    event = _call_to_decide(sock, exchange, connect_s)
    if not isinstance(event, CallToDecide):
        report("left" if event else "silent", event.why if event else f"no reply to connect within {connect_s:g} s")
        return
    call = event.call
    try:
        command = exchange.deliver(_decided(sock, exchange, call, decide))
    except CallEnded:
        report("gone", call.uuid)
    except Late as problem:
        report("late", str(problem))
    else:
        if not _handed_over(sock, exchange, command):
            report("untaken", call.uuid)


def _call_to_decide(sock: socket, exchange: Exchange, connect_s: float) -> CallToDecide | Gone | None:
    """The call to decide, or that it ended; None when the peer is silent."""
    with time_limit(connect_s):
        sock.sendall(exchange.begin())
        while True:
            event = exchange.receive_data(sock.recv(CHUNK))
            if isinstance(event, CallToDecide | Gone):
                return event
    return None


def _decided(sock: socket, exchange: Exchange, call: Call, decide: Decide) -> Mapping[str, str]:
    """The decision's variables. Raises CallEnded when the call ends meanwhile."""
    watch = Watch(sock, exchange, gevent.getcurrent())
    try:
        return decide(call)
    finally:
        watch.end()


class Watch:
    """Cancels a decision when its call ends.

    It starts when the decision first blocks, and reads only when the socket is readable, so a watch costs next to
    nothing while FreeSWITCH sends nothing.
    """

    def __init__(self, sock: socket, exchange: Exchange, deciding: Any) -> None:
        self._sock = sock
        self._exchange = exchange
        self._deciding = deciding
        self._loop: Any = gevent.get_hub().loop
        self._readable: Any = None
        self._reading: gevent.Greenlet[[], None] | None = None
        self._beginning = self._loop.run_callback(self._begin)

    def end(self) -> None:
        """Stop watching."""
        self._beginning.stop()
        if self._readable:
            self._readable.stop()
            self._readable.close()
        if self._reading:
            self._reading.kill()

    # called by the event loop, which must not block

    def _begin(self) -> None:
        self._readable = self._loop.io(self._sock.fileno(), READ)
        self._readable.start(self._read)

    def _read(self) -> None:
        self._readable.stop()
        self._reading = gevent.spawn(self._until_gone)

    def _until_gone(self) -> None:
        with contextlib.suppress(OSError):
            while self._exchange.receive_data(self._sock.recv(CHUNK)) is None:
                pass
        gevent.kill(self._deciding, CallEnded)


def _handed_over(sock: socket, exchange: Exchange, command: bytes) -> bool:
    """Send the decision; whether FreeSWITCH has accepted it."""
    return any(
        isinstance(event, Delivered) and event.is_accepted
        for event in map(exchange.receive_data, _send_last(sock, command))
    )


def _send_last(sock: socket, command: bytes) -> list[bytes]:
    """Send a last command, shut down our side and read until FreeSWITCH closes too; returns what it sent, then ``b""``.

    Closing at once would send a reset, which could overtake the command.
    """
    received: list[bytes] = []
    try:
        with time_limit(LINGER_SECONDS):
            sock.sendall(command)
            sock.shutdown(SHUT_WR)
            for _ in range(LONGEST_STREAM // CHUNK):
                if not (chunk := sock.recv(CHUNK)):
                    break
                received.append(chunk)
    except OSError:
        pass
    return [*received, b""]
