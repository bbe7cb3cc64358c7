"""Tables of a release as JSON: the same content gives the same bytes, and a small change few changed lines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def table_json(table: Mapping[str, Any]) -> str:
    """A table of a few entries, a value a line."""
    return json.dumps(table, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def long_table_json(table: Mapping[str, Any]) -> str:
    """A table whose tables may have ten thousand entries, an entry a line: Python writes this five times as fast."""
    parts = (f"{_compact(key)}: {_entries(value)}" for key, value in sorted(table.items()))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _entries(value: Any) -> str:
    if not isinstance(value, Mapping) or not value:
        return _compact(value)
    return "{\n" + ",\n".join(f" {_compact(key)}: {_compact(each)}" for key, each in sorted(value.items())) + "\n}"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
