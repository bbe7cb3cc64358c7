"""What a compiled dialplan file refers to and depends on, read from its text without running a call.

For tools that compare or draw releases. Pure: text in, facts out; knows nothing of the compiler.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from routing.model.talk_keys import REALM
from routing.offline.argument import separate
from routing.offline.dialogue import DigitPrompt, parse_question
from routing.offline.document import FieldTest, ParsedAction, ParsedCondition, ParsedExtension, Times, parse

#: A file of the release named in an action: ``${routing_release}/calendars/office.xml``.
_NAMED = re.compile(r"\$\{routing_release\}/([A-Za-z0-9_./$-]+)")
_CALENDAR = re.compile(r"\$\{routing_release\}/(calendars/[a-z0-9_]+\.xml)")
_CAPTURE = re.compile(r"\$\d")
_ZONE = re.compile(r"(?:^|\|)timezone=([^|]+)")
_BRACKETS = re.compile(r"[\[{]([^\[\]{}]*(?:\$\{[^}]*\}[^\[\]{}]*)*)[\]}]")


@lru_cache(maxsize=4096)
def referred(text: str) -> frozenset[str]:
    """Files of the release that a file's text names; a part that depends on the call is ``*``: ``people/*.xml``.

    Searches the text without parsing it: a thousand files take milliseconds.
    """
    return frozenset(_CAPTURE.sub("*", name) for name in _NAMED.findall(text))


@dataclass(frozen=True)
class DialplanInputs:
    """What the path of a call through a file depends on.

    ``tests``: (field, expression); ``times``: time attributes with the zone they are read in, "" for the switch's own;
    ``calendars``: (file, zone) of every calendar; ``questions``: the prompts for digits;
    ``keys``: what a waiting caller may press at any moment.
    """

    tests: frozenset[tuple[str, str]]
    times: frozenset[tuple[Times, str]]
    calendars: frozenset[tuple[str, str]]
    questions: tuple[DigitPrompt, ...]
    keys: frozenset[str]


#: Those of a file that is not there.
NO_INPUTS = DialplanInputs(frozenset(), frozenset(), frozenset(), (), frozenset())


@lru_cache(maxsize=4096)
def inputs_of(text: str) -> DialplanInputs:
    """The inputs of a compiled file. Raises BadDialplan."""
    tests: set[tuple[str, str]] = set()
    times: set[tuple[Times, str]] = set()
    calendars: set[tuple[str, str]] = set()
    questions: list[DigitPrompt] = []
    keys: set[str] = set()
    for extension in _extensions(text):
        zone = ""
        for action in _actions(extension.conditions):
            zone = _zone(action) or zone
            if found := _CALENDAR.search(action.data):
                calendars.add((found[1], zone))
            elif action.application == "play_and_get_digits":
                questions.append(parse_question(action.data))
            elif action.application == "bind_digit_action":
                realm, key, *_ = action.data.split(",")
                keys |= {key} if realm != REALM else set()  # no key of the caller
        for test in _tests(extension.conditions):
            if test.field:
                tests.add((test.field, test.expression))
            if test.times:
                times.add((test.times, zone))
    return DialplanInputs(frozenset(tests), frozenset(times), frozenset(calendars), tuple(questions), frozenset(keys))


@lru_cache(maxsize=4096)
def assigned(text: str) -> frozenset[tuple[str, str]]:
    """Every variable that a file sets, with its value, on the caller's leg or in a dial string. Raises BadDialplan."""
    found: set[tuple[str, str]] = set()
    for extension in _extensions(text):
        for action in _actions(extension.conditions):
            found.update(_assignments(action))
    return frozenset(found)


def _assignments(action: ParsedAction) -> Iterator[tuple[str, str]]:
    pairs: list[str] = []
    if action.application in ("set", "export"):
        pairs = [action.data.removeprefix("nolocal:")]
    elif action.application == "multiset":
        pairs = action.data.removeprefix("^^|").split("|")
    elif action.application in ("bridge", "limit_execute"):
        pairs = [pair for inside in _BRACKETS.findall(action.data) for pair in separate(inside, ",")]
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if equals:
            yield name, value.strip("'")


def _zone(action: ParsedAction) -> str:
    found = _ZONE.search(action.data.removeprefix("^^")) if action.application in ("set", "multiset") else None
    return found[1] if found else ""


def _extensions(text: str) -> Iterator[ParsedExtension]:
    for _, extensions in parse(text).contexts:
        yield from extensions


def _actions(conditions: tuple[ParsedCondition, ...]) -> Iterator[ParsedAction]:
    for condition in conditions:
        yield from condition.actions
        yield from condition.anti_actions
        yield from _actions(condition.nested)


def _tests(conditions: tuple[ParsedCondition, ...]) -> Iterator[FieldTest]:
    for condition in conditions:
        yield condition.test
        yield from condition.regexes
        yield from _tests(condition.nested)
