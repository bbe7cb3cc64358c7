"""Secrets by name: from a file that only its owner can read or, without a file, from the environment; never from both.

Variables of the engine and of the machine are no secrets of a company.

A value may hold two secrets separated by a space while one replaces the other. Values never reach logs or errors.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from routing.model.problem import UserFailure
from routing.model.secret import is_of_the_machine


class SecretsFault(UserFailure):
    """The secrets file cannot be used; the text names the file and the line, never a value."""


def read_secrets(file: Path | None, environment: Mapping[str, str]) -> Mapping[str, str]:
    """Name -> value. The file has lines ``NAME=value``, ``#`` comments and blank lines. Raises SecretsFault."""
    if file:
        return _read(file)
    return {name: value for name, value in environment.items() if not is_of_the_machine(name)}


def _read(file: Path) -> dict[str, str]:
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise SecretsFault(f"{file}: others can read it (hint: `chmod 600 {file}`)")
        lines = _text(file).splitlines()
    except FileNotFoundError:
        raise SecretsFault(
            f"{file}: No such file or directory (hint: `routing secrets --file {file}` makes it)"
        ) from None
    except OSError as problem:
        raise SecretsFault(f"{file}: {problem.strerror}") from None
    secrets: dict[str, str] = {}
    lines_of: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = (part.strip() for part in line.partition("="))
        if not (equals and name):
            raise SecretsFault(f"{file}:{number}:1: not NAME=value (hint: `#` begins a comment)")
        if not value:
            hint = "write it behind `=`, or remove the line: `routing secrets` invents what is ours to invent"
            raise SecretsFault(f"{file}:{number}:1: {name} has no value (hint: {hint})")
        if name in secrets:
            raise SecretsFault(f"{file}:{number}:1: {name} stands in line {lines_of[name]} already (hint: remove one)")
        secrets[name], lines_of[name] = value.strip("\"'"), number
    return secrets


def _text(file: Path) -> str:
    data = file.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        column = problem.start - (data.rfind(b"\n", 0, problem.start) + 1) + 1
        raise SecretsFault(f"{file}:{line}:{column}: not UTF-8 (hint: save the file as UTF-8)") from None


def signing_secrets(secrets: Mapping[str, str], name: str) -> tuple[str, ...] | None:
    """The secrets with which a step signs, newest first; () for a step without one; None for an unknown name."""
    if not name:
        return ()
    return tuple(secrets.get(name, "").split()) or None
