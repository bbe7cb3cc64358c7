"""Pushes the live board to its viewers: one picture a second, drawn once for all who see the same, sent as changes.

Everything here runs in the server's greenlets, except `picture`, which threads read. A viewer begins with the whole
board, so a browser that connects again has lost nothing. A viewer whose session or right is over is ended.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import gevent
from gevent.queue import Empty, Queue

from routing.desk.board import Board
from routing.desk.board_picture import picture_of, seen_by
from routing.desk.board_rows import BoardPicture, Surroundings
from routing.desk.plan import User

TURN_SECONDS = 1.0
#: How often sessions and rights of viewers are checked.
CHECK_SECONDS = 2.0
#: Something is sent at least so often, so that proxies keep the connection and a dead one is noticed.
HEARTBEAT_SECONDS = 15.0
#: Somebody looks at the board, or has opened it without scripts so short a time ago.
WATCHED_SECONDS = 60.0
MOST_VIEWERS = 500
#: Of one user, on all their screens.
MOST_OF_USER = 60
#: Messages that a slow viewer may be behind; then it is ended, and begins again with the whole board.
MOST_BEHIND = 20
#: What the browser waits before it connects again.
RETRY_MS = 2000


@dataclass(frozen=True)
class Scope:
    """Viewers with the same scope see the same: whose calls (None: everybody's), in which language."""

    people: frozenset[str] | None
    language: str

    @classmethod
    def of(cls, user: User, language: str) -> Scope:
        """A user's."""
        return cls(None if user.sees_all else user.people, language)


@dataclass(frozen=True)
class DrawnBoard:
    """A board as HTML: its sections by name, its calls in their order."""

    sections: Mapping[str, str]
    calls: Mapping[str, str]


Draw = Callable[[BoardPicture, Scope], DrawnBoard]


class Viewer:
    """One stream. ``token``: of its session, "" when a proxy signs in."""

    def __init__(self, name: str, token: str, scope: Scope) -> None:
        self.name, self.token, self.scope = name, token, scope
        self._messages: Queue[bytes] = Queue()

    def put(self, message: bytes) -> None:
        """Send a message; b"" ends the stream."""
        if self._messages.qsize() < MOST_BEHIND:
            self._messages.put(message)
        else:
            self._messages = Queue()
            self._messages.put(b"")

    def next(self, timeout_s: float) -> bytes | None:
        """The next message; None after a time without one."""
        try:
            return self._messages.get(timeout=timeout_s)
        except Empty:
            return None


@dataclass
class LiveHub:
    """``surroundings``: reads what is beside the switches, blocking only its greenlet; ``draw``: makes HTML;
    ``entitled``: of viewers (name, token), those who may go on; ``fault``: gets every unexpected exception."""

    board: Board = field(default_factory=Board)
    surroundings: Callable[[], Surroundings] = Surroundings
    draw: Draw = lambda picture, scope: DrawnBoard({}, {})
    entitled: Callable[[set[tuple[str, str]]], set[tuple[str, str]]] = lambda viewers: viewers
    fault: Callable[[Exception], None] = lambda problem: None
    now: Callable[[], float] = time.time
    #: Monotonic seconds.
    clock: Callable[[], float] = time.monotonic
    picture: BoardPicture = field(default_factory=BoardPicture)
    viewers: set[Viewer] = field(default_factory=set)
    #: Legs (uuid) of clients whom somebody takes over: `LiveFeed.takeovers`.
    takeovers: set[str] = field(default_factory=set)
    #: The queues of the release: name -> its people, and whether nobody works before they sign in.
    queues: Callable[[], Mapping[str, tuple[Sequence[str], bool]]] = lambda: {}
    looked_s: float = float("-inf")
    _sent: dict[Scope, DrawnBoard] = field(default_factory=dict)
    _about: Surroundings = field(default_factory=Surroundings)
    _checked_s: float = float("-inf")

    @property
    def is_watched(self) -> bool:
        """Whether somebody looks."""
        return bool(self.viewers) or self.clock() - self.looked_s < WATCHED_SECONDS

    def look(self) -> BoardPicture:
        """The picture for a page; called in threads."""
        self.looked_s = self.clock()
        return self.picture

    def run(self) -> None:
        """A turn a second until the greenlet is killed."""
        while True:
            began = self.clock()
            try:
                self.turn()
            except Exception as problem:
                self.fault(problem)
            gevent.sleep(max(TURN_SECONDS - (self.clock() - began), 0.05))

    def turn(self) -> None:
        """Look at everything once, and send what has changed."""
        if self.is_watched:
            self._about = self.surroundings()
        self.picture = picture_of(self.board, self._about)
        if self.clock() - self._checked_s >= CHECK_SECONDS:
            self._checked_s = self.clock()
            self._check()
        scopes = {viewer.scope for viewer in self.viewers}
        self._sent = {scope: drawn for scope, drawn in self._sent.items() if scope in scopes}
        for scope in scopes:
            self._send(scope)

    def _send(self, scope: Scope) -> None:
        drawn = self.draw(seen_by(self.picture, scope.people), scope)
        before = self._sent.get(scope)
        self._sent[scope] = drawn
        if before is None or drawn == before:
            return
        message = _message(drawn, before, self.now())
        for viewer in self.viewers:
            if viewer.scope == scope:
                viewer.put(message)

    def _check(self) -> None:
        viewers = {(viewer.name, viewer.token) for viewer in self.viewers}
        gone = viewers - self.entitled(viewers) if viewers else set()
        for viewer in self.viewers:
            if (viewer.name, viewer.token) in gone:
                viewer.put(b"")

    def whole(self, scope: Scope) -> bytes:
        """The whole board as a message; what follows are changes of it."""
        if scope not in self._sent:
            self._sent[scope] = self.draw(seen_by(self.picture, scope.people), scope)
        return _message(self._sent[scope], DrawnBoard({}, {}), self.now(), is_whole=True)


@dataclass
class BoardStream:
    """A viewer's stream of events: `routing.desk.threads.LiveStream`."""

    hub: LiveHub
    name: str
    token: str
    scope: Scope
    is_live: bool = True

    def __iter__(self) -> Iterator[bytes]:
        if len(self.hub.viewers) >= MOST_VIEWERS:
            return
        viewer = Viewer(self.name, self.token, self.scope)
        self.hub.viewers.add(viewer)
        try:
            yield b"retry: %d\n\n" % RETRY_MS + self.hub.whole(self.scope)
            while (message := viewer.next(HEARTBEAT_SECONDS)) != b"":
                yield b": here\n\n" if message is None else message
        finally:
            self.hub.viewers.discard(viewer)


def _message(drawn: DrawnBoard, before: DrawnBoard, now_s: float, is_whole: bool = False) -> bytes:
    """An event with what has changed; the order of the calls always."""
    facts = {
        "now": round(now_s, 1),
        "whole": is_whole,
        "order": list(drawn.calls),
        "calls": {id_: html for id_, html in drawn.calls.items() if before.calls.get(id_) != html},
        "sections": {name: html for name, html in drawn.sections.items() if before.sections.get(name) != html},
    }
    return f"event: board\ndata: {json.dumps(facts, ensure_ascii=False)}\n\n".encode()
