"""The graph of a scheme: its steps as nodes, nested as written, and the edges between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from routing.graph.labels import below, branch_name, details, fall_through_label, settings_of
from routing.model.folder import Folder
from routing.steps.base import LONGEST_JUMPS, Step, StepItem
from routing.steps.dynamic import DynamicStep
from routing.steps.scheme_file import STICKY, SchemeFields, project_sticky

START = "start"
#: Heading of the steps after too many jumps, and the prefix of their paths.
OTHERWISE = "otherwise"


@dataclass(frozen=True)
class Branch:
    """A nested list of steps, and the condition to enter it."""

    label: str
    block: Block
    #: Calls enter it without the engine, too.
    is_fallback: bool = False


@dataclass(frozen=True)
class FlowNode:
    """A step. ``path``: in the dialplan (``2.closed.1``); ``seconds``: its longest duration, without branches."""

    path: str
    kind: str
    lines: tuple[str, ...]
    seconds: float = 0.0
    family: str = "media"
    branches: tuple[Branch, ...] = ()
    #: When the call falls through without entering a branch; None when it never does.
    falls: str | None = None
    #: Falling through is also the fallback without the engine.
    is_fallback: bool = False


#: Steps that run one after another.
Block = tuple[FlowNode, ...]


@dataclass(frozen=True)
class Edge:
    """A connection from one step to the next step of a call."""

    source: str
    target: str
    label: str
    is_fallback: bool = False


@dataclass(frozen=True)
class Flow:
    """A whole scheme. ``longest_seconds``: see `routing.compile.waits`; None if it jumps to an invalid scheme."""

    scheme: str
    title: str
    block: Block
    otherwise: Block
    longest_seconds: float | None

    def nodes(self) -> Iterator[FlowNode]:
        """Every step, in the order of the file."""
        yield from _nodes(self.block)
        yield from _nodes(self.otherwise)

    def edges(self) -> Iterator[Edge]:
        """Every connection between steps of the scheme."""
        yield from _edges(self.block)
        yield from _edges(self.otherwise)


def flow(fields: SchemeFields, data: Any, folder: Folder, longest_seconds: float | None) -> Flow:
    """The flow of a checked scheme; ``data`` is its file as written."""
    steps = _block(fields.steps, data.get("steps"), "", folder)
    otherwise = _block(fields.otherwise, data.get("otherwise"), f"{OTHERWISE}.", folder)
    if otherwise:
        line = f"after {LONGEST_JUMPS} jumps between schemes"
        otherwise = (FlowNode(OTHERWISE, "scheme", (line,), family="start", falls=""), *otherwise)
    return Flow(
        fields.scheme,
        fields.title or "",
        (_start(fields, folder), *steps),
        otherwise,
        longest_seconds,
    )


def _start(fields: SchemeFields, folder: Folder) -> FlowNode:
    """The start node; for calls that begin here, the project's `sticky` comes before the steps."""
    heading, sticky = tuple(_heading(fields)), project_sticky(fields, folder)
    if not sticky:
        return FlowNode(START, "scheme", heading, family="start", falls="")
    lookup = _node(sticky, ("the project's: who called them last",), STICKY, folder, ())
    hours = "in working hours" if fields.hours else "begins here"
    falls = "out of hours, or from another scheme" if fields.hours else "from another scheme"
    return FlowNode(START, "scheme", heading, family="start", branches=(Branch(hours, (lookup,)),), falls=falls)


def _heading(fields: SchemeFields) -> Iterator[str]:
    yield fields.title or fields.scheme
    if fields.hours:
        yield f"hours {fields.hours}"
    for entry in fields.numbers:
        yield entry.number + ("" if entry.caller_pays else ", we pay")


def _block(steps: Sequence[StepItem], written: Any, prefix: str, folder: Folder) -> Block:
    listed = written if isinstance(written, list) else [written]
    nodes = []
    for index, item in enumerate(steps):
        step, path = item.step, f"{prefix}{index + 1}"
        settings = settings_of(step, listed[index] if index < len(listed) else {})
        branches = tuple(
            Branch(
                branch_name(step, loc, part, settings),
                _block(nested, below(settings, loc), f"{path}.{part}.", folder),
                isinstance(step, DynamicStep) and step.fallback == part,
            )
            for loc, part, nested in step.branches()
        )
        nodes.append(_node(step, details(step, settings), path, folder, branches))
    return tuple(nodes)


def _node(step: Step, lines: tuple[str, ...], path: str, folder: Folder, branches: tuple[Branch, ...]) -> FlowNode:
    goes_on = not step.ends and (step.falls_past_branches() or not branches)
    is_decided = isinstance(step, DynamicStep) and step.runtime(folder) is not None
    return FlowNode(
        path,
        step.kind,
        lines,
        step.own_seconds(folder),
        _family(step, is_decided),
        branches,
        fall_through_label(step) if goes_on else None,
        is_decided and not (isinstance(step, DynamicStep) and step.fallback),
    )


def _family(step: Step, is_decided: bool) -> str:
    """The family of a step, by which the legend groups boxes."""
    if step.ends:
        return "goes" if step.jumps() else "end"
    if step.kind in ("ring", "queue"):
        return "rings"
    if is_decided:
        return "asks"
    return "chooses" if step.jumps() or list(step.branches()) else "media"


def _nodes(block: Block) -> Iterator[FlowNode]:
    for node in block:
        yield node
        for branch in node.branches:
            yield from _nodes(branch.block)


def leaves(block: Block) -> Iterator[tuple[FlowNode, str, bool]]:
    """Every node from which calls leave the end of a block, with the edge's label and whether it is a fallback."""
    if block:
        yield from _leaving(block[-1])


def _leaving(node: FlowNode) -> Iterator[tuple[FlowNode, str, bool]]:
    if node.falls is not None:
        yield node, node.falls, node.is_fallback
    for branch in node.branches:
        if branch.block:
            yield from leaves(branch.block)
        else:
            yield node, branch.label, branch.is_fallback


def _edges(block: Block) -> Iterator[Edge]:
    for at, node in enumerate(block):
        for branch in node.branches:
            if branch.block:
                yield Edge(node.path, branch.block[0].path, branch.label, branch.is_fallback)
                yield from _edges(branch.block)
        if at + 1 < len(block):
            for source, label, is_fallback in _leaving(node):
                yield Edge(source.path, block[at + 1].path, label, is_fallback)
