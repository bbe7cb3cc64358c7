"""A comparison as text for a terminal, Markdown for a pull request, JSON for programs. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from routing.diff.changes import MOST_SHOWN, Change, more
from routing.diff.compare import Comparison
from routing.diff.outcome import Outcome
from routing.diff.phrases import target
from routing.model.problem import counted

NOTHING = "No call changes."
#: GitHub takes 65,536, GitLab more.
MOST_CHARACTERS = 60_000
#: Of the old and the new side.
Schemes = tuple[Sequence[str], Sequence[str]]
#: Rank of a change -> its mark for readers; other ranks have none.
MARKS = {
    "broken": "BROKEN",
    "lost": "LOST",
    "unrung": "no longer rung",
    "other person": "other person",
}


def text(found: Comparison, old: str, new: str, schemes: Schemes, verbose: bool = False) -> str:
    """``schemes``: options of ``routing trace`` that open either side, for the commands that show a call."""
    lines = [_head(found, old, new), ""]
    for when, same in _by_moments(found.changes):
        lines += [f"{when}:"] if len(same) > 1 else []
        for change in same:
            lines.append(f"* {_marked(change)}{change.sentence if len(same) > 1 else change}")
            if verbose:
                lines += ["", *(f"    {line}" for line in _details(change, schemes)), ""]
        lines += [""] if len(same) > 1 else []
    if not found.changes:
        lines.append(NOTHING)
    if found.queues:
        lines += [*_space(lines), "Queues, simulated:", *(f"* {line}" for line in found.queues)]
    if found.other_changes:
        lines += [*_space(lines), "Other changes:", *(f"* {line}" for line in found.other_changes)]
    if found.unexplored:
        lines += [*_space(lines), "Not explored:", *(f"* {line}" for line in found.unexplored)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _space(lines: Sequence[str]) -> list[str]:
    return [""] if lines[-1] else []


def _by_moments(changes: Iterable[Change]) -> Iterator[tuple[str, list[Change]]]:
    """Changes grouped by their moments, in the order of the first of each group."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.when, []).append(change)
    yield from found.items()


def markdown(found: Comparison, old: str, new: str, schemes: Schemes, verbose: bool = False) -> str:
    """A comment for a pull request, within the size limit; the ladders of each change are collapsed."""
    lines = ["### What callers will notice", "", _head(found, f"`{old}`", f"`{new}`"), ""]
    last = _folded("Not explored", [f"- {_safe(line)}" for line in found.unexplored]) if found.unexplored else []
    room = MOST_CHARACTERS - sum(map(len, last))
    if not found.changes:
        lines.append(f"**{NOTHING}**")
    else:
        lines += ["| | When | Calls | Was | Now |", "|---|---|---|---|---|"]
        rows, room = _fitting([row for each in _by_moments(found.changes) for row in _rows(*each)], room)
        lines += rows
    if found.queues:
        queues, room = _fitting([f"- {_safe(line)}" for line in found.queues], room)
        lines += ["", "**Queues, simulated**", "", *queues]
    if found.other_changes:
        others, room = _fitting([f"- {_safe(line)}" for line in found.other_changes], room)
        lines += ["", "**Other changes**", "", *others]
    if verbose:
        details = (_folded(_safe(str(each)), ["```", *_details(each, schemes), "```"]) for each in found.changes)
        lines += _fitting(["\n".join(detail) for detail in details], room)[0]
    return "\n".join(lines + last) + "\n"


def _folded(title: str, lines: Sequence[str]) -> list[str]:
    return ["", f"<details><summary>{title}</summary>", "", *lines, "</details>"]


def _fitting(parts: Sequence[str], room: int) -> tuple[list[str], int]:
    """The parts that fit, a note about the others, and the remaining room."""
    for at, part in enumerate(parts):
        room -= len(part) + 1
        if room < 0:
            return [*parts[:at], "", f"... and {len(parts) - at} more: this comment is full."], 0
    return [*parts], room


def as_json(found: Comparison, old: str, new: str, schemes: Schemes, verbose: bool = False) -> str:
    """One object; ``changes`` have the order of the text."""
    report = {
        "old": old,
        "new": new,
        "differs": found.differs,
        "timezone": found.timezone,
        "changes": [_change(change, schemes[1], verbose) for change in found.changes],
        "queues": list(found.queues),
        "beside": list(found.other_changes),
        "numbers": found.numbers,
        "calls": found.explored.calls,
        "not_explored": list(found.unexplored),
    }
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


FORMATS = {"text": text, "markdown": markdown, "json": as_json}


def _head(found: Comparison, old: str, new: str) -> str:
    numbers = f"{counted(found.numbers, 'number')} may be affected"
    changes = counted(len(found.changes), "difference")
    zone = f" Times are {found.timezone}." if found.changes else ""
    return f"{old} -> {new}: {changes}; {numbers}, {counted(found.explored.calls, 'call')} run.{zone}"


def _marked(change: Change) -> str:
    return f"{MARKS[change.rank]}: " if change.rank in MARKS else ""


def _rows(when: str, changes: Sequence[Change]) -> Iterator[str]:
    """Rows of the table; only the first shows the moments."""
    for change in changes:
        cases = "<br>".join((*(_safe(str(case)) for case in change.cases[:MOST_SHOWN]), *more(len(change.cases))))
        mark = MARKS.get(change.rank, "")
        yield f"| {mark} | {when} | {cases} | {_safe(change.was)} | {_safe(change.now)} |"
        when = ""


def _safe(line: str) -> str:
    """Text with Markdown's syntax escaped."""
    for sign in "\\`*_|<":
        line = line.replace(sign, "&lt;" if sign == "<" else f"\\{sign}")
    return line


def _change(change: Change, schemes: Sequence[str], verbose: bool) -> dict[str, object]:
    finding = change.finding
    fields: dict[str, object] = {
        "rank": change.rank,
        "when": change.when,
        "cases": [{"numbers": list(case.numbers), "conditions": list(case.conditions)} for case in change.cases],
        "was": change.was,
        "now": change.now,
        "trace": finding.scenario.command(schemes),
    }
    if verbose:
        fields |= {"old_ladder": list(_ladder(finding.old)), "new_ladder": list(_ladder(finding.new))}
    return fields


def _details(change: Change, schemes: Schemes) -> Iterator[str]:
    finding = change.finding
    for word, side, folder in zip(("was", "now"), (finding.old, finding.new), schemes, strict=True):
        yield f"{word}:  {finding.scenario.command(folder)}"
        yield from _ladder(side)


def _ladder(side: Outcome) -> Iterator[str]:
    for entry in side.entries:
        who = target(entry) if entry.what == "rings" else entry.subject
        lasted = f" {entry.lasted_ms / 1000:.1f} s" if entry.lasted_ms else ""
        yield f"{entry.at_ms / 1000:7.1f}  {entry.what:<9} {who}{lasted} {entry.how}".rstrip()
    yield f"{side.total_ms / 1000:7.1f}  longest silence {side.silence_ms / 1000:.1f} s"
