"""What libyaml says of a text that is no YAML, as the mistake that it mostly is, at the place where it was made.

The parser notices a quote, a bracket or an indentation where it can go no further; the author must look where it began.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

import yaml

from routing.model.problem import Problem

#: What libyaml says and what it mostly means.
_HINTS = {
    "mapping values are not allowed in this context": "quote text that holds `: `; check the line's indentation",
    "could not find expected ':'": "check the line before: a key needs `:` after it",
    "did not find expected key": "check the indentation, and that every quote and bracket is closed",
    "found unexpected end of stream": "a quote is not closed",
    "did not find expected '-' indicator": "this line stands in a list: begin it with `- `, or indent it less",
    "did not find expected node content": "a value is missing before this place, or a bracket is not closed",
    "did not find expected <document start>": "one file, one document: remove `...` and what follows it",
    "block sequence entries are not allowed": "begin the list in a line of its own, below its key",
}
#: What git leaves in a file that it could not merge.
_MERGE = re.compile(r"^<{7} .*$", re.MULTILINE)
#: Spaces that are none to YAML, and look as if they were.
_NO_SPACE = re.compile("[\u00a0\u2000-\u200d\u202f\u205f\u2060\u3000]")
_OPENED = {"while parsing a flow sequence": "[", "while parsing a flow mapping": "{"}
#: A comment that looks like the key of a menu: in a line of its own, with its steps; in braces.
_HASH_LINE = re.compile(r"^[ \t]+(#)[ \t]*:[ \t]*(?:[\[{]|\n[ \t]+- )", re.MULTILINE)
_HASH_IN_BRACES = re.compile(r"^[^#\n]*[{,][ \t]*(#)[ \t]*:[ \t]*[\[{]", re.MULTILINE)
_ITEM = re.compile(r"( *)- ")
_LINE = re.compile(r"( *)[^\s#]")
#: Encodings that files come in which are no UTF-8: how they begin, or which of their letters stand together.
_CYRILLIC_1251 = re.compile(rb"[\xc0-\xff\xa8\xb8\xaa\xba\xaf\xbf\xb2\xb3\xa5\xb4]{2}")

#: Line, column, path, message, hint.
Found = tuple[int, int, str, str, str]


def not_utf8(file: str, text: bytes, error: UnicodeDecodeError) -> Problem:
    """The byte that is no UTF-8, where it stands, and the command that converts the file."""
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
    """Where git left both sides of a change for somebody to choose."""
    if not (found := _MERGE.search(text)) or not re.search(r"^>{7} ", text, re.MULTILINE):
        return None
    line = text.count("\n", 0, found.start()) + 1
    hint = "keep one side, or both as they should be, and remove the lines `<<<<<<<`, `=======` and `>>>>>>>`"
    return Problem(file, line, 1, "", "a merge of git was left unfinished here", hint)


def commented_key(file: str, text: str) -> Problem | None:
    """The key ``#`` of a phone without its quotes, which YAML takes for a comment and leaves out without a word."""
    if not (found := _HASH_LINE.search(text)):
        return None
    return _commented(file, text, found.start(1))


def _commented(file: str, text: str, at: int) -> Problem:
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    message = "`#` begins a comment: what stands behind it is not read"
    return Problem(file, line, column, "", message, 'the key of a phone is written in quotes, `"#": [...]`')


def not_yaml(file: str, text: str, error: yaml.MarkedYAMLError) -> Problem:
    """What is wrong, at its place."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    reason = (error.problem or error.context or "").strip()
    if "another document" in reason:
        return Problem(file, line, column, "", "a second document begins here", "one file, one document: remove `---`")
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
    hint = f"add `{closing}` where it ends; line {min(line, len(lines))} does not go on with it"
    return mark.line + 1, mark.column + 1, "", f"the `{bracket}` that opens here is not closed", hint


def _still_open(text: str) -> tuple[str | None, yaml.Mark | None]:
    """The innermost bracket that is open where a text ends."""
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
    """A quote that the text ends in, or that was closed by the next one, lines below."""
    if error.context == "while scanning a quoted scalar" and error.context_mark is not None:
        mark = error.context_mark
        return mark.line + 1, mark.column + 1, "", "the quote that opens here is not closed", _close(lines, mark.line)
    for start, end in _quoted("\n".join(lines)):
        if start.line < end.line and line - 1 in (end.line, end.line + 1):
            message = f"the quote that opens here is closed in line {end.line + 1} only"
            return start.line + 1, start.column + 1, "", message, _close(lines, start.line)
    return None


def _close(lines: list[str], at: int) -> str:
    return f"close it at the end of the line: `{lines[at].strip()[-30:]}`"


def _quoted(text: str) -> Iterator[tuple[yaml.Mark, yaml.Mark]]:
    """Where quoted text begins and ends, as far as the text can be read."""
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.ScalarToken) and token.style in ("'", '"'):
                yield token.start_mark, token.end_mark
    except yaml.YAMLError:
        return


def _indented(error: yaml.MarkedYAMLError, lines: list[str], line: int) -> Found | None:
    """A line that stands further in, or out, than the one above it whose neighbour it should be."""
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
    return at + 1, own + 1, "", message, f"begin it in column {other + 1}, as line {above + 1}"


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _letter(error: yaml.MarkedYAMLError, lines: list[str], line: int) -> Found | None:
    """A letter that stands where YAML wants it quoted, or wants another one: a tab, ``@``, ``*``."""
    mark = error.problem_mark
    if mark is None or mark.line >= len(lines):
        return None
    rest = lines[mark.line][mark.column :]
    column = mark.column + 1
    if "tab character" in (error.problem or "") or (
        "cannot start any token" in (error.problem or "") and rest[:1] == "\t"
    ):
        return line, column, "", "a tab stands here", "YAML is indented with spaces"
    if "cannot start any token" in (error.problem or ""):
        return line, column, "", f"text may not begin with `{rest[:1]}`", f'put it in quotes: "{rest.rstrip(",]} ")}"'
    if "alias" in f"{error.context} {error.problem}":
        at = lines[mark.line].rfind("*", 0, mark.column + 1)
        word = (re.match(r"\*[^\s,:\]}]*", lines[mark.line][at:]) or [rest])[0]
        if word == "*":
            return line, at + 1, "", "`*` must be in quotes", 'it is the key of a phone, `"*"`, or begins a text'
        hint = f'a text that begins with `*` is written in quotes: "{word}"'
        return line, at + 1, "", f"`{word}` refers to no `&{word[1:]}` before it in this file", hint
    return None


def _unseen(error: yaml.MarkedYAMLError, lines: list[str], line: int) -> Found | None:
    """A space that is none, in the line where the parser stopped or in the one before."""
    for at in (line, line - 1):
        if 1 <= at <= len(lines) and (found := _NO_SPACE.search(lines[at - 1])):
            name = unicodedata.name(found[0], "unknown")
            message = f"a character that looks like a space stands here: U+{ord(found[0]):04X}, {name}"
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
    return at, len(found[1]) + 1, "", "a space is missing behind the `-`", f"write `- {found[2]}`"


_LOOKS: tuple[Callable[[yaml.MarkedYAMLError, list[str], int], Found | None], ...] = (
    _letter, _unseen, _dash, _bracket, _quote, _indented,
)  # fmt: skip
