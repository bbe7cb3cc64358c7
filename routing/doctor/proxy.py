"""The SIP proxy before the node: where phones are registered, and whether it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from routing.doctor.diagnosis import Diagnosis, ok, wrong
from routing.doctor.node import CheckedNode

_BY_WAY_OF = re.compile(r"^@.*;fs_path=sip:(\S+)$")


def proxy_of(node: CheckedNode) -> str:
    """Address and port of the proxy; "" for a node where phones register themselves. Raises NoAnswer."""
    found = _BY_WAY_OF.match(node.variables.get("routing_phones_at", ""))
    return found[1] if found else ""


def proxy(node: CheckedNode) -> Iterator[Diagnosis]:
    """The SIP proxy before the node answers."""
    place = proxy_of(node)
    if not place:
        return
    if node.machine.answers_sip(place):
        yield ok(f"the SIP proxy {place} answers")
    else:
        yield wrong(
            f"the SIP proxy {place} does not answer: no phone is reached by way of it",
            "start Kamailio there, or name another one: `routing node init --proxy`",
        )
