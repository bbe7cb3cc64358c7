"""A comparison as text for a terminal, Markdown for a pull request, JSON for programs. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from routing.diff.changes import Change
from routing.diff.compare import Comparison
from routing.diff.outcome import Outcome
from routing.diff.phrases import target

NOTHING = "No call changes."
#: How bad a change is, in words for people; "" needs none.
MARKS = {
    "broken": "BROKEN",
    "lost": "LOST",
    "unrung": "no longer rung",
    "other person": "other person",
}


def text(found: Comparison, old: str, new: str, schemes: tuple[str, str], verbose: bool = False) -> str:
    """``schemes``: the folders of both sides, for the commands that show a call; None without."""
    lines = [_head(found, old, new), ""]
    for change in found.changes:
        lines.append(f"* {_marked(change)}{change}")
        if verbose:
            lines += ["", *(f"    {line}" for line in _details(change, schemes)), ""]
    if not found.changes:
        lines.append(NOTHING)
    if found.beside:
        lines += ["", "Beside calls:", *(f"* {line}" for line in found.beside)]
    if found.unexplored:
        lines += ["", "Not explored:", *(f"* {line}" for line in found.unexplored)]
    return "\n".join(lines) + "\n"


def markdown(found: Comparison, old: str, new: str, schemes: tuple[str, str], verbose: bool = False) -> str:
    """For a comment on a pull request; both ladders of each change are folded away."""
    lines = ["### What callers will notice", "", _head(found, f"`{old}`", f"`{new}`"), ""]
    if not found.changes:
        lines.append(f"**{NOTHING}**")
    else:
        lines += ["| | When | Calls | Was | Now |", "|---|---|---|---|---|"]
        lines += [_row(change) for change in found.changes]
    if found.beside:
        lines += ["", "**Beside calls**", "", *(f"- {_safe(line)}" for line in found.beside)]
    if verbose:
        for change in found.changes:
            lines += ["", f"<details><summary>{_safe(str(change))}</summary>", "", "```", *_details(change, schemes)]
            lines += ["```", "</details>"]
    if found.unexplored:
        lines += [
            "",
            "<details><summary>Not explored</summary>",
            "",
            *(f"- {_safe(line)}" for line in found.unexplored),
        ]
        lines.append("</details>")
    return "\n".join(lines) + "\n"


def as_json(found: Comparison, old: str, new: str, schemes: tuple[str, str], verbose: bool = False) -> str:
    """One object; ``changes`` in the order of the text."""
    told = {
        "old": old,
        "new": new,
        "differs": found.differs,
        "changes": [_change(change, schemes[1], verbose) for change in found.changes],
        "beside": list(found.beside),
        "numbers": found.numbers,
        "calls": found.explored.calls,
        "not_explored": list(found.unexplored),
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


FORMATS = {"text": text, "markdown": markdown, "json": as_json}


def _head(found: Comparison, old: str, new: str) -> str:
    numbers = f"{found.numbers} number{'' if found.numbers == 1 else 's'} could be concerned"
    changes = f"{len(found.changes)} difference{'' if len(found.changes) == 1 else 's'}"
    return f"{old} -> {new}: {changes}; {numbers}, {found.explored.calls} calls carried."


def _marked(change: Change) -> str:
    return f"{MARKS[change.rank]}: " if change.rank in MARKS else ""


def _row(change: Change) -> str:
    cases = "<br>".join(_safe(str(case)) for case in change.cases)
    mark = MARKS.get(change.rank, "")
    return f"| {mark} | {change.when} | {cases} | {_safe(change.was)} | {_safe(change.now)} |"


def _safe(line: str) -> str:
    """Text that Markdown takes as text."""
    for sign in "\\`*_|<":
        line = line.replace(sign, "&lt;" if sign == "<" else f"\\{sign}")
    return line


def _change(change: Change, schemes: str, verbose: bool) -> dict[str, object]:
    finding = change.finding
    told: dict[str, object] = {
        "rank": change.rank,
        "when": change.when,
        "cases": [{"numbers": list(case.numbers), "conditions": list(case.conditions)} for case in change.cases],
        "was": change.was,
        "now": change.now,
        "trace": finding.scenario.command(schemes),
    }
    if verbose:
        told |= {"old_ladder": list(_ladder(finding.old)), "new_ladder": list(_ladder(finding.new))}
    return told


def _details(change: Change, schemes: tuple[str, str]) -> Iterator[str]:
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
