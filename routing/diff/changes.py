"""From differences to changes, one line each: equal ones are joined over moments, callers and numbers; the worst come
first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from routing.diff.affected import Group
from routing.diff.explore import Difference
from routing.diff.moments import Interval, Kind
from routing.diff.outcome import Outcome
from routing.diff.phrases import before_and_after, target
from routing.diff.scenario import Delta, Scenario
from routing.diff.spans import spans_text

PHONES = frozenset({"answers", "unconfirmed", "others"})
#: Severity of a change, the worst first.
RANKS = ("broken", "lost", "unrung", "other person", "other end", "otherwise", "gained", "detail")

MOST_SHOWN = 6

Special = frozenset[Delta]


@dataclass(frozen=True)
class ChangedCase:
    """Numbers, and the alternative conditions under which their calls differ; none means every call."""

    numbers: tuple[str, ...]
    conditions: tuple[str, ...]

    def __str__(self) -> str:
        several = " or ".join((*self.conditions[:MOST_SHOWN], *more(len(self.conditions))))
        numbers = ", ".join((*self.numbers[:MOST_SHOWN], *more(len(self.numbers))))
        return f"{numbers} {several}" if several else numbers


def more(count: int) -> tuple[str, ...]:
    """A note on items beyond `MOST_SHOWN`; empty without any."""
    return (f"{count - MOST_SHOWN} more",) if count > MOST_SHOWN else ()


@dataclass(frozen=True)
class Change:
    """One line: when, which calls, before and after. ``finding`` is a call that shows it."""

    when: str
    cases: tuple[ChangedCase, ...]
    was: str
    now: str
    rank: str
    finding: Difference

    @property
    def sentence(self) -> str:
        """Which calls, before and after."""
        cases = "; ".join((*map(str, self.cases[:MOST_SHOWN]), *more(len(self.cases))))
        return f"{cases}: was {self.was}; now {self.now}"

    def __str__(self) -> str:
        return f"{self.when}, {self.sentence}"


@dataclass(frozen=True)
class _Line:
    when: str
    numbers: tuple[str, ...]
    specials: tuple[Special, ...]
    finding: Difference
    minutes: int


def changes(findings: Iterable[Difference], kinds: Mapping[Group, Sequence[Kind]]) -> list[Change]:
    """All changes, the important ones first."""
    by_call: dict[tuple[Group, Kind], dict[Special, Difference]] = {}
    for finding in findings:
        by_call.setdefault((finding.group, finding.kind), {})[_special(finding.scenario)] = finding
    kept = [
        (special, finding)
        for calls in by_call.values()
        for special, finding in calls.items()
        if not _explained(special, finding, calls)
    ]
    lines = _together(_over_moments(_without_hands(kept), kinds))
    found: dict[tuple[str, str, str], list[_Line]] = {}
    for line in sorted(lines, key=_importance):
        found.setdefault((line.when, *before_and_after(line.finding.old, line.finding.new)), []).append(line)
    return [_change(same) for same in found.values()]


def _importance(line: _Line) -> tuple[object, ...]:
    rank = RANKS.index(_rank(line.finding))
    plain = frozenset() in line.specials
    hands = any(delta.kind == "hours" for special in line.specials for delta in special)
    return hands, rank, line.finding.group.steps, not plain, -line.minutes, line.numbers


def _special(scenario: Scenario) -> Special:
    typed = (Delta("digits", str(at), key.strip("-") or "nothing") for at, key in enumerate(scenario.digits))
    return frozenset((*scenario.deltas, *typed))


def _explained(special: Special, finding: Difference, calls: Mapping[Special, Difference]) -> bool:
    """Whether a call with fewer circumstances at the same moment already shows this."""
    text, rank = before_and_after(finding.old, finding.new), RANKS.index(_rank(finding))
    for less, plainer in calls.items():
        if less < special:
            if before_and_after(plainer.old, plainer.new) == text:
                return True
            # it matters on one side only: it just adds detail to the simpler call
            one_sided = plainer.old.same(finding.old) or plainer.new.same(finding.new)
            if one_sided and rank >= RANKS.index(_rank(plainer)):
                return True
            if {delta.kind for delta in special - less} <= PHONES and _cut_short(special - less, finding, plainer):
                return True
    return False


def _cut_short(more: Special, finding: Difference, plainer: Difference) -> bool:
    """Whether active phones only cut short the difference that idle phones show."""
    if finding.old.talk == finding.new.talk != "":
        return True
    plainer_marks = _marks(plainer)
    one_sided = {who for kind, who in plainer_marks if kind == "rings"}
    if any(delta.who in one_sided for delta in more if delta.kind in ("answers", "unconfirmed")):
        return True
    return _marks(finding) <= plainer_marks


def _marks(finding: Difference) -> set[tuple[str, str]]:
    """Rings, sounds and endings of one side only."""
    sides = [
        {(entry.what, target(entry)) for entry in side.entries if entry.what in ("rings", "plays", "voicemail", "ends")}
        for side in (finding.old, finding.new)
    ]
    return sides[0] ^ sides[1]


def _without_hands(kept: list[tuple[Special, Difference]]) -> list[tuple[Special, Difference]]:
    """Without differences of manually opened calendars that also show when the calendar opens by itself."""
    usual = {
        (finding.group, special, before_and_after(finding.old, finding.new))
        for special, finding in kept
        if not _by_hand(special)
    }
    return [
        (special, finding)
        for special, finding in kept
        if not _by_hand(special)
        or (finding.group, special - _by_hand(special), before_and_after(finding.old, finding.new)) not in usual
    ]


def _by_hand(special: Special) -> Special:
    return frozenset(delta for delta in special if delta.kind == "hours")


def _over_moments(kept: Iterable[tuple[Special, Difference]], kinds: Mapping[Group, Sequence[Kind]]) -> list[_Line]:
    found: dict[tuple[Group, Special, tuple[str, str]], list[Difference]] = {}
    for special, finding in kept:
        found.setdefault((finding.group, special, before_and_after(finding.old, finding.new)), []).append(finding)
    lines = []
    for (group, special, _), same in found.items():
        chosen: set[Interval] = {part for finding in same for part in finding.kind.intervals}
        every = [part for kind in kinds[group] for part in kind.intervals]
        minutes = sum(finding.kind.minutes for finding in same)
        lines.append(_Line(spans_text(chosen, every), group.numbers, (special,), same[0], minutes))
    return lines


def _together(lines: Iterable[_Line]) -> list[_Line]:
    """Join equal differences of several conditions, then those of several numbers."""
    by_condition: dict[tuple[object, ...], _Line] = {}
    for line in lines:
        key = (line.when, line.numbers, before_and_after(line.finding.old, line.finding.new))
        before = by_condition.get(key)
        specials = (*before.specials, *line.specials) if before else line.specials
        by_condition[key] = _Line(line.when, line.numbers, specials, (before or line).finding, line.minutes)
    by_number: dict[tuple[object, ...], _Line] = {}
    for line in by_condition.values():
        alike = (line.when, frozenset(line.specials), before_and_after(line.finding.old, line.finding.new))
        before = by_number.get(alike)
        numbers = tuple(sorted({*line.numbers, *(before.numbers if before else ())}))
        by_number[alike] = _Line(line.when, numbers, line.specials, (before or line).finding, line.minutes)
    return list(by_number.values())


def _change(lines: Sequence[_Line]) -> Change:
    first = lines[0]
    was, now = before_and_after(first.finding.old, first.finding.new)
    cases = tuple(ChangedCase(line.numbers, _conditions(line)) for line in lines)
    return Change(first.when, cases, was, now, _rank(first.finding), first.finding)


def _conditions(line: _Line) -> tuple[str, ...]:
    conditions = tuple(_conditions_text(special) for special in line.specials)
    return () if "" in conditions else conditions


def _conditions_text(special: Special) -> str:
    order = ("caller", "entity", "hours", "digits")
    place = {kind: index for index, kind in enumerate(order)}
    return ", ".join(str(delta) for delta in sorted(special, key=lambda each: (place.get(each.kind, len(order)), each)))


def _rank(finding: Difference) -> str:
    old, new = finding.old, finding.new
    if new.faults > old.faults:
        return "broken"
    if old.talk and not new.talk:
        return "lost"
    if _kept(old) and not _kept(new):
        return "lost"
    if old.talk != new.talk:
        return "other person" if old.talk else "gained"
    rung = [{target(entry) for entry in side.entries if entry.what == "rings"} for side in (old, new)]
    if rung[0] - rung[1]:
        return "unrung"
    if old.message != new.message:
        return "gained" if new.message else "other end"
    if rung[0] != rung[1]:
        return "gained"
    return "otherwise" if old.entries[-1:] != new.entries[-1:] or _rings(old) != _rings(new) else "detail"


def _kept(outcome: Outcome) -> bool:
    """Whether the caller reached a person or a voicemail."""
    return bool(outcome.talk or outcome.message)


def _rings(outcome: Outcome) -> list[tuple[str, int]]:
    return [(target(entry), entry.lasted_ms // 1000) for entry in outcome.entries if entry.what == "rings"]
