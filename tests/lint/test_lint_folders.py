"""`routing check` on folders that others prove: the example company is clean, broken ones tell what compile tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from routing.cli.check import checked_folder
from support.folders import laid_out
from support.lint_bed import TODAY

ROOT = Path(__file__).parents[2]
BAD = sorted(path for path in (ROOT / "tests/schemes/bad").iterdir() if path.is_dir())

pytestmark = pytest.mark.thorough


def test_the_example_company_is_clean() -> None:
    checked = checked_folder(ROOT / "schemes", None, None, TODAY)
    assert [*map(str, checked.problems), *(str(found.shown) for found in checked.findings)] == []


@pytest.mark.parametrize("folder", BAD, ids=lambda folder: folder.name)
def test_a_problem_is_told_as_compile_tells_it(folder: Path, tmp_path: Path) -> None:
    checked = checked_folder(laid_out(folder, tmp_path / "schemes"), None, None, TODAY)
    expected = (folder / "expected.txt").read_text(encoding="utf-8").splitlines()
    # secrets are the machine's affair: a check of a change has none
    wanted = [line for line in expected if "secret" not in line]
    assert [str(problem) for problem in checked.problems if "secret" not in str(problem)] == wanted
    assert not [found for found in checked.findings if found.lint.startswith("unused-") and wanted]
