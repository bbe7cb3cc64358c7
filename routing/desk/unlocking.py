"""Encrypted sounds in the clear, for whoever may hear them: in memory, never on a disk.

A player asks for a sound in many parts, so the newest ones are kept, up to a bound.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import IO, Any, BinaryIO

from routing.journal.sealed import Locked, opened

#: Bytes of sounds that are kept in the clear: two talks of an hour.
MOST_BYTES = 256 * 1024 * 1024


@dataclass
class Unlocking:
    """``keys``: private keys of age; a sound for any of them is heard."""

    keys: Sequence[Any] = ()
    most_bytes: int = MOST_BYTES
    _kept: OrderedDict[Hashable, tuple[int, int]] = field(default_factory=OrderedDict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def open(self, key: Hashable, sealed: IO[bytes]) -> tuple[BinaryIO, int]:
        """The sound and its size; ``key``: the file and its state. Raises Locked."""
        with self._lock:  # one at a time: each takes a core and its size in memory
            if key not in self._kept:
                descriptor = opened(sealed, self.keys)
                self._kept[key] = descriptor, os.fstat(descriptor).st_size
            self._kept.move_to_end(key)
            descriptor, size = self._kept[key]
            # a file of its own, with its own position
            file = os.fdopen(os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_CLOEXEC), "rb")
            self._forget()
            return file, size

    def fits(self, sealed: IO[bytes]) -> bool:
        """Whether one of the keys opens a file, by its beginning."""
        begun = _Begun()
        with suppress(Locked, _Enough):
            begun.read(sealed, self.keys)
        return begun.is_open

    def _forget(self) -> None:
        while self._kept and sum(size for _, size in self._kept.values()) > self.most_bytes:
            _, (descriptor, _) = self._kept.popitem(last=False)
            os.close(descriptor)


class _Enough(Exception):
    """The beginning is decrypted."""


class _Begun:
    """A writer that is content with the first bytes."""

    is_open = False

    def write(self, data: bytes) -> int:
        """Decrypted bytes came."""
        self.is_open = True
        raise _Enough

    def flush(self) -> None:
        """Nothing is kept."""

    def read(self, sealed: IO[bytes], keys: Sequence[Any]) -> None:
        """Decrypt until the first bytes came. Raises Locked, _Enough."""
        import pyrage

        try:
            pyrage.decrypt_io(sealed, self, keys)
        except (pyrage.DecryptError, OSError) as problem:
            raise Locked(str(problem)) from None
