"""YAML as people write it: short mappings in one line, texts in quotes where YAML would read something else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[ ./-][A-Za-z0-9_]+)*")
_SPECIAL = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_DURATION = re.compile(r"[1-9][0-9]*[smhd]")
#: What JSON leaves as it is and YAML does not print, or editors show wrongly.
_ESCAPED = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")


def scalar(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    text = str(value)
    if isinstance(value, int) or _DURATION.fullmatch(text):
        return text
    if _PLAIN.fullmatch(text) and text.lower() not in _SPECIAL:
        return text
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04X}", json.dumps(text, ensure_ascii=False))


def flow(value: Any) -> str:
    """A value in one line, whatever it is."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def block(value: Any, indent: int) -> Iterator[str]:
    """The lines of a mapping or a list."""
    space = " " * indent
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _entry(f"{space}{_key(key)}:", each, indent + 2)
        return
    for each in value:
        inner = list(block(each, indent + 2)) if isinstance(each, dict) and not _fits(space, each) else []
        if inner:
            yield f"{space}- {inner[0].lstrip()}"
            yield from inner[1:]
        else:
            yield f"{space}- {_short(each)}"


def _short(value: Any) -> str:
    """A step of one key stands without braces."""
    if isinstance(value, dict) and len(value) == 1:
        ((key, inner),) = value.items()
        return f"{_key(key)}: {flow(inner)}"
    return flow(value)


def _entry(start: str, value: Any, indent: int) -> Iterator[str]:
    is_nested = isinstance(value, dict | list) and value
    if is_nested and (len(start) + len(flow(value)) > WIDTH or _is_deep(value)):
        yield start
        yield from block(value, indent)
    else:
        yield f"{start} {flow(value)}"


def _fits(start: str, value: Any) -> bool:
    return len(start) + len(_short(value)) <= WIDTH and not _is_deep(value)


def _is_deep(value: Any) -> bool:
    """Steps inside steps read better one below another."""
    if isinstance(value, dict):
        return any(_is_deep(each) or _has_steps(each) for each in value.values())
    return False


def _has_steps(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def _key(key: Any) -> str:
    text = str(key)
    is_plain = re.fullmatch(r"[a-z][a-z0-9_]*(?:-[a-z]{3})?|\d{4}-\d\d-\d\d", text) and text not in _SPECIAL
    return text if is_plain else json.dumps(text, ensure_ascii=False)
