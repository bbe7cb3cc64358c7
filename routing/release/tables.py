"""The runtime tables of releases: dynamic steps of schemes, and the release's directory.

A release is immutable, so tables are cached, within bounds. A call gives names only: paths are built from the release
root, and a release outside it is refused.
"""

from __future__ import annotations

import json
import os
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

from routing.decide.directory import Directory
from routing.decide.responsible import Responsible
from routing.model.callback_plan import TABLE, CallbackPlan, plan_of
from routing.model.decision import ID

RELEASE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
MOST_SCHEMES = 5_000
MOST_RELEASES = 8
#: A longer file is no table of a release.
LONGEST_FILE = 64 * 1024 * 1024

Value = TypeVar("Value")


class ReleaseFault(Exception):
    """A release, scheme or step of a call does not exist or is not readable; the text says which."""


class Releases:
    """Reads tables below ``root``: ``step``, ``directory`` and ``responsible`` are what a decision needs."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._prefixes = tuple(f"{each}/releases/" for each in {self._root, self._root.resolve()})
        self._steps = BoundedCache[tuple[str, str], Mapping[str, Any]](MOST_SCHEMES)
        self._directories = BoundedCache[str, Directory](MOST_RELEASES)
        self._responsible = BoundedCache[tuple[str, str], Responsible](MOST_RELEASES)
        self._callbacks = BoundedCache[str, CallbackPlan](MOST_RELEASES)

    def name(self, release: str) -> str:
        """The bare name of a release given by its absolute path. Raises ReleaseFault outside the root."""
        for prefix in self._prefixes:
            name = release.removeprefix(prefix)
            if name != release and RELEASE_NAME.fullmatch(name):
                return name
        raise ReleaseFault(f"release {release[:120]!a} is not below the release root")

    def step(self, release: str, scheme: str, path: str) -> Mapping[str, Any]:
        """A dynamic step's entry of ``schemes/<id>.json``. Raises ReleaseFault."""
        steps = self._steps.get((self.name(release), scheme), lambda key: self._scheme(*key)["steps"])
        step = steps.get(path)
        if not isinstance(step, dict):
            raise ReleaseFault(f"scheme {scheme} has no dynamic step {path}")
        return step

    def directory(self, release: str) -> Directory:
        """The people, phones and schemes that answers may name, from ``table.json``. Raises ReleaseFault."""
        return self._directories.get(self.name(release), self._directory)

    def responsible(self, release: str, system: str) -> Responsible:
        """People by their owner in a CRM, from ``table.json``. Raises ReleaseFault."""
        return self._responsible.get((self.name(release), system), self._owners)

    def callbacks(self, release: str) -> CallbackPlan:
        """How clients are called back, from ``callbacks.json``. Raises ReleaseFault, also when nobody is."""
        return self._callbacks.get(self.name(release), self._plan)

    def clear(self) -> None:
        """Empty the caches."""
        self._callbacks.clear()
        self._steps.clear()
        self._directories.clear()
        self._responsible.clear()

    def _owners(self, key: tuple[str, str]) -> Responsible:
        name, system = key
        try:
            return Responsible.of(self._read(name, "table.json"), system)
        except (TypeError, ValueError, AttributeError) as problem:
            raise ReleaseFault(f"table.json of release {name} names no owners: {problem!r}") from None

    def _plan(self, name: str) -> CallbackPlan:
        try:
            return plan_of(self._read(name, TABLE))
        except (KeyError, TypeError, ValueError, AttributeError, re.error) as problem:
            raise ReleaseFault(f"{TABLE} of release {name} is no plan of callbacks: {problem!r}") from None

    def _directory(self, name: str) -> Directory:
        table = self._read(name, "table.json")
        try:
            return Directory.of(table, SchemesOf(lambda scheme: self._scheme(name, scheme)))
        except (KeyError, TypeError, AttributeError, re.error) as problem:
            raise ReleaseFault(f"table.json of release {name} is not a directory: {problem!r}") from None

    def _scheme(self, name: str, scheme: str) -> Mapping[str, Any]:
        table = self._read(name, f"schemes/{scheme}.json")
        if not isinstance(table.get("steps"), dict):
            raise ReleaseFault(f"schemes/{scheme}.json of release {name} holds no steps")
        return table

    def _read(self, name: str, file: str) -> dict[str, Any]:
        path = self._root / "releases" / name / file
        try:
            with path.open("rb") as opened:
                if os.fstat(opened.fileno()).st_size > LONGEST_FILE:
                    raise ReleaseFault(f"{file} of release {name} is too long")
                content = json.load(opened)
        except (OSError, ValueError, RecursionError) as problem:
            reason = getattr(problem, "strerror", None) or str(problem)
            raise ReleaseFault(f"{file} of release {name}: {reason}") from None
        if not isinstance(content, dict):
            raise ReleaseFault(f"{file} of release {name} is not an object")
        return content


class SchemesOf:
    """Scheme id -> whether it answers first, read from a release on demand; None: no such scheme."""

    def __init__(self, read: Callable[[str], Mapping[str, Any]]) -> None:
        self._read = read
        self._known = BoundedCache[str, bool](MOST_SCHEMES)

    def get(self, scheme: str, /) -> bool | None:
        """See routing.decide.directory.Schemes."""
        if not ID.fullmatch(scheme):
            return None
        try:
            return self._known.get(scheme, lambda _: bool(self._read(scheme).get("answers_first")))
        except ReleaseFault:
            return None


Key = TypeVar("Key")


class BoundedCache(Generic[Key, Value]):
    """The most recently used values, ``most`` of them. A read that raises is not cached."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key, read: Callable[[Key], Value]) -> Value:
        """The cached value of a key, else ``read(key)``."""
        if key in self._held:
            self._held.move_to_end(key)
            return self._held[key]
        value = self._held[key] = read(key)
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return value

    def clear(self) -> None:
        """Remove all values."""
        self._held.clear()
