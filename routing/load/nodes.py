"""YAML text to plain data, with the place of every key and value; the only reader of YAML.

Scalars resolve as in YAML 1.2: ``no``, ``09:00`` and dates stay text, keys are always text. Refused: tags, duplicate
keys, several documents, anchors that multiply, depth and size beyond any scheme. Knows nothing of schemes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

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
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_PLAIN_TAGS = {
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp", "merge", "value")
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ufeff]")
#: libyaml's composer recurses in C: text that could nest deeply is first walked without recursion.
_MAY_NEST = re.compile(r"(?:[\[{][^\]}]*){30}|^[ \-?:]{80}", re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """One YAML file: its data and the way back from a place in the data to a line of the file."""

    file: str
    data: Any
    root: yaml.Node | None

    def problem(self, loc: Loc, message: str, hint: str = "", *, at_key: bool = False) -> Problem:
        """A problem at a place in the data; ``at_key`` points at the mapping key instead of its value.

        Parts of ``loc`` that the text does not have (a shorthand's inner name) are passed over.
        """
        mark, shown = self._find(loc, at_key)
        return Problem(self.file, mark.line + 1, mark.column + 1, dotted(shown), message, hint)

    def _find(self, loc: Loc, at_key: bool) -> tuple[yaml.Mark, Loc]:
        node = self.root
        if node is None:
            return yaml.Mark(self.file, 0, 0, 0, "", 0), ()
        mark, shown = _start(node), []
        for part in loc:
            found = _child(node, part)
            if found is None:
                continue
            key, node = found
            shown.append(part)
            mark = _start(key if at_key and part == loc[-1] else node)
        return mark, tuple(shown)


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
    """Parse one file. Raises Problems with every fault of its YAML."""
    try:
        node = _compose(file, text)
    except UnicodeDecodeError as error:
        raise Problems(
            [Problem(file, 1, 1, "", f"not UTF-8 text: byte {error.start} is {text[error.start]:#04x}")]
        ) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise Problems([Problem(file, line, column, "", f"not YAML: {error.problem or error.context}")]) from None
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
    decoded = text.decode("utf-8")
    if control := _CONTROL.search(decoded):
        line = decoded.count("\n", 0, control.start()) + 1
        column = control.start() - decoded.rfind("\n", 0, control.start())
        raise Problems([Problem(file, line, column, "", f"control character U+{ord(control[0]):04X}")])
    if _MAY_NEST.search(decoded):
        _refuse_deep(file, decoded)
    return yaml.compose(decoded, Loader=_Loader)


def _refuse_deep(file: str, text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            mark = event.start_mark
            assert mark is not None
            raise Problems([Problem(file, mark.line + 1, mark.column + 1, "", f"nested deeper than {DEEPEST} levels")])


class _Builder:
    """Plain data from nodes, collecting problems on the way."""

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
            raise Problems([self._problem(node, loc, what)])
        if node.tag not in _PLAIN_TAGS:
            self.problems.append(self._problem(node, loc, f"tag `{node.tag}` is not allowed", "write plain values"))
            return None
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
                self.problems.append(self._problem(key, loc, "a key must be a plain word"))
                continue
            name = str(key.value)
            if name in data:
                self.problems.append(self._problem(key, (*loc, name), f"key `{name}` stands twice in one mapping"))
            data[name] = self.build(value, (*loc, name), depth + 1)
        return data

    def _problem(self, node: yaml.Node, loc: Loc, message: str, hint: str = "") -> Problem:
        mark = _start(node)
        return Problem(self.file, mark.line + 1, mark.column + 1, dotted(loc), message, hint)


def _scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if node.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text) and not re.match(r"[-+]?0\d", text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
