"""One call's socket: connect, read the facts, have the decision made, hand it over, let go.

The decision is abandoned when FreeSWITCH hangs up or closes. Everything else than a delivered decision ends
in a closed socket, after which the compiled dialplan goes on by itself. Knows nothing of webhooks or
releases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gevent
from gevent.socket import SHUT_WR, socket

from routing.esl.facts import NotACall, call_of
from routing.esl.patience import patience
from routing.esl.protocol import Message, Parser, ProtocolError, set_variables
from routing.model.decision import Call

CONNECT_SECONDS = 2.0
#: What the event loop is asked to watch a socket for (libev's and libuv's number).
READ = 1
#: FreeSWITCH reads the decision within 20 ms; this long the engine waits to see it taken before it lets go.
LINGER_SECONDS = 1.0
CHUNK = 16 * 1024
#: The decision travels as two commands, each of which FreeSWITCH acknowledges: the variables, and ``resume``.
COMMANDS = 2
#: The connect reply has no body; whatever claims one this large is not FreeSWITCH.
LONGEST_BODY = 64 * 1024

Decide = Callable[[Call], Mapping[str, str]]
#: Told how a socket ended without a delivered decision: a word for the metrics, details for the log.
Report = Callable[[str, str], None]


class Gone(gevent.GreenletExit):
    """FreeSWITCH ended the call or the socket while the decision was under way."""


def serve_call(sock: socket, decide: Decide, report: Report, connect_s: float = CONNECT_SECONDS) -> None:
    """Serve one accepted socket to its end and close it. Raises nothing of the peer's making."""
    try:
        _serve(sock, decide, report, connect_s)
    except (ProtocolError, NotACall) as problem:
        report("garbage" if isinstance(problem, ProtocolError) else "not_a_call", str(problem))
    except OSError as problem:
        report("broken", str(problem))
    finally:
        sock.close()


def _serve(sock: socket, decide: Decide, report: Report, connect_s: float) -> None:
    reply = _connect(sock, report, connect_s)
    if reply is None:
        return
    call = call_of(reply)
    try:
        variables = _decided(sock, call, decide)
        taken = _handed_over(sock, set_variables(variables) + b"resume\n\n")
    except Gone:
        report("gone", call.uuid)
        return
    if not taken:
        report("untaken", call.uuid)


def _connect(sock: socket, report: Report, connect_s: float) -> Message | None:
    """The reply to ``connect``; None, reported, when the peer is silent or leaves."""
    parser = Parser(longest_body=LONGEST_BODY)
    with patience(connect_s):
        sock.sendall(b"connect\n\n")
        while received := sock.recv(CHUNK):
            parser.feed(received)
            if reply := parser.next():
                if reply.get("Content-Type") != "command/reply":
                    raise ProtocolError("the first message is not the reply to connect")
                return reply
        report("left", "closed before the reply to connect")
        return None
    report("silent", f"no reply to connect within {connect_s:g} s")
    return None


def _decided(sock: socket, call: Call, decide: Decide) -> Mapping[str, str]:
    """The decision's variables. Raises Gone where the decision waits while the call ends."""
    watch = Watch(sock, gevent.getcurrent())
    try:
        return decide(call)
    finally:
        watch.end()


class Watch:
    """Cancels a decision when its call is gone; one that has ended cancels nothing.

    It begins when the decision first waits, and nobody reads before there is something to read: while FreeSWITCH says
    nothing a watch costs next to nothing.
    """

    def __init__(self, sock: socket, deciding: Any) -> None:
        self._sock = sock
        self._deciding = deciding
        self._loop: Any = gevent.get_hub().loop
        self._readable: Any = None
        self._reading: gevent.Greenlet[[], None] | None = None
        self._beginning = self._loop.run_callback(self._begin)

    def end(self) -> None:
        """Watch no more."""
        self._beginning.stop()
        if self._readable:
            self._readable.stop()
            self._readable.close()
        if self._reading:
            self._reading.kill()

    # called by the event loop, which must not wait

    def _begin(self) -> None:
        self._readable = self._loop.io(self._sock.fileno(), READ)
        self._readable.start(self._read)

    def _read(self) -> None:
        self._readable.stop()
        self._reading = gevent.spawn(self._until_gone)

    def _until_gone(self) -> None:
        _until_gone(self._sock)
        gevent.kill(self._deciding, Gone)


def _until_gone(sock: socket) -> None:
    """Returns when FreeSWITCH closes the socket or says that the call ended."""
    parser = Parser()
    try:
        while received := sock.recv(CHUNK):
            parser.feed(received)
            while message := parser.next():
                if message.get("Content-Type") == "text/disconnect-notice":
                    return
    except (OSError, ProtocolError):
        return


def _handed_over(sock: socket, commands: bytes) -> bool:
    """Send the decision, close towards FreeSWITCH and read until it closes too.

    So no reset overtakes the decision, and the replies tell whether it was taken.
    """
    words = b""
    try:
        with patience(LINGER_SECONDS):
            sock.sendall(commands)
            sock.shutdown(SHUT_WR)
            while (received := sock.recv(CHUNK)) and len(words) < LONGEST_BODY:
                words += received
    except OSError:
        pass
    return words.count(b"Reply-Text: +OK") >= COMMANDS
