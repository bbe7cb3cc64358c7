"""One call's socket: connect, read the facts, have the decision made, hand it over, let go.

The decision is abandoned when FreeSWITCH hangs up or closes. Everything else than a delivered decision ends
in a closed socket, after which the compiled dialplan goes on by itself. Knows nothing of webhooks or
releases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import gevent
from gevent.greenlet import Greenlet
from gevent.socket import SHUT_WR, socket

from routing.esl.facts import NotACall, call_of
from routing.esl.patience import patience
from routing.esl.protocol import Message, Parser, ProtocolError, set_variables
from routing.model.decision import Call

CONNECT_SECONDS = 2.0
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
    variables = _decided(sock, call, decide)
    if variables is None:
        report("gone", call.uuid)
        return
    sock.settimeout(LINGER_SECONDS)
    sock.sendall(set_variables(variables) + b"resume\n\n")
    if _last_words(sock).count(b"Reply-Text: +OK") < COMMANDS:
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


def _decided(sock: socket, call: Call, decide: Decide) -> Mapping[str, str] | None:
    """The decision's variables; None when the call was gone before it was made."""
    work: Greenlet[..., Mapping[str, str]] = gevent.spawn(decide, call)
    watch = gevent.spawn(_until_gone, sock)
    watch.link(lambda _: work.kill(block=False))
    try:
        work.join()
        return None if isinstance(work.value, gevent.GreenletExit) else work.get()
    finally:
        watch.unlink_all()
        watch.kill()
        work.kill()


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


def _last_words(sock: socket) -> bytes:
    """Close towards FreeSWITCH and read until it closes too: no reset overtakes the decision, and its
    replies tell whether it took it.
    """
    words = b""
    try:
        sock.shutdown(SHUT_WR)
        with patience(LINGER_SECONDS):
            while (received := sock.recv(CHUNK)) and len(words) < LONGEST_BODY:
                words += received
    except OSError:
        pass
    return words
