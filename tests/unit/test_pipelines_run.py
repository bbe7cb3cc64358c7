"""The pipelines' own shell lines, run as GitHub and GitLab run them, on a repository and a forge of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
import yaml
from forges import Forge
from test_pipelines import PIPELINES, ROOT, SCHEME, git, repository  # noqa: F401 - a fixture

pytestmark = [pytest.mark.process, pytest.mark.thorough]
VERSION = "v0.1.0"
#: What a job installs is here already; the rest are the commands themselves.
SHIMS = {
    "pip": "exit 0",
    "apt-get": "exit 0",
    "python": f'exec {sys.executable} "$@"',
    "routing": f'exec {sys.executable} -m routing "$@"',
}


def parts(name):
    """(script, whether it runs after a failed one) of a pipeline, each a shell of its own."""
    told = yaml.safe_load((PIPELINES / f"{name}.yml").read_text())
    if name == "github":
        steps = told["jobs"]["schemes"]["steps"]
        return [(step["run"], "if" in step) for step in steps if "run" in step]
    job = told["schemes"]
    return [("\n".join(job["before_script"] + job["script"]), False), ("\n".join(job["after_script"]), True)]


@pytest.fixture
def forge():
    with Forge() as made:
        yield made


@pytest.fixture
def software(tmp_path):
    """Where the pipelines get this software from: what they use of it, at a tag."""
    folder = tmp_path / "software"
    shutil.copytree(PIPELINES, folder / "tools" / "pipelines")
    shutil.copy(ROOT / "requirements.txt", folder)
    git(folder, "init")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "software")
    git(folder, "tag", VERSION)
    return folder


@pytest.fixture(params=["github", "gitlab"])
def run(request, repository, software, forge, tmp_path):  # noqa: F811 - the fixture
    """Run a pipeline; returns whether it is green, and all that it printed."""
    (tmp_path / "bin").mkdir()
    for name, does in SHIMS.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    base = subprocess.check_output(["git", "rev-parse", "origin/main"], cwd=repository, text=True).strip()

    def ran(**more):
        shutil.rmtree(repository / ".routing", ignore_errors=True)
        told = os.environ | {
            "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "ROUTING": software.as_uri(),
            "ROUTING_VERSION": VERSION, "GITHUB_BASE_REF": "main", "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
            "GITHUB_API_URL": forge.url, "GITHUB_REPOSITORY": "team/schemes", "PULL_REQUEST": "7", "GH_TOKEN": "secret",
            "CI_API_V4_URL": forge.url, "CI_PROJECT_ID": "4", "CI_MERGE_REQUEST_PROJECT_ID": "3",
            "CI_MERGE_REQUEST_IID": "7", "SCHEMES_TOKEN": "secret", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        } | more  # fmt: skip
        green, said = True, ""
        for script, anyway in parts(request.param):
            if green or anyway:
                shell = ["bash", "-eo", "pipefail", "-c", script]
                done = subprocess.run(shell, cwd=repository, env=told, capture_output=True, text=True)
                said += done.stdout + done.stderr
                green = green and done.returncode == 0
        return green, said

    return ran


def test_a_change_is_told_and_edited_and_one_that_does_not_compile_leaves_no_old_words(run, forge, repository):  # noqa: F811
    green, said = run()
    assert green, said
    (comment,) = forge.comments.values()
    assert "25 s" in comment["body"]
    scheme = repository / "schemes" / "kharkiv.yaml"
    scheme.write_text(SCHEME.replace("20s", "30s"))
    assert run()[0]
    assert len(forge.comments) == 1 and "30 s" in comment["body"]
    scheme.write_text(SCHEME.replace("to: ivan", "to: iwan"))
    green, said = run()
    assert not green and "schemes/kharkiv.yaml" in said and "iwan" in said
    assert len(forge.comments) == 1 and comment["body"].endswith("cannot be told: see the job.\n")


def test_a_fork_is_green_without_a_comment(run, forge):
    forge.may_write = False
    green, said = run()
    assert green and forge.comments == {}, said
    assert run(GH_TOKEN="", SCHEMES_TOKEN="")[0]
