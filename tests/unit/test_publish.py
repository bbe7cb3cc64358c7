"""Publishing: one release or the other is live at every moment, and a failure says which."""

from __future__ import annotations

import errno
import itertools
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from routing.release import publish as publishing
from routing.release.pruning import prune
from routing.release.publish import PublishFailed, current, only_one, publish, rollback, verify
from support.release_folder import COMPANY, Folder


class Switch:
    """A FreeSWITCH that reads its directory when it is told to."""

    def __init__(self, answers: dict[str, str] | None = None) -> None:
        self.heard: list[str] = []
        self.answers = {"reloadxml": "+OK [Success]\n", "global_getvar domain": "pbx\n", **(answers or {})}
        self.answers.setdefault("user_exists id 1001 pbx", "true")

    def __call__(self, command: str) -> str:
        self.heard.append(command)
        return self.answers.get(command, "+OK")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_the_first_publish_makes_freeswitch_read_accounts_and_the_second_does_not(folder: Folder) -> None:
    switch = Switch()
    first = publish(folder.root, folder.build().name, switch)
    assert (first.before, first.reload, current(folder.root)) == (None, "done", first.release)
    assert switch.heard == [
        "reloadxml", "global_getvar routing_phones_at", "global_getvar domain", "user_exists id 1001 pbx",
        "sofia profile external rescan",
    ]  # fmt: skip
    switch.heard.clear()
    second = publish(folder.root, folder.changed().name, switch)
    assert (second.before, second.reload, switch.heard) == (first.release, "not needed", [])


def test_a_node_that_does_not_say_where_phones_are_registered_gets_no_release(folder: Folder) -> None:
    older = Switch({"global_getvar routing_phones_at": "\n"})
    with pytest.raises(PublishFailed, match="its dialplan is older than the release: run `routing node init`"):
        publish(folder.root, folder.build().name, older)
    assert current(folder.root) is None


