"""The pipelines and hooks that teams copy hold commands that run, on a repository like theirs."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from routing.cli import group
from support.pipelines import SCHEME, TESTS

ROOT = Path(__file__).parents[2]
PIPELINES = ROOT / "tools" / "pipelines"
COMPANY = """\
project: {name: example, timezone: Europe/Kyiv, country: UA}
people: {ivan: {name: Ivan, email: ivan@example.com, phones: {desk: {sip: "1001"}}}}
gateways: {main: {proxy: sip.carrier.example, register: false, numbers: ["+380441112233"]}}
"""
pytestmark = pytest.mark.process


def git(folder, *arguments):
    settings = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A team's repository, on a branch that changes a ring time."""
    folder = tmp_path / "team"
    (folder / "schemes").mkdir(parents=True)
    for name, text in (("company", COMPANY), ("kharkiv", SCHEME), ("kharkiv.test", TESTS)):
        (folder / "schemes" / f"{name}.yaml").write_text(text)
    git(folder, "init")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "schemes")
    git(folder, "update-ref", "refs/remotes/origin/main", "HEAD")
    (folder / "schemes" / "kharkiv.yaml").write_text(SCHEME.replace("20s", "25s"))
    git(folder, "commit", "-am", "ring longer")
    monkeypatch.chdir(folder)
    return folder


def commands(text):
    """The `routing ...` commands of a pipeline, as a shell would read them."""
    lines = (line.strip(" -") for line in re.findall(r"(?:^|run:|-)\s*(routing [^\n|]+)", text, re.MULTILINE))
    variables = {"$GITHUB_BASE_REF": "main", "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
    for line in lines:
        for name, value in variables.items():
            line = line.replace(name, value)
        command, _, into = line.partition(" > ")
        yield shlex.split(command)[1:], into.strip()


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_a_pipeline_checks_tests_and_tells_the_change(name, repository):
    text = (PIPELINES / f"{name}.yml").read_text()
    assert yaml.safe_load(text)
    told = {}
    for arguments, into in commands(text):
        ran = CliRunner().invoke(group, arguments, prog_name="routing", catch_exceptions=False)
        assert ran.exit_code == 0, (arguments, ran.output)
        told[arguments[0]] = (ran.output, into)
    assert list(told) == ["check", "test", "diff"]
    assert told["diff"][1] == "change.md"
    assert re.search(r"ivan\.desk 20 s.*ivan\.desk 25 s", told["diff"][0])
    assert "<testsuites" in (repository / "tests.xml").read_text()


def test_a_change_that_is_doubtful_fails_the_pipeline(repository):
    scheme = repository / "schemes" / "kharkiv.yaml"
    scheme.write_text(scheme.read_text().replace(", notify: [ivan]", ""))
    (arguments, _) = next(iter(commands((PIPELINES / "github.yml").read_text())))
    ran = CliRunner().invoke(group, arguments, prog_name="routing")
    assert ran.exit_code == 1
    assert re.search(r"::(warning|error) file=schemes/kharkiv.yaml,line=5", ran.output)


@pytest.mark.parametrize(
    "hook", yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text()), ids=lambda hook: hook["id"]
)
def test_a_hook_runs(hook, repository):
    ran = CliRunner().invoke(group, shlex.split(hook["entry"])[1:], prog_name="routing", catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    assert re.search(hook["files"], "schemes/kharkiv.yaml")


def test_the_hooks_are_installed_from_this_repository(tmp_path):
    if not shutil.which("pre-commit"):
        pytest.skip("pre-commit is not installed")
    subprocess.run(["pre-commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")], check=True, cwd=tmp_path)
