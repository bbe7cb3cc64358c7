"""Makes a release live: verify it, rename a symlink, reload FreeSWITCH only for files that it reads at start.

After a failure at any point the release that was live before is live, and the message says so.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from routing.model.problem import UserFailure
from routing.release.formats import FormatFault, check_format

#: Sends one API command to FreeSWITCH and returns its answer; raises OSError when it cannot be reached.
Switch = Callable[[str], str]


class PublishFailed(UserFailure):
    """Why a release did not go live; the text also says what is live now."""


@dataclass(frozen=True)
class PublishResult:
    """The live release, the one before (None the first time), and whether FreeSWITCH reloaded."""

    release: str
    before: str | None
    reload: str


def current(root: Path) -> str | None:
    """Name of the live release."""
    return _pointed(root / "current")


def previous(root: Path) -> str | None:
    """Name of the release that a rollback makes live."""
    return _pointed(root / "previous")


@contextlib.contextmanager
def only_one(root: Path) -> Iterator[None]:
    """Hold the root's lock. Raises PublishFailed when another publish or rollback holds it."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PublishFailed(f"another compile, publish or rollback is running in {root}") from None
        yield


def publish(root: Path, release: str, switch: Switch | None) -> PublishResult:
    """Make a release of this root the live one. Raises PublishFailed."""
    before = current(root)
    if not (root / "releases" / release).is_dir():
        raise PublishFailed(f"there is no release `{release}` in {root}; {_still(before)}")
    try:
        check_format(root / "releases" / release)
    except FormatFault as problem:
        raise PublishFailed(f"release {release} cannot go live: {problem}; {_still(before)}") from None
    return _make_live(root, release, before, switch)


def _make_live(root: Path, release: str, before: str | None, switch: Switch | None) -> PublishResult:
    folder = root / "releases" / release
    try:
        verify(folder, root / "releases" / before if before else None)
    except (OSError, ElementTree.ParseError, ValueError, KeyError) as error:
        hint = "compile again to mend it"
        raise PublishFailed(f"release {release} is damaged: {error} ({hint}); {_still(before)}") from None
    earlier = previous(root)
    try:
        for live in filter(None, (before, release)):  # the time when each was live last (`pruning`)
            with contextlib.suppress(FileNotFoundError):
                os.utime(root / "releases" / live)
        os.sync()  # the release is on the disk before the link names it, even after a power cut
        if before and before != release:
            _point(root, "previous", before)
        _point(root, "current", release)
        reload = _reload(root, before, switch)
    except BaseException as error:
        _put_back(root, before, earlier)
        _read_again(switch)
        if not isinstance(error, Exception):
            raise
        if before == release:
            raise PublishFailed(f"release {release} is live, but FreeSWITCH did not reload it: {error}") from None
        raise PublishFailed(f"release {release} did not go live: {error}; {_still(before)}") from None
    return PublishResult(release, before, reload)


def _put_back(root: Path, before: str | None, earlier: str | None) -> None:
    for name, release in (("current", before), ("previous", earlier)):
        if release is None:
            (root / name).unlink(missing_ok=True)
        elif _pointed(root / name) != release:
            _point(root, name, release)


def _read_again(switch: Switch | None) -> None:
    """Reload FreeSWITCH: it may have read accounts of the release that did not go live."""
    if switch is not None:
        with contextlib.suppress(Exception):
            switch("reloadxml")


def undo(root: Path, before: str | None, earlier: str | None, switch: Switch | None) -> None:
    """Make live and previous release those of before a publish. Raises PublishFailed."""
    if before:
        _make_live(root, before, current(root), switch)  # it was live: whatever its format, calls go on with it
        _put_back(root, before, earlier)
    else:
        _put_back(root, None, earlier)
        _read_again(switch)


def rollback(root: Path, switch: Switch | None) -> PublishResult:
    """Make the release before the last publish live again."""
    earlier = previous(root)
    if earlier is None:
        raise PublishFailed(f"there is no earlier release in {root}; {_still(current(root))}")
    return publish(root, earlier, switch)


def failed(root: Path, why: str) -> PublishFailed:
    """The error of a failure before anything changed."""
    return PublishFailed(f"{why}; {_still(current(root))}")


def _still(before: str | None) -> str:
    return f"release {before} stays live" if before else "no release is live"


