"""Encrypted recordings at the desk: heard in parts and as a waveform by who may, with the right key alone."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from routing.desk.application import create
from routing.desk.sounds import RECORDING, open_sound
from routing.desk.unlocking import Unlocking
from routing.journal import sealed
from support.desk_bed import DeskBed
from support.desk_calls import record, talk

PUBLIC, PRIVATE = sealed.new_pair()
SOUND = b"RIFF" + os.urandom(300_000)


def unlocking(*private: str, **words: int) -> Unlocking:
    named = {f"RECORDING_IDENTITY_{at}": value for at, value in enumerate(private)}
    return Unlocking(sealed.identities(named), **words)


def locked(folder: Path, name: str = "a1", content: bytes = SOUND) -> str:
    """An encrypted recording; its path in the journal is that of the clear one."""
    path = folder / "recordings" / "calls" / f"{name}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    assert sealed.seal(str(path), sealed.recipients(["a"], {"RECORDING_KEY_A": PUBLIC}))
    return str(path)


def with_keys(bed: DeskBed, *private: str) -> DeskBed:
    bed.services = replace(bed.services, unlocking=unlocking(*private))
    bed.application = create(bed.services)
    return bed


def recorded(bed: DeskBed, path: str) -> None:
    record(bed, talk("a1", "ivan", recording=path))


def test_it_is_heard_in_parts(bed: DeskBed, tmp_path: Path) -> None:
    recorded(with_keys(bed, PRIVATE), locked(tmp_path))
    client = bed.signed_in("nataliia")
    whole = client.get("/recordings/a1")
    assert (whole.status_code, whole.data) == (200, SOUND)
    part = client.get("/recordings/a1", headers={"Range": "bytes=150000-150099"})
    assert (part.status_code, part.data) == (206, SOUND[150000:150100])
    assert part.headers["Content-Range"] == f"bytes 150000-150099/{len(SOUND)}"
    assert whole.headers["ETag"] == part.headers["ETag"]


def test_without_its_key_the_page_says_so(bed: DeskBed, tmp_path: Path) -> None:
    recorded(with_keys(bed, sealed.new_pair()[1]), locked(tmp_path))
    client = bed.signed_in("nataliia")
    page = client.get("/calls/a1").text
    assert "this server has no key that opens it" in page
    assert "<audio" not in page
    answer = client.get("/recordings/a1")
    assert answer.status_code == 423
    assert client.get("/waveforms/a1").status_code == 423
    assert bed.faults == []


def test_an_old_key_still_opens_it(tmp_path: Path) -> None:
    path = locked(tmp_path)
    found = open_sound("a1", RECORDING, path, unlocking(sealed.new_pair()[1], PRIVATE))
    assert found is not None
    with found.file:
        assert found.file.read() == SOUND
    assert found.size == len(SOUND)


def test_two_listeners_have_places_of_their_own(tmp_path: Path) -> None:
    path, opens = locked(tmp_path), unlocking(PRIVATE)
    one, other = (open_sound("a1", RECORDING, path, opens) for _ in range(2))
    assert one is not None and other is not None
    with one.file, other.file:
        one.file.seek(1000)
        assert other.file.read(4) == SOUND[:4]
        assert one.file.read(4) == SOUND[1000:1004]


def test_what_is_kept_in_memory_is_bounded_and_stays_readable(tmp_path: Path) -> None:
    opens = unlocking(PRIVATE, most_bytes=700_000)
    before = len(os.listdir("/proc/self/fd"))
    for at in range(20):
        found = open_sound(f"a{at}", RECORDING, locked(tmp_path, f"a{at}"), opens)
        assert found is not None
        with found.file:
            assert found.file.read() == SOUND
    assert len(os.listdir("/proc/self/fd")) <= before + 2


def test_one_larger_than_the_bound_is_heard(tmp_path: Path) -> None:
    found = open_sound("a1", RECORDING, locked(tmp_path), unlocking(PRIVATE, most_bytes=10))
    assert found is not None
    with found.file:
        assert found.file.read() == SOUND


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    path = locked(tmp_path, "a2")
    other = Path(path).with_name("a1.wav.age")
    other.symlink_to(f"{path}.age")
    assert open_sound("a1", RECORDING, str(other).removesuffix(".age"), unlocking(PRIVATE)) is None
