"""Writes the files of known callers, whom a refusal of floods lets pass: FreeSWITCH reads one before it refuses.

They stand below the release root, outside the releases, by the last digits of the numbers. Each is replaced at once, so
that FreeSWITCH never reads half of one.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from routing.compile.floods import known_context, shard_of_caller
from routing.compile.xml import to_xml
from routing.model.flood import KNOWN

_MARK = "watched"
#: The numbers of a file (`known_context`).
_LISTED = re.compile(r'expression="\^\(\?:([0-9|]+)\)\$"')


def say_watching(root: Path, now_s: float) -> None:
    """Let `routing doctor` see that floods are watched for (`watched_s`). An OSError is not raised: calls go on."""
    with contextlib.suppress(OSError):
        mark = root / KNOWN / _MARK
        mark.touch(mode=0o640)
        os.utime(mark, (now_s, now_s))


def watched_s(root: Path) -> float:
    """When somebody last watched for floods, seconds since the epoch; 0 for never."""
    try:
        return (root / KNOWN / _MARK).stat().st_mtime
    except OSError:
        return 0.0


def write_known(root: Path, callers: Iterable[str]) -> int:
    """Write the callers (E.164) who pass; the count of files that changed. Raises OSError."""
    folder = root / KNOWN
    folder.mkdir(mode=0o750, exist_ok=True)
    shards: dict[str, list[str]] = {}
    for caller in sorted(callers):
        digits = caller.removeprefix("+")
        if digits.isdigit() and len(digits) <= 15:
            shards.setdefault(shard_of_caller(digits), []).append(digits)
    changed = sum(
        _written(folder / f"{shard}.xml", to_xml(known_context(numbers)).encode()) for shard, numbers in shards.items()
    )
    for file in folder.glob("*.xml"):
        if file.stem not in shards:
            file.unlink()
            changed += 1
    return changed


def forget_known(root: Path, caller: str) -> None:
    """Remove a caller (E.164) who is known to nobody any more. Raises OSError."""
    digits = caller.removeprefix("+")
    file = root / KNOWN / f"{shard_of_caller(digits)}.xml"
    try:
        listed = {each for found in _LISTED.findall(file.read_text(encoding="utf-8")) for each in found.split("|")}
    except FileNotFoundError:
        return
    if digits not in listed:
        return
    if left := sorted(listed - {digits}):
        _written(file, to_xml(known_context(left)).encode())
    else:
        file.unlink()


def _written(file: Path, content: bytes) -> bool:
    """Whether the file has changed."""
    try:
        if file.read_bytes() == content:
            return False
    except OSError:
        pass
    new = file.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o640), "wb") as stream:
        stream.write(content)
    new.replace(file)
    return True
