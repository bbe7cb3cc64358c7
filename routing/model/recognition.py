"""Speech recognition in a `listen` step: where FreeSWITCH writes what callers say, what recognisers answer. Pure.

The phrases of an option are compared without case and punctuation. Of what was said only the option is kept, unless the
project keeps utterances (`routing.model.utterance`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from routing.model.utterance_facts import UtteranceFacts

#: Channel variables: the file with the caller's words, the option that was chosen, how often the caller was not
#: understood or said nothing (one ``x`` each).
AUDIO, OPTION, MISSED, SILENT = ("routing_audio", "routing_option", "routing_listen_missed", "routing_listen_silent")
#: The folder below FreeSWITCH's folder of recordings, and the files' ending: 16-bit little-endian samples, one channel.
AUDIO_FOLDER, ENDING, SAMPLE_RATE = "listen", "r16", 16_000
BYTES_A_SECOND = 2 * SAMPLE_RATE
#: The longest time of one recognition; after it the recogniser is killed, and the call goes on by keys.
BUDGET_SECONDS = 2.0
LONGEST_PHRASE = 60


@dataclass(frozen=True)
class Recognised:
    """What a recogniser heard: one of the phrases or other words, "" for none; the confidence is 0 to 1; ``samples``:
    in what it heard that."""

    text: str
    confidence: float
    samples: bytes = field(default=b"", repr=False, compare=False)


class RecogniserDown(Exception):
    """Why there is no result: text for the log, which repeats nothing of what was said."""


class Recognisers(Protocol):
    """The recognisers of a node."""

    def recognise(
        self, name: str, language: str, phrases: Sequence[str], audio: str, longest_s: float, budget_s: float
    ) -> Recognised:
        """What is said in the last ``longest_s`` of a file, within ``budget_s``. Raises RecogniserDown."""

    def keep(self, audio: str, samples: bytes, facts: UtteranceFacts) -> str:
        """Keep what was said in a file; returns why it is not kept, or ""."""


def plain_phrase(text: str) -> str:
    """A phrase as it is compared: small letters, single spaces, no punctuation."""
    folded = unicodedata.normalize("NFC", text.casefold().replace("’", "'"))
    return " ".join(re.sub(r"[^\w' ]|_", " ", folded).split())


def option_of(text: str, phrases: Mapping[str, str]) -> str:
    """The option whose phrase was said, alone or among other words; "" for none, and where two options fit.

    ``phrases``: phrase as `plain_phrase` writes it -> option.
    """
    plain = plain_phrase(text)
    if plain in phrases:
        return phrases[plain]
    found = {option for phrase, option in phrases.items() if f" {phrase} " in f" {plain} "}
    return found.pop() if len(found) == 1 else ""
