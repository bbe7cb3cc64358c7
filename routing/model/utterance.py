"""What a caller said at a speech menu, kept as a file: its place, and its content. Pure.

The file is ``utterances/DAY/CALL-N.wav`` below FreeSWITCH's folder of recordings; ``DAY`` is the day on which it has to
go (UTC), so that a file whose call is never recorded goes too. What the recogniser heard stands in the file itself,
before the samples: both are there, or neither.
"""

from __future__ import annotations

import json
import math
import re
import struct
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from routing.model.recognition import AUDIO_FOLDER, ENDING, SAMPLE_RATE
from routing.model.utterance_facts import UtteranceFacts

#: The folder below FreeSWITCH's folder of recordings, and the name of a file there: the leg that spoke, and a count.
FOLDER = "utterances"
NAME = re.compile(r"[0-9a-zA-Z_-]{8,64}-[0-9]{1,3}\.wav")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: Of one call: a scheme that sends callers round in a circle fills no disk.
MOST = 50
#: Of what the recogniser heard, in letters.
LONGEST_TEXT = 500
#: All facts of a file stand in its first bytes.
HEAD_BYTES = 16 * 1024
_LATEST_S = datetime(9999, 12, 30, tzinfo=UTC).timestamp()


def folder_of(audio: str) -> PurePosixPath | None:
    """The folder of utterances beside the file that FreeSWITCH writes; None for any other path."""
    place = PurePosixPath(audio)
    is_ours = place.is_absolute() and place.parent.name == AUDIO_FOLDER and place.suffix == f".{ENDING}"
    return place.parents[1] / FOLDER if is_ours and ".." not in place.parts else None


def day_of(until: float) -> str:
    """The name of the folder of files that have to go at this time."""
    return f"{datetime.fromtimestamp(min(max(until, 0.0), _LATEST_S), UTC):%Y-%m-%d}"


def end_of(day: str) -> float:
    """When everything in a folder is overdue; 0 for a name that is no day."""
    try:
        return (datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=1)).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def is_utterance(place: PurePosixPath) -> bool:
    """Whether a path is that of an utterance in the clear."""
    in_folder = len(place.parents) > 2 and place.parents[1].name == FOLDER and DAY.fullmatch(place.parent.name)
    return bool(in_folder and NAME.fullmatch(place.name))


def wave(samples: bytes, facts: UtteranceFacts) -> bytes:
    """A WAV file of 16-bit little-endian samples, one channel; its comment (``ICMT``) is the facts as JSON."""
    samples = samples[: len(samples) & ~1]
    comment = json.dumps(asdict(facts)).encode("ascii") + b"\x00"
    info = b"INFO" + _chunk(b"ICMT", comment)
    form = struct.pack("<HHIIHH", 1, 1, SAMPLE_RATE, 2 * SAMPLE_RATE, 2, 16)
    return _chunk(b"RIFF", b"WAVE" + _chunk(b"fmt ", form) + _chunk(b"LIST", info) + _chunk(b"data", samples))


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\x00" * (len(content) % 2)


def facts_in(head: bytes) -> UtteranceFacts:
    """The facts at the beginning of a file; empty ones where they are damaged, as in a file that was cut off."""
    at = head.find(b"ICMT")
    if at < 0 or len(head) < at + 8:
        return UtteranceFacts()
    size = int.from_bytes(head[at + 4 : at + 8], "little")
    try:
        found = json.loads(head[at + 8 : at + 8 + size].rstrip(b"\x00"))
        return _typed(found)
    except (ValueError, TypeError, RecursionError):
        return UtteranceFacts()


def _typed(found: Any) -> UtteranceFacts:
    """Raises ValueError and TypeError."""
    if not isinstance(found, dict):
        raise ValueError("no object")
    none = asdict(UtteranceFacts())
    values = {name: type(value)(found.get(name, value)) for name, value in none.items()}
    if not all(math.isfinite(value) for value in values.values() if isinstance(value, float)):
        raise ValueError("no number")
    return UtteranceFacts(**values)
