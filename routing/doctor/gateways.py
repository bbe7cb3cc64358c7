"""Trunks: loaded, registered where they must be, and answering where they are not."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from routing.doctor.diagnosis import Diagnosis, ok, unknown, wrong
from routing.doctor.node import CheckedNode, parsed

MOST_NAMED = 8
#: A ping is sent half a minute after a gateway was loaded, and may take as long until nobody has answered.
FIRST_PING_SECONDS = 90
_UP = re.compile(r"(\d+) (year|day|hour|minute|second)")


def gateways(node: CheckedNode) -> Iterator[Diagnosis]:
    """Every gateway of the release is known to FreeSWITCH, up, and registered where it must be."""
    folder = (node.release or Path("/nowhere")) / "gateways"
    compiled = sorted(path.stem for path in folder.glob("*.xml"))
    listed = parsed(node.ask("sofia xmlstatus gateway"))
    found = {} if listed is None else {one.findtext("name", ""): one for one in listed.iter("gateway")}
    for name in compiled:
        if name not in found:
            yield wrong(
                f"gateway {name} is not loaded{_unreached(node, name)}",
                "`sofia profile external rescan`, or publish again",
            )
            continue
        state, status = found[name].findtext("state", ""), found[name].findtext("status", "")
        if state == "NOREG" and status == "UP":
            yield _pinged(node, name, found[name])
        elif state == "REGED" and status == "UP":
            yield ok(f"gateway {name} is registered")
        else:
            yield wrong(
                f"gateway {name} is {state} and {status}: calls through it fail{_unreached(node, name)}",
                "check its proxy, user name and password with the carrier; FreeSWITCH's log shows the answer it gets",
            )


def _unreached(node: CheckedNode, gateway: str) -> str:
    """The company's numbers that no other gateway carries, as text."""
    listed = [number for number in node.lists.get(gateway, ()) if not _has_another(node, gateway, number)]
    more = f" and {len(listed) - MOST_NAMED} more" if len(listed) > MOST_NAMED else ""
    return f"; nobody can call {', '.join(listed[:MOST_NAMED])}{more}" if listed else ""


def _has_another(node: CheckedNode, gateway: str, number: str) -> bool:
    return any(number in numbers for name, numbers in node.lists.items() if name != gateway)


def _pinged(node: CheckedNode, name: str, gateway: ET.Element) -> Diagnosis:
    """How a gateway is that does not register: by FreeSWITCH's pings (OPTIONS), which it counts down to nought."""
    frequency, answered = gateway.findtext("pingfreq", "0"), gateway.findtext("pingcount", "0")
    if frequency == "0":
        return ok(f"gateway {name} does not register and is not pinged: whether it answers is unknown")
    if answered != "0":
        return ok(f"gateway {name} answers, without registration")
    if _is_new(node):
        return unknown(f"gateway {name} has not been pinged yet", "run it again in two minutes")
    return wrong(
        f"gateway {name} does not answer OPTIONS: calls through it may fail{_unreached(node, name)}",
        "check its proxy and the firewall; `ping: false` at the gateway if the carrier answers no OPTIONS",
    )


def _is_new(node: CheckedNode) -> bool:
    """Whether FreeSWITCH has started, or read the gateways anew, a moment ago."""
    parts = {unit: int(count) for count, unit in _UP.findall(node.ask("status").partition("\n")[0])}
    is_long_up = any(parts.get(unit) for unit in ("year", "day", "hour"))
    up_s = parts.get("minute", 0) * 60 + parts.get("second", 0)
    if parts and not is_long_up and up_s < FIRST_PING_SECONDS:
        return True
    try:
        read_at = (node.root / "reloaded").stat().st_mtime
    except OSError:
        return False
    return 0 <= node.machine.now().timestamp() - read_at < FIRST_PING_SECONDS
