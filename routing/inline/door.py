"""Where the thread of a call comes in: its facts are read, the hub decides, the call gets its variables.

Nothing is raised towards mod_python3, which copies an exception's text into a buffer of 20 kB unchecked. A call waits a
second at most; then it goes on without a decision, and the calls after it ask the engine until the hub is well.
"""

from __future__ import annotations

import itertools
import json
import platform
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import quote

import routing
from routing.engine.deciding import Engine
from routing.esl.facts import call_of
from routing.esl.protocol import Message, assignments
from routing.inline.hub import DecisionHub, NoAnswerInTime, Question
from routing.inline.ports import ports_of
from routing.model.decision import Late
from routing.model.inline import IS_READY, READY
from routing.process.log import Lines
from routing.release.tables import Releases
from routing.store import embedded
from routing.store.address import parse
from routing.store.client import RedisStore

#: Longer than any decision that needs Redis alone, shorter than the watchdog of a decision by socket.
LIMIT_SECONDS = 1.0
#: More than in the engine: all threads of FreeSWITCH that run Python take turns, and an answer may be read late.
REDIS_SECONDS = 0.3
#: The channel variables of a call that such a decision reads; `uuid` is the call's own.
FACTS = (
    "release", "scheme", "step", "number", "caller", "caller_pays", "person", "proven", "asked", "stated_number",
)  # fmt: skip

#: name -> value
Get = Callable[[str], str | None]
Set = Callable[[str, str], object]


class Door:
    """``set_global`` sets a global variable of FreeSWITCH."""

    def __init__(self, engine: Engine, set_global: Set) -> None:
        self._engine = engine
        self._set_global = set_global
        self._is_shown = False
        self.hub = DecisionHub(self._decided, self._well)
        self._numbers = itertools.count(1)  # `+= 1` of two threads may count once
        self._decisions = 0

    def decide(self, get: Get, put: Set) -> None:
        """Decide the step that a call has reached. ``get``, ``put``: its channel variables. Raises nothing.

        While anything refers to the call's session, FreeSWITCH keeps its channel: no exception that knows a frame of
        this thread may outlive it.
        """
        try:
            self._decisions = next(self._numbers)
            for name, value in self.hub.ask((_message(get), time.monotonic()), LIMIT_SECONDS).items():
                put(name, value)
        except NoAnswerInTime as problem:
            self._unwell(str(problem))
        except BaseException as problem:
            self._fault(problem)

    def _decided(self, question: Question) -> Mapping[str, str]:
        """The variables for a call, none when it goes on without a decision. Runs in the hub."""
        try:
            variables = self._engine.decide(call_of(*question))
            assignments(variables)  # the same check as of what goes over a socket
            return variables
        except Late:  # the engine's log has it
            return {}
        except BaseException as problem:
            self._fault(problem)
            return {}

    def _fault(self, problem: BaseException) -> None:
        self._engine.lines.write("error", "fault", problem=repr(problem)[:500])

    def status(self) -> str:
        """What `python routing_inline` says of it, as JSON."""
        facts = {"state": "ready" if self._is_shown else "stuck", "decisions": self._decisions}
        return json.dumps({**facts, "version": routing.__version__, "python": platform.python_version()})

    def _well(self) -> None:
        if not self._is_shown:
            self._is_shown = True
            self._set_global(READY, IS_READY)

    def _unwell(self, why: str) -> None:
        """Send the next calls to the engine, until the hub beats again."""
        if self._is_shown:
            self._is_shown = False
            self._set_global(READY, "")
        self._engine.lines.write("error", "inline", problem=why)


def opened(root: str, redis: str, set_global: Set) -> Door:
    """A door that decides calls of the releases below ``root``; ``redis``: a URL, "" for the engine's own below it."""
    place, lines, releases = Path(root), Lines(), Releases(Path(root))
    address, report = parse(redis or embedded.url(place)), partial(lines.write, "warning", "redis")
    store = RedisStore(address, REDIS_SECONDS, lambda text: report(words=text))
    door = Door(Engine(releases, ports_of(releases, store), lines), set_global)
    door.hub.start()
    return door


def _message(get: Get) -> Message:
    """The call's facts in the form in which the engine gets them."""
    facts = {"Unique-ID": get("uuid"), **{f"variable_routing_{name}": get(f"routing_{name}") for name in FACTS}}
    lines = (f"\n{name}: {quote(value)}" for name, value in facts.items() if value)
    return Message("".join(lines).encode())
