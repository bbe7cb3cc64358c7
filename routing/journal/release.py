"""What the journal reads of releases: people's addresses, what the project says of the journal.
Each table that can be read is read once.

A release that is gone is no fault: the answer is then "".
"""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")


def _table(path: str) -> Mapping[str, Any]:
    try:
        return _read(path)
    except (OSError, ValueError):
        return {}  # not remembered: what cannot be read now may be read for the next call


@functools.lru_cache(maxsize=4096)
def _read(path: str) -> Mapping[str, Any]:
    table = json.loads(Path(path).read_text(encoding="utf-8"))
    return table if isinstance(table, dict) else {}


def project_of(release: str) -> str:
    """The name of the project that a release is of."""
    return str(_table(f"{release}/table.json").get("project", ""))


def email_of(release: str, name: str) -> str:
    """The e-mail address of a person."""
    return str(_table(f"{release}/table.json").get("people", {}).get(name, {}).get("email", ""))


def notify_of(release: str, schemes: Sequence[str]) -> Sequence[str]:
    """Who is told of a missed call: as the last of its schemes says that says it, else as the project says."""
    if not release:
        return ()
    for scheme in reversed(schemes):
        if _ID.fullmatch(scheme) and (addressees := _table(f"{release}/schemes/{scheme}.json").get("notify")):
            return tuple(map(str, addressees))
    return tuple(map(str, _table(f"{release}/table.json").get("notify") or ()))


@dataclass(frozen=True)
class LiveProject:
    """What the project of a release root says now, by its live release; what the operator said comes first.

    ``root`` None: nobody knows a release. ``keep_s`` 0: nobody said how long.
    """

    root: Path | None = None
    given_timezone: str = ""
    given_keep_s: int = 0
    given_name: str = ""

    @property
    def name(self) -> str:
        """The project's name; ``default`` when nobody says it."""
        return self.given_name or str(self._live().get("project") or "default")

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone; UTC when nobody says it. A person's day ends by it."""
        try:
            return ZoneInfo(self.given_timezone or str(self._live().get("timezone") or "UTC"))
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    @property
    def keep_s(self) -> int:
        """How long a call is kept, in seconds; 0: for ever."""
        kept = self._live().get("keep_s")
        return self.given_keep_s or (kept if isinstance(kept, int) else 0)

    @property
    def notify(self) -> tuple[str, ...]:
        """E-mail and web addresses of whom the project tells of missed calls and new networks."""
        table = self._live()
        people = table.get("people", {})
        names = (str(people.get(name, {}).get("email") or name) for name in map(str, table.get("notify") or ()))
        return tuple(dict.fromkeys(names))

    def people_of(self, schemes: Sequence[str], box: str) -> tuple[str, ...]:
        """Whose voicemails are in a box of one of these schemes, as the live release says."""
        tables = (self._read_live(f"schemes/{scheme}.json") for scheme in schemes if _ID.fullmatch(scheme))
        return tuple(dict.fromkeys(str(name) for table in tables for name in table.get("boxes", {}).get(box, ())))

    def phone_of(self, account: str) -> str:
        """The phone, ``ivan.desk``, that an account is of; "" for nobody's."""
        return str(self._live().get("accounts", {}).get(account, ""))

    def _live(self) -> Mapping[str, Any]:
        return self._read_live("table.json")

    def _read_live(self, name: str) -> Mapping[str, Any]:
        if self.root is None:
            return {}
        try:
            return _table(str(self.root / os.readlink(self.root / "current") / name))
        except OSError:
            return {}
