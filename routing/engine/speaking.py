"""Speaks texts with a call's facts while the call waits: a voice's command in a thread, its file in the release root.

Few commands at once, each within its deadline; a voice that fails again and again rests for a while, as a web server
does. The files hold what a caller is told: their names cannot be guessed, nobody may list their folder, and they are
removed after minutes.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import gevent
from gevent.threadpool import ThreadPool

from routing.engine.old_files import remove_old
from routing.http.breaker import FAILURES_TO_OPEN, Breaker
from routing.model.spoken import Phrase, VoiceFault
from routing.model.spoken_file import FILE_NAME, FOLDER

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
_FILE = re.compile(rf"{FILE_NAME.pattern}\.wav")


class CallVoice:
    """The port ``voice`` (`routing.decide.ports.Voice`). ``root``: the release root; ``clock``: monotonic seconds."""

    def __init__(self, root: Path, breaker: Breaker, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._breaker, self._clock = root / FOLDER, breaker, clock
        self._threads: ThreadPool | None = None

    def __call__(self, phrase: Phrase, command: str, deadline_s: float) -> str:
        """See Voice."""
        until = self._clock() + deadline_s
        if not self._breaker.allows(command):
            raise VoiceFault(phrase, f"not asked after {FAILURES_TO_OPEN} failures in a row")
        if self._threads is None:  # most engines never speak
            self._threads = ThreadPool(AT_ONCE)
        name = self._threads.apply(self._name_or_fault, (phrase, command, until))
        if isinstance(name, VoiceFault):
            if deadline_s >= FAIR_SECONDS:
                self._breaker.failed(command)
            raise name
        self._breaker.succeeded(command)
        return name

    def _name_or_fault(self, *voiced: Any) -> str | VoiceFault:
        """In a thread, whose exceptions gevent would print."""
        try:
            return self._spoken(*voiced)
        except VoiceFault as fault:
            return fault

    def _spoken(self, phrase: Phrase, command: str, until: float) -> str:
        """Not for the engine's own thread: the command may hang, and resampling takes milliseconds."""
        from routing.speech.voices import say  # numpy and its libraries, for those who speak

        if (left_s := until - self._clock()) < _LEAST_SECONDS:
            raise VoiceFault(phrase, "no time was left")
        return self._kept(phrase, say(phrase, command, left_s, (_HZ,)).files[_HZ])

    def _kept(self, phrase: Phrase, content: bytes) -> str:
        name = secrets.token_hex(16)
        file = self._folder / f"{name}.wav"
        try:
            if not self._folder.is_dir():
                self._folder.mkdir(exist_ok=True)
                self._folder.chmod(0o711)
            file.write_bytes(content)
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
        remove_old(self._folder, _FILE, now - KEPT_SECONDS)
