"""Whether a node is drained: a file of its root, so that it holds after a restart of every process."""

from __future__ import annotations

from pathlib import Path

FILE = "drained"


def is_drained(root: Path) -> bool:
    """Whether the node gets no new calls, and its engine begins none (callbacks)."""
    return (root / FILE).exists()


def mark(root: Path, *, drained: bool) -> None:
    """Say it. Raises OSError."""
    if drained:
        root.mkdir(parents=True, exist_ok=True)
        (root / FILE).touch()
    else:
        (root / FILE).unlink(missing_ok=True)
