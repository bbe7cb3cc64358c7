"""`routing diff` as people use it: git revisions, formats, exit codes, and mistakes that are told in a line."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from routing.cli import group
from routing.cli.errors import ErrorReporter
from routing.model.problem import Problems

pytestmark = pytest.mark.process
BASE = Path(__file__).parent / "base"
DAY = ("--from-day", "2026-11-22")


def run(*words: str) -> Result:
    """The command as the shell would run it, its failures on our one road."""
    return CliRunner().invoke(group, ["diff", *words])


def git(where: Path, *words: str) -> str:
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
    return subprocess.run(["git", *who, *words], cwd=where, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose folder `telephony/schemes` is the small company, committed once."""
    shutil.copytree(BASE, tmp_path / "telephony/schemes")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    monkeypatch.chdir(tmp_path / "telephony")
    return tmp_path


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_the_working_folder_against_a_revision(repository: Path) -> None:
    edit(Path("schemes/kharkiv.yaml"), "18s", "25s")
    said = run("HEAD", *DAY).output
    assert said.startswith("HEAD -> schemes: 1 difference;")
    assert "was rings ivan.desk, olena.desk 18 s; now rings ivan.desk, olena.desk 25 s" in said


def test_webhooks_are_named_only_where_a_scheme_has_one(repository: Path) -> None:
    edit(Path("schemes/kharkiv.yaml"), "18s", "25s")
    assert "webhooks of other numbers" in run("HEAD", *DAY).output
    edit(Path("schemes/kharkiv.yaml"), "25s", "18s")
    edit(Path("schemes/front.yaml"), '  - webhook: {url: "http://127.0.0.1:8085/route", timeout: 2s}\n', "")
    git(repository, "commit", "-q", "-a", "-m", "no webhook")
    edit(Path("schemes/kharkiv.yaml"), "18s", "25s")
    assert "webhooks of other numbers" not in run("HEAD", *DAY).output


def test_two_revisions(repository: Path) -> None:
    edit(Path("schemes/last.yaml"), "petro", "olena")
    git(repository, "commit", "-q", "-a", "-m", "second")
    edit(Path("schemes/last.yaml"), "olena", "nobody")
    said = run("main~1", "main", *DAY).output
    assert said.startswith("main~1 -> main: 1 difference;")
    assert "was rings petro.desk 20 s; now rings olena.desk 20 s" in said


def test_the_work_tree_is_left_alone(repository: Path) -> None:
    before = git(repository, "status", "--porcelain", "--ignored")
    run("HEAD", *DAY)
    assert git(repository, "status", "--porcelain", "--ignored") == before
    assert git(repository, "worktree", "list").count("\n") == 1


def test_a_folder_of_another_name(repository: Path) -> None:
    git(repository, "mv", "telephony/schemes", "telephony/plans")
    git(repository, "commit", "-q", "-m", "moved")
    assert "No call changes." in run("HEAD", "--schemes", "plans", *DAY).output


def failure(*words: str) -> None:
    with pytest.raises(SystemExit) as ended, ErrorReporter():
        group.main(["diff", *words], standalone_mode=False)
    assert ended.value.code == 1