def test_an_older_node_gets_no_release_either_whose_accounts_are_as_before(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("routing.compile.build.REGISTERED", "")  # a version before
    first = publish(folder.root, folder.build().name, Switch())
    monkeypatch.undo()
    older = Switch({"global_getvar routing_phones_at": "-ERR no reply\n"})
    with pytest.raises(PublishFailed, match=f"older than the release: .*; release {first.release} stays live"):
        publish(folder.root, folder.changed().name, older)
    assert current(folder.root) == first.release
    with pytest.raises(PublishFailed, match="nobody listens"):
        publish(folder.root, folder.changed().name, _unreachable)


def test_changed_accounts_are_read_again(folder: Folder) -> None:
    publish(folder.root, folder.build().name, Switch())
    folder.write("company.yaml", COMPANY.replace("1001", "1002"))
    switch = Switch({"user_exists id 1002 pbx": "true"})
    assert publish(folder.root, folder.build().name, switch).reload == "done"
    assert switch.heard[0] == "reloadxml"


def test_a_changed_gateway_is_forgotten_before_the_rescan(folder: Folder) -> None:
    publish(folder.root, folder.build().name, Switch())
    folder.write("company.yaml", COMPANY.replace("sip.example", "sip2.example"))
    switch = Switch()
    publish(folder.root, folder.build().name, switch)
    assert switch.heard[-2:] == ["sofia profile external killgw main", "sofia profile external rescan"]


class SwitchFault(OSError):
    pass


def _unreachable(_: str) -> str:
    raise SwitchFault("nobody listens")


@pytest.mark.parametrize(
    ("switch", "why"),
    [
        (Switch({"reloadxml": "+OK [error near line 5]"}), "reloadxml answered"),
        (Switch({"user_exists id 1001 pbx": "false"}), "1001 is not in its directory"),
        (_unreachable, "nobody listens"),
    ],
)
@pytest.mark.parametrize("earlier", [True, False])
def test_a_failed_reload_leaves_the_old_release_live(
    folder: Folder, switch: Callable[[str], str], why: str, earlier: bool
) -> None:
    old = publish(folder.root, folder.build().name, Switch()).release if earlier else None
    folder.write("company.yaml", COMPANY.replace("Ivan", "Petro"))
    with pytest.raises(PublishFailed, match=why) as told:
        publish(folder.root, folder.build().name, switch)
    assert str(told.value).endswith(f"release {old} stays live" if old else "no release is live")
    assert current(folder.root) == old


def test_a_reload_that_was_never_made_is_made_good(folder: Folder) -> None:
    publish(folder.root, folder.build().name, Switch())
    folder.write("company.yaml", COMPANY.replace("Ivan", "Petro"))
    with pytest.raises(PublishFailed):
        publish(folder.root, folder.build().name, _unreachable)
    assert publish(folder.root, folder.build().name, Switch()).reload == "done"
    folder.write("company.yaml", COMPANY)
    release = folder.build().name
    publishing._point(folder.root, "current", release)  # killed after the swap, before the reload
    assert publish(folder.root, release, Switch()).reload == "done"


def test_without_a_switch_the_user_is_told_what_to_do(folder: Folder) -> None:
    assert "reloadxml" in publish(folder.root, folder.build().name, None).reload
    assert publish(folder.root, folder.changed().name, None).reload == "not needed"


def test_rollback_twice_comes_back(folder: Folder) -> None:
    with pytest.raises(PublishFailed, match=r"no earlier release.*no release is live"):
        rollback(folder.root, None)
    first = publish(folder.root, folder.build().name, None).release
    with pytest.raises(PublishFailed, match=f"no earlier release.*{first} stays live"):
        rollback(folder.root, None)
    second = publish(folder.root, folder.changed().name, None).release
    assert [rollback(folder.root, None).release for _ in range(3)] == [first, second, first]


def test_a_release_is_on_the_disk_before_it_is_live(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    release, live_at_sync = folder.build(), []
    monkeypatch.setattr(os, "sync", lambda: live_at_sync.append(current(folder.root)))
    publish(folder.root, release.name, None)
    assert (live_at_sync, current(folder.root)) == ([None], release.name)


def test_one_at_a_time(folder: Folder) -> None:
    with only_one(folder.root), pytest.raises(PublishFailed, match="another compile, publish"), only_one(folder.root):
        pass
    with only_one(folder.root):
        pass


def test_unknown_and_damaged_releases_are_refused(folder: Folder) -> None:
    live = publish(folder.root, folder.build().name, None).release
    with pytest.raises(PublishFailed, match=f"no release `nope`.*{live} stays live"):
        publish(folder.root, "nope", None)
    release = folder.changed()
    broken = release.folder / "schemes/a.xml"
    text = broken.read_bytes()
    for content, why in ((text[:100], "a.xml: "), (b"", "a.xml is empty")):
        broken.write_bytes(content)
        with pytest.raises(PublishFailed, match=f"damaged: {why}.*compile again.*{live} stays live"):
            publish(folder.root, release.name, None)
    broken.unlink()
    with pytest.raises(PublishFailed, match="files instead of"):
        publish(folder.root, release.name, None)
    assert current(folder.root) == live


def test_compiling_again_mends_a_damaged_store_and_release(folder: Folder) -> None:
    release = folder.build()
    shutil.rmtree(folder.root / "cache")
    for name in ("schemes/a.xml", "directory.xml", "numbers/0521.xml"):
        os.truncate(release.folder / name, 10)  # the store's own file, by its other name
    assert folder.build().name == release.name
    assert publish(folder.root, release.name, None).release == release.name
    os.truncate(release.folder / "schemes/a.xml", 10)
    folder.build()
    verify(release.folder, None)


def test_only_new_files_are_parsed(folder: Folder) -> None:
    first = folder.build()
    every = verify(first.folder, None)
    second = folder.changed()
    assert every == len(first.files)
    assert verify(second.folder, first.folder) < every / 2


WRITES = ("open", "replace", "rename", "symlink", "link", "mkdir", "unlink", "utime")


class Killed(BaseException):
    """The process is gone."""


def _failing(monkeypatch: pytest.MonkeyPatch, at: int, error: Callable[[str], BaseException]) -> Iterator[None]:
    """Every change of the file system counts; the ``at``-th and all later ones raise."""
    count = itertools.count()

    def wrap(name: str, real: Any) -> Any:
        def call(path: Any, *rest: Any, **named: Any) -> Any:
            writes = name != "open" or (rest and rest[0] & (os.O_WRONLY | os.O_RDWR))
            if writes and next(count) >= at:
                raise error(str(path))
            return real(path, *rest, **named)

        return call

    with monkeypatch.context() as patched:
        for name in WRITES:
            patched.setattr(os, name, wrap(name, getattr(os, name)))
        yield


def _attempts(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, error: Callable[[str], BaseException]
) -> Iterator[tuple[str | None, str | None]]:
    """(what failed or None, live release) for a publish of a change that fails at each step in turn."""
    for at in range(0, 400, 3):
        for _ in _failing(monkeypatch, at, error):
            failed = None
            try:
                release = folder.changed(["USER_BUSY", "NO_ANSWER"][at % 2])
                publish(folder.root, release.name, Switch())
            except (Killed, PublishFailed, OSError) as problem:
                failed = repr(problem)
        yield failed, current(folder.root)
        if failed is None:
            return
    raise AssertionError("never done")


@pytest.mark.thorough
@pytest.mark.parametrize("many", [2_000, 1], ids=["a thread", "several threads"])
@pytest.mark.parametrize("error", [Killed, lambda path: OSError(errno.ENOSPC, "No space left on device", path)])
def test_killed_or_out_of_space_at_any_step_a_whole_release_is_live(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, error: Callable[[str], BaseException], many: int
) -> None:
    monkeypatch.setattr("routing.compile.store.MANY_FILES", many)
    publish(folder.root, folder.build().name, Switch())
    seen = 0
    for failed, live in _attempts(folder, monkeypatch, error):
        assert live is not None
        verify(folder.root / "releases" / live, None)
        seen += failed is not None
    assert seen > 3
    assert publish(folder.root, folder.changed("CALL_REJECTED").name, Switch()).release == current(folder.root)
    prune(folder.root, 0.0)
    assert not list(folder.root.glob("releases/*.*"))


def test_no_space_names_the_file_and_leaves_no_part_of_it(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.build()

    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        with pytest.raises(OSError, match="No space left on device") as told:
            folder.changed()
    assert "store" in str(told.value.filename)
    assert not list(folder.root.rglob("*.new"))


def test_passwords_are_for_the_owner_only_everywhere(folder: Folder) -> None:
    release = folder.build({"SIP_PASSWORD_1001": "very-secret-1", "GATEWAY_PASSWORD_MAIN": "very-secret-2"})
    holding = [
        path
        for path in folder.root.rglob("*")
        if path.is_file() and not path.is_symlink() and b"very-secret" in path.read_bytes()
    ]
    assert {stat.S_IMODE(path.stat().st_mode) for path in holding} == {0o600}
    assert {"directory.xml", "main.xml"} <= {path.name for path in holding}
    assert len(holding) == 4
    assert stat.S_IMODE((release.folder / "schemes/a.xml").stat().st_mode) & 0o044


def test_where_links_are_impossible_files_are_copied(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: Any) -> None:
        raise OSError(errno.EMLINK, "Too many links")

    monkeypatch.setattr(os, "link", no_links)
    release = folder.build()
    assert publish(folder.root, release.name, None).release == release.name
    assert stat.S_IMODE((release.folder / "directory.xml").stat().st_mode) == 0o600


def test_the_manifest_tells_what_is_in_it(folder: Folder) -> None:
    release = folder.build()
    manifest = json.loads((release.folder / "release.json").read_text())
    assert manifest["release"] == release.name
    assert manifest["project"] == "p"
    assert manifest["longest_seconds"] == {"a": 20.0}


def test_a_live_release_that_freeswitch_was_not_told_of_says_just_that(folder: Folder) -> None:
    name = publish(folder.root, folder.build().name, None).release
    with pytest.raises(PublishFailed) as failed:
        publish(folder.root, folder.build().name, _unreachable)
    assert str(failed.value) == f"release {name} is live, but FreeSWITCH did not reload it: nobody listens"
    assert current(folder.root) == name
