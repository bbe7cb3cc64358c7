"""Keys during a talk and rooms on a real FreeSWITCH: how soon people talk after the key, what a room costs.

    python tools/bench_talk.py [--rounds 10] [--rooms 50] [--seconds 10]

Prints the time from the key (or the hangup) until both sides hear each other's tone, and the CPU time of FreeSWITCH for
rooms of three callers. Callers of rooms are silent: FreeSWITCH mixes and sends, and has nothing to decode.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests")]

from support.switchbed.crowd import Crowd  # noqa: E402
from support.switchbed.dialog import Call  # noqa: E402
from support.switchbed.lab import FOLDER, NUMBER, Lab, until  # noqa: E402
from support.switchbed.switch import find  # noqa: E402
from support.switchbed.voices import CLIENT_HZ, HEAD_HZ, PERSON_HZ, Voice, offer_to, voice  # noqa: E402

_TICKS = os.sysconf("SC_CLK_TCK")
_QUIET = {"loglevel": "notice", "max_sessions": 2000, "sessions_per_second": 500}
#: A bed has fewer ports than so many legs need.
_QUIET |= {"rtp_start_port": 31000, "rtp_end_port": 31998}
ASKS = (FOLDER / "company.yaml").read_text("utf-8").replace("secrets: env}", "secrets: env, talk_keys: true}")


def number(room: int) -> str:
    """The number of a room."""
    return f"3803804{room:05}"


def rooms(count: int) -> dict[str, str]:
    """A scheme of each room."""
    step = "steps: [{{conference: {{room: r{0}, alone: 5m}}}}, hangup]\n"
    return {f"r{at}.yaml": f'scheme: r{at}\nnumbers: ["+{number(at)}"]\n' + step.format(at) for at in range(count)}


def press(leg: Call, keys: str) -> None:
    """Press keys, by INFO."""
    for key in keys:
        leg.request("INFO", body=f"Signal={key}\r\nDuration=160\r\n", kind="application/dtmf-relay")


def both_hear_ms(one: Voice, other: Voice, tones: tuple[int, int], act: Callable[[], object]) -> float:
    """From an act until each of two hears the other's tone, in ms."""
    began = time.monotonic()
    act()
    while not (one.hears(tones[0], began) and other.hears(tones[1], began)):
        assert time.monotonic() < began + 10, "they do not hear each other"
        time.sleep(0.002)
    return 1000 * (time.monotonic() - began)


def transfer_ms(lab: Lab, how: str) -> float:
    """A person asks a colleague; then they come back (`back`), or hang up and connect the others (`connect`)."""
    with contextlib.ExitStack() as stack:
        other = stack.enter_context(lab.phone("2003"))
        phone, caller = stack.enter_context(lab.phone("2002")), stack.enter_context(lab.caller())
        call = caller.call(NUMBER)
        client = stack.enter_context(voice(caller, caller.answered(call), CLIENT_HZ))
        leg = phone.rung()
        # the music of who waits is near the middle tone: the one who comes to them has the highest
        tones = (HEAD_HZ, PERSON_HZ) if how == "back" else (PERSON_HZ, HEAD_HZ)
        person = stack.enter_context(voice(phone, offer_to(phone, leg), tones[0]))
        assert until(lambda: lab.is_joined("2002"))
        press(leg, "*2")
        assert until(lambda: lab.runs("play_and_get_digits"))
        press(leg, "103#")
        assert until(lambda: other.calls)
        head = stack.enter_context(voice(other, offer_to(other, other.rung()), tones[1]))
        assert until(lambda: person.hears(tones[1], time.monotonic() - 0.2) and head.hears(tones[0], 0.0))
        time.sleep(0.5)  # FreeSWITCH runs what belongs to a talk 200 ms after its beginning
        if how == "back":
            took_ms = both_hear_ms(person, client, (CLIENT_HZ, HEAD_HZ), lambda: press(leg, "*"))
        else:
            took_ms = both_hear_ms(head, client, (CLIENT_HZ, HEAD_HZ), leg.hang_up)
        call.hang_up()
    assert lab.quiet()
    return took_ms


def cpu_s(pid: int) -> float:
    """CPU time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def rooms_cost(lab: Lab, count: int, seconds: float) -> None:
    """What rooms of three callers cost."""
    crowd, pid = Crowd(()), lab.switch.process.pid
    try:
        for room in range(count):
            for who in range(3):
                crowd.call(number(room), f"+38067{room:05}{who:02}", lab.switch.settings.external_port)
        assert until(lambda: sum(each.state == "talking" for each in crowd.callers.values()) == 3 * count, 60)
        began = cpu_s(pid)
        time.sleep(seconds)
        spent = cpu_s(pid) - began
    finally:
        lab.switch.esl.api("hupall")
        crowd.stop()
    print(f"{count} rooms of three for {seconds:g} s: {100 * spent / seconds:.0f} % of a core,")
    print(f"  {1000 * spent / seconds / count / 3:.1f} ms CPU a caller and second")


def run(rounds: int, count: int, seconds: float) -> None:
    """Everything, in a folder of its own."""
    with tempfile.TemporaryDirectory() as made:
        own = ASKS.replace('numbers: ["', 'numbers: ["' + "".join(f'+{number(at)}", "' for at in range(count)))
        lab = Lab(Path(made), changes=_QUIET, more={"company.yaml": own, **rooms(count)})
        try:
            for how, what in (("back", "key to both talking again"), ("connect", "hangup to the others talking")):
                took = sorted(transfer_ms(lab, how) for _ in range(rounds))
                print(f"{what}: median {statistics.median(took):.0f} ms, longest {took[-1]:.0f} ms of {rounds}")
            rooms_cost(lab, count, seconds)
        finally:
            lab.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--rooms", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10.0)
    given = parser.parse_args()
    if find() is None:
        sys.exit("freeswitch is not here: nothing to measure")
    run(given.rounds, given.rooms, given.seconds)
