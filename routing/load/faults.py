"""From libyaml's errors to the likely mistake, at the place where the author made it.

The parser reports an open quote or bracket, or a wrong indentation, where it gives up; the mistake is often far above.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

import yaml

from routing.model.problem import Problem

#: libyaml's messages and what to do.
_HINTS = {
    "mapping values are not allowed in this context": "quote text that holds `: `; check the line's indentation",
    "could not find expected ':'": "check the line before: a key needs `:` after it",
    "did not find expected key": "check the indentation, and that every quote and bracket is closed",
    "found unexpected end of stream": "a quote is not closed",
    "did not find expected '-' indicator": "this line is part of a list: start it with `- `, or indent it less",
    "did not find expected node content": "a value is missing before this place, or a bracket is not closed",
    "did not find expected <document start>": "a file holds one document: remove `...` and everything after it",
    "block sequence entries are not allowed": "start the list on a line of its own, below its key",
}
#: The marker that git leaves in a file with a merge conflict.
_MERGE = re.compile(r"^<{7} .*$", re.MULTILINE)
#: Characters that look like spaces and are not spaces to YAML.
_NO_SPACE = re.compile("[\u00a0\u2000-\u200d\u202f\u205f\u2060\u3000]")
_OPENED = {"while parsing a flow sequence": "[", "while parsing a flow mapping": "{"}
#: A comment that looks like a menu's key: on a line of its own, with its steps; in braces.
_HASH_LINE = re.compile(r"^[ \t]+(#)[ \t]*:[ \t]*(?:[\[{]|\n[ \t]+- )", re.MULTILINE)
_HASH_IN_BRACES = re.compile(r"^[^#\n]*[{,][ \t]*(#)[ \t]*:[ \t]*[\[{]", re.MULTILINE)
_ITEM = re.compile(r"( *)- ")
_LINE = re.compile(r"( *)[^\s#]")
#: Two letters in a row in Windows-1251: a sign of that encoding.
_CYRILLIC_1251 = re.compile(rb"[\xc0-\xff\xa8\xb8\xaa\xba\xaf\xbf\xb2\xb3\xa5\xb4]{2}")

#: Line, column, path, message, hint.
Found = tuple[int, int, str, str, str]


def not_utf8(file: str, text: bytes, error: UnicodeDecodeError) -> Problem:
    """The location of the byte that is not UTF-8, and the command that converts the file."""
    line = text.count(b"\n", 0, error.start) + 1
    before = text[text.rfind(b"\n", 0, error.start) + 1 : error.start]
    column = len(before.decode("utf-8", "replace")) + 1
    encoding, looks = _encoding(text)
    message = f"not UTF-8 text: byte {text[error.start]:#04x}{looks}"
    name = file.rpartition("/")[2]
    return Problem(file, line, column, "", message, f"convert it: `iconv -f {encoding} -t UTF-8 {name} > new`")


def _encoding(text: bytes) -> tuple[str, str]:
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "UTF-16", "; it looks like UTF-16"
    if _CYRILLIC_1251.search(text):
        return "WINDOWS-1251", "; it looks like Windows-1251"
    return "WINDOWS-1252", ""


def unmerged(file: str, text: str) -> Problem | None:
    """The location of a merge conflict that git left in the file."""
    if not (found := _MERGE.search(text)) or not re.search(r"^>{7} ", text, re.MULTILINE):
        return None
    line = text.count("\n", 0, found.start()) + 1
    hint = "resolve it and remove the lines `<<<<<<<`, `=======` and `>>>>>>>`"
    return Problem(file, line, 1, "", "an unresolved merge conflict of git", hint)


def commented_key(file: str, text: str) -> Problem | None:
    """An unquoted phone key ``#``, which YAML silently reads as a comment."""
    if not (found := _HASH_LINE.search(text)):
        return None
    return _commented(file, text, found.start(1))


def _commented(file: str, text: str, at: int) -> Problem:
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    message = "`#` starts a comment: the rest of the line is ignored"
    return Problem(file, line, column, "", message, 'put the key in quotes: `"#": [...]`')


