"""Labels: a step's settings as written, and short labels of its edges."""

from __future__ import annotations

from typing import Any

from routing.model.problem import Loc
from routing.steps.base import Step

_STATES = ("open", "closed", "holiday")
#: Characters per line.
CHARACTERS = 35
_LONGEST_WORD = 60


def fall_through_label(step: Step) -> str:
    """When the call falls through a step."""
    if step.kind == "hours":
        covered = {part for _, part, _ in step.branches()}
        covered |= {"holiday"} if "closed" in covered else set()
        return ", ".join(state for state in _STATES if state not in covered)
    return step.falls_when


def settings_of(step: Step, written: Any) -> dict[str, Any]:
    """The settings of a step as written, with shorthands expanded."""
    value = written.get(step.kind) if isinstance(written, dict) else None
    if isinstance(value, dict) and not (step.kind == "match" and "when" in value):
        return value
    if value is None or not step.primary:
        return {}
    return {step.primary: value}


def below(settings: Any, loc: Loc) -> Any:
    """The written value at a location below a step's settings; None when a shorthand hides it."""
    found = settings
    for part in loc:
        if part == 0 and isinstance(found, dict):
            continue  # a single item written without its list
        if not isinstance(found, list | dict):
            return None
        known = range(len(found)) if isinstance(found, list) else found
        if part not in known:
            return None
        found = found[part]  # type: ignore[index]
    return found


def branch_name(step: Step, loc: Loc, part: str, settings: dict[str, Any]) -> str:
    """The condition of a branch: ``closed``, the pressed key, the matching condition."""
    if step.kind == "match" and loc[0] == "cases":
        return shown(below(settings, (*loc[:2], "when")) or part)
    if step.kind == "menu" and loc[0] == "options":
        return f"presses {loc[1]}"
    return part


def details(step: Step, settings: dict[str, Any]) -> tuple[str, ...]:
    """The settings as lines, the main setting first; without nested steps."""
    nested = {loc[0] for loc, _, _ in step.branches()}
    first = [shown(settings[step.primary])] if step.primary in settings and step.primary not in nested else []
    rest = [_setting(name, value) for name, value in settings.items() if name != step.primary and name not in nested]
    return (*first, *_joined([line for line in rest if line]))


def _joined(settings: list[str]) -> list[str]:
    """Short settings share a line."""
    lines: list[str] = []
    for setting in settings:
        if lines and len(lines[-1]) + len(setting) + 3 <= CHARACTERS:
            lines[-1] += f" · {setting}"
        else:
            lines.append(setting)
    return lines


def _setting(name: str, value: Any) -> str:
    if value is True:
        return name
    return "" if value is False or value is None else f"{name} {shown(value)}"


def shown(value: Any) -> str:
    """A value as text, lists and mappings on one line."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {shown(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(shown(one) for one in value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= _LONGEST_WORD else f"{text[: _LONGEST_WORD - 1]}…"
