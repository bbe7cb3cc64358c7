"""Whatever type a value has, and in however many files: problems that name a file, never a fault of ours."""

from __future__ import annotations

import json
import random
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from routing.cli import group
from routing.cli.check import checked_folder
from routing.cli.errors import report
from routing.compile.scheme import compile_scheme
from routing.load.folder import shared
from routing.load.nodes import Document, read
from routing.load.schema import json_schema
from routing.model.problem import Problems
from support.folders import HERE, SOUNDS, laid_out
from support.odd_types import WRONG, alone, places, put, schema_places

GOOD = sorted(path for path in (HERE / "good").iterdir() if path.is_dir())
EVERY = schema_places(json_schema())
TODAY = date(2026, 11, 22)
Files = dict[str, Any]


def files_of(folder: Path) -> Files:
    found = {path.name: read(path.name, path.read_bytes()).data for path in sorted(folder.glob("*.yaml"))}
    if not any("project" in data for data in found.values()):
        company = HERE / "company.yaml"
        found[company.name] = read(company.name, company.read_bytes()).data
    return found


def odd(chance: random.Random, whole: Files) -> Files:
    """The files with one value wrong, and a file that is wrong altogether."""
    name = chance.choice(sorted(whole))
    changed = put(whole[name], chance.choice([*places(whole[name])]), chance.choice(WRONG))
    return {**whole, name: changed, "odd.yaml": alone(chance.choice(EVERY), chance.choice(WRONG))}


def some_wrong(path: tuple[str | int, ...]) -> list[Any]:
    """Three wrong values for a place, always the same: all of them at every place take minutes."""
    return random.Random(repr(path)).sample(WRONG, 3)


def write(folder: Path, files: Files) -> None:
    for name, data in files.items():
        (folder / name).write_text(json.dumps(data), encoding="utf-8")


@lru_cache(maxsize=64)
def document(name: str, content: bytes) -> Document:
    """A file as read; most files of a folder are the same in every case."""
    return read(name, content)


def loaded(files: Files) -> None:
    """The parts of loading and compiling that see types."""
    documents = [document(name, json.dumps(data).encode()) for name, data in files.items()]
    schemes = [each for each in documents if isinstance(each.data, dict) and "scheme" in each.data]
    folder, _ = shared([each for each in documents if each not in schemes], dict.fromkeys(SOUNDS, 1.0), "127.0.0.1:1")
    for scheme in schemes if folder else ():
        try:
            compile_scheme(scheme.file, json.dumps(scheme.data).encode(), folder)
        except Problems as told:
            assert all(problem.file == scheme.file for problem in told.problems)


def test_every_key_is_walked() -> None:
    assert len(EVERY) > 500
    assert {("people", "ivan", "phones", "ivan", "sip"), ("steps", 0, "menu", "options")} <= {*EVERY}


@pytest.mark.parametrize("seed", range(3))
def test_wrong_types_in_two_files_are_told(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    good = GOOD[seed % len(GOOD)]
    folder = laid_out(good, tmp_path / "schemes")
    whole = files_of(folder)
    for _ in range(6):
        write(folder, odd(chance, whole))
        checked_folder(folder, None, None, TODAY)


@pytest.mark.parametrize("seed", range(5))
def test_a_sample_of_wrong_types_is_loaded(seed: int) -> None:
    chance = random.Random(seed)
    whole = files_of(chance.choice(GOOD))
    for _ in range(25):
        loaded(odd(chance, whole))


@pytest.mark.thorough
@pytest.mark.parametrize("part", range(8))
def test_every_key_with_wrong_types(part: int) -> None:
    whole = files_of(HERE / "good/company")
    for path in EVERY[part::8]:
        for value in some_wrong(path):
            loaded({**whole, "odd.yaml": alone(path, value)})


@pytest.mark.thorough
@pytest.mark.parametrize("good", GOOD, ids=lambda path: path.name)
def test_every_value_of_a_good_folder_with_wrong_types(good: Path) -> None:
    whole = files_of(good)
    for name, data in whole.items():
        if name == "company.yaml" and good.name != "ring":
            continue
        for path in places(data):
            for value in some_wrong(path):
                loaded({**whole, name: put(data, path, value)})


COMMANDS = [
    ["check"], ["check", "--json"], ["compile", "--out", "ROOT"], ["secrets", "--file", "ROOT.secrets"], ["test"],
    ["diff", "GOOD", "SCHEMES", "--from-day", "2026-11-22", "--calls", "50"], ["graph", "a"],
    ["trace", "--to", "+380800330521", "--from", "+380671234567"],
]  # fmt: skip


@pytest.mark.thorough
@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_no_command_ends_with_a_fault_of_ours(words: list[str], tmp_path: Path) -> None:
    chance = random.Random(" ".join(words))
    for number in range(12):
        good = laid_out(chance.choice(GOOD), tmp_path / f"good{number}")
        folder = laid_out(good, tmp_path / f"schemes{number}")
        write(folder, odd(chance, files_of(folder)))
        (folder / "odd.test.yaml").write_text(json.dumps(alone(("tests", 0, "name"), chance.choice(WRONG))))
        stands = {"ROOT": tmp_path / f"root{number}", "GOOD": good, "SCHEMES": folder}
        said = [
            str(stands.get(word.partition(".")[0], word)) + (".secrets" if "." in word[:8] else "") for word in words
        ]
        if "SCHEMES" not in words:
            said += ["--schemes", str(folder)]
        result = CliRunner().invoke(group, said)
        fault = result.exception
        if fault is not None and not isinstance(fault, SystemExit):
            assert report(fault) == 1, fault
        else:
            assert result.exit_code in (0, 1), result.output
