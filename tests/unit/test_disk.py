"""Authors read what they may: links that leave the folder, devices and pipes are refused, copies stay private."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group
from routing.compile.build import build
from routing.compile.store import GROUP, PRIVATE, PUBLIC, Store
from routing.compile.tones import tones
from routing.load.disk import LEAVES, open_file, walk
from routing.model.problem import Problems
from support.folders import AnyPassword, compiled, laid_out

SCHEME = """scheme: a
numbers: "+380800330521"
steps: [{match: {when: {list: vip.txt}, steps: [{play: greeting.wav}, hangup]}}, {ring: ivan}, hangup]
"""
SECRET = "ESL_PASSWORD=correct horse battery staple\n"
BEEP = tones()["routing/beep.wav"]


@pytest.fixture
def schemes(tmp_path: Path) -> Path:
    source = tmp_path / "source"
    (source / "lists").mkdir(parents=True)
    (source / "a.yaml").write_text(SCHEME)
    (source / "lists/vip.txt").write_text("+380671234567\n")
    outside = tmp_path / "outside"
    (outside / "deep").mkdir(parents=True)
    for name in ("secrets", "x.txt", "people.yaml", "leak.wav", "deep/y.yaml", "deep/y.wav"):
        (outside / name).write_text(SECRET)
        (outside / name).chmod(0o600)
    return laid_out(source, tmp_path / "schemes")


def told(schemes: Path, root: Path) -> list[str]:
    try:
        compiled(schemes, root)
    except Problems as found:
        return [str(problem) for problem in found.problems]
    return []


def link(path: Path, to: str | Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(to)


LEAVING: dict[str, Callable[[Path, Path], None]] = {
    "sounds/leak.wav": lambda s, out: link(s / "sounds/leak.wav", out / "leak.wav"),
    "sounds/up.wav": lambda s, out: link(s / "sounds/up.wav", "../../outside/leak.wav"),
    "sounds/round.wav": lambda s, out: link(s / "sounds/round.wav", "../lists/../../outside/leak.wav"),
    "lists/x.txt": lambda s, out: link(s / "lists/x.txt", out / "x.txt"),
    "people.yaml": lambda s, out: link(s / "people.yaml", out / "people.yaml"),
    "gone.yaml": lambda s, out: link(s / "gone.yaml", out / "gone.yaml"),
    "sounds/below": lambda s, out: link(s / "sounds/below", out / "deep"),
    "branches": lambda s, out: link(s / "branches", out / "deep"),
    "branches/far/deep": lambda s, out: link(s / "branches/far/deep", out / "deep"),
    "two.yaml": lambda s, out: (link(s / "one", out / "secrets"), link(s / "two.yaml", "one"))[0],
    "around.yaml": lambda s, out: link(s / "around.yaml", s / ".." / "outside" / "people.yaml"),
    "proc.yaml": lambda s, out: link(s / "proc.yaml", "/proc/self/environ"),
}  # fmt: skip


@pytest.mark.parametrize("place", LEAVING)
def test_a_link_that_leaves_the_folder_is_refused(place: str, schemes: Path, tmp_path: Path) -> None:
    LEAVING[place](schemes, tmp_path / "outside")
    assert told(schemes, tmp_path / "root") == [f"{place}:1:1: {LEAVES} (hint: copy its target into the folder)"]


@pytest.mark.parametrize("part", ["sounds", "lists"])
def test_a_whole_part_that_is_elsewhere_is_told_once(part: str, schemes: Path, tmp_path: Path) -> None:
    (schemes / part).rename(tmp_path / "moved")
    link(schemes / part, tmp_path / "moved")
    assert told(schemes, tmp_path / "root") == [f"{part}:1:1: {LEAVES} (hint: copy its target into the folder)"]


def test_links_inside_the_folder_are_fine(schemes: Path, tmp_path: Path) -> None:
    (schemes / "shared").mkdir()
    (schemes / "shared/hello.wav").write_bytes(BEEP)
    (schemes / "more").mkdir()
    (schemes / "more/team").write_text("groups: {team: [ivan]}\n")
    link(schemes / "team.yaml", "more/team")
    link(schemes / "sounds/again.wav", "../shared/hello.wav")
    link(schemes / "sounds/de", "../shared")
    link(schemes / "lists/same.txt", schemes / "lists/vip.txt")
    link(schemes / "up", ".")
    link(schemes / "notes.md", tmp_path / "outside/secrets")  # nothing that is read
    link(schemes / ".hidden.yaml", tmp_path / "outside/people.yaml")
    assert told(schemes, tmp_path / "root") == []
    link(tmp_path / "linked", schemes)  # whoever runs the command may name the folder as he likes
    release = compiled(tmp_path / "linked", tmp_path / "root")
    assert (release.folder / "sounds/de/hello.wav").read_bytes() == BEEP
    assert (release.folder / "lists/same.xml").exists()


def bound(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)
    os.chdir(here)


ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "pipe": (os.mkfifo, "a named pipe, not a file"),
    "folder": (Path.mkdir, "a folder, not a"),
    "socket": (bound, "a socket, not a file"),
    "device": (lambda path: link(path, "/dev/zero"), LEAVES),
    "loop": (lambda path: link(path, path.name), "cannot be read: Too many levels of symbolic links"),
    "nothing": (lambda path: link(path, "no_such_file"), "a link to nothing"),
}


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("place", ["sounds/odd.wav", "lists/odd.txt", "odd.yaml", "odd.test.yaml"])
def test_what_is_no_file_is_refused_at_once(kind: str, place: str, schemes: Path, tmp_path: Path) -> None:
    make, said = ODD[kind]
    make(schemes / place)
    if place.endswith(".test.yaml"):
        result = CliRunner().invoke(group, ["test", "--schemes", str(schemes)])
        lines = str(result.exception).splitlines()
    else:
        lines = told(schemes, tmp_path / "root")
    assert [line for line in lines if not line.removeprefix(f"{schemes}/").startswith(f"{place}:1:1: {said}")] == []
    assert len(lines) == 1


def test_a_pipe_that_comes_after_the_look_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("x")
    (found,) = walk(tmp_path)
    (tmp_path / "a.yaml").unlink()
    os.mkfifo(tmp_path / "a.yaml")
    with pytest.raises(OSError, match="not a file"):
        open_file(found.path)
    (tmp_path / "a.yaml").unlink()
    (tmp_path / "a.yaml").symlink_to("/etc/passwd")
    with pytest.raises(OSError, match="symbolic links"):
        open_file(found.path)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("own", "copied"), [(0o600, 0o600), (0o400, 0o600), (0o640, 0o640), (0o644, 0o644), (0o755, 0o644)]
)
def test_a_copy_is_as_private_as_its_source(own: int, copied: int, schemes: Path, tmp_path: Path) -> None:
    sources = [schemes / "sounds/greeting.wav", schemes / "lists/vip.txt"]
    for source in sources:
        source.chmod(own)
    release = compiled(schemes, tmp_path / "root")
    assert mode(release.folder / "sounds/greeting.wav") == copied
    assert mode(release.folder / "lists/vip.xml") == copied
    assert mode(release.folder / "sounds/menu.wav") == 0o644
    for source in sources:
        source.chmod(0o644)
    opened = compiled(schemes, tmp_path / "root")
    assert mode(opened.folder / "sounds/greeting.wav") == 0o644
    assert {mode(path) for path in (tmp_path / "root/cache").iterdir()} == {0o600}


def test_a_group_of_others_gets_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    other = os.stat_result((0o100640, 0, 0, 1, 0, os.getegid() + 1, 0, 0, 0, 0))
    assert store.mode(other) == PRIVATE
    own = os.stat_result((0o100640, 0, 0, 1, 0, os.getegid(), 0, 0, 0, 0))
    assert (store.mode(own), store.mode(None)) == (GROUP, PUBLIC)


def test_lines_of_a_file_that_is_no_list_are_not_told(schemes: Path, tmp_path: Path) -> None:
    (schemes / "secrets").write_text(f"{SECRET}\n4929123456781234567\nabc\n")
    link(schemes / "lists/vips.txt", "../secrets")
    said = told(schemes, tmp_path / "root")
    assert said == [
        "lists/vips.txt:1:1: `ESL...` (41 characters) is not a phone number: digits, spaces, dashes and brackets only",
        "lists/vips.txt:3:1: `492...` (19 characters) is not a phone number: write it like `+380501112233`",
        "lists/vips.txt:4:1: the line is not a phone number: digits, spaces, dashes and brackets only",
    ]


def test_one_file_that_cannot_be_read_hides_no_other_problem(
    schemes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (schemes / "b.yaml").write_text('scheme: b\nnumbers: "+380800330522"\nsteps: [{ring: petro}]\n')
    (schemes / "z.yaml").write_text("scheme: z\nsteps: [{rign: ivan}]\n")
    real = os.open

    def refused(path: str, *rest: int) -> int:
        if str(path).endswith(("/z.yaml", "greeting.wav")):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *rest)

    (schemes / "a.yaml").write_text("scheme: a\nsteps: [{rnig: ivan}]\n")
    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(Problems) as found:
        build(schemes, tmp_path / "root", lambda _: AnyPassword())
    files = [f"{problem.file}:{problem.line}: {problem.message[:47]}" for problem in found.value.problems]
    assert files == [
        "a.yaml:2: there is no step `rnig`",
        "b.yaml:3: the call can go past this last step and would e",
        "sounds/greeting.wav:1: cannot be read: Permission denied",
        "z.yaml:1: cannot be read: Permission denied",
    ]
