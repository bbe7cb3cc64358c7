"""Waiting through the day as self-contained SVG, a panel a queue; it follows the reader's light or dark theme. Pure."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from routing.simulate.compare import clock
from routing.simulate.figures import SLOT_MS, Figures, QueueFigures, percentile
from routing.simulate.week import DAY_MS, HOUR_MS, common

STYLE = """
svg { --paper: #fff; --ink: #22303c; --dim: #5b6776; --rule: #e3e8ed; --bar: #c5ced8; --p90: #c2185b;
--p50: #1f5fbf }
@media (prefers-color-scheme: dark) {
svg { --paper: #14191f; --ink: #e6ebf0; --dim: #9aa7b4; --rule: #2a333d; --bar: #3d4a57; --p90: #ff7aa8;
--p50: #7fb0ff }
}
text { font: 12px system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; fill: var(--ink) }
.title { font-size: 14px; font-weight: 600 } .dim { fill: var(--dim) } .paper { fill: var(--paper) }
.rule { stroke: var(--rule) } .bar { fill: var(--bar) } .line { fill: none; stroke-width: 2.2; stroke-linejoin: round }
.p90 { stroke: var(--p90) } .p50 { stroke: var(--p50) }
.before { stroke-width: 1.6; stroke-dasharray: 5 4; opacity: .75 }
"""
WIDTH, LEFT, RIGHT = 820.0, 64.0, 24.0
TOP, PLOT, STRIP, BELOW = 62.0, 170.0, 44.0, 62.0
PANEL = TOP + PLOT + STRIP + BELOW
#: Fewer answered calls in half an hour make no line.
LEAST_CALLS = 5
#: Distances of the lines of the grid: seconds.
STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_SLOTS = DAY_MS // SLOT_MS


@dataclass(frozen=True)
class _Axes:
    """From half hours and milliseconds to places in a panel."""

    first: int
    last: int
    highest_ms: int
    y: float

    def x(self, slot: float) -> float:
        return LEFT + (slot - self.first) / (self.last - self.first) * (WIDTH - LEFT - RIGHT)

    def height(self, wait_ms: float) -> float:
        return self.y + TOP + PLOT * (1 - wait_ms / self.highest_ms)


def to_svg(found: Figures, changed: Figures | None = None, change: str = "") -> str:
    """The picture; with ``changed``, its lines are solid and those of ``found`` dashed."""
    shown = changed or found
    height = PANEL * len(shown.queues)
    size = {"width": f"{WIDTH:g}", "height": f"{height:g}", "viewBox": f"0 0 {WIDTH:g} {height:g}"}
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", **size})
    ET.SubElement(root, "title").text = f"Waiting through the day: {', '.join(shown.queues)}"
    ET.SubElement(root, "style").text = STYLE
    ET.SubElement(root, "rect", {"class": "paper", "width": "100%", "height": "100%"})
    for place, name in enumerate(shown.queues):
        before = found.queues.get(name) if changed else None
        _panel(root, name, shown, before, place * PANEL, change)
    return ET.tostring(root, encoding="unicode") + "\n"


def _panel(root: ET.Element, name: str, shown: Figures, before: QueueFigures | None, y: float, change: str) -> None:
    queue = shown.queues[name]
    used = sorted({slot % _SLOTS for slot in queue.calls_in}) or [0, _SLOTS - 1]
    lines = {"p90": _line(queue, 0.9), "p50": _line(queue, 0.5)}
    dashed = {"p90": _line(before, 0.9), "p50": _line(before, 0.5)} if before else {}
    highest = max((wait for each in (*lines.values(), *dashed.values()) for wait in each.values()), default=0)
    step_s = next((step for step in STEPS_S if highest <= step * 4000), STEPS_S[-1])
    first, last = used[0] // 2 * 2, used[-1] // 2 * 2 + 2
    axes = _Axes(first, last, max(-(-highest // (step_s * 1000)), 1) * step_s * 1000, y)
    _text(root, LEFT, y + 24, name, "title")
    _legend(root, y + 44, change if before else "")
    for wait_ms in range(0, axes.highest_ms + 1, step_s * 1000):
        _rule(root, axes.height(wait_ms))
        _text(root, LEFT - 10, axes.height(wait_ms) + 4, clock(wait_ms), "dim", "end")
    for name_, points in dashed.items():
        _draw(root, axes, points, f"line before {name_}")
    for name_, points in lines.items():
        _draw(root, axes, points, f"line {name_}")
    _strip(root, axes, shown, queue)


def _legend(root: ET.Element, y: float, change: str) -> None:
    x = LEFT
    for kind, label in (("p90", "9 of 10 wait less (p90)"), ("p50", "half wait less (p50)")):
        ET.SubElement(root, "path", {"class": f"line {kind}", "d": f"M{x:g} {y - 4:g} h22"})
        x = _text(root, x + 28, y, label, "dim")
    if change:
        ET.SubElement(root, "path", {"class": "line before p90", "d": f"M{x:g} {y - 4:g} h22"})
        _text(root, x + 28, y, f"dashed: before {change}", "dim")


def _line(queue: QueueFigures, share: float) -> dict[int, int]:
    """Half hour of the day -> the wait, of all days together."""
    waits: dict[int, list[int]] = {}
    for slot, found in queue.waits_in.items():
        waits.setdefault(slot % _SLOTS, []).extend(found)
    return {slot: percentile(found, share) or 0 for slot, found in sorted(waits.items()) if len(found) >= LEAST_CALLS}


def _draw(root: ET.Element, axes: _Axes, points: Mapping[int, int], kind: str) -> None:
    """A line through the middles of half hours; it breaks where there were no calls."""
    path, last = "", -2
    for slot, wait_ms in points.items():
        path += f"{'L' if slot == last + 1 else 'M'}{axes.x(slot + 0.5):.1f} {axes.height(wait_ms):.1f} "
        last = slot
    if path:
        ET.SubElement(root, "path", {"class": kind, "d": path.strip()})


def _strip(root: ET.Element, axes: _Axes, shown: Figures, queue: QueueFigures) -> None:
    """Calls an hour as bars, with the hours and the people below."""
    days = len(shown.plan.days) * shown.weeks
    hours = range(axes.first // 2, axes.last // 2)
    calls = [_calls(queue, hour) / days for hour in hours]
    top, bottom = axes.y + TOP + PLOT + 10, axes.y + TOP + PLOT + STRIP
    most = max([*calls, 1.0])
    for hour, count in zip(hours, calls, strict=True):
        x, wide = axes.x(hour * 2), axes.x(hour * 2 + 2) - axes.x(hour * 2)
        tall = (bottom - top - 12) * count / most
        place = {"x": f"{x + 3:.1f}", "y": f"{bottom - tall:.1f}", "width": f"{wide - 6:.1f}", "height": f"{tall:.1f}"}
        ET.SubElement(root, "rect", {"class": "bar", "rx": "2", **place})
        middle = x + wide / 2
        _text(root, middle, bottom - tall - 3, _number(count), "dim", "middle")
        _text(root, middle, bottom + 36, _number(_people(shown, queue, hour)), "", "middle")
        _text(root, x, bottom + 18, f"{hour}:00", "dim", "middle")
    _text(root, axes.x(axes.last), bottom + 18, f"{axes.last // 2}:00", "dim", "middle")
    _text(root, LEFT - 10, bottom, "calls/h", "dim", "end")
    _text(root, LEFT - 10, bottom + 36, "people", "dim", "end")


def _calls(queue: QueueFigures, hour: int) -> int:
    return sum(count for slot, count in queue.calls_in.items() if slot % _SLOTS // 2 == hour)


def _people(shown: Figures, queue: QueueFigures, hour: int) -> float:
    """How many work in this hour of the day, on average of the days."""
    plan = next(plan for name, plan in shown.plan.queues.items() if shown.queues[name] is queue)
    worked_ms = 0
    for day in shown.plan.days:
        span = day * DAY_MS + hour * HOUR_MS, day * DAY_MS + (hour + 1) * HOUR_MS
        for person in plan.people:
            parts: Sequence[tuple[int, int]] = [common(each, span) for each in shown.plan.hours_of(person)]
            worked_ms += sum(max(end - start, 0) for start, end in parts)
    return worked_ms / len(shown.plan.days) / HOUR_MS


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 or round(value, 1) == int(value) else f"{value:.1f}"


def _rule(root: ET.Element, y: float) -> None:
    ends = {"x1": f"{LEFT:g}", "x2": f"{WIDTH - RIGHT:g}", "y1": f"{y:.1f}", "y2": f"{y:.1f}"}
    ET.SubElement(root, "line", {"class": "rule", **ends})


def _text(root: ET.Element, x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> float:
    """Write a text; returns where another one can begin."""
    facts = {"x": f"{x:.1f}", "y": f"{y:.1f}"} | ({"class": kind} if kind else {})
    facts |= {"text-anchor": anchor} if anchor != "start" else {}
    ET.SubElement(root, "text", facts).text = text
    return x + 6.3 * len(text) + 24
