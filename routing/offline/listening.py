"""A speech menu on the offline switch: what a caller says, nominally one second long, after the prompt has ended.

Nominal times: FreeSWITCH ends the prompt with the first sound, here callers hear it to its end. The engine's recogniser
gets the scripted words themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from routing.model.recognition import Recognised, RecogniserDown
from routing.model.utterance_facts import UtteranceFacts
from routing.offline.argument import atoi, separate
from routing.offline.running import RunningCall

REALM = "listen"
#: The variable of the words that the recogniser gets: FreeSWITCH has none, it has a recording.
_PHRASE = "scripted_phrase"
#: Words of a test, and how surely they are heard.
_UNSURE = re.compile(r"(.*\S)\s+([01](?:\.\d+)?)")
_SURE = 0.9
DOWN = "recogniser down"
_PHRASE_MS, _FRAME_MS = 1000, 20


def detect_audio(call: RunningCall, data: str) -> None:
    """``detect_audio threshold frames milliseconds file``: the caller says something, presses a key, or is silent."""
    line = call.line
    arguments = [*separate(data, " ", 4), *[""] * 4]
    until, begins = line.now_ms + max(atoi(arguments[2]), 0), False
    for part in arguments[3].removeprefix("file_string://").split("!"):
        lasts = call.duration_ms(part)
        if part.startswith("silence_stream://") or lasts is None:
            continue
        line.note("play", part, "", lasts)
        line.hear("audio")
        line.wait(line.now_ms + lasts)
    line.hear("nothing")
    phrase = _next_phrase(call)
    if phrase or (key := call.next_digit()) in call.listens_for:
        line.wait(min(line.now_ms + call.caller.types_after_ms, until))
        begins = bool(phrase)
        if not phrase:
            line.note("digits", "", key)
            raise call.listens_for[key]
    else:
        line.wait(until)
    line.set(_PHRASE, phrase)
    line.set("detect_audio_timeout", "false" if begins else "true")


def detect_silence(call: RunningCall, data: str) -> None:
    """``detect_silence threshold frames milliseconds``: the caller has said a phrase."""
    frames = atoi([*separate(data, " ", 3), "0", "0"][1])
    call.line.wait(call.line.now_ms + _PHRASE_MS + frames * _FRAME_MS)
    call.line.set("detect_silence_timeout", "false")


LISTENING = {"detect_audio": detect_audio, "detect_silence": detect_silence}


def _next_phrase(call: RunningCall) -> str:
    """What the caller says at this prompt; "" for nothing."""
    place = call.phrases_spoken
    call.phrases_spoken += 1
    phrase = call.caller.says[place] if place < len(call.caller.says) else "-"
    return "" if phrase == "-" else phrase


@dataclass(frozen=True)
class ScriptedRecogniser:
    """Hears what the test's caller says. See `routing.model.recognition.Recognisers`."""

    variables: Mapping[str, str]

    def recognise(
        self, name: str, language: str, phrases: Sequence[str], audio: str, longest_s: float, budget_s: float
    ) -> Recognised:
        """The words of the caller, with the confidence that they name."""
        phrase = self.variables.get(_PHRASE, "")
        if phrase == DOWN:
            raise RecogniserDown("down")
        if found := _UNSURE.fullmatch(phrase):
            return Recognised(found[1], float(found[2]))
        return Recognised(phrase, _SURE)

    def keep(self, audio: str, samples: bytes, facts: UtteranceFacts) -> str:
        """There is no audio: it counts as kept."""
        return ""
