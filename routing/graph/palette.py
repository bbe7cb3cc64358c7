"""Colours of a diagram, on light and on dark paper."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Colours as ``#rrggbb``; ``families`` by the family of a step (``routing.graph.flow``)."""

    paper: str
    box: str
    border: str
    ink: str
    quiet: str
    line: str
    followed: str
    families: dict[str, str]

    @property
    def style(self) -> str:
        """The style sheet of the diagram."""
        return f"""
text {{ font: 12px system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; fill: {self.ink} }}
.kind {{ font-weight: 600 }} .dim {{ fill: {self.quiet} }} .path {{ font-weight: 400 }}
.box {{ fill: {self.box}; stroke: {self.border} }}
.way {{ fill: none; stroke: {self.line}; stroke-width: 1.4 }} .fallback {{ stroke-dasharray: 5 4 }}
.label {{ fill: {self.quiet}; font-size: 11px; paint-order: stroke; stroke: {self.paper}; stroke-width: 3px }}
.taken.way {{ stroke: {self.followed}; stroke-width: 2.6 }} .taken .box {{ stroke: {self.followed}; stroke-width: 2.2 }}
.left {{ opacity: .38 }} .time {{ fill: {self.followed}; font-weight: 600 }}
"""


LIGHT = Palette(
    paper="#ffffff", box="#ffffff", border="#c5ced8", ink="#22303c", quiet="#5b6776", line="#7d8a97",
    followed="#c2185b",
    families={
        "rings": "#1a7f5a", "asks": "#7a3fb5", "chooses": "#b26a00", "media": "#5b6776", "goes": "#1f5fbf",
        "end": "#b3261e", "start": "#22303c",
    },
)  # fmt: skip
DARK = Palette(
    paper="#1a2125", box="#222b30", border="#46535b", ink="#e6ebee", quiet="#a9b6be", line="#83929b",
    followed="#ff7aa8",
    families={
        "rings": "#4cc3a5", "asks": "#c99be6", "chooses": "#f0b35a", "media": "#a9b6be", "goes": "#8ea6ff",
        "end": "#ff9d94", "start": "#e6ebee",
    },
)  # fmt: skip
