"""Which releases this version runs: by their number, and those of before there were numbers, which older versions of
this project really compiled."""

from __future__ import annotations

from pathlib import Path

import pytest

from routing.release import formats
from routing.release.formats import FormatFault, check_format
from routing.release.publish import PublishFailed, current, publish, rollback, undo
from support.older_releases import OLDER, UNUSABLE, unpack
from support.release_folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.mark.parametrize(
    ("manifest", "fault"),
    [
        ('{"format": 1}', ""),
        (
            '{"format": 2}',
            "it is newer (format 2) than what this version of routing runs (1 to 1) (hint: bring the node to",
        ),
        ('{"format": 0}', "it is older (format 0) than what this version of routing runs (1 to 1) (hint: compile its"),
        ('{"format": "x"}', "its release.json cannot be read"),
        ("[]", "its release.json cannot be read"),
        ("", "its release.json cannot be read"),
    ],
)
def test_a_release_runs_where_its_format_is_known(tmp_path, manifest, fault):
    (tmp_path / "release.json").write_text(manifest)
    (tmp_path / "directory.xml").write_text("<include/>")
    try:
        check_format(tmp_path)
    except FormatFault as problem:
        assert fault
        assert str(problem).startswith(fault)
    else:
        assert not fault


@pytest.mark.parametrize("name", OLDER)
def test_releases_of_older_versions_are_published_and_rolled_back(folder, name):
    today = publish(folder.root, folder.build().name, None).release
    older = unpack(name, folder.root)
    assert publish(folder.root, older, None).release == older
    assert rollback(folder.root, None).release == today
    assert rollback(folder.root, None).release == older


def test_a_release_whose_phones_could_not_register_today_does_not_go_live(folder):
    today = publish(folder.root, folder.build().name, None).release
    older = unpack(UNUSABLE, folder.root)
    with pytest.raises(PublishFailed) as refused:
        publish(folder.root, older, None)
    assert str(refused.value) == (
        f"release {older} cannot go live: it is older (format 0) than what this version of routing runs (1 to 1) "
        f"(hint: compile its schemes anew, by `routing publish`); release {today} stays live"
    )


def test_a_publish_that_fails_goes_back_to_what_was_live_whatever_its_format(folder, monkeypatch):
    before = publish(folder.root, folder.build().name, None).release
    after = publish(folder.root, folder.changed().name, None).release
    monkeypatch.setattr(formats, "OLDEST_FORMAT", 2)  # as after an upgrade
    with pytest.raises(PublishFailed, match="it is older"):
        publish(folder.root, before, None)
    assert current(folder.root) == after
    undo(folder.root, before, None, None)
    assert current(folder.root) == before
