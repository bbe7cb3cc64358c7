"""Who owns what of a node, and that nobody else changes it: the tables "Who runs as whom" of the documents."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import routing
from routing.compile.shared_folders import FOLDER, files_of
from routing.doctor.diagnosis import Diagnosis, ok, unknown, wrong
from routing.doctor.node import CheckedNode
from routing.doctor.private import ENVIRONMENT, MOST, STRANGER
from routing.doctor.rights import may_alter, may_change
from routing.release.node_options import kept

#: What the programs of a node write in its root, besides the releases.
_WRITTEN = ("journal.db", "journal.db-wal", "journal.db-shm", "history.jsonl", "publish.json", "current", "redis")


def unchanged(node: CheckedNode) -> Iterator[Diagnosis]:
    """Nobody but its owner changes programs, settings, releases or FreeSWITCH's configuration.

    Calls go where those say.
    """
    places = ((name, path) for name, path in _deciding_places(node) if may_alter(path, *STRANGER))
    if found := [f"{name} ({path})" for name, path in places]:
        yield wrong(
            f"everybody on this machine can change {', '.join(found[:4])}{' and more' if len(found) > 4 else ''}",
            "`chmod o-w` what is named, and find out who has changed it: calls go where it says",
        )
    else:
        yield ok("programs, settings, releases and FreeSWITCH's configuration are closed to other users' changes")


def _deciding_places(node: CheckedNode) -> Iterator[tuple[str, Path]]:
    """What it is, and a file or folder of it."""
    yield "the settings of services", ENVIRONMENT
    yield "the programs", Path(sys.executable)
    yield "the programs", Path(routing.__file__).parent
    yield "the programs", Path(routing.__file__)
    if secrets := kept(node.root).secrets:
        yield "the secrets", Path(secrets)
    yield "the release root", node.root
    yield "releases", node.root / "releases"
    yield "releases", node.root / FOLDER
    if node.release:
        yield "the release", node.release
        yield from (("the release", file) for file in islice(files_of(node.release), MOST))
    if conf := node.variables.get("conf_dir"):
        home = Path(conf).parent
        yield from (
            ("the node's folder", home),
            ("FreeSWITCH's configuration", Path(conf)),
            ("its start", home / "start"),
        )
        yield from (("FreeSWITCH's configuration", file) for file in islice(Path(conf).rglob("*.xml"), MOST))


def owned(node: CheckedNode) -> Iterator[Diagnosis]:
    """What programs write in the root is their user's: a command that was run as root leaves files of root's."""
    try:
        facts = node.root.stat()
    except OSError as problem:
        yield unknown(f"whose the release root is cannot be seen: {problem.strerror}")
        return
    if facts.st_mode & stat.S_ISGID:
        yield ok("the release root is shared with a group: who of it writes what is not checked")
        return
    user = facts.st_uid
    strange = [name for name in _WRITTEN if not _is_of(node.root / name, user)]
    if secrets := kept(node.root).secrets:
        strange += [secrets] * (not _is_of(Path(secrets), user))
    if strange:
        yield wrong(
            f"the user {user}, whose the release root is, cannot write {', '.join(strange)}: they are another user's",
            f"`chown -Rh {user} {node.root}` (and the secrets), then run every command and service as that user",
        )
    else:
        yield ok("what programs write in the release root belongs to its user")


def _is_of(path: Path, user: int) -> bool:
    """Whether a user may write a file, a folder or a link; one that is missing is nobody's."""
    try:
        return os.lstat(path).st_uid == user or (not path.is_symlink() and may_change(path, user, frozenset()))
    except OSError:
        return True
