"""The spool on disk: FreeSWITCH's CDR files, listed, read and removed. Knows nothing of SQL and of what a call is.

``root/bad`` holds files that could not be used, for a person to examine. Several workers may read one spool: a file
that another worker has removed is no error. Anything else under a CDR's name (a folder, a link, a FIFO, an endless
file) is opened without blocking and raises `NoFile`.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from routing.journal import cdr

BAD = "bad"
#: Ten times the CDR of an hour in a queue.
LONGEST_BYTES = 8 * 1024 * 1024
#: The age of a file whose age cannot be read: older than any call.
AGES = float("inf")
_OPENED = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
#: Errors of the machine while a file is opened: the file itself may be valid.
_OF_THE_MACHINE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EINTR})


class NoFile(Exception):
    """A CDR's name belongs to something that is not a readable file; the text says what."""


@dataclass
class Listing:
    """Names at one moment: the uuids of A-legs and B-legs that have a file."""

    a_legs: list[str] = field(default_factory=list)
    b_legs: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Spool:
    """A folder of CDR files."""

    root: Path

    def listing(self) -> Listing:
        """Every CDR file in the spool. Raises OSError when the folder cannot be read."""
        found = Listing()
        with os.scandir(self.root) as entries:
            for entry in entries:
                if leg := cdr.leg_of(entry.name):
                    uuid, is_a_leg = leg
                    if is_a_leg:
                        found.a_legs.append(uuid)
                    else:
                        found.b_legs.add(uuid)
        return found

    def read(self, name: str) -> bytes | None:
        """A file's content; None when the file is gone. Raises NoFile, and OSError for an error of the machine."""
        try:
            descriptor = os.open(f"{self.root}/{name}", _OPENED)
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise _unreadable(problem) from None
        try:
            return _content(descriptor)
        except OSError as problem:
            raise _unreadable(problem) from None
        finally:
            os.close(descriptor)

    def has(self, name: str) -> bool:
        """Whether a name exists."""
        return os.path.lexists(f"{self.root}/{name}")

    def age_s(self, name: str, now: float) -> float:
        """Seconds since FreeSWITCH wrote to a file, positive also when its clock was ahead; 0.0 when it is gone."""
        try:
            return abs(now - os.lstat(f"{self.root}/{name}").st_mtime)
        except FileNotFoundError:
            return 0.0
        except OSError:
            return AGES

    def remove(self, names: Iterable[str]) -> list[tuple[str, str]]:
        """Remove files; returns those that could not be removed, and why."""
        stay = []
        for name in names:
            try:
                os.unlink(f"{self.root}/{name}")
            except FileNotFoundError:
                continue
            except OSError as problem:
                stay.append((name, problem.strerror or str(problem)))
        return stay

    def rename(self, name: str, to: str) -> None:
        """Give a file its right name. Raises OSError when that is impossible."""
        try:
            os.rename(self.root / name, self.root / to)
        except FileNotFoundError:
            return  # another worker was faster

    def put_aside(self, name: str) -> None:
        """Move an unusable file to ``bad``. Raises OSError when it cannot be moved."""
        bad = self.root / BAD
        bad.mkdir(exist_ok=True, mode=0o750)
        for to in _names(name):
            if not os.path.lexists(bad / to):
                try:
                    os.rename(self.root / name, bad / to)
                except FileNotFoundError:
                    return  # another worker was faster
                return


def _content(descriptor: int) -> bytes:
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        raise NoFile(f"it is a {_kind(facts.st_mode)}, not a file")
    parts, size = [], 0
    while size <= LONGEST_BYTES and (part := os.read(descriptor, LONGEST_BYTES + 1 - size)):
        parts.append(part)
        size += len(part)
    if size > LONGEST_BYTES:
        raise NoFile(f"it is larger than {LONGEST_BYTES // 1024**2} MB")
    return b"".join(parts)


def _kind(mode: int) -> str:
    tests = {"folder": stat.S_ISDIR, "FIFO": stat.S_ISFIFO, "socket": stat.S_ISSOCK}
    return next((kind for kind, holds in tests.items() if holds(mode)), "device")


def _unreadable(problem: OSError) -> Exception:
    if problem.errno in _OF_THE_MACHINE:
        return problem
    if problem.errno == errno.ELOOP:
        return NoFile("it is a symbolic link, not a file")
    return NoFile(f"it cannot be read: {problem.strerror}")


def _names(name: str) -> Iterator[str]:
    """Names for a file in ``bad``: its own, then others when that is taken or too long."""
    yield name
    n = 1
    while True:
        yield f"{name[:200]}.{n}"
        n += 1
