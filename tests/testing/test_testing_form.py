"""The form of scheme tests: every setting does what it says, every mistake is told at its place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from routing.cli.opened import opened
from routing.model.problem import Problems
from routing.testing.names import Names
from routing.testing.read import checked, files_below
from routing.testing.run import carry

HERE = Path(__file__).parent
BAD = sorted(path for path in (HERE / "bad").iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def names() -> Iterator[Names]:
    with opened(HERE / "schemes") as published:
        yield Names(published)


def test_every_setting_does_what_it_says(names: Names) -> None:
    results = [carry(case, names) for case in checked(files_below([HERE / "schemes"]), names)]
    assert {result.case.name: [str(each) for each in result.failures] for result in results if result.failures} == {}
    assert len(results) > 20


@pytest.mark.parametrize("folder", BAD, ids=lambda folder: folder.name)
def test_a_mistake_is_told_where_it_is(folder: Path, names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(Problems) as told:
        checked([Path("a.test.yaml")], names)
    said = "".join(f"{problem}\n" for problem in told.value.problems)
    if os.environ.get("ROUTING_GOLDEN"):
        (folder / "expected.txt").write_text(said, encoding="utf-8")
    assert said == (folder / "expected.txt").read_text(encoding="utf-8")
