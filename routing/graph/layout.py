"""The layout of boxes and lines. Steps go from top to bottom; a step's branches go to its right, from top to bottom.

Edges that leave a branch run down a lane to the right of all branches and return below them, so that lines do not
cross. Lengths are pixels. This module knows no colours.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

from routing.graph.flow import Block, Branch, Edge, Flow, FlowNode
from routing.graph.labels import CHARACTERS

Point = tuple[float, float]
WIDTH = 250.0
LINE = 16.0
GAP = 36.0
#: Distance from a box's upper edge to the lines at its sides.
SIDE = 15.0
#: From a step to the lane into its branches, and from there to the branches: room for labels.
LANE = 18.0
LABEL_CHARACTERS = 24
LABEL = 160.0
MARGIN = 24.0


@dataclass(frozen=True)
class Box:
    """A placed node: its upper left corner, its height, its wrapped text."""

    node: FlowNode
    x: float
    y: float
    height: float
    lines: tuple[str, ...]

    @property
    def foot(self) -> Point:
        """Where the line to the next step starts."""
        return self.x + WIDTH / 2, self.y + self.height


@dataclass(frozen=True)
class EdgeLine:
    """The points of an edge, and the position of its label."""

    edge: Edge
    points: tuple[Point, ...]
    label_at: Point
    label: tuple[str, ...]


@dataclass(frozen=True)
class _Loose:
    """An edge whose target is not placed yet."""

    source: FlowNode
    label: str
    is_fallback: bool
    points: tuple[Point, ...]


@dataclass
class Picture:
    """A scheme's boxes and lines, and the size of the diagram."""

    boxes: list[Box] = field(default_factory=list)
    lines: list[EdgeLine] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0


def layout(flow: Flow) -> Picture:
    """Place a whole scheme; the steps after too many jumps go below."""
    picture = Picture()
    bottom, _ = _place(picture, flow.block, MARGIN, MARGIN)
    if flow.otherwise:
        bottom, _ = _place(picture, flow.otherwise, MARGIN, bottom + 2 * GAP)
    picture.width = max(_right(picture), MARGIN + WIDTH) + MARGIN
    picture.height = bottom + MARGIN
    return picture


def _right(picture: Picture, start: int = 0, lines: int = 0) -> float:
    """The right edge of everything placed since ``start`` and ``lines``."""
    boxes = [box.x + WIDTH for box in picture.boxes[start:]]
    return max(boxes + [x for line in picture.lines[lines:] for x, _ in line.points], default=0.0)


def _place(picture: Picture, block: Block, x: float, y: float) -> tuple[float, list[_Loose]]:
    """Place a block below ``y``; return its bottom, and the edges that leave it there at its centre line."""
    loose: list[_Loose] = []
    for node in block:
        if loose:
            y += GAP
        box = _box(node, x, y)
        picture.boxes.append(box)
        for way in loose:
            picture.lines.append(_arrive(way, box))
        y, loose = _below(picture, box)
    return y, loose


def _box(node: FlowNode, x: float, y: float) -> Box:
    lines = tuple(line for text in node.lines for line in textwrap.wrap(text, CHARACTERS))
    return Box(node, x, y, LINE * (len(lines) + 1) + 14, lines)


def _arrive(way: _Loose, box: Box) -> EdgeLine:
    edge = Edge(way.source.path, box.node.path, way.label, way.is_fallback)
    points = (*way.points, (box.x + WIDTH / 2, box.y))
    label = (way.label,) if way.label else ()
    return EdgeLine(edge, points, (points[0][0] + 8, points[0][1] + 22), label)


def _below(picture: Picture, box: Box) -> tuple[float, list[_Loose]]:
    """Place the branches of a box; return the bottom and the edges that go on."""
    node, bottom = box.node, (bottom_of_box := box.y + box.height)
    spine, returning = box.x + WIDTH / 2, []
    start, lines = len(picture.boxes), len(picture.lines)
    left, at = box.x + WIDTH + LANE + LABEL, box.y
    for branch in node.branches:
        into = _into(box, branch, left, at)
        bottom, ways = _place(picture, branch.block, left, at)
        picture.lines.append(into)
        returning += ways
        at = bottom + (GAP if ways else GAP / 2)
    if returning:
        # the returning line leaves room for the labels of its edges
        bottom = max(bottom_of_box + GAP, at)
    elif node.branches:
        bottom = max(bottom_of_box, at - GAP / 2)
    lane = max(_right(picture, start, lines), left + WIDTH) + LANE
    loose = [_returned(way, lane, bottom, spine) for way in returning]
    if node.falls is not None:
        points = (box.foot, (spine, bottom)) if node.branches else (box.foot,)
        loose.append(_Loose(node, node.falls, node.is_fallback, points))
    return bottom, loose


def _into(box: Box, branch: Branch, left: float, top: float) -> EdgeLine:
    """The edge into a branch: right out of the step, down its lane, right again."""
    lane, height = box.x + WIDTH + LANE, top + SIDE
    out = box.y + SIDE
    label = tuple(textwrap.wrap(branch.label, LABEL_CHARACTERS)[:2])
    points = ((box.x + WIDTH, out), (lane, out), (lane, height), (left, height))
    edge = Edge(box.node.path, branch.block[0].path, branch.label, branch.is_fallback)
    return EdgeLine(edge, points, (lane + 8, height - 6), label)


def _returned(way: _Loose, lane: float, bottom: float, spine: float) -> _Loose:
    """An edge out of a branch: down, right into the lane, down, and back to the step's own column."""
    x, y = way.points[-1]
    under = y + GAP / 4
    points: Sequence[Point] = (*way.points, (x, under), (lane, under), (lane, bottom), (spine, bottom))
    return _Loose(way.source, way.label, way.is_fallback, tuple(points))
