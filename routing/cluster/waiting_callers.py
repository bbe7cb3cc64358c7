"""Callers who wait in queues of a node. Its FreeSWITCH is asked alone: its engine may be away."""

from __future__ import annotations

import json
from collections.abc import Callable

from routing.model.decision import STEP_PATH
from routing.model.queue import ENTERED

#: What a caller's channel runs between two turns; FreeSWITCH's answer of a variable that is not set.
_ASLEEP, _NOT_SET = "sleep", "_undef_"


def waiting_callers(ask: Callable[[str], str]) -> dict[str, str]:
    """The call of each caller who waits and rings nobody at this moment -> the path of the queue's step. ``ask``: an
    API command's answer; what it raises passes. Raises ValueError."""
    rows = json.loads(ask("show channels as json")).get("rows", [])
    asleep = [str(row["uuid"]) for row in rows if row.get("application") == _ASLEEP]
    paths = {uuid: ask(f"uuid_getvar {uuid} {ENTERED}").strip() for uuid in asleep}
    return {uuid: path for uuid, path in paths.items() if path != _NOT_SET and STEP_PATH.fullmatch(path)}


def let_go(ask: Callable[[str], str]) -> int:
    """Let them leave their queues as after the longest wait, by the steps of ``otherwise``; how many. One who is just
    being offered to somebody is left alone, and found the next time. Raises as `waiting_callers`."""
    found = waiting_callers(ask)
    for uuid, path in found.items():
        ask(f"uuid_setvar_multi {uuid} routing_verdict=decided the node is drained;routing_decision={path}:nobody")
        ask(f"uuid_break {uuid}")
    return len(found)
