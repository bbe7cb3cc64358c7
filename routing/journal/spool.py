"""The spool on disk: FreeSWITCH's CDR files, listed, read and removed. Knows nothing of SQL and of what a call is.

``root/bad`` holds files that could not be used, for a person to look at. Several workers may read one spool: a file
that another one took away is no error here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from routing.journal import cdr

BAD = "bad"


@dataclass
class Listing:
    """Names at one moment: the uuids of A-legs and B-legs that have a file."""

    a_legs: list[str] = field(default_factory=list)
    b_legs: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Spool:
    """A folder of CDR files."""

    root: Path

    def listing(self) -> Listing:
        """Every CDR file that is there now, however many. Raises OSError when the folder cannot be read."""
        found = Listing()
        with os.scandir(self.root) as entries:
            for entry in entries:
                if leg := cdr.leg_of(entry.name):
                    uuid, is_a_leg = leg
                    if is_a_leg:
                        found.a_legs.append(uuid)
                    else:
                        found.b_legs.add(uuid)
        return found

    def read(self, name: str) -> bytes | None:
        """A file's content; None when there is no such file any more."""
        try:
            with open(f"{self.root}/{name}", "rb", buffering=0) as file:
                return file.read()
        except FileNotFoundError:
            return None

    def age_s(self, name: str, now: float) -> float:
        """Seconds since FreeSWITCH wrote to a file; 0.0 when it is gone."""
        try:
            return max(now - os.stat(f"{self.root}/{name}").st_mtime, 0.0)
        except FileNotFoundError:
            return 0.0

    def remove(self, names: Iterable[str]) -> None:
        """Remove files, those of others too."""
        for name in names:
            try:
                os.unlink(f"{self.root}/{name}")
            except FileNotFoundError:
                continue

    def put_aside(self, name: str) -> None:
        """Move a file that cannot be used to ``bad``."""
        bad = self.root / BAD
        bad.mkdir(exist_ok=True)
        try:
            os.replace(self.root / name, bad / name)
        except FileNotFoundError:
            return
