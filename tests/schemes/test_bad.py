"""Every mistake has a folder with its exact messages; `ROUTING_GOLDEN=1` writes them anew for reading."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from routing.model.problem import Problems
from support.folders import HERE, compiled, laid_out

FOLDERS = sorted(path for path in (HERE / "bad").iterdir() if path.is_dir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_mistake_is_told_where_it_is_and_how_to_mend_it(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Problems) as told:
        compiled(laid_out(folder, tmp_path / "schemes"), tmp_path / "root")
    said = "".join(f"{problem}\n" for problem in told.value.problems)
    if os.environ.get("ROUTING_GOLDEN"):
        (folder / "expected.txt").write_text(said, encoding="utf-8")
    assert said == (folder / "expected.txt").read_text(encoding="utf-8")
    assert not list((tmp_path / "root").glob("releases/*"))


@pytest.mark.parametrize("name", ["a.yaml", "p.yaml"])
def test_a_file_that_is_written_to_its_half_is_told_or_stands(name: str, tmp_path: Path) -> None:
    """Cut anywhere, in a letter of two bytes too: problems that name the file, or a release; never anything else."""
    schemes = laid_out(HERE / "good" / "company", tmp_path / "schemes")
    whole = (schemes / name).read_bytes()
    told = 0
    for end in range(1, len(whole), max(1, len(whole) // 20)):
        (schemes / name).write_bytes(whole[:end])
        try:
            compiled(schemes, tmp_path / "root")
        except Problems as problems:
            told += 1
            assert all(str(problem).partition(":")[0].endswith(".yaml") for problem in problems.problems)
    assert told > 10


def test_there_are_many_mistakes() -> None:
    assert len(FOLDERS) >= 60
