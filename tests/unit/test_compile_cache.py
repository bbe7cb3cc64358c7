"""What is compiled again and what is not; the cache is never believed more than the files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from routing.compile.build import CACHE_PARTS, Release, build
from routing.compile.entry import ENTRY_FILES, entry_dialplans
from routing.compile.store import LazyStore
from routing.model.problem import Problems
from support.folders import AnyPassword, mp3

COMPANY = 'project: {name: p, timezone: UTC, country: UA}\npeople: {ivan: {name: I, phones: {desk: {sip: "1001"}}}}\n'
SCHEME = "scheme: %s\nsteps: [{ring: ivan}, {hangup: %s}]\n"


class Folder:
    def __init__(self, path: Path) -> None:
        self.schemes, self.root = path / "s", path / "r"
        self.schemes.mkdir()
        self.write("company.yaml", COMPANY)
        for name in ("a", "b", "c"):
            self.write(f"{name}.yaml", SCHEME % (name, "USER_BUSY"))

    def write(self, name: str, text: str | bytes) -> None:
        path = self.schemes / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.settle(path)

    def settle(self, path: Path) -> None:
        """As if the file had been there for a while: only its ctime, which nobody can set, tells of the change."""
        os.utime(path, (1, 1))

    def build(self) -> Release:
        return build(self.schemes, self.root, lambda _: AnyPassword())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setattr("routing.load.files.RACY_NS", 0)
    return Folder(tmp_path)


def test_nothing_changed_nothing_compiled(folder: Folder) -> None:
    assert folder.build().compiled == 3
    again = folder.build()
    assert again.compiled == 0
    assert {record.scheme for record in again.records} == {"a", "b", "c"}


def test_a_change_of_the_same_size_and_mtime_is_noticed(folder: Folder) -> None:
    folder.build()
    folder.write("a.yaml", SCHEME % ("a", "NO_ANSWER"))
    release = folder.build()
    assert release.compiled == 1
    assert "NO_ANSWER" in (release.folder / "schemes/a.xml").read_text()


def test_a_file_that_changed_in_this_clock_tick_is_not_trusted(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.load.files.RACY_NS", 3600 * 10**9)
    assert [folder.build().compiled for _ in range(2)] == [3, 0], "read again, and the same"
    folder.write("a.yaml", SCHEME % ("a", "NO_ANSWER"))
    assert folder.build().compiled == 1


def test_a_copy_of_the_folder_is_not_compiled_again(folder: Folder, tmp_path: Path) -> None:
    folder.build()
    shutil.copytree(folder.schemes, tmp_path / "copy")
    (tmp_path / "copy/b.yaml").write_text(SCHEME % ("b", "NO_ANSWER"))
    copied = build(tmp_path / "copy", folder.root, lambda _: AnyPassword())
    assert copied.compiled == 1
    assert "NO_ANSWER" in (copied.folder / "schemes/b.xml").read_text()


def test_number_files_may_wait_until_somebody_reads_them(folder: Folder) -> None:
    folder.write("a.yaml", SCHEME % ("a", "USER_BUSY") + 'numbers: ["+380800330500"]\n')
    eager = folder.build()
    other = folder.root.with_name("other")
    store = LazyStore(other)
    lazy = build(folder.schemes, other, lambda _: AnyPassword(), store=store)
    assert not (lazy.folder / "numbers/0500.xml").exists()
    content = store.waiting(lazy.files["numbers/0500.xml"])
    assert content == (eager.folder / "numbers/0500.xml").read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: folder.write("company.yaml", COMPANY.replace("1001", "1002")),
        lambda folder: folder.write("more.yaml", "groups: {team: [ivan]}\n"),
        lambda folder: folder.write("sounds/x.mp3", mp3(1)),
    ],
)
def test_people_and_sounds_concern_every_scheme(folder: Folder, change: object) -> None:
    folder.build()
    change(folder)  # type: ignore[operator]
    assert folder.build().compiled == 3


def test_deleted_and_renamed_schemes_are_gone(folder: Folder) -> None:
    folder.build()
    (folder.schemes / "a.yaml").unlink()
    folder.write("b.yaml", SCHEME % ("renamed", "USER_BUSY"))
    (folder.schemes / "c.yaml").rename(folder.schemes / "d.yaml")
    release = folder.build()
    assert {path.stem for path in (release.folder / "schemes").iterdir()} - {"codes"} == {"renamed", "c"}


def test_a_number_moves_between_schemes(folder: Folder) -> None:
    folder.write("a.yaml", 'numbers: ["+380800330521"]\n' + SCHEME % ("a", "USER_BUSY"))
    folder.build()
    folder.write("a.yaml", SCHEME % ("a", "USER_BUSY"))
    folder.write("b.yaml", 'numbers: ["+380800330521"]\n' + SCHEME % ("b", "USER_BUSY"))
    assert "routing_scheme=b|" in (folder.build().folder / "numbers/0521.xml").read_text()
    folder.write("b.yaml", SCHEME % ("b", "USER_BUSY"))
    assert not (folder.build().folder / "numbers").exists()


@pytest.mark.parametrize(
    "damage", [lambda data: data[: len(data) // 2], lambda data: b"", lambda data: data[:-1] + b"!"]
)
def test_a_damaged_cache_is_as_good_as_none(folder: Folder, damage: object) -> None:
    name = folder.build().name
    for path in (folder.root / "cache").iterdir():
        path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    release = folder.build()
    assert (release.name, release.compiled) == (name, 3)


def test_another_compiler_uses_no_old_cache(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.build()
    monkeypatch.setattr("routing.compile.build.code_version", lambda: "other")
    assert folder.build().compiled == 3


def test_a_faulty_change_writes_no_release_and_is_told_again(folder: Folder) -> None:
    release = folder.build()
    folder.write("a.yaml", SCHEME % ("a", "BUSY"))
    for _ in range(2):
        with pytest.raises(Problems, match=r"a\.yaml:2:\d+: .*`BUSY` is not a hangup cause"):
            folder.build()
    assert [path.name for path in (folder.root / "releases").iterdir()] == [release.name]
    folder.write("a.yaml", SCHEME % ("a", "USER_BUSY"))
    assert folder.build().name == release.name


def test_odd_things_in_a_folder(folder: Folder) -> None:
    (folder.schemes / "loop").symlink_to(folder.schemes)
    (folder.schemes / ".hidden.yaml").write_text("nonsense: [")
    (folder.schemes / "a.test.yaml").write_text("nonsense: [")
    (folder.schemes / "README.md").write_text("# hello")
    (folder.schemes / "empty.yaml").write_text("# nothing yet\n")
    (folder.schemes / "bom.yaml").write_text("\ufeffscheme: bom\r\nsteps: [hangup]\r\n", encoding="utf-8")
    assert folder.build().compiled == 4
    os.mkfifo(folder.schemes / "pipe.yaml")
    (folder.schemes / "gone.yaml").symlink_to("nowhere")
    with pytest.raises(Problems) as told:
        folder.build()
    assert [problem.file for problem in told.value.problems] == ["gone.yaml", "pipe.yaml"]


def test_a_huge_file_is_refused_without_reading_it(folder: Folder) -> None:
    with (folder.schemes / "huge.yaml").open("wb") as file:
        file.write(b"scheme: huge\n")
        file.truncate(10**10)
    with pytest.raises(Problems, match=r"huge.yaml:1:1: larger than 1000 kB"):
        folder.build()


def test_a_root_that_cannot_stand_in_a_dialplan_is_refused(folder: Folder) -> None:
    for name in ("with space", "a,b", "a$b", "a{b", "a'b", "a|b"):
        with pytest.raises(Problems, match="the path of a release root may only contain"):
            build(folder.schemes, folder.root / name, lambda _: AnyPassword())
    with pytest.raises(Problems, match="there is no such folder"):
        build(folder.schemes / "nope", folder.root, lambda _: AnyPassword())


def test_a_front_door_that_changed_is_another_release(folder: Folder) -> None:
    gateway = "gateways: {main: {proxy: sip.example.com, register: false%s}}\n"
    releases = []
    for more in ("", ", number_in: to", ", number_in: diversion"):
        folder.write("gateways.yaml", gateway % more)
        releases.append(folder.build())
    assert len({release.name for release in releases}) == 3
    assert len({(release.folder / "entry.xml").read_text() for release in releases}) == 3


@pytest.mark.parametrize("door", ENTRY_FILES)
def test_every_front_door_is_hashed(folder: Folder, monkeypatch: pytest.MonkeyPatch, door: str) -> None:
    before = folder.build()
    changed = {door: f"<!-- of a later version, in {door} -->"}
    monkeypatch.setattr("routing.compile.build.entry_dialplans", lambda *facts: entry_dialplans(*facts) | changed)
    after = folder.build()
    assert after.name != before.name
    assert changed[door] in (after.folder / door).read_text()
    assert changed[door] not in (before.folder / door).read_text()


def test_a_release_names_itself_and_nothing_else(folder: Folder) -> None:
    release = folder.build()
    for file in (*ENTRY_FILES, "release.json"):
        text = (release.folder / file).read_text()
        assert "THIS-RELEASE" not in text
        assert release.name in text


def test_one_changed_scheme_writes_one_file_of_the_cache(folder: Folder) -> None:
    for number in range(40):
        folder.write(f"many_{number}.yaml", SCHEME % (f"many_{number}", "USER_BUSY"))
    folder.build()
    before = {path: path.stat().st_ino for path in (folder.root / "cache").glob("schemes.*")}
    folder.write("many_7.yaml", SCHEME % ("many_7", "NO_ANSWER"))
    assert folder.build().compiled == 1
    written = [path for path, inode in before.items() if path.stat().st_ino != inode]
    assert (len(before), len(written)) == (CACHE_PARTS, 1)
    assert folder.build().compiled == 0, "what was not written is still known"


def test_a_changed_extension_changes_the_dialplans_of_people(folder: Folder) -> None:
    folder.write("company.yaml", COMPANY.replace('"1001"}}', '"1001"}}, extension: "2001"'))
    before = (folder.build().folder / "internal.xml").read_text()
    folder.write("company.yaml", COMPANY.replace('"1001"}}', '"1001"}}, extension: "2009"'))
    after = (folder.build().folder / "internal.xml").read_text()
    assert ("2001" in before, "2009" in before) == (True, False)
    assert ("2001" in after, "2009" in after) == (False, True)
