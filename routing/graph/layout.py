"""Boxes and lines on a plane. Steps stand one under another; a step's branches stand to its right, one under another.

A way back from a branch runs down a lane at the branches' right and returns below them, so that lines do not cross.
Lengths are pixels. Knows nothing of colours.
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
#: How far below its upper edge lines leave and enter a box at the sides.
SIDE = 15.0
#: From a step to the lane into its branches, and from there to the branches: room for the longest label's beginning.
LANE = 18.0
LABEL_CHARACTERS = 24
LABEL = 160.0
MARGIN = 24.0


@dataclass(frozen=True)
class Box:
    """A node's place: its upper left corner, its height, its text cut into lines."""

    node: FlowNode
    x: float
    y: float
    height: float
    lines: tuple[str, ...]

    @property
    def foot(self) -> Point:
        """Where the way on leaves."""
        return self.x + WIDTH / 2, self.y + self.height


@dataclass(frozen=True)
class EdgeLine:
    """A way's points, and where its label stands."""

    edge: Edge
    points: tuple[Point, ...]
    label_at: Point
    label: tuple[str, ...]


@dataclass(frozen=True)
class _Loose:
    """A way that has left its node and not arrived yet."""

    source: FlowNode
    label: str
    is_fallback: bool
    points: tuple[Point, ...]


@dataclass
class Picture:
    """A scheme's boxes and lines; ``width`` and ``height`` hold them all."""

    boxes: list[Box] = field(default_factory=list)
    lines: list[EdgeLine] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0


def layout(flow: Flow) -> Picture:
    """Place a whole scheme; the steps after too many jumps stand below."""
    picture = Picture()
    bottom, _ = _place(picture, flow.block, MARGIN, MARGIN)
    if flow.otherwise:
        bottom, _ = _place(picture, flow.otherwise, MARGIN, bottom + 2 * GAP)
    picture.width = max(_right(picture), MARGIN + WIDTH) + MARGIN
    picture.height = bottom + MARGIN
    return picture


def _right(picture: Picture, start: int = 0, lines: int = 0) -> float:
    """The right edge of everything placed since."""
    boxes = [box.x + WIDTH for box in picture.boxes[start:]]
    return max(boxes + [x for line in picture.lines[lines:] for x, _ in line.points], default=0.0)


def _place(picture: Picture, block: Block, x: float, y: float) -> tuple[float, list[_Loose]]:
    """Place a block below ``y``; returns its bottom and the ways that leave it, which end there at its spine."""
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
    """What follows a box inside its block: its branches; returns the bottom and the ways that go on."""
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
        # the line back leaves room for the words beside the ways that it gathers
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
    """The way into a branch: right out of the step, down its lane, right again."""
    lane, height = box.x + WIDTH + LANE, top + SIDE
    out = box.y + SIDE
    label = tuple(textwrap.wrap(branch.label, LABEL_CHARACTERS)[:2])
    points = ((box.x + WIDTH, out), (lane, out), (lane, height), (left, height))
    edge = Edge(box.node.path, branch.block[0].path, branch.label)
    return EdgeLine(edge, points, (lane + 8, height - 6), label)


def _returned(way: _Loose, lane: float, bottom: float, spine: float) -> _Loose:
    """A way out of a branch: down, right into the lane, down, and back to the step's own column."""
    x, y = way.points[-1]
    under = y + GAP / 4
    points: Sequence[Point] = (*way.points, (x, under), (lane, under), (lane, bottom), (spine, bottom))
    return _Loose(way.source, way.label, way.is_fallback, tuple(points))
