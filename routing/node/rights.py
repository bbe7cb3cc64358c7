"""Permissions of the node's folders and of a release root: private to their owner, or shared with a group.

FreeSWITCH, the engine, the journal and publishing may run as different users of one group. New files inherit the group
of their folder (setgid); a release in such a root has its secrets readable by the group (`routing.compile.store`).
"""

from __future__ import annotations

import grp
import os
import stat
from pathlib import Path

from routing.model.spoken_file import FOLDER as SPEECH

FOLDER, ROOT = 0o2770, 0o2775


def group_of(name: str) -> int:
    """The id of a group, by name or by number. Raises ValueError for an unknown one."""
    if name.isascii() and name.isdigit():
        return int(name)
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise ValueError(f"there is no group `{name}` (hint: groupadd --system {name})") from None


def give(folder: Path, group: int | None) -> None:
    """Share a folder that FreeSWITCH fills with a group, or close it to all but its owner and its own group.

    Raises PermissionError for a group that this user is not in.
    """
    if group is not None:
        os.chown(folder, -1, group)
        folder.chmod(FOLDER)
    elif (mode := stat.S_IMODE(folder.stat().st_mode)) & 0o007:
        folder.chmod(mode & ~0o007)


def share(root: Path, group: int) -> None:
    """Make a release root and all its folders writable for a group. Everybody may read releases."""
    root.mkdir(parents=True, exist_ok=True)
    for path, folders, _ in os.walk(root):
        own = Path(path)
        if own.name in ("redis", SPEECH) and own.parent == root:
            folders.clear()  # private to its user; not to be listed
            continue
        os.chown(own, -1, group)
        own.chmod(ROOT)
