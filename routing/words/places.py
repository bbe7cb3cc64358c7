"""A caller's place in a queue and how long it may take, in sentences that need no gender of the caller."""

from __future__ import annotations

from routing.words.counted import counted
from routing.words.grammar import Case, Language, language_of
from routing.words.ordinals import OrdinalForm, ordinal

_PLACE: dict[Language, str] = {
    "uk": "Ваше місце в черзі: {}.",
    "ru": "Ваше место в очереди: {}.",
    "pl": "Państwa miejsce w kolejce: {}.",
    "en": "You are {} in the queue.",
}
_WAIT: dict[Language, str] = {
    "uk": "Орієнтовний час очікування до {}.",
    "ru": "Примерное время ожидания до {}.",
    "pl": "Przewidywany czas oczekiwania do {}.",
    "en": "The expected wait is up to {}.",
}


#: For whoever has twenty callers before them, or more.
LATER: dict[Language, str] = {
    "uk": "Перед вами щонайменше двадцять дзвінків.",
    "ru": "Перед вами не менее двадцати звонков.",
    "pl": "Przed Państwem jest co najmniej dwadzieścia rozmów.",
    "en": "There are at least twenty calls before you.",
}


def later(language: str) -> str:
    """The sentence for every place after the twentieth. Raises ValueError."""
    return LATER[language_of(language)]


def place(number: int, language: str) -> str:
    """The sentence for the place 1 to 999. Raises ValueError."""
    spoken = language_of(language)
    return _PLACE[spoken].format(ordinal(number, spoken, OrdinalForm.PLACE))


def wait(minutes: int, language: str) -> str:
    """The sentence for a wait of up to so many minutes, 1 to 999,999,999. Raises ValueError."""
    spoken = language_of(language)
    if minutes < 1:
        raise ValueError(f"a wait of {minutes} minutes is none")
    return _WAIT[spoken].format(counted(minutes, "minute", spoken, Case.GENITIVE))
