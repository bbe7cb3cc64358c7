"""What became live when, and by whom: a line of JSON in ``history.jsonl`` of the root for each publish and rollback.

A line that a crash tore, or that somebody wrote by hand, is left out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "history.jsonl"
#: Lines that are read: the newest.
MOST_READ = 500
_LONGEST_BYTES = 1_000_000


@dataclass(frozen=True)
class Publication:
    """A release became live. ``at_s``: seconds since the epoch; ``before``: the one that it replaced, "" the first
    time; ``kind``: publish or rollback; ``author``, ``subject``, ``commit``: of the schemes' last commit, or the
    system's user."""

    at_s: float
    release: str
    before: str
    kind: str
    author: str = ""
    subject: str = ""
    commit: str = ""


def note(root: Path, publication: Publication) -> None:
    """Add a line. Raises OSError."""
    line = json.dumps(asdict(publication), ensure_ascii=False) + "\n"
    descriptor = os.open(root / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(descriptor, line.encode("utf-8", "replace"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publications(root: Path) -> Sequence[Publication]:
    """The newest first; none where there is no history."""
    try:
        with (root / FILE).open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _LONGEST_BYTES))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ()
    found = [publication for line in reversed(lines) if (publication := _read(line))]
    return found[:MOST_READ]


def _read(line: str) -> Publication | None:
    try:
        facts = json.loads(line)
        texts = {name: str(facts.get(name, "")) for name in ("author", "subject", "commit")}
        return Publication(
            float(facts["at_s"]), str(facts["release"]), str(facts["before"]), str(facts["kind"]), **texts
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
