"""Hunting: matches the extensions of a context against a leg, as ``parse_exten`` of mod_dialplan_xml does.

All conditions are evaluated when the extension is chosen, before any of its actions runs. As in FreeSWITCH: actions of
conditions that passed stay collected when a later condition fails and hunting goes on; a condition with both times and
a field runs its actions when either holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from routing.offline.document import FieldTest, ParsedAction, ParsedCondition, ParsedExtension, is_true
from routing.offline.line import CallerLine
from routing.offline.pattern import BadPattern, Match, perform
from routing.offline.when import matches

Chosen = list[tuple[str, str]]
Inline = Callable[[str, str], None]


def hunt(extensions: Iterable[ParsedExtension], line: CallerLine, inline: Inline) -> Chosen:
    """The applications to run, in order, with ``$1`` substituted; empty when nothing matched.

    ``inline`` runs an action marked ``inline="true"`` at once.
    """
    collector = _Collector(line, inline)
    everything = tuple(extensions)
    if is_true(line.get("auto_hunt")):
        first = line.where.destination_number.lower()
        at = next((i for i, extension in enumerate(everything) if extension.name.lower() == first), 0)
        everything = everything[at:]
    dialled = line.where.destination_number
    every = dialled.endswith("\n")  # `$` matches before it
    for extension in everything:
        if extension.only is not None and extension.only != dialled and not every:
            continue
        if collector.walk(extension.conditions) and not extension.goes_on:
            break
    return collector.chosen


class _Verdict(NamedTuple):
    """Whether a condition's actions run, whether the extension counts as matched, the captures for ``$1``."""

    passed: bool
    proceed: bool
    match: Match | None


class _Collector:
    def __init__(self, line: CallerLine, inline: Inline) -> None:
        self.line = line
        self.inline = inline
        self.chosen: Chosen = []

    def walk(self, conditions: tuple[ParsedCondition, ...], require: bool = True) -> bool:
        """Evaluate conditions in order; True when the extension counts as matched."""
        proceed = False
        for condition in conditions:
            verdict = self._judge(condition, proceed)
            passed, proceed, match = verdict.passed, verdict.proceed, verdict.match
            if passed:
                for action in condition.actions:
                    self._add(action, match.substitute(action.data) if match else action.data)
            else:
                for action in condition.anti_actions:
                    self._add(action, action.data)
                    proceed = True
            if _breaks(condition.breaks, passed):
                break
            if proceed and condition.nested:
                proceed = self.walk(condition.nested, condition.require_nested)
                if not proceed:
                    if condition.breaks == "never":
                        continue
                    break
        return proceed or not require

    def _judge(self, condition: ParsedCondition, before: bool) -> _Verdict:
        on_time = self._on_time(condition.test) if condition.test.times else None
        if condition.rule is not None:
            return self._rule(condition, on_time, before)
        passed = proceed = bool(on_time)
        match = None
        if condition.test.field is not None:
            match = self._match(condition.test)
            proceed = match is not None
            passed = passed or proceed
        elif on_time is None:
            passed = proceed = True
        return _Verdict(passed, proceed, match if "(" in condition.test.expression else None)

    def _rule(self, condition: ParsedCondition, on_time: bool | None, before: bool) -> _Verdict:
        proceed = before if on_time is None else on_time
        every, odd = condition.rule == "all", condition.rule == "xor"
        passes = fails = 0
        kept: Match | None = None
        for place, regex in enumerate(condition.regexes, 1):
            held, match = self._regex(regex)
            if held or regex.field is not None:
                proceed = held
            passes, fails = passes + held, fails + (not held)
            if match and "(" in regex.expression and (every or odd):
                self.line.set(f"DP_REGEX_MATCH_{place}", match.array())
            if match and "(" in regex.expression:
                kept = match
            if (held and not every and not odd) or (not held and every):
                break
        if kept:
            self._warn_undefined(condition)
        passed = bool(on_time) or (passes == 1 if odd else not fails if every else passes > 0)
        return _Verdict(passed, proceed or (kept is not None and (every or odd)), kept)

    def _warn_undefined(self, condition: ParsedCondition) -> None:
        if condition.rule == "any" and any("$1" in action.data for action in condition.actions):
            self.line.note("error", "captures of regex=any are read after they are freed in FreeSWITCH")

    def _regex(self, regex: FieldTest) -> tuple[bool, Match | None]:
        on_time = self._on_time(regex)
        if regex.field is not None:
            match = self._match(regex)
            return match is not None, match
        return on_time is None or on_time, None

    def _match(self, test: FieldTest) -> Match | None:
        field = test.field or ""
        subject = self.line.expand(field) if "$" in field else self.line.where.field(field) or ""
        try:
            return perform(subject, self.line.expand(test.expression))
        except BadPattern as error:
            self.line.note("error", f"bad pattern {error}")
            return None

    def _on_time(self, test: FieldTest) -> bool | None:
        if not test.times:
            return None
        line = self.line
        return matches(test.times, line.moment, line.get("timezone"), line.get("tod_tz_offset"))

    def _add(self, action: ParsedAction, data: str) -> None:
        for _ in range(action.loop):
            if action.inline:
                self.inline(action.application, data)
            else:
                self.chosen.append((action.application, data))


def _breaks(when: str, passed: bool) -> bool:
    return when == "always" or when == ("on-true" if passed else "on-false")
