"""What FreeSWITCH makes of a sound that has several channels: the reason of the lint `several-channels`."""

import io
import math
import struct
import wave

import pytest

from support.switchbed.ear import samples
from support.switchbed.lab import Lab

HERTZ, SECONDS, FULL = 500, 1.0, 32767
#: Channels and rate of a file, how loud its tone is in each channel, how loud the caller hears it; 1 is full scale.
HEARD = {
    "one": (1, 8000, 0.4, 0.4),
    "two": (2, 8000, 0.4, 0.8),
    "two_fast": (2, 48000, 0.4, 0.8),
    "six": (6, 16000, 0.1, 0.6),
    "two_loud": (2, 16000, 0.8, 1.0),  # cut off at full scale
}


def tone(channels, rate, level):
    """A tone that is the same in every channel."""
    written = io.BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        wanted = (int(level * FULL * math.sin(2 * math.pi * HERTZ * at / rate)) for at in range(int(rate * SECONDS)))
        sound.writeframes(b"".join(struct.pack("<h", each) * channels for each in wanted))
    return written.getvalue()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    numbers = {name: f"+3805770100{at:02}" for at, name in enumerate(HEARD)}
    schemes = {
        f"{name}.yaml": f"scheme: {name}\nnumbers: ['{number}']\nsteps: [{{play: {name}.wav}}, hangup]\n"
        for name, number in numbers.items()
    }
    sounds = {f"{name}.wav": tone(*facts[:3]) for name, facts in HEARD.items()}
    running = Lab(tmp_path_factory.mktemp("lab"), {}, schemes, sounds=sounds)
    yield running, numbers
    running.stop()


@pytest.mark.parametrize("name", HEARD)
def test_channels_are_added_up(lab, name):
    running, numbers = lab
    with running.caller() as caller:
        call = caller.call(numbers[name].removeprefix("+"))
        assert caller.answered(call).start == "200"
        caller.rtp.settimeout(5)
        packets = [caller.rtp.recv(2048) for _ in range(40)]
        call.hang_up()
    loudest = max(abs(each) for packet in packets[15:] for each in samples(packet)) / FULL
    assert loudest == pytest.approx(HEARD[name][3], abs=0.06)
