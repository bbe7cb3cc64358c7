"""A talk on a lab's switch whose sides say tones: what they hear, the keys that they press, what is recorded."""

from __future__ import annotations

import contextlib
import io
import math
import struct
import time
import wave
from collections.abc import Iterator
from pathlib import Path

from .agent import Agent, Call
from .dialog import media_port
from .lab import Lab, until
from .recorded import Recorded, press, read
from .sip import Message
from .voices import CLIENT_HZ, PERSON_HZ, Voice, hear, offer_to

#: An agent, its dialog, and the SDP of the other side.
Side = tuple[Agent, Call, Message]


def tone(hertz: int, seconds: float) -> bytes:
    """A WAV file."""
    written = io.BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        wanted = (int(12000 * math.sin(2 * math.pi * hertz * at / 8000)) for at in range(int(8000 * seconds)))
        sound.writeframes(b"".join(struct.pack("<h", each) for each in wanted))
    return written.getvalue()


def presses(side: Side, form: str, keys: str) -> None:
    """A side presses keys, by telephone-event or by INFO."""
    agent, call, negotiated = side
    if form == "event":
        press(agent.rtp, media_port(negotiated), keys)
    else:
        call.press(keys)


class Talk:
    """A recorded talk of a client (500 Hz) with a person (800 Hz); each is an agent, its dialog and its media."""

    def __init__(self, lab: Lab, client: Side, person: Side, caller: Call, *, caller_records: bool = False) -> None:
        """``caller_records``: the calling leg records also when the client is called, as by way of a scheme."""
        self._recording = caller if caller_records else client[1]
        self.lab, self.caller, self.began = lab, caller, time.monotonic()
        self.sides = {"client": client, "person": person}
        self._leg = ""
        self.client, self.person = Voice(client[0], client[2], CLIENT_HZ), Voice(person[0], person[2], PERSON_HZ)

    def connected(self) -> None:
        """Wait until they hear each other after the announcement."""
        assert until(lambda: self.variable("routing_announce") == "heard")
        self.heard_both()

    def heard_both(self) -> None:
        """Wait until they hear each other."""
        assert hear({self.client: {PERSON_HZ}, self.person: {CLIENT_HZ}}) == ""
        self.variable("uuid")  # the client's leg is known while there are two

    def say(self, hertz: int) -> None:
        """The client says something else from now on."""
        self.client.stop()
        self.client = Voice(self.sides["client"][0], self.sides["client"][2], hertz)

    def press(self, form: str, by: str = "person", keys: str = "*5") -> None:
        """Press keys, by telephone-event or by INFO."""
        presses(self.sides[by], form, keys)

    def passes(self, seconds: float) -> None:
        """The talk goes on for so long."""
        since = time.monotonic()
        assert until(lambda: time.monotonic() - since > seconds, seconds + 5)

    def variable(self, name: str) -> str:
        """Of the leg that records: the client's, or the caller's."""
        if not self._leg:
            self._leg = self.lab.uuids()[0 if self._recording is self.caller else 1]
        return self.lab.switch.esl.api(f"uuid_getvar {self._leg} {name}").strip()

    def masks(self, state: str) -> None:
        """Wait until the recording is masked, or not."""
        assert until(lambda: self.variable("routing_masked") == state)

    def recorded(self) -> tuple[dict[str, str], Recorded]:
        """Hang up; the variables of the leg that records, and what was recorded."""
        self.caller.hang_up()
        record, path = self.lab.record(self._recording), self._file()
        assert until(path.exists)
        return record, read(path)

    def sound(self) -> Recorded:
        """What was recorded, once everybody has hung up."""
        assert self.lab.quiet()
        return read(self._file())

    def _file(self) -> Path:
        return self.lab.switch.home / "recordings" / "calls" / f"{self.lab.record(self.caller)['uuid']}.wav"

    def stop(self) -> None:
        """Both fall silent."""
        self.client.stop()
        self.person.stop()


@contextlib.contextmanager
def incoming(lab: Lab, number: str) -> Iterator[Talk]:
    """The client calls a number; the person's phone is the called leg."""
    with lab.caller() as caller, lab.phone("2002") as phone:
        call = caller.call(number)
        answer = caller.answered(call)
        assert answer.start == "200"
        called = phone.rung(40)  # a queue without an engine rings when its turn is over
        talking = Talk(lab, (caller, call, answer), (phone, called, offer_to(phone, called)), call)
        try:
            yield talking
        finally:
            talking.stop()


@contextlib.contextmanager
def outgoing(lab: Lab) -> Iterator[Talk]:
    """The person calls the client: their phone is the calling leg."""
    lab.carrier.calls.clear()
    with lab.phone("2001") as phone:
        call = phone.call("0501120002")
        answer = phone.answered(call)
        assert answer.start == "200"
        called = lab.carrier.rung()
        talking = Talk(lab, (lab.carrier, called, offer_to(lab.carrier, called)), (phone, call, answer), call)
        assert until(lambda: talking.variable("routing_client_leg") == "true")
        try:
            yield talking
        finally:
            talking.stop()
