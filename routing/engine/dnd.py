"""The people on do-not-disturb, from the memory, as the global variables that `routing.esl.globals` sets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from routing.model import dnd
from routing.model.decision import ID
from routing.model.memory import Forgotten


class Away(Protocol):
    """Remembers who is on do-not-disturb (`routing.store.memory.RedisMemory`)."""

    def away(self, project: str) -> Mapping[str, float]:
        """People on do-not-disturb -> since when. Raises Forgotten."""


class DndVariables:
    """Called periodically: the variables of everybody on do-not-disturb; None while that is not known."""

    def __init__(self, root: Path, memory: Away) -> None:
        self._table = root / "current/table.json"
        self._memory = memory
        self._project = ""

    def __call__(self) -> Mapping[str, str] | None:
        """Only valid ids pass, because the names become part of a command to FreeSWITCH."""
        try:
            away = self._memory.away(self._project or self._read())
        except (Forgotten, OSError, ValueError, KeyError, TypeError):
            return None
        return {dnd.variable(person): dnd.BUSY for person in away if ID.fullmatch(person)}

    def _read(self) -> str:
        """The project's name. It never changes for a root, because people's memory is kept under it."""
        self._project = str(json.loads(self._table.read_bytes())["project"])
        return self._project
