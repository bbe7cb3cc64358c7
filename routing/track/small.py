"""Sends scripts and style sheets without what only their readers need: comments, spaces, and long names of variables.

For our own files: statements end with a semicolon, comments stand on lines of their own, no template string has a name.
"""

from __future__ import annotations

import itertools
import re
import string
from collections import Counter
from collections.abc import Iterator

_COMMENT = re.compile(r"^\s*/\*.*?\*/\s*?$", re.DOTALL | re.MULTILINE)
#: Strings, template strings, and regular expressions, which stand where a value is expected.
_LITERAL = re.compile(
    r"""('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`"""
    r"""|(?<=[(,=:!&|?]) ?/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*)"""
)
_AROUND_SIGNS = re.compile(r"\s*([=<>!&|?:;,.(){}\[\]*%^~])\s*")
#: But those of ``a - -b``.
_AROUND_SUMS = re.compile(r"(?<![-+]) ([-+/]) (?![-+])")
_AROUND_CSS_MARKS = re.compile(r"\s*([{};,])\s*")
_DECLARED = re.compile(r"\b(?:const|let|var|function) (\w{2,})|,(\w{2,})=(?![=>])")
#: A name that is not a property's.
_VARIABLE = re.compile(r"(?<![\w$.])\w+(?![\w$])|(?<=\.\.\.)\w+(?![\w$])")
#: Where a name may be that of a property: ``{name: 1}``, ``{name}``.
_MAYBE_PROPERTY = re.compile(r"(?<![\w$.])(\w+)(?=:)|(?<=[{,])(\w+)(?=[,}])")


def small_script(text: str) -> str:
    """A script that does the same."""
    parts = _LITERAL.split(_uncommented(text))
    parts[1::2] = [literal.strip(" ") for literal in parts[1::2]]
    parts[::2] = _short_names([_without_spaces(code) for code in parts[::2]])
    return "".join(parts)


def small_style(text: str) -> str:
    """A style sheet, on one line, that says the same."""
    one_line = " ".join(_uncommented(text).split("\n"))
    return _AROUND_CSS_MARKS.sub(r"\1", one_line).replace(": ", ":").replace(";}", "}")


def _without_spaces(code: str) -> str:
    """Code between literals."""
    return _AROUND_SUMS.sub(r"\1", _AROUND_SIGNS.sub(r"\1", code))


def _short_names(codes: list[str]) -> list[str]:
    """Code between literals with a new name for each variable that it declares; one that shares its name with what may
    be a property keeps it."""
    whole = "'".join(codes)
    declared = {name for found in _DECLARED.findall(whole) for name in found if name}
    kept = {name for found in _MAYBE_PROPERTY.findall(whole) for name in found}
    uses = Counter(name for name in _VARIABLE.findall(whole) if name in declared - kept)
    fresh = (name for name in _names() if not re.search(rf"\b{name}\b", whole))
    short = dict(zip([name for name, _ in uses.most_common()], fresh, strict=False))
    return [_VARIABLE.sub(lambda found: short.get(found[0], found[0]), code) for code in codes]


def _names() -> Iterator[str]:
    for length in itertools.count(1):
        yield from map("".join, itertools.product(string.ascii_letters, repeat=length))


def _uncommented(text: str) -> str:
    lines = (line.strip() for line in _COMMENT.sub("", text).splitlines())
    return "\n".join(line for line in lines if line)
