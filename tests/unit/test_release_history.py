"""What a publish leaves beside the release: a history with authors, and the scheme files for pictures."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group
from routing.cli.published import remember
from routing.release import history, sources
from routing.release.history import Publication
from routing.release.publish import PublishResult
from support.release_folder import Folder

ENVIRONMENT = {"GIT_AUTHOR_NAME": "Olena", "GIT_AUTHOR_EMAIL": "o@example.com", "GIT_COMMITTER_NAME": "x",
               "GIT_COMMITTER_EMAIL": "x@example.com", "GIT_CONFIG_GLOBAL": os.devnull}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-C", folder, *arguments], check=True, capture_output=True, env={**os.environ, **ENVIRONMENT}
    )


def test_a_publish_notes_the_author_of_the_last_commit(folder: Folder) -> None:
    _git(folder.schemes, "init")
    _git(folder.schemes, "add", ".")
    _git(folder.schemes, "commit", "-m", "Ring Ivan at night")
    release = folder.build()
    remember(folder.root, PublishResult(release.name, None, "done"), "publish", folder.schemes)
    (line,) = history.publications(folder.root)
    assert (line.release, line.before, line.kind) == (release.name, "", "publish")
    assert (line.author, line.subject, bool(line.commit)) == ("Olena", "Ring Ivan at night", True)


def test_publish_and_rollback_are_lines_and_the_newest_is_first(folder: Folder) -> None:
    for cause in ("NORMAL_CLEARING", "USER_BUSY"):
        release = folder.changed(cause)
        remember(folder.root, PublishResult(release.name, None, "done"), "publish", folder.schemes)
        (folder.root / "current").unlink(missing_ok=True)
        (folder.root / "current").symlink_to(f"releases/{release.name}")
    second, first = (line.release for line in history.publications(folder.root))
    (folder.root / "previous").symlink_to(f"releases/{first}")
    answer = CliRunner().invoke(group, ["rollback", "--root", str(folder.root), "--no-reload"])
    assert answer.exit_code == 0, answer.output
    newest = history.publications(folder.root)[0]
    assert (newest.kind, newest.release, newest.before) == ("rollback", first, second)
    assert newest.author


def test_a_torn_line_hides_no_other(tmp_path: Path) -> None:
    for number in range(3):
        history.note(tmp_path, Publication(float(number), f"r{number}", "", "publish", "Оля\n", "x" * 3000))
    with (tmp_path / history.FILE).open("a") as file:
        file.write('{"at_s": 1\n[]\n"x"\n')
    assert [line.release for line in history.publications(tmp_path)] == ["r2", "r1", "r0"]
    assert history.publications(tmp_path / "nowhere") == ()


def test_the_scheme_files_of_a_release_are_kept_while_it_is(folder: Folder) -> None:
    release = folder.build()
    (folder.schemes / ".git").mkdir()
    (folder.schemes / ".git/x.yaml").write_text("no")
    (folder.schemes / "secret.env").write_text("no")
    kept = sources.keep(folder.schemes, folder.root, release.name)
    assert kept is not None
    assert sorted(file.name for file in kept.iterdir()) == ["a.yaml", "company.yaml", "sounds"]
    assert sources.source_of(folder.root, release.name) == kept
    assert sources.keep(folder.schemes, folder.root, release.name) == kept
    sources.prune(folder.root)
    assert kept.is_dir()
    (folder.root / "releases" / release.name).rename(folder.root / "gone")
    sources.prune(folder.root)
    assert sources.source_of(folder.root, release.name) is None


def test_a_file_as_it_was_in_the_release_before_is_kept_once_and_never_changes(folder: Folder) -> None:
    before = sources.keep(folder.schemes, folder.root, folder.build().name)
    assert before
    _long_ago(folder, before)
    text = (folder.schemes / "a.yaml").read_text()
    with (folder.schemes / "a.yaml").open("a") as file:  # in place, as some editors write
        file.write("# changed\n")
    after = sources.keep(folder.schemes, folder.root, "another")
    assert after
    assert ((before / "a.yaml").read_text(), (after / "a.yaml").read_text()) == (text, text + "# changed\n")
    assert (after / "company.yaml").samefile(before / "company.yaml")
    assert not (after / "company.yaml").samefile(folder.schemes / "company.yaml")
    shutil.rmtree(before)
    assert (after / "company.yaml").read_text() == (folder.schemes / "company.yaml").read_text()


def _long_ago(folder: Folder, kept: Path) -> None:
    """As if the files had been copied some time after they were written; what is written from now on is newer."""
    changed_ns = max(file.stat().st_ctime_ns for file in folder.schemes.rglob("*"))
    copied_ns = changed_ns + sources.RACY_NS + 1
    os.utime(kept, ns=(copied_ns, copied_ns))
    clock = folder.root / "clock"
    while clock.write_text("ticks") and clock.stat().st_ctime_ns <= changed_ns:
        pass


def test_a_file_whose_time_was_set_back_is_copied(folder: Folder) -> None:
    before = sources.keep(folder.schemes, folder.root, folder.build().name)
    assert before
    _long_ago(folder, before)
    file = folder.schemes / "a.yaml"
    was, text = file.stat(), file.read_text()
    changed = text.replace("hangup", "hungup", 1)
    file.write_text(changed)
    os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))
    after = sources.keep(folder.schemes, folder.root, "another")
    assert after
    assert (len(changed), changed != text) == (len(text), True)
    assert (after / "a.yaml").read_text() == changed


def test_too_much_is_not_kept(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "LARGEST_BYTES", 10)
    assert sources.keep(folder.schemes, folder.root, folder.build().name) is None


def test_a_history_that_cannot_be_written_is_a_warning(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    release = folder.build()
    (folder.root / history.FILE).mkdir()
    remember(folder.root, PublishResult(release.name, None, "done"), "publish", folder.schemes)
    assert "warning: the history was not written: " in capsys.readouterr().err


def test_the_history_is_json_a_line(tmp_path: Path) -> None:
    history.note(tmp_path, Publication(1.5, "abc", "", "publish"))
    assert json.loads((tmp_path / history.FILE).read_text())["at_s"] == 1.5
