"""FreeSWITCH's inbound event socket, held open: what is going on now, then every event, for as long as it lasts.

Bytes to facts of channels and registrations; what they mean for people is not known here. Reconnects for ever; whoever
watches is told when nothing is known any more.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import gevent
import gevent.socket

from routing.esl.patience import patience
from routing.esl.protocol import Message, Parser, ProtocolError

CHUNK = 64 * 1024
#: Longest wait for FreeSWITCH's answers to a handful of commands.
ANSWER_SECONDS = 5.0
RETRY_SECONDS = 1.0
#: FreeSWITCH lists a registration a moment after it has told of it: so long only events are collected at first.
SETTLE_SECONDS = 1.0
#: The picture is drawn anew this often, whatever the events said; sooner at first, as a new connection knows no events
#: that are older, and FreeSWITCH's tables may be.
REFRESH_SECONDS = 30.0
FIRST_REFRESH_SECONDS = 2.0
EVENTS = "CHANNEL_CREATE CHANNEL_HANGUP CHANNEL_DESTROY CUSTOM sofia::register sofia::unregister sofia::expire"
#: Channel variables that say whose a leg is: the phone that is rung, and the person whose phone calls.
TARGET, PERSON = "routing_target", "routing_person"


@dataclass(frozen=True)
class Channel:
    """A leg: whose it is (``ivan.desk``, ``ivan`` or ""), and the leg that rings it (uuid, or "")."""

    uuid: str
    whose: str
    rung_by: str = ""


@dataclass(frozen=True)
class Picture:
    """Everything at one moment: legs, and the SIP accounts that are registered."""

    channels: tuple[Channel, ...]
    registered: frozenset[str]


class Watcher(Protocol):
    """Is told what happens."""

    def seen(self, picture: Picture) -> None:
        """All of it anew."""

    def began(self, channel: Channel) -> None:
        """A leg is there."""

    def ended(self, uuid: str) -> None:
        """A leg is gone."""

    def registration(self, account: str, is_there: bool) -> None:
        """A SIP account came or went."""

    def lost(self, reason: str) -> None:
        """Nothing is known until the next picture."""


class Lost(OSError):
    """The event socket ended; the text says why and holds no password."""


def watch(
    host: str,
    port: int,
    password: str,
    watcher: Watcher,
    retry_s: float = RETRY_SECONDS,
    settle_s: float = SETTLE_SECONDS,
    refresh_s: float = REFRESH_SECONDS,
) -> None:
    """Tell a watcher for ever; ends when its greenlet is killed."""
    while True:
        try:
            with session(host, port, password) as opened:
                _follow(opened, watcher, settle_s, refresh_s)
        except (OSError, ProtocolError, ValueError, KeyError, TypeError) as problem:
            watcher.lost(str(problem) or type(problem).__name__)
        gevent.sleep(retry_s)


@contextmanager
def session(host: str, port: int, password: str) -> Iterator[Session]:
    """A connection, logged in. Raises OSError (Lost) or ProtocolError."""
    with closing(gevent.socket.create_connection((host, port), timeout=ANSWER_SECONDS)) as sock:
        sock.settimeout(None)
        opened = Session(sock)
        opened.log_in(password)
        yield opened


def _follow(session: Session, watcher: Watcher, settle_s: float, refresh_s: float) -> None:
    session.ask(f"event plain {EVENTS}")
    session.collect(settle_s)
    told: list[Callable[[], None]] = []
    every_s = min(refresh_s, FIRST_REFRESH_SECONDS)
    while True:
        watcher.seen(_picture(session))
        # FreeSWITCH writes its tables when it has time: what it has told since the last picture counts for more
        for tell in told:
            tell()
        told = _tell_for(every_s + settle_s, session, watcher)
        every_s = min(every_s * 2, refresh_s)


def _tell_for(seconds: float, session: Session, watcher: Watcher) -> list[Callable[[], None]]:
    """Tell events as they come for a while; returns what tells them again."""
    told: list[Callable[[], None]] = []
    with patience(seconds):
        while True:
            if tell := _fact(session.event(), watcher):
                tell()
                told.append(tell)
    return told


def _fact(event: bytes, watcher: Watcher) -> Callable[[], None] | None:
    """What an event comes to, read by a handful of its two hundred headers."""
    name = _header(event, "Event-Name")
    if name == "CHANNEL_CREATE":
        whose = _header(event, f"variable_{TARGET}") or _header(event, f"variable_{PERSON}")
        leg = Channel(_header(event, "Unique-ID"), whose, _header(event, "Other-Leg-Unique-ID"))
        return partial(watcher.began, leg)
    if name in ("CHANNEL_HANGUP", "CHANNEL_DESTROY"):
        return partial(watcher.ended, _header(event, "Unique-ID"))
    if name == "CUSTOM":
        account = _header(event, "from-user") or _header(event, "user") or _header(event, "username")
        return partial(watcher.registration, account, _header(event, "Event-Subclass") == "sofia::register")
    return None


def _header(event: bytes, name: str) -> str:
    return Message(event).get(name) or ""


def _picture(session: Session) -> Picture:
    """What FreeSWITCH lists; whose a leg is stands in its variables only."""
    channels, registrations = (rows(reply) for reply in session.ask(
        "api show channels as json", "api show registrations as json"
    ))  # fmt: skip
    uuids = [str(row["uuid"]) for row in channels]
    questions = [f"api uuid_getvar {uuid} {name}" for uuid in uuids for name in (TARGET, PERSON, "originator")]
    answers = [_value(reply) for reply in session.ask(*questions)]
    found = zip(uuids, answers[::3], answers[1::3], answers[2::3], strict=True)
    return Picture(
        tuple(Channel(uuid, target or person, rung_by) for uuid, target, person, rung_by in found),
        frozenset(str(row["reg_user"]) for row in registrations),
    )


def rows(reply: Message) -> list[dict[str, Any]]:
    """The table that an answer `... as json` holds."""
    told = json.loads(reply.body.decode("utf-8", "replace") or "{}")
    rows: list[dict[str, Any]] = told.get("rows") or []
    return rows


def _value(reply: Message) -> str:
    text = reply.body.decode("utf-8", "replace").strip()
    return "" if text == "_undef_" or text.startswith("-ERR") else text


@dataclass
class Session:
    """A connection: commands and their answers in order, events put aside meanwhile."""

    sock: Any
    parser: Parser = field(default_factory=lambda: Parser(longest_body=64 * 1024 * 1024))
    events: deque[bytes] = field(default_factory=deque)

    def log_in(self, password: str) -> None:
        """Raises Lost when FreeSWITCH refuses."""
        if any(sign in password for sign in "\r\n\0"):
            raise Lost("a password is one line")
        with gevent.Timeout(ANSWER_SECONDS, Lost("FreeSWITCH did not ask for the password in time")):
            if self._next().get("Content-Type") != "auth/request":
                raise Lost("FreeSWITCH refused the connection")
        (reply,) = self.ask(f"auth {password}")
        if not (reply.get("Reply-Text") or "").startswith("+OK"):
            raise Lost("FreeSWITCH refused the password of its event socket")

    def ask(self, *commands: str) -> list[Message]:
        """The answers to commands. Raises Lost when they do not come in time."""
        with gevent.Timeout(ANSWER_SECONDS, Lost("FreeSWITCH did not answer in time")):
            self.sock.sendall("".join(f"{command}\n\n" for command in commands).encode())
            return list(self._replies(len(commands)))

    def collect(self, seconds: float) -> None:
        """Put the events of a while aside."""
        with patience(seconds):
            while True:
                self._sort(self._next())

    def event(self) -> bytes:
        """The next event's headers, a newline put before them."""
        while not self.events:
            self._sort(self._next())
        return self.events.popleft()

    def _replies(self, count: int) -> Iterable[Message]:
        while count:
            message = self._next()
            if self._sort(message):
                count -= 1
                yield message

    def _sort(self, message: Message) -> bool:
        """Whether a message is an answer; an event is put aside."""
        kind = message.get("Content-Type") or ""
        if kind == "text/event-plain":
            self.events.append(b"\n" + message.body)
        elif kind == "text/disconnect-notice":
            raise Lost("FreeSWITCH closed the event socket")
        return kind in ("command/reply", "api/response")

    def _next(self) -> Message:
        while (message := self.parser.next()) is None:
            received = self.sock.recv(CHUNK)
            if not received:
                raise Lost("FreeSWITCH closed the event socket")
            self.parser.feed(received)
        return message
