"""The results of a check as text, JSON and GitHub annotations."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from routing.lint.findings import LintFinding, SchemeFacts
from routing.model.problem import Problem, counted


@dataclass(frozen=True)
class Checked:
    """Problems and findings of a folder, each sorted; file names are relative to the folder, and printed from here."""

    folder: Path
    problems: Sequence[Problem]
    findings: Sequence[LintFinding]
    schemes: Mapping[str, SchemeFacts] = field(default_factory=dict)

    def summary(self) -> str:
        """One line."""
        found = [(len(self.problems), "problem"), (len(self.findings), "lint")]
        counts = ", ".join(counted(count, word) for count, word in found if count)
        return counts or f"{counted(len(self.schemes), 'scheme')}, nothing found"


def text(checked: Checked) -> None:
    """One line each, by place; lints show their id in brackets."""
    for problem in sorted([*checked.problems, *(found.shown for found in checked.findings)]):
        click.echo(str(problem.below(str(checked.folder))))
    click.echo(checked.summary(), err=True)


def as_json(checked: Checked) -> None:
    """One array, for programs."""
    below = str(checked.folder)
    rows = [_row(problem.below(below), "error", None) for problem in checked.problems]
    rows += [_row(found.problem.below(below), "warning", found.lint) for found in checked.findings]
    rows.sort(key=lambda row: (row["file"], row["line"], row["column"]))
    click.echo(json.dumps(rows, indent=1, ensure_ascii=False))


def _row(problem: Problem, severity: str, lint: str | None) -> dict[str, Any]:
    return {**vars(problem), "severity": severity, "lint": lint}


def github(checked: Checked) -> None:
    """Workflow commands, which GitHub shows at the lines of a pull request."""
    for problem in checked.problems:
        click.echo(_command(checked.folder, "error", problem, "routing check"))
    for found in checked.findings:
        click.echo(_command(checked.folder, "warning", found.problem, f"routing check: {found.lint}"))


def _command(folder: Path, severity: str, problem: Problem, title: str) -> str:
    path = f"{problem.path}: " if problem.path else ""
    hint = f" (hint: {problem.hint})" if problem.hint else ""
    where = {"file": problem.below(str(folder)).file, "line": problem.line, "col": problem.column, "title": title}
    settings = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in where.items())
    return f"::{severity} {settings}::{_escaped(f'{path}{problem.message}{hint}')}"


def _escaped(value: str, more: str = "") -> str:
    """Escape what would end a line or a setting, as the runner expects it."""
    return "".join(f"%{ord(char):02X}" if char in f"%\r\n{more}" else char for char in value)


FORMATS: dict[str, Callable[[Checked], None]] = {"text": text, "json": as_json, "github": github}
