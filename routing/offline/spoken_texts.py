"""What voices say in a release, for the events of its calls."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from routing.model.spoken import FOLDER
from routing.offline.events import Event

_PLACE = re.compile(rf"/sounds/{FOLDER}/+(?:([a-z]{{2,3}})/)?([0-9a-f]+\.\w+)$")


@dataclass(frozen=True)
class SpokenTexts:
    """``says``: sound -> language -> its text or file; ``languages``: of the project, its own first."""

    languages: tuple[str, ...]
    says: Mapping[str, Mapping[str, str]]

    @classmethod
    def read(cls, text: str) -> SpokenTexts:
        """The table of a release."""
        table: dict[str, Any] = json.loads(text)
        return cls(tuple(table.get("languages", ())), table.get("says", {}))

    @property
    def texts(self) -> set[str]:
        """Every text, and the files of sounds by language."""
        return {text for says in self.says.values() for text in says.values()}

    def explained(self, event: Event) -> Event:
        """The event with what is said, where it plays one of these sounds."""
        found = _PLACE.search(event.subject)
        says = self.says.get(f"{FOLDER}/{found[2]}") if found else None
        if not found or not says:
            return event
        wished = [each for each in (found[1], *self.languages) if each in says]
        chosen = wished[0] if wished else next(iter(says))
        return replace(event, text=says[chosen], language=chosen or self.languages[0])
