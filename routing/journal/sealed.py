"""Sound files encrypted at rest, in the age format (https://age-encryption.org): written for public keys, so that the
node which records cannot read them.

``ID.wav`` becomes ``ID.wav.age``. It is written beside, complete on the disk, and renamed before the clear file goes:
killed at any moment there is a readable file, and a clear one that was left goes with the next pass. What is decrypted
stays in memory.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Any

import pyrage

from routing.model.recording import SEALED
from routing.model.secret import RECORDING_IDENTITY, RECORDING_KEY

#: Of a file that is being written, after a dot and the clear one's name.
WRITING = ".sealing"
#: Prefixes of the names of secrets.
PUBLIC, PRIVATE = RECORDING_KEY, RECORDING_IDENTITY
#: A file that is being written for longer belongs to a process that was killed.
_ABANDONED_S = 3600.0
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class KeyFault(Exception):
    """A key is missing or is none; the text names the secret, never its value."""


class Locked(Exception):
    """None of the private keys opens the file, or it is damaged."""


def name_of(prefix: str, key: str) -> str:
    """The name of the secret of a key: ``RECORDING_KEY_2026``."""
    return f"{prefix}{key.upper()}"


def recipients(keys: Sequence[str], secrets_: Mapping[str, str]) -> list[Any]:
    """The public keys by their names. Raises KeyFault."""
    found = []
    for key in keys:
        name = name_of(PUBLIC, key)
        value = secrets_.get(name, "").strip()
        if not value:
            raise KeyFault(f"the secret {name} is not set")
        try:
            found.append(pyrage.x25519.Recipient.from_str(value))
        except pyrage.RecipientError:
            hint = "it is a private key: only the desk needs it" if value.startswith("AGE-SECRET") else "write age1..."
            raise KeyFault(f"the secret {name} is no public key of age ({hint})") from None
    return found


def identities(secrets_: Mapping[str, str]) -> list[Any]:
    """Every private key among the secrets, old ones too. Raises KeyFault."""
    found = []
    for name, value in sorted(secrets_.items()):
        if name.startswith(PRIVATE):
            try:
                found.append(pyrage.x25519.Identity.from_str(value.strip()))
            except pyrage.IdentityError:
                raise KeyFault(f"the secret {name} is no private key of age (write AGE-SECRET-KEY-1...)") from None
    return found


def new_pair() -> tuple[str, str]:
    """A new key: public, private."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity.to_public()), str(identity)


def changed_within(path: str, seconds: float, now: float) -> bool:
    """Whether a file has changed in these last seconds; False when it is not there."""
    with suppress(OSError):
        return abs(now - os.stat(path).st_mtime) < seconds
    return False


def seal(path: str, keys: Sequence[Any]) -> bool:
    """Encrypt a file and remove the clear one; False when there is no clear file. Raises OSError: nothing changed."""
    folder, name = os.path.split(path)
    _remove_abandoned(folder, name)
    try:
        clear = os.open(path, _READ)
    except FileNotFoundError:
        return False
    with os.fdopen(clear, "rb") as reader:
        found = os.fstat(clear)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(f"{path} is no file")
        unfinished = os.path.join(folder, f".{name}.{secrets.token_hex(8)}{WRITING}")
        try:
            _write(unfinished, reader, keys, stat.S_IMODE(found.st_mode))
            now = os.fstat(clear)
            if (now.st_size, now.st_mtime_ns) != (found.st_size, found.st_mtime_ns):
                raise OSError(f"{path} is still being written")
            os.rename(unfinished, path + SEALED)
        except BaseException:
            with suppress(OSError):
                os.unlink(unfinished)
            raise
    _sync(folder)
    with suppress(FileNotFoundError):  # another worker was faster
        os.unlink(path)
    _sync(folder)
    return True


def _write(unfinished: str, reader: IO[bytes], keys: Sequence[Any], mode: int) -> None:
    with os.fdopen(os.open(unfinished, _NEW, mode), "wb") as writer:
        try:
            pyrage.encrypt_io(reader, writer, keys)
        except pyrage.EncryptError as problem:  # what a full disk becomes in the library
            raise OSError(str(problem)) from None
        writer.flush()
        os.fsync(writer.fileno())


def _sync(folder: str) -> None:
    """A rename is kept when the machine loses power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_abandoned(folder: str, name: str) -> None:
    written = re.compile(rf"\.{re.escape(name)}\.[0-9a-f]{{16}}{re.escape(WRITING)}")
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if (
                written.fullmatch(entry.name)
                and time.time() - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED_S
            ):
                os.unlink(entry.path)


def opened(sealed: IO[bytes], keys: Sequence[Any]) -> int:
    """Decrypt into memory; a descriptor at its beginning. Raises Locked."""
    descriptor = os.memfd_create("sound", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(descriptor), "wb") as writer:
            pyrage.decrypt_io(sealed, writer, keys)
        os.lseek(descriptor, 0, os.SEEK_SET)
    except (pyrage.DecryptError, OSError) as problem:
        os.close(descriptor)
        raise Locked("none of the private keys opens it" if keys else "there is no private key") from problem
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
