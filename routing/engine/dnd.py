"""Whom FreeSWITCH must not ring, from the engine's memory: what `routing.esl.globals` holds its variables to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from routing.model import dnd
from routing.model.decision import ID
from routing.model.memory import Forgotten


class Away(Protocol):
    """Remembers who must not be disturbed (`routing.store.memory.RedisMemory`)."""

    def away(self, project: str) -> Mapping[str, float]:
        """Persons, and since when. Raises Forgotten."""


class DndVariables:
    """Called again and again: the variables of everybody who must not be disturbed; None while that is not known."""

    def __init__(self, root: Path, memory: Away) -> None:
        self._table = root / "current/table.json"
        self._memory = memory
        self._project = ""

    def __call__(self) -> Mapping[str, str] | None:
        """Names of persons are ids, whatever stands in the memory: they become a command to FreeSWITCH."""
        try:
            away = self._memory.away(self._project or self._read())
        except (Forgotten, OSError, ValueError, KeyError, TypeError):
            return None
        return {dnd.variable(person): dnd.BUSY for person in away if ID.fullmatch(person)}

    def _read(self) -> str:
        """The project's name: it is the root's for good, its people's memory being kept by it."""
        self._project = str(json.loads(self._table.read_bytes())["project"])
        return self._project
