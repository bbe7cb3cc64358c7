"""Rights of the node's folders and of a release root: their owner's alone, or shared with a group.

FreeSWITCH, the engine, the journal and whoever publishes may be users of their own in one group. A folder of the group
hands the group on to what is made in it (setgid); a release in such a root has its secrets readable by the group
(`routing.compile.store`).
"""

from __future__ import annotations

import grp
import os
import stat
from pathlib import Path

FOLDER, ROOT = 0o2770, 0o2775


def group_of(name: str) -> int:
    """The id of a group, by name or by number. Raises ValueError for one that is not there."""
    if name.isascii() and name.isdigit():
        return int(name)
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise ValueError(f"there is no group `{name}` (hint: groupadd --system {name})") from None


def give(folder: Path, group: int | None) -> None:
    """A folder that the switch fills: the group's, or closed to everybody but its owner and the group that it has.

    Raises PermissionError for a group that this user is not in.
    """
    if group is not None:
        os.chown(folder, -1, group)
        folder.chmod(FOLDER)
    elif (mode := stat.S_IMODE(folder.stat().st_mode)) & 0o007:
        folder.chmod(mode & ~0o007)


def share(root: Path, group: int) -> None:
    """A release root whose folders are the group's to write, those that are there too. Everybody may read releases."""
    root.mkdir(parents=True, exist_ok=True)
    for path, folders, _ in os.walk(root):
        own = Path(path)
        if own.name == "redis" and own.parent == root:
            folders.clear()  # its user's alone
            continue
        os.chown(own, -1, group)
        own.chmod(ROOT)
