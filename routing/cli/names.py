"""Names in a folder of schemes, for shell completion: files that cannot be read are skipped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from routing.load import files
from routing.load.nodes import read
from routing.model import numbers
from routing.model.decision import ID
from routing.model.problem import Problems

_SCHEME = re.compile(r"^scheme:\s*[\"']?([a-z][a-z0-9_]*)", re.MULTILINE)


def _schemes(folder: Path) -> Iterator[str]:
    """Files are searched, not parsed: a folder may hold thousands of schemes."""
    for source in files.sources(folder)[0]:
        yield from _SCHEME.findall(Path(source.path).read_text("utf-8", "replace"))


def _parsed(folder: Path, *keys: str) -> Iterator[dict[str, Any]]:
    """Every file that has one of the keys and can be read, as data."""
    has_key = re.compile(rb"^[\"']?(%s)[\"']?\s*:" % "|".join(keys).encode(), re.MULTILINE)
    for source in files.sources(folder)[0]:
        try:
            text = files.text_of(source)
            data = read(source.name, text).data if has_key.search(text) else None
        except (Problems, OSError):
            continue
        if isinstance(data, dict):
            yield data


def _below(folder: Path, key: str) -> Iterator[tuple[str, Any]]:
    for data in _parsed(folder, key):
        if isinstance(data.get(key), dict):
            yield from ((name, value) for name, value in data[key].items() if ID.fullmatch(str(name)))


def _people(folder: Path) -> Iterator[str]:
    return (name for name, _ in _below(folder, "people"))


def _phones(folder: Path) -> Iterator[str]:
    """People, and each of their phones."""
    for name, person in _below(folder, "people"):
        yield name
        phones = person.get("phones") if isinstance(person, dict) else None
        yield from (f"{name}.{label}" for label in phones or () if isinstance(phones, dict))


def _callers(folder: Path) -> Iterator[str]:
    yield "anonymous"
    yield from (name for name in _phones(folder) if "." in name)


def _calendars(folder: Path) -> Iterator[str]:
    return (name for name, _ in _below(folder, "calendars"))


def _numbers(folder: Path) -> Iterator[str]:
    """Of schemes, as E.164."""
    country = next((fields.get("country") for fields in _projects(folder) if fields.get("country")), None)
    for data in _parsed(folder, "scheme"):
        entries = data.get("numbers") or []
        for entry in entries if isinstance(entries, list) else [entries]:
            written = entry.get("number") if isinstance(entry, dict) else entry
            try:
                yield numbers.normalise(str(written), country)
            except ValueError:
                continue


def _projects(folder: Path) -> Iterator[dict[str, Any]]:
    found = (data.get("project") for data in _parsed(folder, "project"))
    return (fields for fields in found if isinstance(fields, dict))


def _cases(folder: Path) -> Iterator[str]:
    """Names of the tests."""
    for file in files.files_of_tests(folder)[0]:
        try:
            data = read(file.name, file.read_bytes()).data
        except (Problems, OSError):
            continue
        tests = data.get("tests") if isinstance(data, dict) else None
        for test in tests if isinstance(tests, list) else ():
            if isinstance(test, dict) and isinstance(test.get("name"), str):
                yield test["name"]


#: Kind -> its names below a folder. Raises Problems, OSError when there is no folder.
NAMES: Mapping[str, Callable[[Path], Iterable[str]]] = {
    "schemes": _schemes,
    "people": _people,
    "phones": _phones,
    "callers": _callers,
    "calendars": _calendars,
    "numbers": _numbers,
    "cases": _cases,
}
