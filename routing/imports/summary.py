"""The report of an import as text: what came over, what did not, what the project says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from routing.imports.draft import ImportDraft
from routing.imports.report import LOST
from routing.model.problem import counted

MOST_SHOWN = 40


@dataclass(frozen=True)
class ImportOutcome:
    """What the compiler, the lints and the derived tests say of the project."""

    problems: list[str]
    lints: int = 0
    failed: list[str] = field(default_factory=list)
    tests: int = 0


def report_text(draft: ImportDraft, outcome: ImportOutcome) -> str:
    """The whole report."""
    return "\n".join([*_lines(draft, outcome)]) + "\n"


def _lines(draft: ImportDraft, outcome: ImportOutcome) -> Iterator[str]:
    yield f"Imported from {draft.system}: {_counts(draft)}."
    yield ""
    yield from draft.report.lines()
    yield from _sounds(draft)
    yield from _outcome(outcome)
    if not draft.report.count(LOST):
        yield "Everything that was read has been carried over."


def _counts(draft: ImportDraft) -> str:
    numbers = sum(len(scheme.numbers) for scheme in draft.schemes.values())
    counts = (
        (len(draft.people), "person", "people"),
        (len(draft.schemes), "scheme", "schemes"),
        (numbers, "number", "numbers"),
        (len(draft.calendars), "calendar", "calendars"),
        (len(draft.gateways), "trunk", "trunks"),
    )
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in counts)


def _sounds(draft: ImportDraft) -> Iterator[str]:
    missing = {path: origin for path, origin in draft.sounds.items() if path not in draft.recordings}
    if not missing:
        return
    yield f"Recordings to copy ({len(missing)}): a short tone stands in their place below schemes/sounds/"
    yield from (f"  {path}: was {origin}" for path, origin in list(missing.items())[:MOST_SHOWN])
    if len(missing) > MOST_SHOWN:
        yield f"  ... and {len(missing) - MOST_SHOWN} more"
    yield ""


def _outcome(outcome: ImportOutcome) -> Iterator[str]:
    if outcome.problems:
        yield f"The project does not compile yet ({counted(len(outcome.problems), 'problem')}):"
        yield from (f"  {problem}" for problem in outcome.problems[:MOST_SHOWN])
        return
    passed = outcome.tests - len(outcome.failed)
    yield f"The project compiles; {passed} of its {counted(outcome.tests, 'derived test')} pass."
    yield from (f"  look by hand at: {name}" for name in outcome.failed[:MOST_SHOWN])
    if outcome.lints:
        yield f"`routing check` finds {counted(outcome.lints, 'doubtful thing')} in it."
