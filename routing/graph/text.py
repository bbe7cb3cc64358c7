"""A diagram as text for other programs: Mermaid for pull requests and wikis, DOT for Graphviz."""

from __future__ import annotations

import re

from routing.graph.flow import Flow, FlowNode
from routing.graph.palette import LIGHT
from routing.graph.way import Way

#: Family of steps -> Mermaid's brackets of its shape.
_SHAPES = {
    "start": ("([", "])"),
    "end": ("([", "])"),
    "goes": ("[[", "]]"),
    "chooses": ("{{", "}}"),
    "asks": ("[/", "/]"),
}


def to_mermaid(flow: Flow, way: Way | None = None) -> str:
    """A Mermaid flowchart; the steps of a traced call have the class ``taken``."""
    lines = ["flowchart TD"]
    for node in flow.nodes():
        opens, closes = _SHAPES.get(node.family, ("[", "]"))
        lines.append(f'  {_id(node.path)}{opens}"{_mermaid("<br>".join(_lines(node)))}"{closes}')
    for edge in flow.edges():
        arrow = "-.->" if edge.is_fallback else "-->"
        label = f'|"{_mermaid(edge.label)}"|' if edge.label else ""
        lines.append(f"  {_id(edge.source)} {arrow}{label} {_id(edge.target)}")
    if way:
        lines.append("  classDef taken stroke:#c2185b,stroke-width:3px")
        lines.append(f"  class {','.join(map(_id, way.steps))} taken")
    return "\n".join(lines) + "\n"


def to_dot(flow: Flow, way: Way | None = None) -> str:
    """A Graphviz digraph."""
    lines = [
        f'digraph "{_dot(flow.scheme)}" {{',
        "  node [shape=box, style=rounded, fontname=sans]; edge [fontname=sans]",
    ]
    for node in flow.nodes():
        colour = LIGHT.followed if way and way.reached_ms(node.path) is not None else LIGHT.families[node.family]
        label = "\\n".join(map(_dot, _lines(node)))
        lines.append(f'  "{node.path}" [label="{label}", color="{colour}"]')
    for edge in flow.edges():
        facts = [f'label="{_dot(edge.label)}"'] if edge.label else []
        facts += ["style=dashed"] if edge.is_fallback else []
        facts += [f'color="{LIGHT.followed}"', "penwidth=2"] if way and way.took(edge) else []
        lines.append(f'  "{edge.source}" -> "{edge.target}"' + (f" [{', '.join(facts)}]" if facts else ""))
    return "\n".join([*lines, "}"]) + "\n"


def _lines(node: FlowNode) -> tuple[str, ...]:
    heading = node.kind if node.family == "start" or node.path == node.kind else f"{node.path} {node.kind}"
    return (f"{heading} ≤ {node.seconds:.0f} s" if node.seconds >= 1 else heading, *node.lines)


def _id(path: str) -> str:
    return "s" + re.sub(r"[^0-9a-z]", "_", path)


def _mermaid(text: str) -> str:
    """Quoted text with Mermaid's syntax characters as entities."""
    kept = text.replace("<br>", "\n")
    escaped = "".join(f"#{ord(sign)};" if sign in '"#<>&`;\\' else sign for sign in kept)
    return escaped.replace("\n", "<br>")


def _dot(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
