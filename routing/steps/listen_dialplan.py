"""The dialplan of `listen`: play the prompt, find where a phrase begins and ends, let the engine choose, or take a key.

FreeSWITCH records the caller from the prompt on, so that no first syllable is missing; the engine reads the file
while it is being written. ``RECORD_MIN_SEC`` makes FreeSWITCH delete it when the recording ends, however it ends:
nothing of ours must run for that. ``bind_digit_action`` takes a key at any moment.

`detect_audio` and `detect_silence` compare the loudness of each 20 ms with a threshold. The first prompt ends with
the first sound; where that was a noisy street, the caller still hears it a second time to its end: only keys
interrupt it then.
"""

from __future__ import annotations

import re
from typing import Protocol

from routing.model.recognition import AUDIO, AUDIO_FOLDER, ENDING, MISSED, OPTION, SAMPLE_RATE, SILENT
from routing.model.spoken import SoundRow
from routing.steps.base import HEAR_TONES, Emitter, StepItem, sound_files, sound_path
from routing.steps.dialplan import Condition, Extension
from routing.steps.keys_read import DIGITS, UNHEARD_SOUND, read_keys
from routing.steps.listen_fields import ListenOption
from routing.steps.menu import INVALID

#: Phrases that were not understood, and silences, after which keys alone choose.
MISSES, SILENCES = 2, 2
#: Mean size of samples above which there is sound.
LOUDNESS = 150
#: Frames of 20 ms: so much sound begins a phrase, so much silence ends it.
BEGIN_FRAMES, END_FRAMES = 5, 35
END_SECONDS = END_FRAMES * 0.02
#: A bound of the recording that no call reaches: shorter ones are deleted when they end.
_NEVER_KEPT_SECONDS = 86_400
_FILE = f"${{recordings_dir}}/{AUDIO_FOLDER}/${{uuid}}.{ENDING}"
_RECORDING = ",".join(
    f"{name}={value}"
    for name, value in {
        "RECORD_READ_ONLY": "true", "RECORD_STEREO": "false", "RECORD_MIN_SEC": _NEVER_KEPT_SECONDS,
        "record_sample_rate": SAMPLE_RATE, "enable_file_write_buffering": "false", "RECORD_PRE_BUFFER_FRAMES": 1,
    }.items()
)  # fmt: skip
#: Labels of this dialplan and of the frame of decisions: no option is called so.
RESERVED = frozenset(
    {
        "record",
        "spoken",
        "heard",
        "silent",
        "unclear",
        "wrong",
        "keys",
        "choice",
        "none",
        "otherwise",
        "decided",
        "fallback",
    }
)
_REALM = "listen"
_KEYS = "0123456789*#"
_NOTHING_HEARD = "detect_audio_timeout"


class SpeechMenu(Protocol):
    """What the dialplan needs of a step."""

    @property
    def prompt(self) -> str: ...
    @property
    def keys(self) -> str: ...
    @property
    def options(self) -> dict[str, ListenOption]: ...
    @property
    def wait(self) -> int: ...
    @property
    def at_most(self) -> int: ...
    @property
    def unclear(self) -> str | None: ...
    @property
    def invalid(self) -> str | None: ...
    @property
    def tries(self) -> int: ...
    @property
    def otherwise(self) -> list[StepItem] | None: ...


