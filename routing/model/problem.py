"""A problem in a scheme folder, said so that the author can go straight to it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

#: Among more names than this none is looked for that was meant: a folder full of mistakes would take hours.
MOST_COMPARED = 3_000
#: Where in a YAML document something stands: keys and list indexes from the root.
Loc = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong; lines and columns count from 1, ``path`` is like ``steps[2].ring.to[0]``."""

    file: str
    line: int
    column: int
    path: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f" (hint: {self.hint})" if self.hint else ""
        path = f"{self.path}: " if self.path else ""
        return _one_line(f"{self.file}:{self.line}:{self.column}: {path}{self.message}{hint}")


def _one_line(text: str) -> str:
    """Text that a terminal shows as it is: what an author's quotes hold may be line breaks or escape codes."""
    return (
        text if text.isprintable() else "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
    )


class Problems(Exception):
    """All the problems of one run; raised at the end of a pass, never at the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


def dotted(loc: Loc) -> str:
    """``("steps", 2, "ring")`` as ``steps[2].ring``."""
    text = ""
    for part in loc:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else str(part)
    return text


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint naming the closest known word, or the empty string when none is close."""
    choices = list(known)
    if len(choices) > MOST_COMPARED:
        return ""
    close = difflib.get_close_matches(word[:100], choices, n=1, cutoff=0.7)
    return f"did you mean `{close[0]}`?" if close else ""
