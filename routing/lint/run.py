"""From all facts to the report: findings that are not allowed, and unused allowances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from routing.lint.findings import PROJECT, LintFinding
from routing.lint.registry import LINTS, UnusedAllow
from routing.lint.whole import WholeFolder
from routing.model.problem import Problem, did_you_mean


@dataclass(frozen=True)
class LintReport:
    """The result of a run: findings, and problems with allowances."""

    findings: list[LintFinding]
    problems: list[Problem]


def run(whole: WholeFolder) -> LintReport:
    """Findings sorted by location. An allowance applies to its own mapping, the project's to everything."""
    found = sorted(set(_everything(whole)))
    allowed = {(owner, lint) for owner, lint, _, _ in whole.allowed()}
    findings = [each for each in found if not {(each.owner, each.lint), (PROJECT, each.lint)} & allowed]
    used = {(owner, each.lint) for each in found for owner in (each.owner, PROJECT)}
    stale, problems = [], []
    for owner, lint, file, place in whole.allowed():
        if lint not in LINTS:
            hint = did_you_mean(lint, LINTS) or "`routing check --list` shows all"
            problems.append(Problem(file, *place, f"there is no lint `{lint}`", hint))
        elif (owner, lint) not in used and whole.complete:
            message = f"unused allowance: `{lint}` finds nothing here"
            stale.append(LintFinding(Problem(file, *place, message, "remove it"), UnusedAllow.id, owner))
    excused = {owner for owner, lint in allowed if lint == UnusedAllow.id}
    return LintReport(sorted(findings + [each for each in stale if not {each.owner, PROJECT} & excused]), problems)


def _everything(whole: WholeFolder) -> Iterator[LintFinding]:
    until = {lint.until: whole.reached(lint.until) for lint in LINTS.values() if lint.until}
    for facts in whole.schemes.values():
        for found in facts.own:
            only = LINTS[found.lint].until
            if not only or facts.scheme in until[only]:
                yield found
    for lint in LINTS.values():
        yield from lint().folder(whole)