class Listening:
    """Writes one step. Below ``path`` stand its own labels and the options, whose names are none of `RESERVED`."""

    def __init__(self, step: SpeechMenu, out: Emitter, path: str) -> None:
        self._step, self._out, self._path = step, out, path

    def begin(self, here: Extension) -> Extension:
        """Both prompts, up to the end of a phrase; returns the extension that asks the engine then."""
        here.do("answer")
        here.do("execute_extension", HEAR_TONES)
        for variable in (MISSED, SILENT, OPTION):
            here.set(variable, "")
        here.do("execute_extension", self._go("record"))
        prompt_ms = round(self._out.folder.longest_seconds(self._step.prompt) * 1000)
        self._detect(here, prompt_ms + self._wait_ms, f"{sound_files(self._step.prompt)}!{self._silence}")
        self._record()
        heard = self._extension("spoken", Condition(f"${{{_NOTHING_HEARD}}}", "^false$"))
        heard.do("detect_silence", f"{LOUDNESS} {END_FRAMES} {self._step.at_most * 1000}")
        heard.do("clear_digit_action", "all")
        self._extension("spoken").do("transfer", self._go("silent"))
        return heard

    def finish(self, after: str) -> None:
        """What follows a phrase, silence and keys."""
        self._ask_again("silent", SILENT, SILENCES, self._step.prompt)
        sounds = [self._step.unclear, self._step.prompt] if self._step.unclear else [self._step.prompt]
        self._ask_again("unclear", MISSED, MISSES, SoundRow.of(sounds))
        wrong = self._extension("wrong")
        wrong.do("playback", sound_path(self._step.invalid or INVALID))
        wrong.do("transfer", self._go("unclear"))
        self._menu()
        for name, option in self._step.options.items():
            chosen = self._extension(name)
            self._end(chosen)
            chosen.set(OPTION, name)
            self._out.steps(option.steps, chosen, f"{self._path}.{name}.", after)
        nothing = self._extension("none")
        self._out.steps(self._step.otherwise or (), nothing, f"{self._path}.otherwise.", after)

    @property
    def _wait_ms(self) -> int:
        return self._step.wait * 1000

    @property
    def _silence(self) -> str:
        """What is played while FreeSWITCH listens: longer than it does."""
        return f"silence_stream://{self._wait_ms + 1000}"

    def _record(self) -> None:
        """Take keys and record, from now on."""
        here = self._extension("record")
        for key in _KEYS:
            here.do("bind_digit_action", f"{_REALM},{key},exec[i]:transfer,{self._go(self._label(key))}")
        here.do("digit_action_set_realm", _REALM)
        here.set(AUDIO, _FILE)
        here.do("record_session", f"{_FILE} {{{_RECORDING}}}")

    def _label(self, key: str) -> str:
        """The extension of a key: an option's, or that of wrong ones."""
        return next((name for name, option in self._step.options.items() if option.key == key), "wrong")

    def _detect(self, here: Extension, lasts_ms: int, sounds: str) -> None:
        here.set(_NOTHING_HEARD, "")
        here.do("detect_audio", f"{LOUDNESS} {BEGIN_FRAMES} {lasts_ms} file_string://{sounds}")
        here.do("transfer", self._go("spoken"))

    def _ask_again(self, label: str, counted: str, most: int, sound: str) -> None:
        """The prompt once more, which keys alone interrupt; at last the menu of keys."""
        again = self._extension(label, Condition(f"${{{counted}}}", f"^x{{0,{most - 2}}}$"))
        again.set(counted, f"${{{counted}}}x")
        again.do("stop_record_session", _FILE)
        again.do("execute_extension", self._go("record"))
        again.do("playback", sound_path(sound))
        self._detect(again, self._wait_ms, self._silence)
        self._extension(label).do("transfer", self._go("keys"))

    def _menu(self) -> None:
        """Keys alone: nothing of ours is needed."""
        by_key = {option.key: name for name, option in self._step.options.items() if option.key}
        menu = self._extension("keys")
        self._end(menu)
        accepted, ends = "|".join(map(re.escape, by_key)), "none" if "#" in by_key else "#"

        def read(asking: Extension, sounds: str) -> None:
            question = f"1 1 1 {self._wait_ms} {ends} {sounds} {UNHEARD_SOUND}"
            asking.do("play_and_get_digits", f"{question} {DIGITS} ^({accepted})$")

        sounds = {"prompt": self._step.keys, "invalid": self._step.invalid or INVALID}
        read_keys(self._out, menu, f"{self._path}.keys", **sounds, tries=self._step.tries, read=read)
        menu.do("transfer", self._go("choice"))
        for key, name in by_key.items():
            pressed = Condition(f"${{{DIGITS}}}", f"^{re.escape(key)}$")
            self._extension("choice", pressed).do("transfer", self._go(name))
        self._extension("choice").do("transfer", self._go("none"))

    def _end(self, here: Extension) -> None:
        """No key counts any more, and FreeSWITCH deletes what it has recorded."""
        here.do("clear_digit_action", "all")
        here.do("stop_record_session", _FILE)

    def _extension(self, label: str, *conditions: Condition) -> Extension:
        return self._out.context.extension(f"{self._path}.{label}", *conditions)

    def _go(self, label: str) -> str:
        return self._out.go(f"{self._path}.{label}")
