"""FreeSWITCH's inbound event socket: commands with their answers, background jobs, and events, on one connection.

greenswitch's client does the login and pairs commands with replies. This class replaces what can hang or mislead it:
reading without bounds, decoding headers before splitting them, commands that are never answered, a peer that is silent
or disconnects. Knows nothing of releases or people.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import gevent.socket
from gevent.event import AsyncResult
from gevent.queue import Queue
from greenswitch import InboundESL
from greenswitch.esl import NotConnectedError

from routing.esl.protocol import EventSocket, Message, Parser, ProtocolError
from routing.model.problem import UserFailure

CHUNK = 64 * 1024
#: Longest wait for a connection, and for the answers to the commands of one `EventSocketClient.ask`.
ANSWER_SECONDS = 5.0
RETRY_SECONDS = 1.0  # before a lost connection is opened again
LONGEST_REPLY = 64 * 1024 * 1024  # `show channels as json` of a node with 50,000 legs takes 30 MB
#: Most unread events; a connection with more is closed, and its user starts again from the current state.
MOST_EVENTS = 100_000
_JOB = b"Event-Name: BACKGROUND_JOB\n"  # how the event with a background job's result begins


class SwitchFault(UserFailure, OSError):
    """FreeSWITCH cannot be reached or did not answer; the text says why and never holds the password."""


class EventSocketClient(InboundESL):  # type: ignore[misc]
    """One connection. Any number of greenlets may send commands; one reads events. Every method raises SwitchFault.

    After a SwitchFault the connection cannot be used: close it and connect again (`stay_connected` does).
    """

    sock: Any = None

    def __init__(self, where: EventSocket, deadline_s: float = ANSWER_SECONDS) -> None:
        """Raises ValueError for a password with a line break."""
        super().__init__(where.host, where.port, _one_line(where.password))
        self._deadline_s = deadline_s
        self._parser = Parser(longest_body=LONGEST_REPLY)
        self._events: Queue[Message | None] = Queue()
        self._jobs: dict[str, AsyncResult[str]] = {}
        self._why = "the connection broke off"

    def connect(self) -> None:
        """Connect and log in."""
        with self._in_time(self._deadline_s):
            self.sock = gevent.socket.create_connection((self.host, self.port))
            self.connected = True
            self.start_event_handlers()
            self._auth_request_event.wait()
            try:
                self.authenticate()
            except ValueError:
                raise SwitchFault("FreeSWITCH refused the password of its event socket") from None

    def ask(self, *commands: str, deadline_s: float | None = None) -> list[str]:
        """The answers to commands, in order: the output of an ``api`` command, ``+OK ...`` or ``-ERR ...`` of others.

        Raises ValueError for a command with a line break.
        """
        text = "".join(f"{_one_line(command)}\n\n" for command in commands)
        with self._in_time(deadline_s or self._deadline_s):
            return [_reply_text(reply) for reply in self._send(text, len(commands))]

    def run_job(self, command: str, deadline_s: float) -> str:
        """The output of a slow API command (``originate``), run in the background.

        Needs a subscription: ``event plain BACKGROUND_JOB``.
        """
        job = str(uuid.uuid4())
        result: AsyncResult[str] = AsyncResult()
        self._jobs[job] = result
        try:
            with self._in_time(deadline_s):
                self._send(f"bgapi {_one_line(command)}\nJob-UUID: {job}\n\n", 1)
                return str(result.get())
        finally:
            del self._jobs[job]

    def fire(self, event: str, headers: Mapping[str, str]) -> None:
        """Have FreeSWITCH publish an event. Raises ValueError for a line break."""
        lines = (f"sendevent {event}", *(f"{name}: {text}" for name, text in headers.items()))
        with self._in_time(self._deadline_s):
            self._send("\n".join(map(_one_line, lines)) + "\n\n", 1)

    def event(self) -> Message:
        """The next subscribed event."""
        found = self._events.get()
        if found is None:
            self._events.put(None)
            raise self._fault(self._why)
        return found

    def close(self) -> None:
        """Close the connection at once."""
        if self._receive_events_greenlet is not None:
            self._receive_events_greenlet.kill()
        if self.sock is not None:
            self.sock.close()

    def _send(self, text: str, count: int) -> list[Message]:
        """Replies to commands."""
        if not self.connected:
            raise NotConnectedError(self._why)
        waiting: list[AsyncResult[Message]] = [AsyncResult() for _ in range(count)]
        self._commands_sent += waiting
        self.sock.sendall(text.encode())
        return [reply for each in waiting if (reply := each.get())]

    @contextmanager
    def _in_time(self, seconds: float) -> Iterator[None]:
        """Turns every failure on the way into a SwitchFault."""
        late = SwitchFault(f"FreeSWITCH did not answer within {seconds:g} s")
        try:
            with gevent.Timeout(seconds, late):
                yield
        except SwitchFault:
            raise
        except (OSError, NotConnectedError) as problem:
            raise self._fault(getattr(problem, "strerror", None) or str(problem) or self._why) from None

    def _fault(self, why: str) -> SwitchFault:
        reason = why if why.startswith("FreeSWITCH") else f"{why[:1].lower()}{why[1:]}"
        return SwitchFault(f"event socket {self.host}:{self.port}: {reason}")

    def send(self, data: str) -> Any:
        """See greenswitch: send a command and wait for its reply."""
        (reply,) = self._send(f"{data}\n\n", 1)
        return SimpleNamespace(headers={"Reply-Text": reply.get("Reply-Text")})

    def start_event_handlers(self) -> None:
        """Begin to read."""
        self._receive_events_greenlet = gevent.spawn(self.receive_events)

    def receive_events(self) -> None:
        """Read until the peer disconnects, then wake all greenlets that wait for it."""
        try:
            while received := self.sock.recv(CHUNK):
                self._parser.feed(received)
                while message := self._parser.next():
                    self.handle_event(message)
        except NotConnectedError as problem:
            self._why = str(problem)
        except ProtocolError as problem:
            self._why = f"the server there is not FreeSWITCH: {problem}"
        except OSError as problem:
            self._why = problem.strerror or self._why
        finally:
            self._lose()

    def handle_event(self, message: Message) -> None:
        """Give a message to the greenlet that waits for it."""
        match message.get("Content-Type"):
            case "auth/request":
                self._auth_request_event.set()
            case "command/reply" | "api/response":
                if not self._commands_sent:
                    raise ProtocolError("an answer that nobody asked for")
                self._commands_sent.pop(0).set(message)
            case "text/event-plain":
                self._sort(message.body)
            case "text/disconnect-notice":
                raise NotConnectedError("FreeSWITCH closed it")
            case "text/rude-rejection":
                raise NotConnectedError("refused by FreeSWITCH's access list (`apply-inbound-acl`)")

    def _sort(self, event: bytes) -> None:
        if event.startswith(_JOB):
            head, _, result = event.partition(b"\n\n")
            if waiting := self._jobs.get(Message(head).get("Job-UUID") or ""):
                waiting.set(result.decode("utf-8", "replace"))
            return
        if self._events.qsize() >= MOST_EVENTS:
            raise NotConnectedError("events came faster than they were read")
        self._events.put(Message(b"\n" + event))

    def _lose(self) -> None:
        self.connected = False
        self._auth_request_event.set()
        for waiting in (*self._commands_sent, *self._jobs.values()):
            waiting.set_exception(NotConnectedError(self._why))
        self._events.put(None)


@contextmanager
def connected(where: EventSocket, deadline_s: float = ANSWER_SECONDS) -> Iterator[EventSocketClient]:
    """A client that is logged in. Raises SwitchFault."""
    client = EventSocketClient(where, deadline_s)
    try:
        client.connect()
        yield client
    finally:
        client.close()


def stay_connected(
    where: EventSocket,
    use: Callable[[EventSocketClient], None],
    lost: Callable[[str], None] = lambda _: None,
    is_over: Callable[[], bool] = lambda: False,
    retry_s: float = RETRY_SECONDS,
) -> None:
    """Call ``use`` with a connected client, again after every failure, until ``is_over`` or the greenlet is killed.

    ``lost`` is called with the reason each time FreeSWITCH cannot be reached, disconnects, or sends what ``use`` cannot
    parse (ValueError, KeyError, TypeError).
    """
    while not is_over():
        try:
            with connected(where) as client:
                use(client)
        except (OSError, ValueError, KeyError, TypeError) as problem:
            lost(str(problem) or type(problem).__name__)
        gevent.sleep(retry_s)


def api(where: EventSocket, command: str, deadline_s: float = ANSWER_SECONDS) -> str:
    """FreeSWITCH's answer to an API command such as ``reloadxml``: the text as sent, including ``-ERR ...``.

    Raises SwitchFault: nobody listens, wrong password, refused by an ACL, no answer within ``deadline_s`` seconds for
    all of it. Raises ValueError for a command or password with a line break.
    """
    with gevent.Timeout(deadline_s, SwitchFault(f"FreeSWITCH did not answer within {deadline_s:g} s")):
        _one_line(command)
        with connected(where, deadline_s) as client:
            return client.ask(f"api {command}")[0]


def _one_line(text: str) -> str:
    if any(sign in text for sign in "\r\n\0"):
        raise ValueError("a command to FreeSWITCH is one line")
    return text


def _reply_text(reply: Message) -> str:
    if reply.get("Content-Type") == "api/response":
        return reply.body.decode("utf-8", "replace")
    return reply.get("Reply-Text") or ""
