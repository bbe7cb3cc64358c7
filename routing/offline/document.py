"""A dialplan file as FreeSWITCH reads it: contexts, extensions, conditions, actions, frozen and shareable.

Parsing follows mod_dialplan_xml: the first ``section`` named ``dialplan``, contexts by name in any case, conditions and
their nested conditions in order. Entity declarations are refused. Knows nothing of calls.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

TIME_ATTRIBUTES = (
    "date-time", "year", "yday", "mon", "mday", "week", "mweek", "wday",
    "hour", "minute", "minute-of-day", "time-of-day", "tz-offset", "dst",
)  # fmt: skip

#: An expression that matches one number, with or without a line break after it.
_LITERAL = re.compile(r"\^((?:\w|\\[.*#+-])+)\$", re.ASCII)
Times = tuple[tuple[str, str], ...]


class BadDialplan(ValueError):
    """FreeSWITCH cannot read the text as a dialplan."""


@dataclass(frozen=True)
class ParsedAction:
    """One ``action`` or ``anti-action``."""

    application: str
    data: str
    inline: bool = False
    loop: int = 1


@dataclass(frozen=True)
class FieldTest:
    """The test of a condition, or of one ``regex`` in it: a field against an expression, and times."""

    field: str | None
    expression: str
    times: Times


@dataclass(frozen=True)
class ParsedCondition:
    """A condition with its actions; ``breaks`` is on-false, on-true, always or never."""

    test: FieldTest
    breaks: str
    rule: str | None
    regexes: tuple[FieldTest, ...]
    actions: tuple[ParsedAction, ...]
    anti_actions: tuple[ParsedAction, ...]
    nested: tuple[ParsedCondition, ...]
    require_nested: bool


@dataclass(frozen=True)
class ParsedExtension:
    """An extension; ``goes_on`` is its attribute ``continue``.

    ``only``: the one number that its first condition matches, where it begins with such a condition; for any other
    number the extension can be skipped.
    """

    name: str
    goes_on: bool
    conditions: tuple[ParsedCondition, ...]
    only: str | None = None


@dataclass(frozen=True)
class ParsedDialplan:
    """The contexts of one file, in order."""

    contexts: tuple[tuple[str, tuple[ParsedExtension, ...]], ...]

    def context(self, name: str) -> tuple[ParsedExtension, ...] | None:
        """The extensions of a context by name in any case, else those of ``global``, else None."""
        for searched in (name.lower(), "global"):
            for found, extensions in self.contexts:
                if found.lower() == searched:
                    return extensions
        return None


@dataclass
class _Node:
    tag: str
    attributes: dict[str, str]
    children: list[_Node] = field(default_factory=list)
    text: str = ""

    def named(self, tag: str) -> list[_Node]:
        return [child for child in self.children if child.tag == tag]


@lru_cache(maxsize=4096)
def parse(text: str, included: bool = False) -> ParsedDialplan:
    """Parse a dialplan file. Raises BadDialplan. Cached by content: a release's files are parsed once.

    ``included``: a file that FreeSWITCH's configuration includes into its dialplan section (``<include>``);
    a file named by a transfer must hold the section itself.
    """
    root = _tree(text)
    sections = [_Node("section", {"name": "dialplan"}, root.children)] if included else []
    for section in [*root.named("section"), *sections]:
        if section.attributes.get("name", "").lower() == "dialplan":
            return ParsedDialplan(
                tuple((node.attributes.get("name", ""), _extensions(node)) for node in section.named("context"))
            )
    raise BadDialplan("no section named dialplan")


def _tree(text: str) -> _Node:
    top = _Node("", {})
    stack = [top]

    def start(tag: str, attributes: dict[str, str]) -> None:
        node = _Node(tag, attributes)
        stack[-1].children.append(node)
        stack.append(node)

    def characters(data: str) -> None:
        stack[-1].text += data

    def refuse(*_: object) -> None:
        raise BadDialplan("entity declarations are refused")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _tag: stack.pop()
    parser.CharacterDataHandler = characters
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise BadDialplan(str(error)) from error
    return top.children[0]


def _extensions(context: _Node) -> tuple[ParsedExtension, ...]:
    return tuple(_extension(node) for node in context.named("extension"))


def _extension(node: _Node) -> ParsedExtension:
    conditions = tuple(_condition(child) for child in node.named("condition"))
    goes_on = is_true(node.attributes.get("continue"))
    return ParsedExtension(node.attributes.get("name", "_anon_"), goes_on, conditions, _only(conditions))


def _only(conditions: tuple[ParsedCondition, ...]) -> str | None:
    """The number of ``^1\\.open$``, when the extension ends at this condition for every other number."""
    if not conditions:
        return None
    first = conditions[0]
    leaves = first.breaks == "on-false" and first.rule is None and not (first.anti_actions or first.test.times)
    found = _LITERAL.fullmatch(first.test.expression) if leaves and first.test.field == "destination_number" else None
    return found[1].replace("\\", "") if found else None


def _condition(node: _Node) -> ParsedCondition:
    attributes = node.attributes
    breaks = attributes.get("break", "").lower()
    nest = attributes.get("require-nested")
    return ParsedCondition(
        test=_test(node),
        breaks=breaks if breaks in ("on-true", "always", "never") else "on-false",
        rule=attributes["regex"].lower() if "regex" in attributes else None,
        regexes=tuple(_test(child) for child in node.named("regex")),
        actions=tuple(_action(child) for child in node.named("action")),
        anti_actions=tuple(_action(child) for child in node.named("anti-action")),
        nested=tuple(_condition(child) for child in node.named("condition")),
        require_nested=nest is None or is_true(nest),
    )


def _test(node: _Node) -> FieldTest:
    attributes = node.attributes
    inner = node.named("expression")
    return FieldTest(
        attributes.get("field"),
        inner[0].text if inner else attributes.get("expression", ""),
        tuple((name, attributes[name]) for name in TIME_ATTRIBUTES if name in attributes),
    )


def _action(node: _Node) -> ParsedAction:
    attributes = node.attributes
    return ParsedAction(
        attributes.get("application", ""),
        node.text.strip() or attributes.get("data", ""),
        is_true(attributes.get("inline")),
        int(attributes.get("loop", "1")),
    )


def is_true(value: str | None) -> bool:
    """Whether FreeSWITCH reads the text as true."""
    if not value:
        return False
    if value.lower() in ("yes", "on", "true", "t", "enabled", "active", "allow"):
        return True
    return value.lstrip("+-").isdigit() and int(value) != 0
