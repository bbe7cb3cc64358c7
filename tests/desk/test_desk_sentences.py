"""What the journal tells in English, on the desk in its reader's language."""

from __future__ import annotations

import re
from datetime import UTC

import pytest

from routing.desk.sentences import PREFIX, Sentence, translated
from routing.desk.texts import Texts, texts_of
from routing.model.causes import CAUSES

UKRAINIAN, POLISH = Texts("uk", UTC), Texts("pl", UTC)


@pytest.mark.parametrize(("english", "ukrainian"), [
    ("key 1", "клавіша 1"),
    ("extension 101; olena.desk talked", "внутрішній номер 101; olena.desk — розмова"),
    ("ivan.desk busy, olena.desk picked up and did not press 1",
     "ivan.desk — зайнято, olena.desk — знято, клавішу 1 не натиснуто"),
    ("ivan.mobile picked up, somebody else took the call first",
     "ivan.mobile — слухавку знято, відповів хтось інший раніше"),
    ("calendar office, Europe/Kyiv", "розклад office, Europe/Kyiv"),
    ("caller +380671234567, number +380441230001, 2 decision requests",
     "від +380671234567, номер +380441230001, запитів рішення: 2"),
    ("sales / place 4: p3 busy, p4 wrap-up (hears position.wav)",
     "sales / місце 4: p3 — зайнято, p4 — запис після розмови (чує position.wav)"),
    ("talked 105 s, 2 h ago, the client called", "розмова 105 с, 2 год тому, дзвонив клієнт"),
    ("asked 1 h 34 min 2 s ago, less than 30d", "питали 1 год 34 хв 2 с тому, менше ніж 30 дн."),
    ("not asked: talked less than 20 s", "не питали: розмова коротша за 20 с"),
    ("failed: no answer within 2 s", "збій: немає відповіді за 2 с"),
    ("room meeting", "кімната meeting"),
    ("labels vip, late", "мітки vip, late"),
])  # fmt: skip
def test_a_sentence_of_the_journal(english: str, ukrainian: str) -> None:
    assert translated(UKRAINIAN, english) == Sentence(ukrainian, is_english=False)
    assert translated(Texts("en", UTC), english) == Sentence(english, is_english=False)


def test_what_others_said_stays_as_it_is_and_is_marked_as_english() -> None:
    assert translated(UKRAINIAN, "failed: its next page is on another server").is_english
    assert translated(UKRAINIAN, "key 1, something new") == Sentence("клавіша 1, something new", is_english=True)


@pytest.mark.parametrize("hostile", [
    "a is " * 20 + "not asked: " * 20 + "first: not known (hears a)" * 2,
    "place 1: " * 15 + "busy" + " first" * 15 + " (hears a)" * 15 + " zz",
    "a " * 5_000,
])  # fmt: skip
def test_no_words_of_a_server_keep_the_desk_busy(hostile: str) -> None:
    """They were tried in exponentially many ways: this test did not end."""
    assert translated(UKRAINIAN, hostile).is_english


def test_names_and_texts_that_a_voice_speaks_are_in_no_language_of_ours() -> None:
    assert (
        translated(POLISH, '"Dzień dobry, proszę czekać", welcome.wav').text
        == '"Dzień dobry, proszę czekać", welcome.wav'
    )
    assert not translated(POLISH, "uk").is_english
    assert translated(POLISH, "") == Sentence("", is_english=False)


@pytest.mark.parametrize("why", sorted({cause.journal for cause in CAUSES.values() if cause.journal}))
def test_every_cause_is_told_in_every_language(why: str) -> None:
    for language in ("uk", "ru", "pl"):
        assert translated(Texts(language, UTC), f"olena.desk {why}").text.startswith("olena.desk — ")


def test_a_sentence_has_the_same_values_in_every_language() -> None:
    for key, english in texts_of("en").items():
        if key.startswith(PREFIX):
            for language in ("uk", "ru", "pl"):
                assert sorted(re.findall(r"{\w+}", texts_of(language)[key])) == sorted(re.findall(r"{\w+}", english))
