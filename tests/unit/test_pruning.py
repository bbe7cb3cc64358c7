"""Which releases stay on the disk: never one too few for the calls that are in it, never more than a disk bears."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from routing.compile.build import Release
from routing.compile.store import Store
from routing.release import pruning
from routing.release.pruning import prune
from routing.release.publish import publish, rollback, verify
from support.release_folder import Folder

NOW = 2_000_000_000.0
HOUR = 3600


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_prune_keeps_the_newest_the_live_and_the_young(folder: Folder) -> None:
    releases = [folder.build(), *(folder.changed(cause) for cause in ("USER_BUSY", "NO_ANSWER", "CALL_REJECTED"))]
    for release in releases[:2]:
        publish(folder.root, release.name, None)
    for number in range(20):
        shutil.copytree(releases[2].folder, folder.root / "releases" / f"copy{number:02}")
    for age, path in enumerate(sorted((folder.root / "releases").iterdir())):
        os.utime(path, (1000 - age, 1000 - age))
    for release in releases:
        os.utime(release.folder, (1, 1))
    assert prune(folder.root, pruning.KEEP_SECONDS) == 0
    assert prune(folder.root, 2000 + pruning.KEEP_SECONDS) == 12
    left = {path.name for path in (folder.root / "releases").iterdir()}
    assert {releases[0].name, releases[1].name} <= left
    assert releases[3].name not in left
    assert not Store(folder.root).has(releases[3].files["schemes/a.xml"])
    for name in (releases[0].name, releases[1].name):
        verify(folder.root / "releases" / name, None)


def copies(folder: Folder, release: Release, number: int, age_s: float) -> list[str]:
    """Further releases, live last a second apart, the youngest so long ago."""
    names = [f"{at:012x}" for at in range(number)]
    for at, name in enumerate(names):
        path = folder.root / "releases" / name
        shutil.copytree(release.folder, path)
        os.utime(path, (NOW - age_s - at, NOW - age_s - at))
    return names


def left(folder: Folder) -> set[str]:
    return {path.name for path in (folder.root / "releases").iterdir()}


def test_what_was_live_until_a_moment_ago_stays_however_long_ago_it_became_live(folder: Folder) -> None:
    """A release that was live for weeks is as old as the last call that came to it, not as the first."""
    old = folder.build()
    publish(folder.root, old.name, None)
    os.utime(old.folder, (1, 1))
    for cause in ("USER_BUSY", "NO_ANSWER", "CALL_REJECTED", "NO_USER_RESPONSE"):
        publish(folder.root, folder.changed(cause).name, None)
    copies(folder, old, 12, 1)
    now = old.folder.stat().st_mtime + 60
    for at, name in enumerate(left(folder) - {old.name}):
        os.utime(folder.root / "releases" / name, (now - at, now - at))
    assert prune(folder.root, now) == 0
    assert old.name in left(folder)
    assert prune(folder.root, now + pruning.KEEP_SECONDS + 1) > 0
    assert old.name not in left(folder)


def test_a_rollback_counts_as_ceasing_to_be_live(folder: Folder) -> None:
    first, second = folder.build(), folder.changed()
    publish(folder.root, first.name, None)
    publish(folder.root, second.name, None)
    os.utime(second.folder, (1, 1))
    rollback(folder.root, None)
    assert second.folder.stat().st_mtime > 1000


def test_publishing_in_a_loop_leaves_few_releases_where_freeswitch_says_who_is_in_them(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "MOST_RELEASES", 20)
    release = folder.build()
    publish(folder.root, release.name, None)
    names = copies(folder, release, 50, 2 * pruning.COMING_SECONDS)
    in_use = names[40]
    rows = f'{{"row_count":1,"rows":[{{"dialplan":"XML:\\/r\\/releases\\/{in_use}\\/schemes\\/a.xml"}}]}}'
    assert prune(folder.root, NOW, lambda command: rows) == 31
    assert left(folder) == {release.name, *names[:18], in_use}


def test_without_freeswitch_no_release_goes_that_a_call_may_be_in(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "MOST_RELEASES", 20)

    def away(command: str) -> str:
        raise OSError("nobody listens")

    release = folder.build()
    publish(folder.root, release.name, None)
    names = copies(folder, release, 50, HOUR)
    for switch in (None, away, lambda command: "-ERR no such command"):
        assert prune(folder.root, NOW, switch) == 0
    assert prune(folder.root, NOW + pruning.LONGEST_TALK_SECONDS, None) == 31
    assert left(folder) == {release.name, *names[:19]}


def test_a_release_that_was_live_a_moment_ago_stays_whatever_freeswitch_says(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "MOST_RELEASES", 20)
    release = folder.build()
    publish(folder.root, release.name, None)
    copies(folder, release, 50, 0)
    assert prune(folder.root, NOW, lambda command: '{"row_count":0}') == 0


def test_large_releases_are_kept_by_their_files(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    release = folder.build()
    publish(folder.root, release.name, None)
    files = sum(1 for path in release.folder.rglob("*") if path.is_file())
    monkeypatch.setattr(pruning, "MOST_FILES", files * 15)
    copies(folder, release, 30, HOUR)
    assert prune(folder.root, NOW, lambda command: '{"row_count":0}') == 16
    verify(release.folder, None)


def test_a_clock_that_jumps_takes_no_release_from_its_calls(folder: Folder) -> None:
    release = folder.build()
    publish(folder.root, release.name, None)
    names = copies(folder, release, 14, HOUR)
    in_use = names[-1]
    rows = f'{{"row_count":1,"rows":[{{"dialplan":"XML:/r/releases/{in_use}/schemes/a.xml"}}]}}'
    assert prune(folder.root, NOW + 30 * pruning.KEEP_SECONDS, lambda command: rows) == 3
    assert in_use in left(folder)
    assert prune(folder.root, NOW - 30 * pruning.KEEP_SECONDS, lambda command: rows) == 0


def test_freeswitch_is_asked_only_when_there_is_something_to_remove(folder: Folder) -> None:
    release = folder.build()
    publish(folder.root, release.name, None)
    copies(folder, release, 14, HOUR)
    asked: list[str] = []
    assert prune(folder.root, NOW, lambda command: asked.append(command) or "") == 0
    assert asked == []
