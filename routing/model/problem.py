"""A problem in a scheme folder, with its exact location."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from routing.model import meant, url_secrets

#: With more names than this there are no suggestions: a folder full of mistakes would take hours.
MOST_COMPARED = 3_000
#: Longer quoted words are cut to this length.
LONGEST_QUOTED = 120
_QUOTED = re.compile(r"`[^`]*`")
#: A location in a YAML document: keys and list indexes from the root.
Loc = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake; lines and columns count from 1, ``path`` is like ``steps[2].ring.to[0]``."""

    file: str
    line: int
    column: int
    path: str
    message: str
    hint: str = ""

    def below(self, folder: str) -> Problem:
        """The same problem with the file's name relative to the parent of ``folder``."""
        there = self.file.startswith("/") or folder == "."
        return self if there else replace(self, file=f"{folder.rstrip('/')}/{self.file}")

    def __str__(self) -> str:
        hint = f" (hint: {self.hint})" if self.hint else ""
        path = f"{self.path}: " if self.path else ""
        return _one_line(f"{self.file}:{self.line}:{self.column}: {path}{self.message}{hint}")


def _one_line(text: str) -> str:
    """Text that is safe for a terminal: quoted author text may contain line breaks or escape codes, or be very long."""
    text = _QUOTED.sub(lambda quoted: _shortened(quoted[0]), url_secrets.masked(text))
    return (
        text if text.isprintable() else "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
    )


def _shortened(quoted: str) -> str:
    return quoted if len(quoted) <= LONGEST_QUOTED else f"{quoted[: LONGEST_QUOTED - 4]}...`"


class UserFailure(Exception):
    """An error that the user can fix, from any part; the text is for the user and says how."""


class Problems(Exception):
    """All problems of one run; raised at the end of a pass, not at the first problem."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


#: Hints that name a setting of the project: what lacks it is mended there, whatever stands where it is noticed.
_ELSEWHERE = "write `project: "
#: From this many places on, such a problem is reported once.
_MANY = 5


def gathered(problems: Iterable[Problem]) -> list[Problem]:
    """Problems without a flood of one that a setting of the project mends: the first says in how many places."""
    found = sorted(set(problems))
    places = Counter((each.message, each.hint) for each in found if each.hint.startswith(_ELSEWHERE))
    many = {cause for cause, count in places.items() if count >= _MANY}
    kept: list[Problem] = []
    for each in found:
        cause = each.message, each.hint
        if cause in many:
            many.remove(cause)
            more = counted(places[cause] - 1, "more place")
            kept.append(replace(each, message=f"{each.message}, here and in {more}"))
        elif places[cause] < _MANY:
            kept.append(each)
    return kept


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
    """The closest known word, or the empty string; ``alike``: the required similarity, up to 1."""
    choices = list(known)
    if len(choices) > MOST_COMPARED:
        return ""
    return next(iter(difflib.get_close_matches(word[:100], choices, n=1, cutoff=alike)), "")


def counted(count: int, noun: str) -> str:
    """``1 call``, ``2 calls``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def did_you_mean(word: str, known: Iterable[str], alike: float = 0.7) -> str:
    """A hint with the closest known word (`closest`), or the empty string."""
    close = closest(word, known, alike)
    if not close:
        return ""
    odd = meant.odd_letters(word) if close.isascii() else ""
    return f"did you mean `{close}`?" + (f" {odd}" if odd else "")
