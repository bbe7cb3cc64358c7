"""Plans in the tables of releases (``callbacks.json``, ``exports.json``): that of the release which carried a call, and
the live one. A release that is gone or cannot be read has none."""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

RELEASE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_Plan = TypeVar("_Plan")


@dataclass(frozen=True)
class ReleasePlans(Generic[_Plan]):
    """The plans in one kind of table below a root; ``root`` None: there are no releases."""

    root: Path | None
    table: str
    plan_of: Callable[[Mapping[str, Any]], _Plan]

    def of(self, release: str) -> _Plan | None:
        """The plan of a release by its name, as the journal has it; that of the live release when it is gone."""
        if self.root is None:
            return None
        folder = self.root / "releases" / release
        is_there = RELEASE_NAME.fullmatch(release) and folder.is_dir()
        return self._plan(folder) if is_there else self.live()

    def live(self) -> _Plan | None:
        """The plan of the live release."""
        try:
            return self._plan(self.root / os.readlink(self.root / "current")) if self.root else None
        except OSError:
            return None

    def _plan(self, folder: Path) -> _Plan | None:
        try:
            found: _Plan | None = _read(str(folder / self.table), self.plan_of)
            return found
        except OSError:
            return None  # not cached: it may be readable for the next call


@functools.lru_cache(maxsize=64)
def _read(file: str, plan_of: Callable[[Mapping[str, Any]], Any]) -> Any:
    try:
        return plan_of(json.loads(Path(file).read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError, re.error):
        return None
