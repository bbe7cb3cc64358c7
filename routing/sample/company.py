"""The sample month of a release: its numbers, people and pools, as the release's tables have them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from routing.journal.record import CallRecord
from routing.offline.published import PublishedRelease
from routing.sample.month import SampleMonth
from routing.sample.recorded import SampleRecorder
from routing.sample.staff import Staff
from routing.sample.talks import SampleSounds
from routing.sample.traffic import Traffic

NODE = "sample"
#: Calls of the last days have sound files.
HEARD_DAYS = 2
_POOL = "pool_"


@dataclass(frozen=True)
class SampleSize:
    """How many days, and calls a day on average; ``seed``: another one makes another month."""

    days: int = 30
    a_day: int = 110
    seed: int = 1


def days_of(root: Path, size: SampleSize, until: datetime) -> Iterator[list[CallRecord]]:
    """The records of each day of a month that ends at ``until``, by the live release of ``root``. Sound files of the
    last days lie below ``root/recordings``. Raises `NoRelease` and OSError."""
    published, random = PublishedRelease(root), Random(size.seed)  # noqa: S311 - nothing depends on it
    desk = json.loads((root / "current/desk.json").read_text(encoding="utf-8"))
    zone = ZoneInfo(published.timezone)
    by_pool: dict[bool, list[str]] = {True: [], False: []}
    for name, scheme in desk["schemes"].items():
        by_pool[name.startswith(_POOL)] += scheme["numbers"]
    people = {name: list(person["phones"]) for name, person in desk["people"].items()}
    month = SampleMonth(
        published=published,
        traffic=Traffic(by_pool[False], by_pool[True], published.country or "", zone, random, size.a_day),
        staff=Staff(people, published.accounts, random),
        recorder=SampleRecorder(desk["project"], str((root / "current").resolve()), NODE),
        random=random,
        until=until.astimezone(zone),
        days=size.days,
    )
    sounds, heard_from = SampleSounds(root / "current/sounds", random), until - timedelta(days=HEARD_DAYS)
    for records in month.calls():
        yield [_with_sound(each, root, sounds, each.started >= heard_from.timestamp()) for each in records]


def _with_sound(call: CallRecord, root: Path, sounds: SampleSounds, is_heard: bool) -> CallRecord:
    """The call with the files that it has: a recorded talk of the last days, a voicemail of the last days."""
    folder = root / "recordings"
    if not is_heard:
        return replace(call, voicemail="")
    box = Path(call.voicemail).parent.name
    recording = folder / f"calls/{call.id}.wav" if call.talk_s and call.direction == "in" else None
    voicemail = folder / f"voicemail/{box}/{call.id}.wav" if call.voicemail else None
    for file, seconds in ((recording, call.talk_s), (voicemail, call.ended - call.started)):
        if file:
            sounds.write(file, seconds)
    return replace(call, recording=str(recording or ""), voicemail=str(voicemail or ""), box=box if voicemail else "")