def verify(folder: Path, before: Path | None) -> int:
    """Parse every file of the release that is not linked to the one before; return how many were parsed.

    Raises ParseError, ValueError, KeyError or OSError for a file that FreeSWITCH or the engine could not read.
    """
    parsed = there = 0
    for directory, _, names in os.walk(folder, followlinks=True):
        now = _inodes(Path(directory))
        known = _inodes(before / os.path.relpath(directory, folder)) if before else {}
        there += len(names)
        for name in names:
            if known.get(name) != now[name]:
                parsed += 1
                _parse(Path(directory, name))
    expected = json.loads((folder / "release.json").read_bytes())["files"]
    if there != expected:
        raise ValueError(f"{there} files instead of {expected}")
    return parsed


def _inodes(folder: Path) -> dict[str, int]:
    try:
        return {entry.name: entry.inode() for entry in os.scandir(folder)}
    except FileNotFoundError:
        return {}


def _parse(path: Path) -> None:
    if path.stat().st_size == 0:
        raise ValueError(f"{path.name} is empty")
    try:
        if path.suffix == ".xml":
            ElementTree.parse(path)  # noqa: S314  # our own files
        elif path.suffix == ".json":
            json.loads(path.read_bytes())
    except (ElementTree.ParseError, ValueError) as error:
        raise ValueError(f"{path.name}: {error}") from None


def _reload(root: Path, old: str | None, switch: Switch | None) -> str:
    """Have FreeSWITCH read the directory and gateways again if they changed. Raises ValueError with its answer.

    The file ``reloaded`` records what FreeSWITCH has read, so that a reload is repeated after a killed publish.
    """
    folder, before = root / "current", root / "releases" / old if old else None
    key, marker = _reload_key(folder), root / "reloaded"
    if switch is None:
        if before and _reload_key(before) == key:
            return "not needed"
        return "needed: accounts or gateways changed; run `reloadxml` and `sofia profile external rescan`"
    if marker.is_file() and marker.read_text(encoding="utf-8") == key:
        return "not needed"
    marker.unlink(missing_ok=True)
    answer = switch("reloadxml")
    if "[Success]" not in answer:
        raise ValueError(f"reloadxml answered {answer.strip()!r}")
    if switch("global_getvar routing_phones_at").strip() in ("", "_undef_", "-ERR no reply"):
        raise ValueError(_OLDER)
    _accounts_are_there(folder, switch)
    for gateway in _changed_gateways(folder, before):
        switch(f"sofia profile external killgw {gateway}")
    switch("sofia profile external rescan")
    marker.write_text(key, encoding="utf-8")
    return "done"


#: A release names by that variable where phones are registered: without it none would ring.
_OLDER = (
    "its dialplan is older than the release: run `routing node init` once more, with the options of the first time, "
    "then `reloadxml`"
)


def _changed_gateways(folder: Path, before: Path | None) -> list[str]:
    """Gateways that FreeSWITCH must reload or remove: a rescan only adds."""
    old = _inodes(before / "gateways") if before else {}
    new = _inodes(folder / "gateways")
    return [name.removesuffix(".xml") for name, inode in sorted(old.items()) if new.get(name) != inode]


def _accounts_are_there(folder: Path, switch: Switch) -> None:
    """``reloadxml`` may answer +OK without success: look up one account."""
    accounts = json.loads((folder / "table.json").read_bytes())["accounts"]
    if accounts:
        account = min(accounts)
        domain = switch("global_getvar domain").strip()
        if switch(f"user_exists id {account} {domain}").strip() != "true":
            raise ValueError(f"SIP account {account} is not in its directory after reloadxml")


def _reload_key(folder: Path) -> str:
    try:
        return str(json.loads((folder / "release.json").read_bytes())["reload"])
    except (OSError, ValueError, KeyError):
        return ""


def _pointed(link: Path) -> str | None:
    try:
        return os.path.basename(os.readlink(link))
    except OSError:
        return None


def _point(root: Path, name: str, release: str) -> None:
    """Replace a link by one rename: it is always either the old or the new one."""
    temporary = root / f".{name}.new"  # the root is locked; this is left by a killed process
    temporary.unlink(missing_ok=True)
    os.symlink(f"releases/{release}", temporary)
    os.replace(temporary, root / name)
