"""What an engine takes people for, by its own word: it hears of phones and legs a moment after FreeSWITCH does."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Collection
from typing import Any

from .waiting import until


def wait_there(status: str, accounts: Collection[str] = ()) -> None:
    """Wait until an engine (``host:port`` of its status) knows that phones are registered."""
    wanted = set(accounts)
    _wait(status, lambda registered, busy: wanted <= registered, f"not registered: {sorted(wanted)}")


def wait_gone(status: str, accounts: Collection[str] = (), people: Collection[str] = ()) -> None:
    """Wait until an engine knows that phones are away and that nobody of the people has a leg."""
    phones, persons = set(accounts), set(people)
    _wait(
        status,
        lambda registered, busy: registered.isdisjoint(phones) and busy.isdisjoint(persons),
        f"still there: {sorted(phones)}, {sorted(persons)}",
    )


def wait_busy(status: str, person: str) -> None:
    """Wait until an engine knows that a person has a leg."""
    _wait(status, lambda registered, busy: person in busy, f"not busy: {person}")


def _wait(status: str, is_so: Callable[[set[str], set[str]], bool], otherwise: str) -> None:
    said: list[dict[str, Any]] = []

    def heard() -> bool:
        with urllib.request.urlopen(f"http://{status}/people", timeout=5) as answer:
            said[:] = json.load(answer)["workers"]
        return bool(said) and all(each["known"] and is_so(set(each["registered"]), set(each["busy"])) for each in said)

    assert not status or until(heard, 60), f"the engine says {said}; {otherwise}"
