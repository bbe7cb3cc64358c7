"""Texts with a call's facts: which words they become, what offline calls hear, what is heard when no voice speaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from routing.decide.registry import decide
from routing.decide.speaking import filled, read_aloud
from routing.decide.verdict import HandlerFailure, HandlerReply
from routing.model.call import Call
from routing.model.decision import Continue, Found, NothingFound, Spoken
from routing.model.local_guesses import LocalGuesses
from routing.model.spoken import Phrase, VoiceFault
from routing.model.typed_digits import TypedDigits
from routing.offline.answering import InProcess, canned
from routing.offline.decider import refused
from routing.offline.events import Event, ended
from routing.offline.phones import ScriptedCaller
from routing.offline.published import PublishedRelease
from routing.offline.switch import OfflineCall
from support.decision_ports import given
from support.folders import HERE, compiled, laid_out

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
CALL = Call("12345678", "/r", "s", "2", "+380800330521", "+380671234567",
            typed=TypedDigits({"order": "004711"}, {"pin": "9182"}), found={"day": "2026-12-01"})  # fmt: skip
SAYS = {"texts": [["uk", "Замовлення {{order}}"], ["en", "Order {{order}}"]], "voices": {"uk": "a", "en": "b"}}
LOOKUP: dict[str, Any] = {
    "kind": "lookup", "project": "p", "url": "https://shop.example.com/{{order}}", "timeout_s": 2.0,
    "fields": {"status": "status"}, "misses": 5, "within_s": 900,
    "say": {"texts": [["en", "Order {{order}} is {{lookup.status}}."]], "voices": {"en": "b"}},
}  # fmt: skip
NAME = "0123456789abcdef" * 2


@pytest.mark.parametrize(("value", "language", "words"), [
    ("2026-12-01", "uk", "першого грудня"),
    ("2026-12-01", "en", "the first of December"),
    ("2026-12-01T14:30", "pl", "pierwszego grudnia o czternastej trzydzieści"),
    ("2026-12-01 09:00:00+02:00", "uk", "першого грудня о дев'ятій"),
    ("14:30", "en", "two thirty p.m."),
    ("7", "ru", "семь"),
    ("250", "uk", "двісті п'ятдесят"),
    ("004711", "uk", "нуль нуль, сорок сім, одинадцять"),
    ("+380671234567", "en", "plus three eight zero, six seven, one two three, four five, six seven"),
    ("2026-13-01", "uk", "2026-13-01"),
    ("29:00", "uk", "29:00"),
    ("in transit", "en", "in transit"),
    ("12.50", "en", "12.50"),
    ("4711", "de", "4711"),
    ("", "uk", ""),
])  # fmt: skip
def test_a_fact_becomes_words_by_its_form(value: str, language: str, words: str) -> None:
    assert read_aloud(value, language) == words


def test_names_are_filled_secret_digits_never() -> None:
    assert filled("{{order}} {{lookup.day}}, {{pin}}{{nothing}}!", CALL, "de") == "004711 2026-12-01, !"
    assert filled("From {{caller}} {{asked.order}}", CALL, "de") == "From +380671234567 004711"


class Mouth:
    """The port: what was spoken, with the deadline; a fault, once one is set."""

    def __init__(self) -> None:
        self.spoken: list[tuple[Phrase, str, float]] = []
        self.fault = ""

    def __call__(self, phrase: Phrase, command: str, deadline_s: float) -> str:
        self.spoken.append((phrase, command, deadline_s))
        if self.fault:
            raise VoiceFault(phrase, f"{self.fault}: {phrase.text}", reason=self.fault)
        return NAME


@pytest.mark.parametrize(("language", "spoken"), [
    ("en", (Phrase("en", "Order zero zero, four seven, one one"), "b", 1.0)),
    ("pl", (Phrase("uk", "Замовлення нуль нуль, сорок сім, одинадцять"), "a", 1.0)),
    ("", (Phrase("uk", "Замовлення нуль нуль, сорок сім, одинадцять"), "a", 1.0)),
])  # fmt: skip
def test_a_text_is_spoken_in_the_language_of_the_call_or_else_in_the_first(language: str, spoken: Any) -> None:
    mouth = Mouth()
    call = Call("12345678", "/r", "s", "2", "+380800330521", "+380671234567", typed=CALL.typed, language=language)
    verdict = decide({"kind": "speak", "say": SAYS, "timeout_s": 1.0}, call, given(voice=mouth))
    assert (verdict.decision, verdict.variables) == (Spoken(), {"routing_spoken": NAME})
    assert mouth.spoken == [spoken]


def test_a_voice_that_fails_lets_the_call_go_on() -> None:
    mouth = Mouth()
    mouth.fault = "it was killed by SIGKILL"
    verdict = decide({"kind": "speak", "say": SAYS, "timeout_s": 1.0}, CALL, given(voice=mouth))
    assert (verdict.outcome, verdict.decision, verdict.variables) == ("failed", Continue(), {})
    assert verdict.reason == "the voice: it was killed by SIGKILL"


def test_a_text_of_which_nothing_is_left_is_not_spoken() -> None:
    says = {"texts": [["uk", "{{pin}}. {{lookup.none}}"]], "voices": {"uk": "a"}}
    verdict = decide({"kind": "speak", "say": says, "timeout_s": 1.0}, CALL, given(voice=Mouth()))
    assert verdict.reason == "the voice: there is nothing to say"


def looked_up(reply: HandlerReply | HandlerFailure, took_s: float, fault: str = "") -> tuple[Any, Mouth]:
    moments, mouth = iter([100.0, 100.0 + took_s]), Mouth()
    mouth.fault = fault
    ports = given(
        webhook=lambda step, call: reply, guesses=LocalGuesses(lambda: 0.0), voice=mouth, now=lambda: next(moments)
    )
    return decide(LOOKUP, CALL, ports), mouth


SHIPPED = HandlerReply(200, "application/json", json.dumps({"status": "on its way"}).encode())


def test_a_lookup_speaks_of_its_own_answer_within_the_rest_of_its_time() -> None:
    verdict, mouth = looked_up(SHIPPED, 0.5)
    assert verdict.decision == Found()
    assert verdict.variables == {"routing_lookup_status": "on~20its~20way", "routing_spoken": NAME}
    assert mouth.spoken == [(Phrase("en", "Order zero zero, four seven, one one is on its way."), "b", 1.5)]


def test_an_answer_is_found_though_no_voice_speaks_of_it() -> None:
    verdict, _ = looked_up(SHIPPED, 0.5, "no time was left")
    assert (verdict.outcome, verdict.decision) == ("decided", Found())
    assert verdict.variables == {"routing_lookup_status": "on~20its~20way"}
    assert verdict.reason == "1 fields; the voice: no time was left"
    assert looked_up(SHIPPED, 9.0)[1].spoken[0][2] == 0.0


def test_a_clock_that_is_set_back_gives_a_voice_no_more_than_the_step_s_time() -> None:
    assert looked_up(SHIPPED, -3600.0)[1].spoken[0][2] == 2.0


@pytest.mark.parametrize("reply", [HandlerReply(404, "", b""), HandlerFailure("connection refused")])
def test_nothing_is_spoken_without_an_answer(reply: Any) -> None:
    verdict, mouth = looked_up(reply, 0.1)
    assert mouth.spoken == []
    assert verdict.decision in (NothingFound(), Continue())


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> PublishedRelease:
    place = tmp_path_factory.mktemp("facts")
    release = compiled(laid_out(HERE / "good" / "say_facts", place / "schemes"), place / "root")
    (place / "root" / "current").symlink_to(release.folder)
    return PublishedRelease(place / "root")


Carry = Callable[..., list[Event]]


@pytest.fixture
def carry(published: PublishedRelease) -> Carry:
    def carry(body: str = '{"status": "shipped"}', mute: bool = False, engine: bool = True) -> list[Event]:
        decider = InProcess(published.files, canned(body), is_mute=mute) if engine else refused
        call = OfflineCall("+380800330521", "+380671234567", NOW)
        return published.run(call, None, ScriptedCaller(digits="4711#"), decider)

    return carry


def heard(events: list[Event]) -> list[str]:
    return [event.text or event.subject.rpartition("/")[2] for event in events if event.kind == "play"]


QUESTION, FILE = "Наберіть номер замовлення.", "greeting.wav"


def test_an_offline_call_hears_the_words(carry: Carry) -> None:
    events = carry('{"status": "в дорозі", "delivery": {"date": "2026-12-01"}}')
    assert heard(events) == [
        QUESTION, "Шукаю сорок сім, одинадцять.",
        "Замовлення сорок сім, одинадцять: в дорозі, прибуде першого грудня.",
    ]  # fmt: skip
    assert [event.language for event in events if event.kind == "play"] == ["uk"] * 3
    assert ended(events).subject == "NORMAL_CLEARING"


@pytest.mark.parametrize(("how", "sounds"), [
    ({"mute": True}, [QUESTION, FILE, "Замовлення в дорозі."]),
    ({"engine": False}, [QUESTION, FILE]),
    ({"body": "404"}, [QUESTION, "Шукаю сорок сім, одинадцять.", FILE]),
    ({"body": "refused"}, [QUESTION, "Шукаю сорок сім, одинадцять."]),
])  # fmt: skip
def test_what_is_heard_when_something_is_down(carry: Carry, how: dict[str, Any], sounds: list[str]) -> None:
    assert heard(carry(**how)) == sounds


def test_a_secret_is_never_spoken_and_a_hostile_answer_is_words(carry: Carry) -> None:
    spoken = heard(carry('{"status": "${system(id)} <b>|`x`; {{pin}}"}'))[-1]
    assert not set("$<>|`;{}") & set(spoken)


def test_the_engine_may_be_anywhere_its_file_is_below_the_root(published: PublishedRelease) -> None:
    text = Path(published.root / "current" / "schemes" / "status.xml").read_text(encoding="utf-8")
    assert 'data="${routing_release}/../../speech/$1.wav"' in text
