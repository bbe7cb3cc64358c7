"""What is a sound and how long it lasts: every format that FreeSWITCH plays, and what people upload instead."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.compile.tones import tones
from routing.model.sound import ENDINGS, NoSound, playing, sound_seconds
from routing.offline.sounds import OUTSIDE_MS, ReleaseSounds
from support.folders import mp3

BEEP = tones()["routing/beep.wav"]


def wav(
    tag: int, bits: int, block: int, data: int, rate: int = 8000, channels: int = 1, more: bytes = b"", order: str = "<"
) -> bytes:
    """A WAV file with so many bytes of data; ``more``: what stands behind the usual format."""
    form = struct.pack(f"{order}HHIIHH", tag, channels, rate, rate * block, block, bits) + more
    chunks = b"fmt " + struct.pack(f"{order}I", len(form)) + form + b"LIST" + struct.pack(f"{order}I", 3) + b"abc\0"
    chunks += b"data" + struct.pack(f"{order}I", data) + bytes(data)
    name = b"RIFF" if order == "<" else b"RIFX"
    return name + struct.pack(f"{order}I", len(chunks) + 4) + b"WAVE" + chunks


HEARD = Path(__file__).parent / "heard"
#: The format that an extensible header names: PCM.
PCM = bytes.fromhex("0100000000001000800000aa00389b71")
EXTENSIBLE = struct.pack("<HHI", 22, 24, 0x3F) + PCM
PAGE = b"OggS\0\2" + struct.pack("<q", 0) + bytes(12) + b"\1\x1e"
LAST = b"OggS\0\4" + struct.pack("<q", 20000) + bytes(12) + b"\1\1a"
VORBIS, OPUS = (HEARD / "vorbis.ogg").read_bytes(), (HEARD / "opus.ogg").read_bytes()
AIFF = (
    b"FORM" + struct.pack(">I", 16_046) + b"AIFFCOMM" + struct.pack(">IHIH", 18, 1, 8000, 16)
    + b"\x40\x0b\xfa" + bytes(7) + b"SSND" + struct.pack(">III", 16_008, 0, 0) + bytes(16_000)
)  # fmt: skip
AU = b".snd" + struct.pack(">IIIII", 24, 16_000, 3, 8000, 1) + bytes(16_000)
SECONDS = {
    "pcm 16": (wav(1, 16, 2, 40_000), 2.5),
    "pcm 8": (wav(1, 8, 1, 20_000), 2.5),
    "24 bits": (wav(1, 24, 3, 60_000), 2.5),
    "6 channels": (wav(1, 16, 12, 240_000, channels=6), 2.5),
    "6 channels of 24 bits, extensible": (wav(0xFFFE, 24, 18, 360_000, channels=6, more=EXTENSIBLE), 2.5),
    "44.1 kHz stereo": (wav(1, 16, 4, 44_100 * 4, 44_100, 2), 1.0),
    "float": (wav(3, 32, 4, 80_000), 2.5),
    "A-law": (wav(6, 8, 1, 20_000), 2.5),
    "mu-law": (wav(7, 8, 1, 20_000, more=struct.pack("<H", 0)), 2.5),
    "GSM": (wav(0x31, 0, 65, 65 * 50, more=struct.pack("<HH", 2, 320)), 2.0),
    "IMA ADPCM": (wav(0x11, 4, 256, 256 * 40, more=struct.pack("<HH", 2, 505)), 2.52),
    "big endian": (wav(1, 16, 2, 40_000, order=">"), 2.5),
    "cut off": (wav(1, 16, 2, 40_000)[:-20_000], 1.25),
    "96 kHz": (wav(1, 16, 2, 96_000 * 2, 96_000), 1.0),
    "9 channels": (wav(1, 16, 18, 18 * 8000, channels=9), 1.0),
    "double": (wav(3, 64, 8, 160_000), 2.5),
    "never closed": (b"RIFF\x08\0\0\0" + BEEP[8:40] + bytes(4) + bytes(16_000), 1.0),
    "a length beyond its end": (BEEP[:40] + struct.pack("<I", 0x7FFFFFFF) + bytes(16_000), 1.0),
    "RF64": (
        b"RF64" + b"\xff" * 4 + b"WAVEds64" + struct.pack("<IQQQI", 28, 16_072, 16_000, 8000, 0) + BEEP[12:36]
        + b"data" + b"\xff" * 4 + bytes(16_000), 1.0,
    ),
    "AIFF": (AIFF, 1.0),
    "AU": (AU, 1.0),
    "written to a pipe": (BEEP[:4] + b"\xff" * 4 + BEEP[8:40] + b"\xff" * 4 + bytes(16_000), 1.0),
}  # fmt: skip


def test_channels_are_counted():
    names = {"pcm 16": 1, "44.1 kHz stereo": 2, "6 channels of 24 bits, extensible": 6}
    assert {name: playing("a.wav", io.BytesIO(SECONDS[name][0])).channels for name in names} == names
    assert playing("a.ogg", io.BytesIO(OPUS)).channels == 1


@pytest.mark.parametrize(("content", "seconds"), SECONDS.values(), ids=SECONDS.keys())
def test_lengths_of_wav_files(content: bytes, seconds: float) -> None:
    assert sound_seconds("a.wav", io.BytesIO(content)) == seconds


@pytest.mark.parametrize(
    ("name", "content", "seconds"),
    [
        ("a.mp3", mp3(3.6), 3.6),
        ("a.mp3", b"ID3\4\0\0\0\0\1\0" + bytes(128) + mp3(3.6), 3.6),
        ("a.mp3", mp3(3.6) + b"TAG" + bytes(125), 3.6),
        ("a.mp3", (b"\xff\xfb\x90\x00" + bytes(413)) * 100, 2.61),
        ("a.ogg", VORBIS, 0.5),
        ("a.ogg", OPUS, 0.5),
    ],
)
def test_lengths_of_compressed_files(name: str, content: bytes, seconds: float) -> None:
    assert sound_seconds(name, io.BytesIO(content)) == seconds


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.wav", b"", "the file is empty"),
        ("a.mp3", b"", "the file is empty"),
        ("a.wav", b"<!DOCTYPE html><title>404</title>", "not a WAV file: it is a web page"),
        ("a.wav", b"\n <html>", "not a WAV file: it is a web page"),
        ("a.wav", mp3(1), "not a WAV file: it is an MP3 file"),
        ("a.wav", b"ID3" + bytes(40), "not a WAV file: it is an MP3 file"),
        ("a.wav", VORBIS, "not a WAV file: it is an Ogg file"),
        ("a.wav", b"\0\0\0\x18ftypM4A ", "not a WAV file: it is an MP4 file"),
        ("a.wav", b"version https://git-lfs.github.com/spec/v1\n", "not a WAV file: it is a pointer of Git LFS"),
        ("a.wav", BEEP[:20], "not a WAV file"),
        ("a.wav", b"RIFF" + bytes(range(256)) * 4, "not a WAV file"),
        ("a.wav", b"x", "not a WAV file"),
        ("a.wav", wav(1, 16, 2, 0), "contains no sound"),
        ("a.wav", wav(1, 16, 2, 64), "contains no sound"),
        ("a.wav", wav(0x55, 0, 1, 100), r"a WAV file in a format that FreeSWITCH cannot play \(0x0055\)"),
        ("a.wav", wav(1, 16, 2, 100, rate=0), "a WAV file that FreeSWITCH cannot play: 16 bits, 0 Hz, 1 channel"),
        (
            "a.wav",
            wav(1, 16, 2, 100, channels=0),
            "a WAV file that FreeSWITCH cannot play: 16 bits, 8000 Hz, 0 channels",
        ),
        ("a.wav", wav(1, 16, 2, 100_000, rate=400_000), "FreeSWITCH cannot play it: 400000 Hz"),
        ("a.wav", b"RIFF" + bytes(4) + BEEP[8:40] + bytes(4) + bytes(16_000), "contains no sound"),
        ("a.wav", OPUS, "not a WAV file: it is an Ogg file"),
        ("a.ogg", BEEP, "not an Ogg file of Vorbis or Opus"),
        ("a.mp3", BEEP, "not an MP3 file"),
        ("a.mp3", b"\xff\xe3" * 400, "not an MP3 file"),
        ("a.ogg", mp3(1), "not an Ogg file of Vorbis or Opus: it is an MP3 file"),
        ("a.ogg", PAGE + b"\x80theora" + LAST, "not an Ogg file of Vorbis or Opus"),
    ],
)
def test_what_is_no_sound_is_told_with_the_way_to_convert_it(name: str, content: bytes, said: str) -> None:
    with pytest.raises(NoSound, match=f"^{said}") as told:
        sound_seconds(f"sounds/{name}", io.BytesIO(content))
    if said.endswith("a web page"):
        assert told.value.hint.startswith("download the recording itself")
        return
    assert "ffmpeg" in told.value.hint
    assert told.value.hint.endswith("a.wav`")


@given(st.sampled_from(ENDINGS), st.binary(max_size=300), st.sampled_from([BEEP, VORBIS, OPUS, mp3(0.4), b""]))
def test_no_content_is_too_much(ending: str, noise: bytes, real: bytes) -> None:
    for content in (noise, real[: len(noise)] + noise, real + noise, real[:20] + noise + real[40:]):
        try:
            assert sound_seconds(f"a{ending}", io.BytesIO(content)) > 0
        except NoSound:
            continue


def test_the_offline_switch_plays_what_freeswitch_does(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(SECONDS["GSM"][0])
    (tmp_path / "b.wav").write_bytes(mp3(3))
    (tmp_path / "c.mp3").write_bytes(mp3(3.6))
    sounds = ReleaseSounds(tmp_path)
    assert [sounds(f"{tmp_path}/{name}") for name in ("a.wav", "b.wav", "c.mp3", "d.wav")] == [2000, None, 3600, None]
    assert sounds("local_stream://moh") == OUTSIDE_MS


@pytest.mark.thorough
@pytest.mark.skipif(not shutil.which("sox"), reason="sox is not installed")
@pytest.mark.parametrize(
    "words",
    ["-e a-law", "-e u-law", "-e gsm", "-b 24", "-b 32", "-c 6", "-c 2 -r 44100 -b 24", "-e float", "-b 8",
     "-e ima-adpcm", "-e ms-adpcm", "-r 48000", "-r 11025"],
)  # fmt: skip
def test_what_sox_writes_has_the_length_that_it_has(words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    wanted = words.split()
    if "-r" not in wanted:
        wanted += ["-r", "8000"]
    subprocess.run(["sox", "-n", *wanted, str(path), "synth", "2.5", "sine", "440"], check=True, capture_output=True)
    with path.open("rb") as file:
        assert sound_seconds("a.wav", file) == pytest.approx(2.5, abs=0.07)  # GSM and ADPCM fill their last block