def not_yaml(file: str, text: str, error: yaml.MarkedYAMLError) -> Problem:
    """The mistake, at its location."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    reason = (error.problem or error.context or "").strip()
    if "another document" in reason:
        return Problem(file, line, column, "", "a second document starts here", "a file holds one: remove `---`")
    if found_key := _HASH_IN_BRACES.search(text):
        return _commented(file, text, found_key.start(1))
    lines = text.split("\n")
    for look in _LOOKS:
        if found := look(error, lines, line):
            return Problem(file, *found)
    hint = next((hint for beginning, hint in _HINTS.items() if reason.startswith(beginning)), "")
    return Problem(file, line, column, "", f"not YAML: {reason}", hint)


def _bracket(error: yaml.MarkedYAMLError, lines: list[str], line: int) -> Found | None:
    bracket, mark = _OPENED.get(error.context or ""), error.context_mark
    if error.context == "while parsing a flow node" and line > len("\n".join(lines).rstrip().split("\n")):
        bracket, mark = _still_open("\n".join(lines))
    if bracket is None or mark is None:
        return None
    closing = {"[": "]", "{": "}"}[bracket]
    hint = f"add `{closing}` where it ends; line {min(line, len(lines))} cannot be part of it"
    return mark.line + 1, mark.column + 1, "", f"the `{bracket}` that opens here is not closed", hint


def _still_open(text: str) -> tuple[str | None, yaml.Mark | None]:
    """The innermost bracket that is still open at the end of a text."""
    opened: list[tuple[str, yaml.Mark]] = []
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken):
                opened.append(("{" if isinstance(token, yaml.FlowMappingStartToken) else "[", token.start_mark))
            elif isinstance(token, yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken) and opened:
                opened.pop()
    except yaml.YAMLError:
        pass
    return opened[-1] if opened else (None, None)


def _quote(error: yaml.MarkedYAMLError, lines: list[str], line: int) -> Found | None:
    """A quote that is never closed, or only by another quote lines below."""
    if error.context == "while scanning a quoted scalar" and error.context_mark is not None:
        mark = error.context_mark
        return mark.line + 1, mark.column + 1, "", "the quote that opens here is not closed", _close(lines, mark.line)
    for start, end in _quoted("\n".join(lines)):
        if start.line < end.line and line - 1 in (end.line, end.line + 1):
            message = f"the quote that opens here is only closed in line {end.line + 1}"
            return start.line + 1, start.column + 1, "", message, _close(lines, start.line)
    return None


def _close(lines: list[str], at: int) -> str:
    return f"close it at the end of the line: `{lines[at].strip()[-30:]}`"


def _quoted(text: str) -> Iterator[tuple[yaml.Mark, yaml.Mark]]:
    """Start and end of every quoted text, as far as the file can be read."""
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.ScalarToken) and token.style in ("'", '"'):
                yield token.start_mark, token.end_mark
    except yaml.YAMLError:
        return


def _indented(error: yaml.MarkedYAMLError, lines: list[str], line: int) -> Found | None:
    """A line that is indented more, or less, than its sibling above."""
    at = min(line, len(lines)) - 1
    here = _LINE.match(lines[at])
    above = next((n for n in range(at - 1, -1, -1) if _LINE.match(lines[n])), None)
    if here is None or above is None:
        return None
    item, item_above = _ITEM.match(lines[at]), _ITEM.match(lines[above])
    own, other = len(here[1]), _depth(lines[above])
    if own == other or (item is None) != (item_above is None):
        return None
    if item is None and (own < other or not re.search(r":\s+\S", lines[above])):
        return None
    what = "list item" if item else "line"
    if own < other and any(_depth(each) == own for each in lines[:above] if _ITEM.match(each)):
        return None
    message = f"this {what} is indented {'deeper' if own > other else 'less'} than the one above"
    return at + 1, own + 1, "", message, f"start it in column {other + 1}, as line {above + 1}"


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _letter(error: yaml.MarkedYAMLError, lines: list[str], line: int) -> Found | None:
    """A character that YAML wants quoted or replaced here: a tab, ``@``, ``*``."""
    mark = error.problem_mark
    if mark is None or mark.line >= len(lines):
        return None
    rest = lines[mark.line][mark.column :]
    column = mark.column + 1
    if "tab character" in (error.problem or "") or (
        "cannot start any token" in (error.problem or "") and rest[:1] == "\t"
    ):
        return line, column, "", "a tab is not allowed here", "indent YAML with spaces"
    if "cannot start any token" in (error.problem or ""):
        return line, column, "", f"text must not start with `{rest[:1]}`", f'put it in quotes: "{rest.rstrip(",]} ")}"'
    if "alias" in f"{error.context} {error.problem}":
        at = lines[mark.line].rfind("*", 0, mark.column + 1)
        word = (re.match(r"\*[^\s,:\]}]*", lines[mark.line][at:]) or [rest])[0]
        if word == "*":
            return line, at + 1, "", "`*` must be in quotes", 'write `"*"`'
        hint = f'put text that starts with `*` in quotes: "{word}"'
        return line, at + 1, "", f"`{word}` refers to `&{word[1:]}`, which this file does not define above", hint
    return None


def _unseen(error: yaml.MarkedYAMLError, lines: list[str], line: int) -> Found | None:
    """A character that looks like a space, on the line where the parser stopped or the one before."""
    for at in (line, line - 1):
        if 1 <= at <= len(lines) and (found := _NO_SPACE.search(lines[at - 1])):
            name = unicodedata.name(found[0], "unknown")
            message = f"this character only looks like a space: U+{ord(found[0]):04X}, {name}"
            return at, found.start() + 1, "", message, "write an ordinary space"
    return None


def _dash(error: yaml.MarkedYAMLError, lines: list[str], line: int) -> Found | None:
    """``-ring:``, a list item without its space."""
    if not any(phrase in (error.problem or "") for phrase in ("'-' indicator", "expected ':'")):
        return None
    for at in (line, line - 1):
        if 1 <= at <= len(lines) and (found := re.match(r"( *)-([^\s-].*)", lines[at - 1])):
            break
    else:
        return None
    return at, len(found[1]) + 1, "", "a space is missing after the `-`", f"write `- {found[2]}`"


_LOOKS: tuple[Callable[[yaml.MarkedYAMLError, list[str], int], Found | None], ...] = (
    _letter, _unseen, _dash, _bracket, _quote, _indented,
)  # fmt: skip
