"""Speaks texts with a call's facts while the call waits: a voice's command in a thread, its file in the release root.

Few commands at once, each within its deadline; a voice that fails again and again rests for a while, as a web server
does. The files hold what a caller is told: their names cannot be guessed, nobody may list their folder, and they are
removed after minutes.
"""

from __future__ import annotations

import errno
import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import gevent
import gevent.lock
from gevent.threadpool import ThreadPool

from routing.engine.old_files import remove_old
from routing.engine.starting import bare_environment, ends_with_us
from routing.http.breaker import FAILURES_TO_OPEN, Breaker
from routing.model.spoken import Phrase, VoiceFault
from routing.model.spoken_file import FILE_NAME, FOLDER
from routing.speech.command import Launch

#: Commands at once of one worker. More would only make all of them late.
AT_ONCE = 4
#: Longer than anybody listens to one text.
KEPT_SECONDS = 600.0
#: How often old files are looked for.
LOOKS_SECONDS = 60.0
#: The sample rate of the files; FreeSWITCH converts it for other calls.
_HZ = 16_000
#: A voice that had less time, because a web server took it, counts as no failure.
FAIR_SECONDS = 0.5
#: Less is not worth starting a command for.
_LEAST_SECONDS = 0.05
NO_TIME = "no time was left"
_FILE = re.compile(rf"{FILE_NAME.pattern}\.wav")


class Utterance(NamedTuple):
    """What became of a text: the name of its file, or the fault; how long the voice could speak, 0 for not at all."""

    result: str | VoiceFault
    given_s: float


class CallVoice:
    """The port ``voice`` (`routing.decide.ports.Voice`). ``root``: the release root; ``clock``: monotonic seconds."""

    def __init__(self, root: Path, breaker: Breaker, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._breaker, self._clock = root / FOLDER, breaker, clock
        self._places = gevent.lock.BoundedSemaphore(AT_ONCE)
        self._threads: ThreadPool | None = None

    def __call__(self, phrase: Phrase, command: str, deadline_s: float) -> str:
        """See Voice. A voice is at fault when it had time to speak, not when other calls or a server had taken it."""
        until = self._clock() + deadline_s
        if not self._breaker.allows(command):
            raise VoiceFault(phrase, f"not asked after {FAILURES_TO_OPEN} failures in a row")
        utterance = self._in_place(phrase, command, until)
        if isinstance(utterance.result, str):
            self._breaker.succeeded(command)
            return utterance.result
        if utterance.given_s >= FAIR_SECONDS:
            self._breaker.failed(command)
        raise utterance.result

    def _in_place(self, phrase: Phrase, command: str, until: float) -> Utterance:
        """The place is free again when its thread has ended, even if the call is no longer there."""
        if not self._places.acquire(timeout=max(until - self._clock(), 0.0)):
            return Utterance(VoiceFault(phrase, NO_TIME), 0.0)
        if self._threads is None:  # most engines never speak
            self._threads = ThreadPool(AT_ONCE)
        ends = self._threads.spawn(self._utter, phrase, command, until)
        ends.rawlink(lambda _: self._places.release())
        found = ends.get()
        assert found
        return found

    def _utter(self, phrase: Phrase, command: str, until: float) -> Utterance:
        """In a thread, whose exceptions gevent would print: the command may hang, and resampling takes milliseconds."""
        from routing.speech.voices import say  # numpy and its libraries, for those who speak

        if (given_s := until - self._clock()) < _LEAST_SECONDS:
            return Utterance(VoiceFault(phrase, NO_TIME), 0.0)
        launch = Launch(bare_environment(), ends_with_us())
        try:
            audio = say(phrase, command, given_s, (_HZ,), launch)
            return Utterance(self._kept(phrase, audio.files[_HZ]), given_s)
        except VoiceFault as fault:
            return Utterance(fault, given_s)
        except Exception as problem:
            return Utterance(VoiceFault(phrase, f"it could not be run: {type(problem).__name__}"), given_s)

    def _kept(self, phrase: Phrase, content: bytes) -> str:
        name = secrets.token_hex(16)
        file = self._folder / f"{name}.wav"
        try:
            if self._folder.is_symlink():
                raise OSError(errno.ELOOP, "its folder is a link")
            if not self._folder.is_dir():
                self._folder.mkdir(0o711, exist_ok=True)
                self._folder.chmod(0o711)  # whatever the umask
            _write(file, content)
            file.chmod(0o644)  # FreeSWITCH may run as another user
        except OSError as problem:
            with suppress(OSError):
                file.unlink()
            raise VoiceFault(phrase, f"its file cannot be written: {problem.strerror}") from None
        return name

    def forget_for_ever(self) -> None:
        """`forget` every minute."""
        while True:
            self.forget(time.time())
            gevent.sleep(LOOKS_SECONDS)

    def forget(self, now: float) -> None:
        """Remove files that nobody hears any more; those that an engine left when it was killed too."""
        if not self._folder.is_symlink():
            remove_old(self._folder, _FILE, now - KEPT_SECONDS)


def _write(file: Path, content: bytes) -> None:
    """A new file: what stands there, a link too, is an error."""
    with file.open("xb") as out:
        out.write(content)
