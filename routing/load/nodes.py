"""From YAML text to plain data, with the location of every key and value; the only reader of YAML.

Scalars resolve as in YAML 1.2: ``no``, ``09:00`` and dates stay text, keys are always text. Refused: tags, duplicate
keys, several documents, anchors that multiply, depth and size beyond any scheme. Knows nothing of schemes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from routing.load.faults import commented_key, not_utf8, not_yaml, unmerged
from routing.model.problem import Loc, Problem, Problems, dotted

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # a PyYAML built without libyaml: the same result, slower
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

LARGEST_BYTES = 1_000_000
DEEPEST = 40
MOST_NODES = 200_000
MOST_PROBLEMS = 50
_INT = re.compile(r"[-+]?\d{1,18}")
_FLOAT = re.compile(r"[-+]?(\d+\.\d*|\.\d+)([eE][-+]?\d+)?")
_CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ufeff]")
#: libyaml's composer recurses in C: text that may nest deeply, or contains tags, is first checked without recursion.
_MAY_NEST = re.compile(r"^[ \-?:]{80}", re.MULTILINE)
_MANY_BRACKETS = 300


@dataclass(frozen=True)
class Document:
    """One YAML file: its data, and the lookup from a location in the data to a line of the file."""

    file: str
    data: Any
    root: yaml.Node | None

    def problem(self, loc: Loc, message: str, hint: str = "", *, at_key: bool = False) -> Problem:
        """A problem at a location in the data; ``at_key`` points at the mapping key instead of its value.

        Parts of ``loc`` that the text does not contain (a shorthand's inner name) are skipped.
        """
        mark, shown, _ = self._find(loc, at_key)
        return Problem(self.file, mark.line + 1, mark.column + 1, dotted(shown), message, hint)

    def lines(self, loc: Loc) -> tuple[int, int]:
        """First and last line of a location in the data, key and trailing blank lines included."""
        first, _, _ = self._find(loc, at_key=True)
        _, _, node = self._find(loc, at_key=False)
        end = node.end_mark if node is not None else None
        if end is None:
            return first.line + 1, first.line + 1
        in_block = isinstance(node, yaml.CollectionNode) and not node.flow_style
        return first.line + 1, max(end.line + (not in_block), first.line + 1)

    def part(self, kind: str) -> dict[str, Any]:
        """The mapping under a top-level key; empty without one."""
        found = self.data.get(kind) if isinstance(self.data, dict) else None
        return found if isinstance(found, dict) else {}

    def _find(self, loc: Loc, at_key: bool) -> tuple[yaml.Mark, Loc, yaml.Node | None]:
        node = self.root
        if node is None:
            return yaml.Mark(self.file, 0, 0, 0, "", 0), (), None
        mark, shown = _start(node), []
        for part in loc:
            found = _child(node, part)
            if found is None and isinstance(node, yaml.MappingNode) and len(node.value) == 1:
                found = _child(node.value[0][1], part)  # the settings of a shorthand: `{ivan: {after: 5s}}`
            if found is None:
                continue
            key, node = found
            shown.append(part)
            mark = _start(key if at_key and part == loc[-1] else node)
        return mark, tuple(shown), node


def _start(node: yaml.Node) -> yaml.Mark:
    mark = node.start_mark
    assert mark is not None  # composed nodes always have one
    return mark


def _child(node: yaml.Node, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    if isinstance(node, yaml.MappingNode) and isinstance(part, str):
        return next(((key, value) for key, value in node.value if key.value == part), None)
    return None


def read(file: str, text: bytes) -> Document:
    """Parse one file. Raises Problems with all its YAML errors."""
    try:
        node = _compose(file, text)
    except UnicodeDecodeError as error:
        raise Problems([not_utf8(file, text, error)]) from None
    except yaml.MarkedYAMLError as error:
        decoded = text.decode("utf-8-sig")
        raise Problems([unmerged(file, decoded) or not_yaml(file, decoded, error)]) from None
    except yaml.YAMLError as error:
        raise Problems([Problem(file, 1, 1, "", f"not YAML: {str(error).splitlines()[0]}")]) from None
    builder = _Builder(file)
    data = builder.build(node, (), 0) if node is not None else None
    if builder.problems:
        raise Problems(builder.problems[:MOST_PROBLEMS])
    return Document(file, data, node)


def _compose(file: str, text: bytes) -> yaml.Node | None:
    if len(text) > LARGEST_BYTES:
        raise Problems(
            [Problem(file, 1, 1, "", f"larger than {LARGEST_BYTES // 1000} kB: no scheme file is that long")]
        )
    decoded = text.decode("utf-8-sig")
    if control := _CONTROL.search(decoded):
        line = decoded.count("\n", 0, control.start()) + 1
        column = control.start() - decoded.rfind("\n", 0, control.start())
        code = f"U+{ord(control[0]):04X}"
        raise Problems([Problem(file, line, column, "", f"control character {code}", "remove it; it is invisible")])
    if "#" in decoded and (commented := commented_key(file, decoded)):
        raise Problems([commented])
    brackets = decoded.count("[") + decoded.count("{")
    if brackets > _MANY_BRACKETS or "!" in decoded or _MAY_NEST.search(decoded):
        _refuse_deep_and_tagged(file, decoded)
    return yaml.compose(decoded, Loader=_Loader)


def _refuse_deep_and_tagged(file: str, text: str) -> None:
    try:
        _walk(file, yaml.parse(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        if "nesting depth" not in str(error.problem):
            raise
        # libyaml reads ahead and has a limit of its own: the pure parser finds where ours is exceeded
        _walk(file, yaml.parse(text, Loader=yaml.SafeLoader))


def _walk(file: str, events: Iterator[yaml.Event]) -> None:
    depth = 0
    tagged = []
    for event in events:
        if tag := str(getattr(event, "tag", None) or "").replace("tag:yaml.org,2002:", "!!"):
            mark = event.start_mark
            assert mark is not None
            message = f"the tag `{tag}` is not allowed"
            tagged.append(Problem(file, mark.line + 1, mark.column + 1, "", message, "write the plain value"))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            mark = event.start_mark
            assert mark is not None
            raise Problems([Problem(file, mark.line + 1, mark.column + 1, "", f"nested deeper than {DEEPEST} levels")])
    if tagged:
        raise Problems(tagged[:MOST_PROBLEMS])


class _Builder:
    """Builds plain data from nodes and collects problems."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._nodes = 0

    def build(self, node: yaml.Node, loc: Loc, depth: int) -> Any:
        self._nodes += 1
        if self._nodes > MOST_NODES or depth > DEEPEST:
            what = (
                f"nested deeper than {DEEPEST} levels" if depth > DEEPEST else "aliases that multiply beyond any scheme"
            )
            raise Problems([self._problem(node, (), what)])
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*loc, index), depth + 1) for index, child in enumerate(node.value)]
        assert isinstance(node, yaml.MappingNode)
        return self._mapping(node, loc, depth)

    def _mapping(self, node: yaml.MappingNode, loc: Loc, depth: int) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                hint = "quote text that starts with `{` or `[`"
                self.problems.append(self._problem(key, loc, "a key must be a plain word", hint))
                continue
            name = str(key.value)
            if name in data:
                self.problems.append(self._problem(key, (*loc, name), f"key `{name}` occurs twice in one mapping"))
            data[name] = self.build(value, (*loc, name), depth + 1)
        return data

    def _problem(self, node: yaml.Node, loc: Loc, message: str, hint: str = "") -> Problem:
        mark = _start(node)
        return Problem(self.file, mark.line + 1, mark.column + 1, dotted(loc), message, hint)


def _scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if node.style:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INT.fullmatch(text) and not re.match(r"[-+]?0\d", text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
