"""The scheme tests of a file: every call that they make, with the lines of its parts.

Reads one file. Knows nothing of releases, processes or the offline switch.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from routing.load.files import Source, text_of
from routing.load.nodes import Document, read
from routing.load.validate import Wrong, validate
from routing.model.problem import Loc, Problem, Problems, did_you_mean
from routing.testing.kinds import Expectation
from routing.testing.sample import LISTS, OWN, Day, Sample


@dataclass(frozen=True)
class CallCase:
    """One call of a test, with its position: file, line, and the document that gives the lines of its parts.

    ``root`` is the test's place in its file, ``test`` its name. Each call of a test of several calls is a case:
    ``place`` is its place in the test, ``after_s`` the time from the test's moment to its INVITE, ``together`` the
    cases of all its calls.
    """

    sample: Sample
    file: str
    line: int
    root: Loc = ()
    document: Document | None = field(default=None, repr=False, compare=False)
    place: Loc = ()
    after_s: int = 0
    together: list[CallCase] = field(default_factory=list, repr=False, compare=False)
    test: str = ""

    @property
    def name(self) -> str:
        """The test's name; with several calls also the number of the call."""
        return self.sample.name

    def problem(self, loc: Loc, message: str, hint: str = "", *, at_key: bool = False) -> Problem:
        """A problem at a part of the test."""
        if self.document is None:
            return Problem(self.file, self.line, 1, "", message, hint)
        if self.place and loc[:1] == ("call",):
            loc = (*self.place, *loc[1:])
        elif self.place and loc and loc[0] in OWN:
            loc = (*self.place, *loc)
        return self.document.problem((*self.root, *loc), message, hint, at_key=at_key)


def read_cases(file: Path, name: str = "") -> tuple[list[CallCase], list[Problem]]:
    """The valid tests of a file, and all problems in it; ``name``: the file's name in messages.

    Raises Problems for a file that is no YAML or cannot be read.
    """
    document = read(name or str(file), text_of(Source(name or str(file), os.path.realpath(file), "")))
    tests = _listed(document)
    cases: list[CallCase] = []
    problems: list[Problem] = []
    for index, data in enumerate(tests):
        found = validate(Sample, document, ("tests", index), data, None)
        if isinstance(found, Wrong):
            problems += found
        else:
            cases += _cases(found, document, ("tests", index))
    return cases, problems + list(_twice(cases))


def read_day(file: Path) -> list[CallCase]:
    """The calls of a file without expectations: see `Day`. Raises Problems with everything that is wrong."""
    document = read(str(file), text_of(Source(str(file), os.path.realpath(file), "")))
    if isinstance(document.data, dict) and "tests" in document.data:
        hint = f"`routing test {file}` runs tests; `--calls` takes a file of `calls:` without expectations"
        raise Problems([document.problem(("tests",), "this is a file of scheme tests", hint, at_key=True)])
    found = validate(Day, document, (), document.data, None)
    if isinstance(found, Wrong):
        raise Problems(found)
    return list(_cases(found, document, ()))


def _cases(sample: Sample, document: Document, root: Loc) -> Iterator[CallCase]:
    """A test, or each of its calls."""
    together: list[CallCase] = []
    for n, one in enumerate(sample.apart()):
        place: Loc = ("calls", n) if sample.calls else ()
        line = document.problem((*root, *place), "").line
        after_s = (sample.calls[n].after or 0) if sample.calls else 0
        case = CallCase(one, document.file, line, root, document, place, after_s, together, sample.name)
        case = replace(case, sample=_with_lines(case))
        if sample.calls:
            together.append(case)
        yield case


def _listed(document: Document) -> Sequence[Any]:
    data = document.data
    if not isinstance(data, dict) or "tests" not in data:
        raise Problems([Problem(document.file, 1, 1, "", "a file of tests holds `tests:` and a list")])
    if unknown := [key for key in data if key != "tests"]:
        hint = did_you_mean(unknown[0], ["tests"]) or "a file of tests holds `tests:` only"
        raise Problems([document.problem((unknown[0],), f"unknown key `{unknown[0]}`", hint, at_key=True)])
    if not isinstance(data["tests"], list) or not data["tests"]:
        raise Problems([document.problem(("tests",), "there is no test here", "each test is a `- name: ...`")])
    tests: Sequence[Any] = data["tests"]
    return tests


def _with_lines(case: CallCase) -> Sample:
    """The sample with the line of each expectation."""

    def at(name: str, number: int, expectation: Expectation) -> Expectation:
        return replace(expectation, line=case.problem((name, number), "").line)

    lists = {name: [at(name, *pair) for pair in enumerate(getattr(case.sample, name))] for name in LISTS}
    return case.sample.model_copy(update=lists)


def _twice(cases: Sequence[CallCase]) -> Iterator[Problem]:
    tests: dict[str, CallCase] = {}
    for case in cases:
        first = tests.setdefault(case.test, case)
        if first.root != case.root and case.place in ((), ("calls", 0)):
            line = first.problem((), "").line
            yield case.problem(("name",), f"`{case.test}` is the name of the test in line {line} too")


def read_samples(file: Path) -> list[Sample]:
    """The tests of a file. Raises Problems with everything that is wrong in it, OSError when it is not there."""
    cases, problems = read_cases(file)
    if problems:
        raise Problems(problems)
    return [case.sample for case in cases]
