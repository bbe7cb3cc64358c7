"""Changes of how clients are called back, which no call shows: settings of the project, and who was missed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from routing.diff.affected import Affected
from routing.model.callback_plan import TABLE
from routing.model.durations import written

#: Settings as authors write them -> their names in the table.
SETTINGS = {
    "tries": "tries", "keep": "keep_s", "first": "first", "calendar": "calendar", "quiet": "quiet",
    "at_once": "at_once", "minutes_a_day": "minutes_a_day", "webhook": "webhook", "scheme": "scheme", "key": "key",
    "origins": "origins", "limits": "limits",
}  # fmt: skip


def callback_changes(affected: Affected) -> Iterator[str]:
    """One line per change."""
    if TABLE in affected.changed:
        old, new = (json.loads(side.text(TABLE) or "null") for side in (affected.old, affected.new))
        yield from changes(old, new)


def changes(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[str]:
    """One line per change of a ``callbacks.json``; None: the release has none."""
    if old is None or new is None:
        yield "clients are called back now" if old is None else "no client is called back any more"
    for name, key in SETTINGS.items() if old and new else ():
        before, now = ((table or {}).get(key) for table in (old, new))
        if before != now:
            yield f"callbacks: {name} {_shown(key, before)} -> {_shown(key, now)}"
    if old and new and old["excluded"] != new["excluded"]:
        yield f"callbacks: {len(old['excluded'])} -> {len(new['excluded'])} numbers are excluded"
    missed = [
        {name for name, facts in (table or {}).get("schemes", {}).items() if facts.get("missed")}
        for table in (old, new)
    ]
    yield from (f"scheme {name}: who was missed is called back" for name in sorted(missed[1] - missed[0]))
    yield from (f"scheme {name}: who was missed is not called back any more" for name in sorted(missed[0] - missed[1]))


def _shown(key: str, value: Any) -> str:
    match key, value:
        case _, None:
            return "no" if key == "quiet" else "none"
        case "keep_s", int():
            return written(value)
        case "quiet", [start, end]:
            return f"{_clock(start)}-{_clock(end % (24 * 60))}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
