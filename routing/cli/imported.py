"""Writes an imported project: checked and tested in a folder of its own first, then put in its place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from routing.cli.check import checked_folder
from routing.cli.opened import opened
from routing.cli.scratch import scratch
from routing.cli.secrets import add_missing
from routing.cli.spread import spread
from routing.compile.build import needed
from routing.imports.draft import ImportDraft
from routing.imports.project_files import files_of, schema_text
from routing.imports.report import LOST
from routing.imports.summary import ImportOutcome, report_text
from routing.load.schema import json_schema
from routing.model.problem import Problems
from routing.process.temporary import temporary
from routing.testing.names import Names
from routing.testing.read import checked, files_below
from routing.testing.run import CaseResult
from routing.testing.schema import schema_of_tests

REPORT = "REPORT.txt"


def write_project(draft: ImportDraft, into: Path, strict: bool) -> None:
    """The project, its report on stdout and in the project; exits with 1 by the rule of `routing import`."""
    files = files_of(draft)
    files["schemes/schema.json"] = schema_text(json_schema())
    files["schemes/tests.schema.json"] = schema_text(schema_of_tests())
    with scratch("routing-import-") as made:
        _write(made, files)
        outcome = _outcome(made / "schemes", draft)
    report = report_text(draft, outcome)
    files[REPORT] = report.encode()
    _put(into, files, draft.passwords, compiles=not outcome.problems)
    click.echo(report, nl=False)
    click.echo(f"Written to {into}: read {into / REPORT}, then run `routing check` and `routing test` there.")
    if outcome.problems or (strict and draft.report.count(LOST)):
        raise SystemExit(1)


def _put(into: Path, files: dict[str, bytes], passwords: dict[str, str], *, compiles: bool) -> None:
    """The whole project in its place, or nothing of it."""
    into.parent.mkdir(parents=True, exist_ok=True)
    with temporary(f".{into.name}-", into.parent) as folder:
        project = folder / into.name
        _write(project, files)
        if compiles:
            add_missing(project / "var" / "secrets", needed(project / "schemes"), {}, passwords)
        project.rename(into)


def _outcome(schemes: Path, draft: ImportDraft) -> ImportOutcome:
    found = checked_folder(schemes, None, None, draft.today)
    if found.problems:
        return ImportOutcome([str(problem) for problem in found.problems])
    results = _tested(schemes)
    failed = [f"{result.case.name}" for result in results if not result.passed]
    return ImportOutcome([], lints=len(found.findings), failed=failed, tests=len(results))


def _tested(schemes: Path) -> Sequence[CaseResult]:
    files = files_below([schemes])
    if not files:
        return []
    with opened(schemes) as published:
        names = Names(published)
        try:
            return spread(checked(files, names), names)
        except Problems:
            return []


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in sorted(files.items()):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
