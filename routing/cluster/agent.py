"""The node's side of ``routing publish --nodes``: ``routing node agent``, which ssh starts and which ends with it.

Answers requests on its standard input. What has gone live and was not confirmed when the publisher is gone, or has said
nothing for a while, is taken back: so a publisher that dies leaves the old release.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import routing
from routing.cluster.bundle import Bundle, BundleFault, BundleWriter, schemes_digest
from routing.cluster.node_release import UNCONFIRMED, NodeRelease
from routing.cluster.pipe import Message, MessagePipe, PipeFault
from routing.compile.version import FORMAT, OLDEST_FORMAT
from routing.model.problem import UserFailure
from routing.proxy.accounts import NoAccounts
from routing.proxy.drained import drained_of, set_drained
from routing.release import drained
from routing.release import publish as publishing
from routing.release.history import Publication, publications

#: The conversation's own version: a publisher asks nodes of the same one.
PROTOCOL = 1
#: A publisher says something every few seconds.
SILENCE_SECONDS = 45.0


class Agent:
    """One conversation with a publisher."""

    def __init__(self, channel: MessagePipe) -> None:
        self._pipe, self._stack = channel, ExitStack()
        self._here = NodeRelease(Path("/"))
        self._bundle: Bundle | None = None
        self._writer: BundleWriter | None = None

    def serve(self) -> None:
        """Answer until the publisher is gone; then undo what it has not confirmed. Raises nothing of the network."""
        with self._stack:
            try:
                while True:
                    message, body = self._pipe.receive()
                    if (answer := self._answered(message, body)) is not None:
                        self._pipe.send(*answer)
            except PipeFault:
                pass
            finally:
                if self._holds_lock:
                    self._here.go_back()

    _holds_lock = False

    def _answered(self, message: Message, body: bytes) -> tuple[Message, bytes] | None:
        """The answer; None to what has none."""
        does: dict[str, Callable[[Message, bytes], Message | None]] = {
            "open": self._open, "lock": self._lock, "prepare": self._prepare, "content": self._content,
            "examine": self._examine, "go live": self._go_live, "confirm": self._confirm, "go back": self._go_back,
            "status": self._status, "drain": self._drain, "waiting": self._waiting, "wait": lambda *_: None,
        }  # fmt: skip
        try:
            answer = does[str(message.get("do"))](message, body)
        except KeyError as problem:
            answer = {"error": f"routing {routing.__version__} there does not know how: {problem}"}
        except (UserFailure, NoAccounts) as problem:
            answer = {"error": str(problem)}
        except OSError as problem:
            where = f"{problem.filename}: " if problem.filename else ""
            answer = {"error": f"{where}{problem.strerror or problem}"}
        except Exception as problem:  # a node that cannot tell why it failed would look dead
            answer = {"error": f"{type(problem).__name__}: {problem}"}
        if answer is None:
            return None
        long = answer.pop("body", b"")
        return answer, long

    def _open(self, message: Message, _: bytes) -> Message:
        node, proxy = message.get("node"), message.get("proxy")
        self._here = NodeRelease(Path(message["root"]), Path(node) if node else None, Path(proxy) if proxy else None)
        return {"version": routing.__version__, "protocol": PROTOCOL, "formats": [OLDEST_FORMAT, FORMAT]}

    def _lock(self, _: Message, __: bytes) -> Message:
        self._stack.enter_context(publishing.only_one(self._here.root))
        self._holds_lock = True
        return {"repaired": self._here.go_back()}

    def _prepare(self, message: Message, body: bytes) -> Message:
        self._bundle = Bundle.from_json(str(message["release"]), body)
        self._writer = self._here.writer(self._bundle)
        missing = self._writer.missing() if self._writer else []
        return {"body": json.dumps(missing).encode()}

    def _content(self, message: Message, body: bytes) -> Message | None:
        """No answer: a failure is told when the release is examined, so that the publisher sends without waiting."""
        if self._writer and not self._failed:
            try:
                self._writer.put(str(message["sha"]), body)
            except (OSError, BundleFault) as problem:
                where = f"{problem.filename}: " if isinstance(problem, OSError) and problem.filename else ""
                self._failed = f"{where}{getattr(problem, 'strerror', None) or problem}"
        return None

    _failed = ""

    def _examine(self, message: Message, _: bytes) -> Message:
        if self._failed:
            raise BundleFault(self._failed)
        if self._writer:
            self._writer.write()
        digest, warnings = self._here.examine(str(message["release"]), is_new=message.get("kind") == "publish")
        return {"digest": digest, "warnings": warnings}

    def _go_live(self, message: Message, _: bytes) -> Message:
        facts = message["line"]
        line = Publication(0, "", "", str(facts["kind"]), *(str(facts[name]) for name in _AUTHORSHIP))
        reload = self._here.go_live(str(message["release"]), line, str(message["engine"]))
        return {"reload": reload}

    def _confirm(self, _: Message, __: bytes) -> Message:
        self._here.confirm()
        return {}

    def _go_back(self, _: Message, __: bytes) -> Message:
        self._here.go_back()
        return {"live": publishing.current(self._here.root)}

    def _status(self, message: Message, __: bytes) -> Message:
        """``schemes``: say, too, what the live release and the one before were compiled from."""
        here = self._here
        live, previous = publishing.current(here.root), publishing.previous(here.root)
        named = {each for each in (live, previous) if each and message.get("schemes")}
        newest = next((each for each in publications(here.root) if each.release == live), None)
        return {
            "live": live, "previous": previous, "schemes": {each: schemes_digest(here.root, each) for each in named},
            "at_s": newest.at_s if newest else None,
            "author": newest.author if newest else "", "unconfirmed": os.path.exists(here.root / UNCONFIRMED),
            "now_s": time.time(), "drained": drained_of(here.proxy) if here.proxy else [], **here.calls(),
        }  # fmt: skip

    def _waiting(self, message: Message, _: bytes) -> Message:
        """How many callers wait in queues of a node; ``let_go``: they leave."""
        return {"waiting": self._here.let_go() if message.get("let_go") else self._here.waiting()}

    def _drain(self, message: Message, _: bytes) -> Message:
        """At a proxy: the node at a place gets no new calls. At a node: its engine begins none."""
        is_drained = bool(message["drained"])
        if self._here.proxy and message.get("place"):
            return {"runs": set_drained(self._here.proxy, str(message["place"]), drained=is_drained)}
        drained.mark(self._here.root, drained=is_drained)
        return {}


_AUTHORSHIP = ("author", "subject", "commit")
