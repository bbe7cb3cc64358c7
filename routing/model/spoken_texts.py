"""What voices say in a release: the table that a release has of it, for traces, scheme tests and the journal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from routing.model.spoken import FOLDER

_PLACE = re.compile(rf"(?:^|/){FOLDER}/+(?:([a-z]{{2,3}})/)?([0-9a-f]+\.\w+)$")


@dataclass(frozen=True)
class SpokenTexts:
    """``says``: sound -> language -> its text or file; ``languages``: of the project, its own first."""

    languages: tuple[str, ...]
    says: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> SpokenTexts:
        """The texts of a release's table."""
        return cls(tuple(table.get("languages", ())), table.get("says", {}))

    @property
    def texts(self) -> set[str]:
        """Every text, and the files of sounds by language."""
        return {text for says in self.says.values() for text in says.values()}

    def at(self, path: str) -> tuple[str, str] | None:
        """Text and language of the file at a path; None for any other sound."""
        found = _PLACE.search(path)
        says = self.says.get(f"{FOLDER}/{found[2]}") if found else None
        if not found or not says:
            return None
        wished = [each for each in (found[1], *self.languages) if each in says]
        chosen = wished[0] if wished else next(iter(says))
        return says[chosen], chosen