def test_no_such_revision(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failure("v9.9")
    assert capsys.readouterr().err == "routing: v9.9 is neither a folder nor a git revision\n"


def test_a_revision_is_never_an_option(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failure("--", "--output=evil")
    assert "neither a folder nor a git revision" in capsys.readouterr().err
    assert not (repository / "telephony/evil").exists()


def test_the_folder_was_not_there_yet(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree("schemes", "newer")
    failure("HEAD", "--schemes", "newer")
    told = "routing: there is no folder telephony/newer at HEAD: name it with --schemes\n"
    assert capsys.readouterr().err == told


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    failure("HEAD", str(BASE))
    said = capsys.readouterr().err
    assert said == f"routing: HEAD is neither a folder nor a git revision: {tmp_path} is in no git repository\n"


def test_a_machine_without_git(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    failure("HEAD")
    assert capsys.readouterr().err == "routing: git is not installed: give folders instead of revisions\n"


def test_a_repository_that_is_another_users(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    failure("HEAD", "--schemes", "schemes")
    said = capsys.readouterr().err
    assert "it belongs to another user (hint: `git config --global --add safe.directory " in said


def test_no_folder_to_compare_with(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failure(str(BASE), "--schemes", "nowhere")
    told = "routing: nowhere is not a folder: name it with --schemes, or name NEW\n"
    assert capsys.readouterr().err == told


def test_a_side_that_does_not_compile_is_named(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(Path("schemes/last.yaml"), "petro", "nobody")
    failure("HEAD")
    first, second, *_ = capsys.readouterr().err.splitlines()
    assert first == "routing: NEW (schemes) does not compile:"
    assert second.startswith("schemes/last.yaml:3:16: steps[0].ring.to: nobody is called `nobody`")


def test_the_old_side_too(repository: Path) -> None:
    edit(Path("schemes/last.yaml"), "petro", "nobody")
    git(repository, "commit", "-q", "-a", "-m", "broken")
    git(repository, "checkout", "-q", "HEAD~1", "--", ".")
    told = run("HEAD")
    assert isinstance(told.exception, Problems)
    assert "routing: OLD (HEAD) does not compile:" in told.output


def test_the_exit_code_is_asked_for(repository: Path) -> None:
    assert run("HEAD", "--exit-code", *DAY).exit_code == 0
    edit(Path("schemes/last.yaml"), "20s", "30s")
    assert run("HEAD", *DAY).exit_code == 0
    assert run("HEAD", "--exit-code", *DAY).exit_code == 1


def test_json_holds_what_the_text_says(repository: Path) -> None:
    edit(Path("schemes/last.yaml"), "voicemail: last", "hangup: NO_ANSWER")
    told = json.loads(run("HEAD", "--format", "json", "--verbose", *DAY).output)
    (change,) = told["changes"]
    assert (told["old"], told["new"], told["differs"], told["numbers"]) == ("HEAD", "schemes", True, 3)
    assert (change["rank"], change["was"], change["now"]) == ("lost", "voicemail last", "hangs up NO_ANSWER")
    assert change["cases"] == [
        {"numbers": ["+380570000521", "+380800330521"], "conditions": []},
        {"numbers": ["+380440000500"], "conditions": ["from +38057...", "caller types 1"]},
    ]
    assert change["old_ladder"][0] == "    0.0  rings     ivan.desk 18.0 s"
    assert told["not_explored"]


def test_the_trace_that_is_named_shows_the_call(repository: Path) -> None:
    edit(Path("schemes/last.yaml"), "petro", "olena")
    told = json.loads(run("HEAD", "--format", "json", *DAY).output)
    words = shlex.split(told["changes"][0]["trace"])
    assert words[:2] == ["routing", "trace"]
    said = CliRunner().invoke(group, words[1:])
    assert said.exit_code == 0, said.output
    (rung,) = (line for line in said.output.splitlines() if "last/1" in line and " ring " in line)
    assert "olena.desk" in rung


def test_both_commands_that_are_named_show_their_side(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the folder's name has a space, and from another folder of the repository."""
    Path("schemes").rename("our schemes")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "moved")
    edit(Path("our schemes/last.yaml"), "petro", "olena")
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    told = run("HEAD", "--schemes", "../our schemes", "-v", *DAY).output
    commands = re.findall(r"(was|now):  routing (trace .*)", told)
    for (side, command), rung in zip(commands, ("petro.desk", "olena.desk"), strict=True):
        said = CliRunner().invoke(group, shlex.split(command))
        assert said.exit_code == 0, (side, said.output)
        assert any(" ring " in line and rung in line for line in said.output.splitlines() if "last/1" in line)


def test_markdown_is_a_table_whose_cells_hold(repository: Path) -> None:
    edit(Path("schemes/last.yaml"), "voicemail: last", "hangup: NO_ANSWER")
    said = run("HEAD", "--format", "markdown", "-v", *DAY).output
    rows = [line for line in said.splitlines() if line.startswith("|")]
    assert len(rows) == 3
    assert rows[2].startswith("| LOST | Mon-Fri 09:00-18:00")
    assert rows[2].endswith(r"| voicemail last | hangs up NO\_ANSWER |")
    assert "<details><summary>Not explored</summary>" in said
    assert "routing trace --schemes" in said


def test_what_the_bound_on_calls_cut_is_told(repository: Path) -> None:
    edit(Path("schemes/kharkiv.yaml"), "18s", "25s")
    said = run("HEAD", "--calls", "4", *DAY).output
    assert "the limit of calls was reached" in said
    assert "(raise --calls)" in said


def test_what_was_compiled_is_kept_for_the_next_time(repository: Path) -> None:
    first = run("HEAD", "--cache", "kept", *DAY).output
    inodes = {path.stat().st_ino for path in Path("kept/store").rglob("*") if path.is_file()}
    edit(Path("schemes/last.yaml"), "20s", "30s")
    second = run("HEAD", "--cache", "kept", *DAY).output
    assert "No call changes." in first
    assert "1 difference" in second
    assert inodes <= {path.stat().st_ino for path in Path("kept/store").rglob("*") if path.is_file()}


@pytest.mark.parametrize("leads", ["/etc/passwd", "../../outside.yaml"])
def test_a_link_of_a_revision_that_leaves_the_folder(leads: str, repository: Path) -> None:
    (repository / "outside.yaml").write_text("people: {}\n")
    Path("schemes/leak.yaml").symlink_to(leads)
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "second")
    told = run("HEAD~1", "HEAD", *DAY).exception
    assert isinstance(told, Problems)
    assert str(told).startswith("leak.yaml:1:1: a link that leads out of the scheme folder")


@pytest.mark.filterwarnings("ignore:Python 3.14 will:DeprecationWarning")
def test_a_python_whose_tar_files_know_no_filters(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian 12 has Python 3.11.2."""
    monkeypatch.delattr(tarfile, "data_filter", raising=False)
    monkeypatch.delattr(tarfile, "FilterError", raising=False)
    assert "No call changes." in run("HEAD", *DAY).output
