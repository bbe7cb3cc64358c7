"""Puts what a case wants remembered into the engine's Redis, by the product's own writers."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from routing.model.entities import Visitor
from routing.model.memory import Talk
from routing.model.queue import EVERY_QUEUE
from routing.model.visitors import Lending
from routing.store import keys
from routing.store.address import parse
from routing.store.client import RedisStore
from routing.store.duties import SIGNED, RedisDuties
from routing.store.embedded import url
from routing.store.leases import RedisLeases
from routing.store.memory import RedisMemory
from routing.store.program import program

from .cases import Case
from .company import Company

PROJECT = "bed"
#: Ports of a decision that a Redis is behind.
REMEMBERS = frozenset({"memory", "holder", "ratings"})
#: The pool of each lent number of the cases, `site` otherwise.
POOLS = {"+380800330254": "shop", "+380800330256": "told"}
_VISITS = itertools.count(1)
#: Long ago enough for no step to take it for the call itself.
AGO_S, TALK_S = 600, 60


@contextlib.contextmanager
def remembering(
    root: Path, caller: str, wanted: Mapping[str, Any], people: Iterable[str], turns: Iterable[tuple[str, str]] = ()
):
    """Have a ``talk`` with the caller and the ``loads`` of people remembered, and people ``away`` within the block.

    ``turns``: steps in which nobody had a turn yet. Nobody pauses, wraps up or is signed out since the case before.
    """
    if program() is None:  # the case asks for nothing of it: `needs_redis`
        yield
        return
    with _store(root) as store:
        memory, now = RedisMemory(store), time.time()
        if person := wanted.get("talk"):
            memory.remember(
                PROJECT, caller, Talk(person, now - wanted.get("ago_s", AGO_S), TALK_S, wanted.get("direction", "in"))
            )
        asked = keys.rating_request(PROJECT, caller)
        store.ask(asked, ("DEL", asked))
        if "rating_requested_s" in wanted:
            store.ask(asked, ("SET", asked, round(now - wanted["rating_requested_s"])))
        if "loads" in wanted:
            for name in people:
                key = keys.load(PROJECT, name)
                store.ask(key, ("DEL", key))
        for name in people:
            RedisDuties(store).ready(PROJECT, name, now)
            store.ask(keys.duty(PROJECT), ("HDEL", keys.duty(PROJECT), f"{SIGNED}:{name}:{EVERY_QUEUE}"))
        for place in turns:
            key = keys.turns(PROJECT, *place)
            store.ask(key, ("DEL", key))
        for name, load in wanted.get("loads", {}).items():
            _count(memory, name, load, now)
        for name in wanted.get("away", ()):
            memory.disturb(PROJECT, name, False, now)
        try:
            yield
        finally:
            for name in wanted.get("away", ()):
                memory.disturb(PROJECT, name, True)


def needs_redis(cases: Iterable[Case], company: Company) -> bool:
    """Whether calls need what only a Redis keeps: something remembered, a lent number, a step that asks for either."""
    return any(
        case.memory or case.visitor is not None or (not case.engine and REMEMBERS & company.asked(case.to))
        for case in cases
    )


def _count(memory: RedisMemory, person: str, load: Mapping[str, float], now: float) -> None:
    """``calls`` talks of ``talk_s`` seconds in all, the last of them ``idle_s`` ago."""
    today = datetime.now(ZoneInfo("Europe/Kyiv")).strftime("%Y%m%d")
    calls = int(load.get("calls", 1))
    for number in range(calls):
        end = now - load.get("idle_s", AGO_S)
        memory.count(PROJECT, person, f"{person} {now} {number}", today, load.get("talk_s", 0) / calls, end, today)


def lend(root: Path, number: str, told: Mapping[str, Mapping[str, str]]) -> None:
    """A number of the pool is lent to a visitor who told ``entities`` and ``page`` and came from ``source``."""
    with _store(root) as store:
        lending = Lending(PROJECT, POOLS.get(number, "site"), [number], 60, 60)
        visitor = Visitor(told.get("entities", {}), told.get("source", {}))
        who = f"visitor-{next(_VISITS):08}"
        for key in keys.pool(PROJECT, lending.pool):
            store.ask(key, ("DEL", key))
        RedisLeases(store).lend(lending, who, visitor, told.get("page", {}), time.time())


def forget(root: Path) -> None:
    """Nothing of earlier calls is remembered: no talks, loads, turns and messages."""
    if program() is not None:
        with _store(root) as store:
            store.ask("", ("FLUSHDB",))


@contextlib.contextmanager
def _store(root: Path):
    store = RedisStore(parse(url(root)), budget_s=2.0)
    try:
        yield store
    finally:
        store.close()
