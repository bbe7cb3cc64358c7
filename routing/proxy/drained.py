"""Nodes that get no new calls: marked in Kamailio's list of nodes, so that it holds after a restart, and told to the
Kamailio that runs.

Calls under way, their requests, and calls of the node to phones go on: they do not ask the list for a place.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from routing.model.problem import UserFailure
from routing.proxy.settings import CARRIERS_SET, PHONES_SET

LIST = "dispatcher.list"
#: Flags of a place in Kamailio's list: disabled by hand; none.
DISABLED, USUAL = "4", "0"
#: Kamailio's words for the same: disabled; inactive but pinged, so that the first answer makes it active.
_STATES = {True: "d", False: "ip"}
_LINE = re.compile(r"(\d+) (sip:\S+) (\d+) (.*)")
ANSWER_SECONDS = 10


class DrainFault(UserFailure):
    """A node that the proxy does not have, or a Kamailio that refused; the text says which."""


def places_of(text: str) -> list[tuple[str, str]]:
    """The nodes of a list: (place for phones, place for carriers), each as ``sip:10.0.0.1:5060``."""
    found: dict[int, list[str]] = {PHONES_SET: [], CARRIERS_SET: []}
    for number, place, _, _ in _LINE.findall(text):
        found.setdefault(int(number), []).append(place)
    return list(zip(found[PHONES_SET], found[CARRIERS_SET], strict=False))


def drained_places(text: str) -> list[str]:
    """Places for phones of the nodes of a list that get no new calls, without ``sip:``."""
    rows = _LINE.findall(text)
    return [place.removeprefix("sip:") for number, place, flags, _ in rows
            if int(number) == PHONES_SET and flags == DISABLED]  # fmt: skip


def drained_of(home: Path) -> list[str]:
    """The same, of a proxy's folder; none where there is no list. Raises OSError."""
    try:
        return drained_places((home / LIST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []


def marked(text: str, drained: list[str]) -> str:
    """A list with these nodes (`drained_places`) marked, and no others."""
    chosen = {place for pair in places_of(text) if pair[0].removeprefix("sip:") in drained for place in pair}
    lines = (
        f"{number} {place} {DISABLED if place in chosen else USUAL} {rest}\n"
        for number, place, _, rest in _LINE.findall(text)
    )
    return "".join(lines)


def set_drained(home: Path, place: str, *, drained: bool) -> bool:
    """Let the node at a place for phones (``10.0.0.1:5060``) get no new calls, or get them again; whether Kamailio
    runs. One that does not run has it from its start. Raises DrainFault, OSError."""
    try:
        text = (home / LIST).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DrainFault(f"{home}: `routing proxy init` has not written it") from None
    nodes = {pair[0].removeprefix("sip:"): pair for pair in places_of(text)}
    if place not in nodes:
        raise DrainFault(f"the proxy has no node {place} (hint: it has {', '.join(nodes) or 'none'})")
    others = [each for each in drained_places(text) if each != place]
    if drained and len(others) + 1 >= len(nodes):
        raise DrainFault(f"{place} is the last node that takes calls")
    unfinished = home / f".{LIST}.new"
    unfinished.write_text(marked(text, [*others, place] if drained else others), encoding="utf-8")
    unfinished.chmod(0o640)
    unfinished.replace(home / LIST)
    done = [_set_state(home, _STATES[drained], number, each) for number, each in zip(_SETS, nodes[place], strict=True)]
    return all(done)


_SETS = (PHONES_SET, CARRIERS_SET)


def _set_state(home: Path, state: str, number: int, place: str) -> bool:
    """Tell the Kamailio that runs; False where none does. Raises DrainFault."""
    control = home / "run/ctl.socket"
    if not control.exists():
        return False
    command = ["kamcmd", "-s", f"unix:{control}", "dispatcher.set_state", state, str(number), place]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise DrainFault(f"kamcmd: {getattr(problem, 'strerror', None) or 'no answer'}") from None
    answer = done.stdout + done.stderr
    if "connect" in answer.lower() and done.returncode:
        return False  # the socket of one that was killed
    if done.returncode or "error" in answer.lower():
        raise DrainFault(f"Kamailio refused: {' '.join(answer.split())[:200]}")
    return True
