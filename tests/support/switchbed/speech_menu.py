"""A caller at the speech menu of the lab, the engine that listens, and what FreeSWITCH writes meanwhile."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path

from routing.model.recognition import ENDING

from .agent import Agent
from .dialog import media_port, speak
from .engines import Engine, serving
from .lab import Lab
from .pressed import packets
from .waiting import until

NUMBER = "380800330958"
TOOLS, SUPPORT = Path(__file__).parents[3] / "tools", Path(__file__).parents[1]
#: `it is broken` is the first phrase of a release's table, `sales` the third.
SALES_HZ, UNKNOWN_HZ = 700, 1650
SALES, SUPPORTED, NOTHING = "CALL_REJECTED", "USER_BUSY", "NO_ANSWER"


def serves(lab: Lab, command: object) -> AbstractContextManager[Engine]:
    """An engine with this recogniser."""
    return serving(lab, "--listen", lab.engine, "--recogniser", f"english={sys.executable} {command}")


def is_ready(engine: Engine) -> bool:
    """Whether its recogniser answers, sooner or later."""
    return bool(until(lambda: any(line["state"] == "ready" for line in engine.lines("recogniser")), 60))


class Speaker:
    """A caller at the speech menu."""

    def __init__(self, lab: Lab, caller: Agent, number: str = NUMBER):
        self.lab, self.caller = lab, caller
        self.call = caller.call(number)
        self.answer = caller.answered(self.call)
        assert self.answer.start == "200"
        self.port = media_port(self.answer)
        self.began, self.pressed = time.monotonic(), 0

    def says(self, sound: bytes) -> None:
        """Sent at its speed, to its end or that of the call."""
        for at in range(0, len(sound), 1600):
            if self.call.is_over():
                return
            part = sound[at : at + 1600]
            speak(self.caller.rtp, self.port, len(part) / 8000, part)

    def presses(self, key: str) -> None:
        """A key, by telephone-event."""
        self.pressed += 1
        for packet in packets(key, self.pressed):
            self.caller.rtp.sendto(packet, ("127.0.0.1", self.port))

    def cause(self) -> str:
        """How the menu ended the call."""
        assert until(self.call.is_over, 40)
        return self.lab.record(self.call)["hangup_cause"]

    @cached_property
    def record(self) -> dict[str, str]:
        """Its CDR's variables, also once the journal has taken it."""
        return self.lab.record(self.call)


@contextmanager
def speaking(lab: Lab, number: str = NUMBER) -> Iterator[Speaker]:
    """A caller, of whose words FreeSWITCH leaves nothing."""
    with lab.caller() as caller:
        yield Speaker(lab, caller, number)
    assert lab.quiet()
    assert until(lambda: recordings(lab) == []), "a recording of a caller is left"


def recordings(lab: Lab) -> list[Path]:
    """What FreeSWITCH writes of callers' words now."""
    return list(lab.switch.home.rglob(f"*.{ENDING}"))


def records(lab: Lab) -> bool:
    """Wait until what the caller says is being written."""
    return bool(until(lambda: any(file.stat().st_size > 3200 for file in recordings(lab))))
