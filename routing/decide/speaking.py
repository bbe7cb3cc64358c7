"""Texts with names of the call's facts: which text a call hears, with which words, and the voice's file of it.

The step `speak` is the part of `say` that needs the engine; a `lookup` speaks along with its answer. No reason repeats
a word of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from routing.decide.ports import Ports, Step, step_seconds
from routing.decide.verdict import Verdict, failed
from routing.model.call import Call
from routing.model.decision import Spoken
from routing.model.question import PLACE, value_of
from routing.model.spoken import Phrase, VoiceFault
from routing.model.spoken_file import SPOKEN
from routing.words.cardinal import cardinal
from routing.words.clock import at_time, time_of_day
from routing.words.dates import day_and_month
from routing.words.grammar import LANGUAGES
from routing.words.groups import order_number, phone_number

#: The form of a value -> its words in a language. What has no form is read as it stands.
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], str]], ...] = (
    (re.compile(r"(\d{4}-\d\d-\d\d)"), lambda found, language: _day(found[1], language)),
    (
        re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::\d\d.*)?"),
        lambda found, language: f"{_day(found[1], language)} {at_time(int(found[2]), int(found[3]), language)}",
    ),
    (re.compile(r"(\d\d):(\d\d)"), lambda found, language: time_of_day(int(found[1]), int(found[2]), language)),
    (re.compile(r"(\+\d{7,15})"), lambda found, language: phone_number(found[1], language)),
    (re.compile(r"(0|[1-9]\d{0,2})"), lambda found, language: cardinal(int(found[1]), language)),
    (re.compile(r"(\d{2,32})"), lambda found, language: order_number(found[1], language)),
)


def answer(step: Step, call: Call, ports: Ports) -> Verdict:
    """Speak the text of a `say` step."""
    try:
        return Verdict(Spoken(), "decided", "", speak(step["say"], call, ports, step_seconds(step)))
    except VoiceFault as problem:
        return failed(f"the voice: {problem.reason}")


def speak(says: Mapping[str, Any], call: Call, ports: Ports, deadline_s: float) -> dict[str, str]:
    """The channel variable that names the file. ``says``: ``texts`` and ``voices`` of a step. Raises VoiceFault."""
    texts = dict(says["texts"])
    language = call.language if call.language in texts else next(iter(texts))
    phrase = Phrase(language, filled(texts[language], call, language))
    if not any(sign.isalnum() for sign in phrase.text):
        raise VoiceFault(phrase, "there is nothing to say")
    return {SPOKEN: ports.voice(phrase, says["voices"][language], deadline_s)}


def filled(text: str, call: Call, language: str) -> str:
    """A text with its names replaced by words."""
    return " ".join(PLACE.sub(lambda place: read_aloud(value_of(place[1], call), language), text).split())


def read_aloud(value: str, language: str) -> str:
    """A fact as a voice should read it: dates, times, numbers, digits by their form, the rest as it stands."""
    if language in LANGUAGES:
        for form, aloud in _FORMS:
            if found := form.fullmatch(value):
                try:
                    return aloud(found, language)
                except ValueError:  # no such day or hour
                    return value
    return value


def _day(text: str, language: str) -> str:
    return day_and_month(date.fromisoformat(text), language)
