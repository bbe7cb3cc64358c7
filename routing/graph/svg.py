"""A diagram as self-contained SVG: no script, no external font or style."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from routing.compile.waits import MEANING
from routing.graph.flow import Flow
from routing.graph.layout import LINE, WIDTH, Box, EdgeLine, Picture, layout
from routing.graph.palette import LIGHT, Palette
from routing.graph.way import Way
from routing.model.durations import spoken

#: Family of steps -> label in the legend.
FAMILIES = {
    "rings": "rings people",
    "asks": "asks the engine; dashed: the compiled fallback",
    "chooses": "branches",
    "media": "plays",
    "goes": "jumps to another scheme",
    "end": "ends the call",
    "start": "the scheme",
}
TITLE = 30.0
LEGEND = 34.0
#: Average width of a character in the legend.
LETTER = 6.2


def to_svg(flow: Flow, way: Way | None = None, colours: Palette = LIGHT) -> str:
    """The diagram of a scheme; with a ``way``, the steps of that call are highlighted and the others faded."""
    picture = layout(flow)
    width, height = max(picture.width, 760.0, _legend_width(picture)), picture.height + TITLE + LEGEND
    root = ET.Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        width=f"{width:g}",
        height=f"{height:g}",
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
    )
    ET.SubElement(root, "title").text = f"Scheme {flow.scheme}"
    ET.SubElement(root, "style").text = colours.style
    ET.SubElement(root, "rect", width="100%", height="100%", fill=colours.paper)
    _markers(root, colours)
    _text(
        root,
        24,
        26,
        way.summary if way else _summary(flow),
        "dim",
    )
    drawn = ET.SubElement(root, "g", transform=f"translate(0 {TITLE:g})")
    for line in sorted(picture.lines, key=lambda line: bool(way and way.took(line.edge))):
        _line(drawn, line, way)
    for box in picture.boxes:
        _node(drawn, box, way, colours)
    _legend(root, height - 14, picture, colours)
    return ET.tostring(root, encoding="unicode") + "\n"


def _summary(flow: Flow) -> str:
    if flow.longest_seconds is None:
        return f"{flow.scheme}: longest wait unknown, because it jumps to an invalid scheme"
    return f"{flow.scheme}: longest wait {spoken(round(flow.longest_seconds))}: {MEANING}"


def _markers(root: ET.Element, colours: Palette) -> None:
    definitions = ET.SubElement(root, "defs")
    for name, colour in (("head", colours.line), ("lit", colours.followed)):
        shape = ET.SubElement(
            definitions, "marker", id=name, viewBox="0 0 8 8", refX="7", refY="4", markerWidth="7", markerHeight="7",
            markerUnits="userSpaceOnUse", orient="auto",
        )  # fmt: skip
        ET.SubElement(shape, "path", d="M0 0 L8 4 L0 8 z", fill=colour)


def _line(parent: ET.Element, line: EdgeLine, way: Way | None) -> None:
    is_followed = way is not None and way.took(line.edge)
    classes = ["way"] + ["fallback"] * line.edge.is_fallback + ["taken"] * is_followed
    classes += ["left"] * (way is not None and not is_followed)
    path = "M" + " L".join(f"{x:g} {y:g}" for x, y in line.points)
    head = "url(#lit)" if is_followed else "url(#head)"
    ET.SubElement(parent, "path", {"class": " ".join(classes), "d": path, "marker-end": head})
    x, y = line.label_at
    for number, text in enumerate(line.label):
        faded = " left" if way is not None and not is_followed else ""
        _text(parent, x, y + (number - len(line.label) + 1) * 12 if len(line.points) == 4 else y, text, "label" + faded)


def _node(parent: ET.Element, box: Box, way: Way | None, colours: Palette) -> None:
    node = box.node
    at_ms = way.reached_ms(node.path) if way else None
    lit = "" if way is None else "taken" if at_ms is not None else "left"
    group = ET.SubElement(parent, "g", {"class": lit, "id": f"step-{node.path}"})
    round_ = "14" if node.family in ("end", "goes", "start") else "4"
    place = {"x": f"{box.x:g}", "y": f"{box.y:g}", "height": f"{box.height:g}"}
    ET.SubElement(group, "rect", {"class": "box", "width": f"{WIDTH:g}", "rx": round_, **place})
    colour = colours.families[node.family]
    ET.SubElement(group, "rect", {"width": "5", "rx": "2", "fill": colour, **place})
    heading = _text(group, box.x + 14, box.y + 18, f"{node.kind} ", "kind")
    if node.family != "start" and node.path != node.kind:
        ET.SubElement(heading, "tspan", {"class": "dim path"}).text = node.path
    if at_ms is not None:
        _text(group, box.x + WIDTH - 8, box.y + 18, f"at {at_ms / 1000:.1f} s", "time", "end")
    elif node.seconds >= 1:
        _text(group, box.x + WIDTH - 8, box.y + 18, f"≤ {node.seconds:.0f} s", "dim", "end")
    for number, line in enumerate(box.lines, 1):
        _text(group, box.x + 14, box.y + 18 + number * LINE, line)


def _present(picture: Picture) -> list[str]:
    present = {box.node.family for box in picture.boxes} - {"start"}
    return [family for family in FAMILIES if family in present]


def _legend_width(picture: Picture) -> float:
    return 24 + sum(32 + LETTER * len(FAMILIES[family]) for family in _present(picture))


def _legend(root: ET.Element, y: float, picture: Picture, colours: Palette) -> None:
    x = 24.0
    for family in _present(picture):
        colour, label = colours.families[family], FAMILIES[family]
        ET.SubElement(root, "rect", x=f"{x:g}", y=f"{y - 10:g}", width="10", height="10", rx="2", fill=colour)
        _text(root, x + 15, y, label, "dim")
        x += 32 + LETTER * len(label)


def _text(parent: ET.Element, x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> ET.Element:
    facts = {"x": f"{x:g}", "y": f"{y:g}"} | ({"class": kind} if kind else {})
    if anchor != "start":
        facts["text-anchor"] = anchor
    element = ET.SubElement(parent, "text", facts)
    element.text = text
    return element
