"""The voices of a project while it is compiled: as many commands at once as the machine has cores."""

from __future__ import annotations

import hashlib
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from functools import cache
from pathlib import Path

from routing.model.spoken import RATES, Phrase, PhraseAudio, VoiceFault
from routing.speech.command import (
    AS_OURS,
    DEADLINE_SECONDS,
    CommandFault,
    Launch,
    program_of,
    spoken,
    version_of,
)

#: Changes when the same voice would yield other files.
VERSION = "1"


class CommandVoices:
    """Speak texts by the commands of `speech`. See `routing.model.spoken.Voices`.

    ``progress``: called with (done, total) while they speak.
    """

    def __init__(self, progress: Callable[[int, int], None] | None = None) -> None:
        self._progress = progress
        self._version_of = cache(version_of)

    def identity(self, command: str) -> str:
        """The command, its program's version, and the content of the files that it names, such as a model."""
        try:
            version = self._version_of(program_of(command))
        except CommandFault:
            version = ""
        files = [_digest(Path(word)) for word in shlex.split(command)[1:] if Path(word).is_file()]
        return " ".join([VERSION, command, version.strip(), *files])

    def speak(self, texts: Sequence[Phrase], commands: Mapping[str, str]) -> Mapping[Phrase, PhraseAudio]:
        """See Voices."""
        for phrase in {phrase.language: phrase for phrase in texts}.values():
            _there(phrase, commands[phrase.language])
        found: dict[Phrase, PhraseAudio] = {}
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            at_work: dict[Future[PhraseAudio], Phrase] = {
                pool.submit(say, phrase, commands[phrase.language]): phrase for phrase in texts
            }
            try:
                for done, each in enumerate(as_completed(at_work), 1):
                    found[at_work[each]] = each.result()
                    if self._progress:
                        self._progress(done, len(texts))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return {phrase: found[phrase] for phrase in texts}


def say(
    phrase: Phrase,
    command: str,
    deadline_s: float = DEADLINE_SECONDS,
    rates: Sequence[int] = RATES,
    launch: Launch = AS_OURS,
) -> PhraseAudio:
    """Speak one text, at some sample rates. Raises VoiceFault."""
    from routing.speech.audio import BadAudio, telephone  # numpy and its libraries, for those who speak

    try:
        return telephone(spoken(command, phrase.text, deadline_s, launch), phrase, rates)
    except CommandFault as problem:
        raise VoiceFault(phrase, problem.fault, problem.hint, problem.reason) from None
    except BadAudio as problem:
        hint = "try the command by hand: its standard output is the file"
        raise VoiceFault(phrase, str(problem), hint, problem.reason) from None


def _there(phrase: Phrase, command: str) -> None:
    try:
        program_of(command)
    except CommandFault as problem:
        raise VoiceFault(phrase, problem.fault, problem.hint) from None


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
