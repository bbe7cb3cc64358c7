"""Sound and keys from a stranger's address while a phone has sent nothing yet, where media addresses are fixed."""

import contextlib
import socket

import pytest

from support.switchbed.dialog import media_port, speak, speak_event
from support.switchbed.lab import Lab, company_with
from support.switchbed.moved import hears

#: Of this machine, and of no party.
STRANGER = "127.0.0.9"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    place, more = tmp_path_factory.mktemp("fixed"), {"company.yaml": company_with("talk_keys: true")}
    running = Lab(place, changes={"fixed_media": "all"}, more=more)
    yield running
    running.stop()


@contextlib.contextmanager
def stranger():
    """A socket of nobody who is in a call."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as opened:
        opened.bind((STRANGER, 0))
        opened.settimeout(0.2)
        yield opened


@pytest.mark.parametrize("side", ["the phone", "the carrier"])
def test_a_stranger_gets_no_sound_and_presses_no_key(lab, side):
    with lab.talk() as (call, _, phone), stranger() as other:
        offered = (phone if side == "the phone" else call.agent).log
        port = media_port([each for each in offered if each.received and "m=audio" in each.text][-1])
        speak(other, port, 0.4)
        for key in "##":
            speak_event(other, port, key)
        with pytest.raises(TimeoutError):
            other.recv(2048)
        assert lab.is_joined("2002")
        assert hears(phone, call.agent) and hears(call.agent, phone)
