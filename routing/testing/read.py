"""Reads the test files of a folder and checks them against a release: the cases, or all problems."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from routing.load.files import files_of_tests
from routing.model.problem import Problem, Problems
from routing.testing.cases import CallCase, read_cases
from routing.testing.check import check
from routing.testing.names import Names


def files_below(paths: Iterable[Path]) -> list[Path]:
    """The files, and those below folders, each once. Raises Problems for a path that does not exist."""
    found: dict[Path, None] = {}
    problems = []
    for path in paths:
        if path.is_dir():
            below, wrong = files_of_tests(path)
            found.update(dict.fromkeys(below))
            problems += [problem.below(str(path)) for problem in wrong]
        elif path.is_file():
            found[path] = None
        else:
            complaint = "not a file or folder" if path.exists() else "there is no such file or folder"
            problems.append(Problem(str(path), 1, 1, "", complaint))
    if problems:
        raise Problems(problems)
    return list(found)


def checked(files: Iterable[Path], names: Names) -> list[CallCase]:
    """All the cases of the files. Raises Problems with everything that is wrong in any of them."""
    cases, problems = read_all(files)
    for case in cases:
        problems += check(case, names)
    if problems:
        raise Problems(sorted(problems, key=lambda problem: problem.file))
    return cases


def read_all(files: Iterable[Path], folder: Path | None = None) -> tuple[list[CallCase], list[Problem]]:
    """All valid cases of the files, and all problems with their form.

    ``folder``: names of files in messages begin there.
    """
    cases: list[CallCase] = []
    problems: list[Problem] = []
    for file in files:
        try:
            found, wrong = read_cases(file, file.relative_to(folder).as_posix() if folder else "")
        except Problems as error:
            problems += error.problems
            continue
        cases += found
        problems += wrong
    return cases, problems
