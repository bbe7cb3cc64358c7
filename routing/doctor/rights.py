"""What a user may do with files, by their modes and those of the folders above; ACLs are ignored."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def may_read(path: Path, user: int, groups: frozenset[int]) -> bool:
    """Whether a user may read a file and pass every folder above it."""
    if user == 0:
        return path.exists()
    try:
        whole = path.resolve(strict=True)
        above = all(allowed(os.stat(folder), user, groups, stat.S_IXOTH) for folder in whole.parents)
        return above and allowed(os.stat(whole), user, groups, stat.S_IROTH)
    except OSError:
        return False


def allowed(facts: os.stat_result, user: int, groups: frozenset[int], bit: int) -> bool:
    """Whether a file's mode allows access.

    ``bit`` is the bit for others; the owner's and the group's are six and three places higher.
    """
    if facts.st_uid == user:
        return bool(facts.st_mode & bit << 6)
    return bool(facts.st_mode & (bit << 3 if facts.st_gid in groups else bit))


def may_write(folder: Path, user: int, groups: frozenset[int]) -> bool:
    """Whether a user may make files in a folder and pass every folder above it."""
    if user == 0:
        return folder.is_dir()
    try:
        whole = folder.resolve(strict=True)
        passes = all(allowed(os.stat(each), user, groups, stat.S_IXOTH) for each in (whole, *whole.parents))
        return passes and whole.is_dir() and allowed(os.stat(whole), user, groups, stat.S_IWOTH)
    except OSError:
        return False


def may_alter(path: Path, user: int, groups: frozenset[int]) -> bool:
    """Whether a user may write into a file, or make and remove files in a folder, and pass every folder above it."""
    try:
        whole = path.resolve(strict=True)
        above = all(allowed(os.stat(folder), user, groups, stat.S_IXOTH) for folder in whole.parents)
        return user == 0 or (above and allowed(os.stat(whole), user, groups, stat.S_IWOTH))
    except OSError:
        return False


def may_change(file: Path, user: int, groups: frozenset[int]) -> bool:
    """Whether a user may write into a file; one that is gone is nobody's hindrance."""
    try:
        return user == 0 or allowed(os.stat(file), user, groups, stat.S_IWOTH)
    except OSError:
        return True
