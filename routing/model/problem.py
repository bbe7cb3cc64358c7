"""A problem in a scheme folder, said so that the author can go straight to it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from routing.model import meant, url_secrets

#: Among more names than this none is looked for that was meant: a folder full of mistakes would take hours.
MOST_COMPARED = 3_000
#: Of a quoted word that is longer than any name so much is shown.
LONGEST_QUOTED = 120
_QUOTED = re.compile(r"`[^`]*`")
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

    def below(self, folder: str) -> Problem:
        """The same with its file's name as it is from above the folder."""
        there = self.file.startswith("/") or folder == "."
        return self if there else replace(self, file=f"{folder.rstrip('/')}/{self.file}")

    def __str__(self) -> str:
        hint = f" (hint: {self.hint})" if self.hint else ""
        path = f"{self.path}: " if self.path else ""
        return _one_line(f"{self.file}:{self.line}:{self.column}: {path}{self.message}{hint}")


def _one_line(text: str) -> str:
    """Text that a terminal shows as it is: what an author's quotes hold may be line breaks, escape codes, or a book."""
    text = _QUOTED.sub(lambda quoted: _shortened(quoted[0]), url_secrets.masked(text))
    return (
        text if text.isprintable() else "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
    )


def _shortened(quoted: str) -> str:
    return quoted if len(quoted) <= LONGEST_QUOTED else f"{quoted[: LONGEST_QUOTED - 4]}...`"


class UserFailure(Exception):
    """Something that the user can mend, whatever part found it: the text is for the user and says how."""


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


def closest(word: str, known: Iterable[str], alike: float = 0.7) -> str:
    """The closest known word, or the empty string when none is close: ``alike`` is 1 for the same."""
    choices = list(known)
    if len(choices) > MOST_COMPARED:
        return ""
    return next(iter(difflib.get_close_matches(word[:100], choices, n=1, cutoff=alike)), "")


def did_you_mean(word: str, known: Iterable[str], alike: float = 0.7) -> str:
    """A hint naming the closest known word (`closest`), or the empty string when none is close."""
    close = closest(word, known, alike)
    if not close:
        return ""
    odd = meant.odd_letters(word) if close.isascii() else ""
    return f"did you mean `{close}`?" + (f" {odd}" if odd else "")
