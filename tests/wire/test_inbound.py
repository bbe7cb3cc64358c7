"""API commands to FreeSWITCH's event socket, against one that answers well, badly or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import gevent
import gevent.socket
import pytest
from gevent.event import Event
from gevent.pool import Pool
from gevent.server import StreamServer

from routing.esl.inbound import SwitchFault, api

ASK = b"Content-Type: auth/request\n\n"
ACCEPTED = b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n"
INVALID = b"Content-Type: command/reply\nReply-Text: -ERR invalid\n\n"
BROKEN = "broke off|closed connection|reset by peer|broken pipe"
RUDE = b"Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n"


@pytest.fixture
def switch() -> Iterator[Callable[..., int]]:
    """Start switches that say each of their lines after one command more; the port."""
    started: list[StreamServer] = []

    def start(*lines: bytes, stay: bool = False, heard: list[bytes] | None = None) -> int:
        def serve(sock: gevent.socket.socket, _: object) -> None:
            with sock, contextlib.suppress(OSError):
                for number, line in enumerate(lines):
                    if number:
                        got = sock.recv(4096)
                        if heard is not None:
                            heard.append(got)
                    sock.sendall(line)
                if stay:
                    Event().wait()

        started.append(StreamServer(("127.0.0.1", 0), serve, spawn=Pool()))
        started[-1].start()
        return int(started[-1].server_port)

    yield start
    for server in started:
        server.stop(0)


def ask(port: int, deadline_s: float = 3.0) -> str:
    with gevent.Timeout(30, AssertionError("the client hangs")):
        return api("127.0.0.1", port, "hush", "reloadxml", deadline_s)


def reply(body: bytes, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return b"Content-Type: api/response\nContent-Length: %d\n\n" % size + body


def test_an_answer_comes_back_as_sent(switch):
    heard: list[bytes] = []
    text = b"+OK [Success]\n\nwith %0A and Content-Type: x\n"
    assert ask(switch(ASK, ACCEPTED, reply(text), stay=True, heard=heard)) == text.decode()
    assert heard == [b"auth hush\n\n", b"api reloadxml\n\n"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((), BROKEN),
        ((ASK,), BROKEN),
        ((ASK, b""), BROKEN),
        ((ASK, ACCEPTED), BROKEN),
        ((ASK, ACCEPTED, b""), BROKEN),
        ((ASK, ACCEPTED, reply(b"+OK", 50)), BROKEN),
        ((ASK, ACCEPTED, reply(b"+OK", 10**9)), BROKEN),
        ((ASK, ACCEPTED, b"Content-Type: api/response\nContent-Length: x\n\n"), BROKEN),
        ((ASK, INVALID), "refused the password"),
        ((RUDE,), BROKEN),
    ],
)
def test_a_switch_that_leaves_or_refuses_is_a_fault_in_words(switch, lines, words):
    with pytest.raises(SwitchFault, match=words) as fault:
        ask(switch(*lines))
    assert "hush" not in str(fault.value)


@pytest.mark.parametrize("lines", [(), (ASK,), (ASK, ACCEPTED), (ASK, ACCEPTED, reply(b"+O", 3))])
def test_a_silent_switch_meets_the_deadline(switch, lines):
    with pytest.raises(SwitchFault, match=r"did not answer within 0\.05 s"):
        ask(switch(*lines, stay=True), deadline_s=0.05)


def test_nobody_listens():
    with gevent.socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(SwitchFault, match="connection refused"):
            ask(closed.getsockname()[1])


@pytest.mark.parametrize("command", ["status\n\napi shutdown", "a\rb", "a\0b"])
def test_a_command_is_one_line(command):
    with pytest.raises(ValueError, match="one line"):
        api("127.0.0.1", 1, "hush", command)
