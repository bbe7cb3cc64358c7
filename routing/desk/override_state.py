"""Open or closed now: each calendar by its hours, or by hand where somebody has overridden it on the nodes.

A node that does not answer is left out and named. Nodes that differ are told: an override may have reached only some.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from routing.desk.plan import DeskPlan
from routing.model.calendar import Calendar
from routing.model.callback_times import next_change
from routing.release.overrides import AUTO, every_override, override
from routing.release.timed_variables import VariableRefused

Switch = Callable[[str], str]
#: Calendar -> its state by hand, and when that ends.
_Overridden = dict[str, tuple[str, int]]


@dataclass(frozen=True)
class OverrideState:
    """A calendar now. ``state``: open, closed or holiday; ``by_hand``: open or closed where it is overridden, else "";
    ``ends_s``: when the override ends, 0: not by itself; ``changes_s``: when the calendar opens or closes next;
    ``differs``: nodes disagree; ``unknown``: no node answered."""

    state: str
    by_hand: str = ""
    ends_s: float = 0.0
    changes_s: float = 0.0
    differs: bool = False
    unknown: bool = False


def overrides(plan: DeskPlan, switches: Collection[Switch], now: float) -> Mapping[str, OverrideState]:
    """The state of every calendar."""
    nodes = [found for switch in switches if (found := _of_node(switch)) is not None]
    is_unknown = bool(switches) and not nodes
    return {name: _state(calendar, nodes, now, is_unknown) for name, calendar in plan.calendars.items()}


def _state(calendar: Calendar, nodes: Sequence[_Overridden], now: float, is_unknown: bool) -> OverrideState:
    moment = datetime.fromtimestamp(now, UTC)
    change = next_change(calendar, moment)
    usual, changes = calendar.status(moment), change.timestamp() if change else 0.0
    states = [node.get(calendar.name, (AUTO, 0)) for node in nodes]
    by_hand = next((state for state, _ in states if state != AUTO), "")
    ends = max((at for state, at in states if state != AUTO), default=0)
    differs = len({state for state, _ in states}) > 1
    return OverrideState(by_hand or usual, by_hand, float(ends), changes, differs, is_unknown)


def _of_node(switch: Switch) -> _Overridden | None:
    try:
        return every_override(switch)
    except OSError:
        return None


def set_everywhere(switches: Collection[Switch], name: str, state: str, seconds: int, opens: str = "") -> int:
    """Override a calendar on every node (see `override`); returns on how many it failed."""
    failed = 0
    for switch in switches:
        try:
            override(switch, name, state, seconds, opens)
        except (OSError, VariableRefused):
            failed += 1
    return failed
