"""Runs a command that reads a text and writes a WAV file: without a shell, its time and its output bounded."""

from __future__ import annotations

import contextlib
import os
import selectors
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

#: A voice that loads a large model needs seconds before the first word.
DEADLINE_SECONDS = 30.0
_VERSION_SECONDS = 10.0
#: Ten minutes at 48 kHz.
LARGEST_BYTES = 60_000_000
#: As much of what the command says of its fault as a message quotes.
_QUOTED = 200
#: The Debian package of a program that is missing.
_PACKAGES = {"espeak-ng": "apt install espeak-ng", "piper": "pip install piper-tts"}


class CommandFault(Exception):
    """What is wrong with the command, and a hint; ``reason``: the fault without what the command has written."""

    def __init__(self, fault: str, hint: str = "", reason: str = "") -> None:
        super().__init__(fault)
        self.fault, self.hint, self.reason = fault, hint, reason or fault


class Launch(NamedTuple):
    """How a command is started: its environment (None: ours), and a command that runs it."""

    environment: Mapping[str, str] | None = None
    through: Sequence[str] = ()


AS_OURS = Launch()


def program_of(command: str) -> str:
    """The path of the command's program. Raises CommandFault."""
    name = shlex.split(command)[0]
    path = shutil.which(name)
    if path is None:
        hint = _PACKAGES.get(name, "install it, or name its full path")
        raise CommandFault(f"the program `{name}` is not there", f"`{hint}`" if name in _PACKAGES else hint)
    return path


def version_of(program: str) -> str:
    """What a program says of its version; empty where it says nothing."""
    try:
        found = subprocess.run(
            [program, "--version"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=_VERSION_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return found.stdout[:_QUOTED].decode("utf-8", "replace")


def spoken(command: str, text: str, deadline_s: float = DEADLINE_SECONDS, launch: Launch = AS_OURS) -> bytes:
    """What the command writes for a text. Raises CommandFault."""
    until = time.monotonic() + deadline_s
    process = _started(command, text, launch)
    try:
        content, complaint = _read(process, until)
        process.wait(max(until - time.monotonic(), 0.0))
    except (TimeoutError, subprocess.TimeoutExpired):
        raise CommandFault(f"it did not end within {deadline_s:.2g} s") from None
    finally:
        _end(process)
    if process.returncode:
        reason = _ended(process.returncode)
        raise CommandFault(f"{reason}: {complaint}" if complaint else reason, reason=reason)
    return content


def _started(command: str, text: str, launch: Launch) -> subprocess.Popen[bytes]:
    """The command reads the text from memory: no disk need be there."""
    program, *arguments = shlex.split(command)
    with open(os.memfd_create("text"), "w+b") as given:
        given.write(text.encode("utf-8", "replace") + b"\n")
        given.seek(0)
        try:
            return subprocess.Popen(
                [*launch.through, program_of(command), *arguments],
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                env=launch.environment,
            )
        except OSError as error:
            raise CommandFault(f"`{program}` cannot be started: {error.strerror}") from None


def _read(process: subprocess.Popen[bytes], until: float) -> tuple[bytes, str]:
    """All that the command writes, and the start of what it says of faults. Raises TimeoutError, CommandFault."""
    assert process.stdout and process.stderr
    read = {process.stdout: bytearray(), process.stderr: bytearray()}
    with selectors.DefaultSelector() as ready:
        for pipe in read:
            ready.register(pipe, selectors.EVENT_READ)
        while ready.get_map():
            left_s = until - time.monotonic()
            if left_s <= 0 or not (events := ready.select(left_s)):
                raise TimeoutError
            for key, _ in events:
                pipe = process.stdout if key.fileobj is process.stdout else process.stderr
                if not (part := os.read(key.fd, 65536)):
                    ready.unregister(pipe)
                elif len(read[pipe]) < LARGEST_BYTES:
                    read[pipe] += part
                else:
                    raise CommandFault(f"it wrote more than {LARGEST_BYTES // 1_000_000} MB")
    complaint = bytes(read[process.stderr][:_QUOTED]).decode("utf-8", "replace")
    return bytes(read[process.stdout]), " ".join(complaint.split())


def _end(process: subprocess.Popen[bytes]) -> None:
    """Nothing of the command is left, whatever happened."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()


def _ended(status: int) -> str:
    if status > 0:
        return f"it ended with status {status}"
    with contextlib.suppress(ValueError):
        return f"it was killed by {signal.Signals(-status).name}"
    return f"it was killed by signal {-status}"
