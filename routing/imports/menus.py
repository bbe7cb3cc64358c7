"""A menu of another system as a step."""

from __future__ import annotations

from typing import Any

from routing.imports.draft import ImportDraft, Steps, no_answer
from routing.imports.rows import Row

KEYS = frozenset("0123456789*#")
_MOST_TRIES = 5


def menu_step(draft: ImportDraft, row: Row, name: str, settings: dict[str, Any]) -> Steps:
    """``menu`` with the settings that differ from its defaults; a menu without a choice only plays its prompt."""
    has_extensions = settings["extensions"] and any(person.extension for person in draft.people.values())
    after = settings.get("otherwise") or [no_answer()]
    if not settings["options"] and not has_extensions:
        draft.report.changed(row, name, row.table, "a menu without options plays its recording")
        return [{"play": settings["prompt"]}, *after]
    menu: dict[str, Any] = {"prompt": settings["prompt"]}
    if settings["options"]:
        menu["options"] = settings["options"]
    if has_extensions:
        menu["extensions"] = True
    if settings["wait"] != 5:
        menu["wait"] = f"{min(settings['wait'], 60)}s"
    if settings["tries"] != 2:
        menu["tries"] = min(max(settings["tries"], 1), _MOST_TRIES)
    if settings.get("invalid"):
        menu["invalid"] = settings["invalid"]
    return [{"menu": {**menu, "otherwise": after}}]
