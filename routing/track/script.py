"""The site script, filled in with the project's entities: each name with the path to its value in the page."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PLACE = "__SITE__"


@functools.cache
def source() -> str:
    """The script's source, not filled in."""
    return (Path(__file__).parent / "site.js").read_text("utf-8")


def script(entities: Mapping[str, Mapping[str, Any]], moves: bool) -> str:
    """The script for a project: ``[path, level]`` of each entity; path 0 for one that the page sets itself.

    ``moves``: another page of a visit may need a number of another pool.
    """
    entity_paths = {name: [of.get("expression") or 0, int(of.get("level") == "view")] for name, of in entities.items()}
    text = json.dumps(entity_paths, separators=(",", ":")).replace("<", "\\u003c")
    return source().replace(PLACE, f"{text},{int(moves)}", 1)
