"""What the journal reads of a release: an engine step's kind, the project's name, people's addresses. Each table is
read once.

A release that is gone is no fault: the answer is then "".
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")


@functools.lru_cache(maxsize=4096)
def _table(path: str) -> Mapping[str, Any]:
    try:
        table = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return table if isinstance(table, dict) else {}


def kind_of(release: str, scheme: str, path: str) -> str:
    """The kind of the engine's step at a path of a scheme: ``webhook``."""
    if not release or not _ID.fullmatch(scheme):
        return ""
    step = _table(f"{release}/schemes/{scheme}.json").get("steps", {}).get(path, {})
    return str(step.get("kind", ""))


def project_of(release: str) -> str:
    """The name of the project that a release is of."""
    return str(_table(f"{release}/table.json").get("project", ""))


def email_of(release: str, name: str) -> str:
    """The e-mail address of a person."""
    return str(_table(f"{release}/table.json").get("people", {}).get(name, {}).get("email", ""))
