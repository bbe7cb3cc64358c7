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

from routing.esl.client import EventSocketClient, SwitchFault, api, connected
from routing.esl.protocol import EventSocket
from support.waiting import within
from support.wire_switch import Switch

ASK = b"Content-Type: auth/request\n\n"
ACCEPTED = b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n"
INVALID = b"Content-Type: command/reply\nReply-Text: -ERR invalid\n\n"
BROKEN = "broke off|reset by peer|broken pipe"
GOODBYE = b"Content-Type: text/disconnect-notice\nContent-Length: 0\n\n"
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
        return api(EventSocket("127.0.0.1", port, "hush"), "reloadxml", deadline_s)


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
        ((ASK, ACCEPTED, reply(b"+OK", 10**9)), "not FreeSWITCH: Content-Length b'1000000000' is not 0"),
        ((ASK, ACCEPTED, b"Content-Type: api/response\nContent-Length: x\n\n"), "not FreeSWITCH: Content-Length b'x'"),
        ((b"HTTP/1.1 400 Bad Request\r\n" * 3000,), "not FreeSWITCH: a header block of more than 65536 bytes"),
        ((ASK, INVALID), "refused the password"),
        ((RUDE,), "refused by FreeSWITCH's access list"),
        ((ASK, ACCEPTED, GOODBYE), "FreeSWITCH closed it"),
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
        api(EventSocket("127.0.0.1", 1, "hush"), command)


class Working(Switch):
    """A FreeSWITCH that runs jobs: it answers at once that it began, and tells what came of them when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: list[str] = []

    def reply(self, command: str) -> bytes:
        if not command.startswith("bgapi "):
            return super().reply(command)
        self.jobs.append(command.partition("\nJob-UUID: ")[2])
        return ACCEPTED

    def finish(self, job: str, said: str) -> None:
        text = f"Event-Name: BACKGROUND_JOB\nJob-UUID: {job}\nContent-Length: {len(said)}\n\n{said}"
        self.socks[-1].sendall(f"Content-Length: {len(text)}\nContent-Type: text/event-plain\n\n{text}".encode())


@pytest.fixture
def working() -> Iterator[Working]:
    running = Working()
    yield running
    running.server.stop()
    for sock in running.socks:
        sock.close()


@pytest.fixture
def client(working) -> Iterator[EventSocketClient]:
    with within(), connected(EventSocket("127.0.0.1", working.server.server_port, "right")) as opened:
        opened.ask("event plain BACKGROUND_JOB")
        yield opened


def begun(working: Working, count: int) -> list[str]:
    with within():
        while len(working.jobs) < count:
            gevent.sleep(0.001)
    return working.jobs


def test_jobs_take_their_time_beside_other_commands(working, client):
    running = [gevent.spawn(client.run_job, f"originate {number}", 30) for number in range(2)]
    first, second = begun(working, 2)
    assert client.ask("api show channels as json", "api show registrations as json")[1].startswith("{")
    working.finish(second, "-ERR NO_ANSWER\n")
    working.finish("nobody's", "+OK\n")
    working.finish(first, "+OK 1\n")
    assert [each.get(timeout=30) for each in running] == ["+OK 1\n", "-ERR NO_ANSWER\n"]


def test_a_job_ends_with_the_connection_or_in_time(working, client):
    with pytest.raises(SwitchFault, match=r"within 0\.01 s"):
        client.run_job("originate a", 0.01)
    waiting = gevent.spawn(client.run_job, "originate b", 30)
    begun(working, 2)
    working.socks[-1].shutdown(gevent.socket.SHUT_RDWR)
    with pytest.raises(SwitchFault, match="broke off"):
        waiting.get(timeout=30)
    with pytest.raises(SwitchFault, match="broke off"):
        client.ask("api status")
    with pytest.raises(SwitchFault, match="broke off"):
        while client.event():
            pass


def test_events_that_nobody_takes_end_the_connection(working, client, monkeypatch):
    monkeypatch.setattr("routing.esl.client.MOST_EVENTS", 3)
    for _ in range(5):
        working.tell("CHANNEL_CREATE")
    with pytest.raises(SwitchFault, match="faster than they were read"):
        while client.event():
            gevent.sleep(0)


def test_who_waits_for_events_learns_that_another_closed_the_connection(client):
    def wait() -> None:
        while client.event():
            pass

    waiting = gevent.spawn(wait)
    gevent.idle()
    client.close()
    with pytest.raises(SwitchFault):
        waiting.get(timeout=30)
