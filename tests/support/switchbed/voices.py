"""Parties of a call who each hold a tone: who hears whom, by frequency."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Iterator, Sequence

from .agent import Agent
from .dialog import Call, media_port, speak
from .ear import samples
from .sip import Message
from .tones import RATE, _alaw
from .waiting import until

CLIENT_HZ, PERSON_HZ, HEAD_HZ = 500, 800, 1250
#: Of the tone that announces a listener.
BEEP_HZ = 880
_ALAW, _HEADER = 8, 12
#: Of the energy of what is heard; a mixed tone has a third at least.
_SHARE = 0.08
_AUDIBLE = 200


class Voice:
    """One party's sound: says a tone, and knows which tones came lately."""

    def __init__(self, agent: Agent, negotiated: Message, hertz: int) -> None:
        self._agent, self._port = agent, media_port(negotiated)
        #: When a tone was last heard, monotonic seconds.
        self._heard: dict[int, float] = {}
        self.packets = 0
        self._running = True
        self._tone = bytes(_alaw(round(6000 * math.sin(2 * math.pi * hertz * at / RATE))) for at in range(RATE))
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._say, self._listen)]
        for thread in self._threads:
            thread.start()

    def hears(self, hertz: int, since: float) -> bool:
        """Whether a tone has come since a moment."""
        return self._heard.get(hertz, 0.0) > since

    def stop(self) -> None:
        """Be silent."""
        self._running = False
        for thread in self._threads:
            thread.join(5)

    def _say(self) -> None:
        while self._running:
            speak(self._agent.rtp, self._port, 0.2, self._tone)

    def _listen(self) -> None:
        while self._running:
            with contextlib.suppress(TimeoutError, OSError):
                data = self._agent.rtp.recv(2048)
                if len(data) > _HEADER and data[1] & 0x7F == _ALAW:
                    self.packets += 1
                    self._note(samples(data))

    def _note(self, sound: Sequence[int]) -> None:
        power = sum(sample * sample for sample in sound)
        if power / len(sound) < _AUDIBLE**2:
            return
        for hertz in (CLIENT_HZ, PERSON_HZ, HEAD_HZ, BEEP_HZ):
            turn = 2 * math.pi * hertz / RATE
            real = sum(sample * math.cos(turn * at) for at, sample in enumerate(sound))
            imaginary = sum(sample * math.sin(turn * at) for at, sample in enumerate(sound))
            if 2 * (real * real + imaginary * imaginary) / len(sound) > _SHARE * power:
                self._heard[hertz] = time.monotonic()


@contextlib.contextmanager
def voice(agent: Agent, negotiated: Message, hertz: int) -> Iterator[Voice]:
    """A party's voice for as long as the block runs."""
    speaking = Voice(agent, negotiated, hertz)
    try:
        yield speaking
    finally:
        speaking.stop()


def offer_to(agent: Agent, call: Call) -> Message:
    """The INVITE by which an agent was called."""
    return next(each for each in agent.received("INVITE") if each.header("Call-ID") == call.id)


def hear(expected: dict[Voice, set[int]], seconds: float = 10) -> str:
    """Wait until every voice hears these tones and, for long enough since then, no others; "" or what is wrong."""

    def now() -> str:
        since = time.monotonic() - 0.6
        wrong = [
            f"{hertz} Hz {'missing' if hertz in tones else 'heard'} at voice {at}"
            for at, (each, tones) in enumerate(expected.items())
            for hertz in (CLIENT_HZ, PERSON_HZ, HEAD_HZ)
            if each.hears(hertz, since) is not (hertz in tones)
        ]
        return "; ".join(wrong)

    until(lambda: not now(), seconds)
    return now()
