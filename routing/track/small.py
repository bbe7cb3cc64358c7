"""Sends scripts and style sheets without the comments and spaces that only their readers need.

For our own files: statements end with a semicolon, and a comment stands on lines of its own.
"""

from __future__ import annotations

import re

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


def small_script(text: str) -> str:
    """A script that does the same."""
    parts = _LITERAL.split(_uncommented(text))
    return "".join(part.strip(" ") if place % 2 else _without_spaces(part) for place, part in enumerate(parts))


def small_style(text: str) -> str:
    """A style sheet, on one line, that says the same."""
    one_line = " ".join(_uncommented(text).split("\n"))
    return _AROUND_CSS_MARKS.sub(r"\1", one_line).replace(": ", ":").replace(";}", "}")


def _without_spaces(code: str) -> str:
    """Code between literals."""
    return _AROUND_SUMS.sub(r"\1", _AROUND_SIGNS.sub(r"\1", code))


def _uncommented(text: str) -> str:
    lines = (line.strip() for line in _COMMENT.sub("", text).splitlines())
    return "\n".join(line for line in lines if line)
