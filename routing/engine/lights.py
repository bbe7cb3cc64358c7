"""How many voicemails wait for each SIP account, from the memory, for the lights that `routing.esl.lights` sets."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from routing.model.memory import Forgotten


class VoicemailCounts(Protocol):
    """Remembers voicemails (`routing.store.memory.RedisMemory`)."""

    def waiting(self, project: str, people: Sequence[str], now_s: float) -> Mapping[str, int]:
        """How many voicemails wait for each person. Raises Forgotten."""


class Lights:
    """Called again and again: the accounts of everybody who has a SIP phone, and how many messages wait for them; None
    while that is not known. The live release maps accounts to people."""

    def __init__(self, root: Path, memory: VoicemailCounts, now: Callable[[], float]) -> None:
        self._table = root / "current/table.json"
        self._memory = memory
        self._now = now
        self._read_at = ""
        self._project, self._people = "", dict[str, list[str]]()

    def __call__(self) -> Mapping[str, int] | None:
        """Redis is asked once for all people."""
        try:
            self._read()
            counts = self._memory.waiting(self._project, list(self._people), self._now())
        except (Forgotten, OSError, ValueError, KeyError, TypeError):
            return None
        return {account: counts[person] for person, accounts in self._people.items() for account in accounts}

    def _read(self) -> None:
        """The table of the live release, once a release."""
        release = str(self._table.resolve(strict=True))
        if release == self._read_at:
            return
        table = json.loads(self._table.read_bytes())
        self._people = {}
        for account, phone in table["accounts"].items():
            self._people.setdefault(str(phone).partition(".")[0], []).append(str(account))
        self._project, self._read_at = str(table["project"]), release
