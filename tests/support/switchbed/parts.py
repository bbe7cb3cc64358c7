"""The shared cases in parts, each carried in a process of its own: no other file of tests takes as long."""

from __future__ import annotations

import zlib

PARTS = 2


def part_of(nodeid: str) -> int:
    """The part of a case's test; the same in every process."""
    return zlib.crc32(nodeid.partition("[")[2].encode()) % PARTS
