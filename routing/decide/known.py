"""Whether a caller is known: the last talks with them -> how long ago the last one was.

The engine, `routing trace` and scheme tests call the same ``decide``. Pure: talks and the time are arguments.
"""

from __future__ import annotations

from collections.abc import Iterable

from routing.decide.ports import Ports, Step
from routing.decide.verdict import Verdict
from routing.model.call import Call
from routing.model.decision import Continue
from routing.model.known import KNOWN, NOBODY
from routing.model.memory import Talk


def answer(step: Step, call: Call, ports: Ports) -> Verdict:
    """How long ago somebody has talked with this caller. Raises Forgotten."""
    return decide(talks(step, call.caller, ports), ports.now())


def talks(step: Step, caller: str, ports: Ports) -> Iterable[Talk]:
    """The last talks with a caller who has a number, the newest first. Raises Forgotten."""
    return ports.memory.talks(step["project"], caller) if caller.startswith("+") else ()


def decide(past: Iterable[Talk], now_s: float) -> Verdict:
    """The variables that the call carries from here on; it always continues.

    ``past``: talks, the newest first; ``now_s``: seconds since the epoch.
    """
    last = next(iter(past), None)
    if last is None:
        return Verdict(Continue(), "continued", "nobody has talked with this caller", {KNOWN: NOBODY})
    ago_s = max(0, round(now_s - last.at))
    return Verdict(Continue(), "decided", f"{last.person} talked with this caller", {KNOWN: str(ago_s)})
