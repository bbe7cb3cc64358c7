"""One call's socket: connect, read the facts, have the decision made, hand it over, let go.

The decision is abandoned when FreeSWITCH hangs up or closes, and kept back when it comes too late. Everything else
than a delivered decision ends in a closed socket, after which the compiled dialplan goes on by itself. It is never
told to: ``resume`` would reset the call whenever the socket ends, whatever the call does by then. Knows nothing of
webhooks or releases.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import gevent
from gevent.socket import SHUT_WR, socket

from routing.esl.age import age_s
from routing.esl.facts import HEADERS, NotACall, call_of
from routing.esl.patience import patience
from routing.esl.protocol import LONGEST_STREAM, Message, Oversized, Parser, ProtocolError, set_variables
from routing.model.decision import UNDECIDED, Call, Late

CONNECT_SECONDS = 2.0
#: What the event loop is asked to watch a socket for (libev's and libuv's number).
READ = 1
#: FreeSWITCH reads the decision within 20 ms, or when it can on a node with much to do; this long the engine waits to
#: see it taken. A socket that is closed before takes the decision with it.
LINGER_SECONDS = 5.0
CHUNK = 16 * 1024
#: No question waits longer: a connection that is older was given up long ago.
LONGEST_WAIT_SECONDS = 35.0
#: What FreeSWITCH says when it has taken the decision, which is one command.
TAKEN = b"Reply-Text: +OK"
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
    except Oversized as problem:
        _leave_word(sock, "oversized")
        report("oversized", str(problem))
    except (ProtocolError, NotACall) as problem:
        report(_WORDS[type(problem)], str(problem))
    except OSError as problem:
        report("broken", str(problem))
    finally:
        sock.close()


_WORDS = {ProtocolError: "garbage", NotACall: "not_a_call"}


def _leave_word(sock: socket, reason: str) -> None:
    """Set on a call why it is not decided, for the journal; it goes on by itself, whether that is heard or not.

    What FreeSWITCH still says is read for a while: a socket that is closed before would take the word with it.
    """
    try:
        with patience(LINGER_SECONDS):
            sock.sendall(set_variables({UNDECIDED: reason}))
            sock.shutdown(SHUT_WR)
            for _ in range(LONGEST_STREAM // CHUNK):
                if not sock.recv(CHUNK):
                    return
    except OSError:
        pass


def _serve(sock: socket, decide: Decide, report: Report, connect_s: float) -> None:
    aged_s = age_s(sock)
    if aged_s > LONGEST_WAIT_SECONDS:
        report("late", f"waited for {aged_s:.0f} s to be served")
        return
    waits_since = time.monotonic() - aged_s
    reply = _connect(sock, report, connect_s)
    if reply is None:
        return
    call = call_of(reply, waits_since)
    try:
        variables = _decided(sock, call, decide)
        taken = _handed_over(sock, set_variables(variables))
    except Gone:
        report("gone", call.uuid)
        return
    except Late as problem:
        report("late", str(problem))
        return
    if not taken:
        report("untaken", call.uuid)


def _connect(sock: socket, report: Report, connect_s: float) -> Message | None:
    """The reply to ``connect``; None, reported, when the peer is silent or leaves."""
    parser = Parser(longest_body=LONGEST_BODY, keeps=HEADERS)
    with patience(connect_s):
        sock.sendall(b"connect\n\n")
        while received := sock.recv(CHUNK):
            parser.feed(received)
            if reply := parser.next():
                if reply.get("Content-Type") == "text/disconnect-notice":
                    report("left", "the call ended before the reply to connect")
                    return None
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


def _handed_over(sock: socket, command: bytes) -> bool:
    """Send the decision, close towards FreeSWITCH and read until it closes too.

    So no reset overtakes the decision, and the reply tells whether it was taken.
    """
    words = b""
    try:
        with patience(LINGER_SECONDS):
            sock.sendall(command)
            sock.shutdown(SHUT_WR)
            while (received := sock.recv(CHUNK)) and len(words) < LONGEST_BODY:
                words += received
    except OSError:
        pass
    return TAKEN in words
