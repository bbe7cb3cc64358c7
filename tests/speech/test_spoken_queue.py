"""A queue whose announcements a voice says: places and waits in the language of the call, without a file of sound."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from routing.cli import group
from routing.model.queue import Announcements
from routing.steps.queue_fields import SPOKEN_WAITS, AnnounceFields

PROJECT = """
project: {name: p, timezone: Europe/Kyiv, country: UA, languages: [uk, en, pl], speech: {uk: a, en: b, pl: c}}
people: {ivan: {name: Ivan, phones: {desk: {sip: "1001"}}}}
gateways: {main: {proxy: sip.example, register: false, numbers: ["+380800330521"]}}
"""
SCHEME = """
scheme: desk
numbers: ["+380800330521"]
steps:
  - language: caller
  - queue: {to: ivan, at_most: 1m, announce: {spoken: [position, wait], every: 20s, first: 5s}}
  - hangup: USER_BUSY
"""
TEST = """
tests:
  - name: the caller hears the place
    call: {to: "+380800330521", from: "CALLER", at: "2026-11-23 10:05"}
    states: {ivan: busy}
    expect: [{says: "TEXT"}]
"""


def run(place: Path, test: str, scheme: str = SCHEME, project: str = PROJECT) -> Result:
    place.mkdir()
    for name, text in (("project", project), ("desk", scheme), ("desk.test", test)):
        (place / f"{name}.yaml").write_text(text, encoding="utf-8")
    return CliRunner().invoke(group, ["test", str(place)])


@pytest.mark.parametrize(("caller", "text"), [
    ("+380671234567", "Ваше місце в черзі: перше."),
    ("+48501112233", "Państwa miejsce w kolejce: pierwsze."),
    ("+442079460000", "You are first in the queue."),
])  # fmt: skip
def test_a_waiting_caller_hears_the_place_in_their_language(caller: str, text: str, tmp_path: Path) -> None:
    test = TEST.replace("CALLER", caller).replace("TEXT", text)
    result = run(tmp_path / "schemes", test)
    assert result.exit_code == 0, f"{result.output}{result.exception}"


@pytest.mark.parametrize(("scheme", "project", "complaint"), [
    (SCHEME, PROJECT.replace(", languages: [uk, en, pl], speech: {uk: a, en: b, pl: c}", ""),
     "queue.announce.spoken: no voice of the project says numbers or times"),
    (SCHEME.replace("spoken: [position, wait]", "spoken: position, position: [a.wav]"), PROJECT,
     "queue.announce: `position` has sounds, and `spoken` says it too (hint: leave one of both out)"),
    (SCHEME.replace("spoken: [position, wait]", "spoken: place"), PROJECT, "`place` is not one of `position`, `wait`"),
])  # fmt: skip
def test_what_cannot_be_said(scheme: str, project: str, complaint: str, tmp_path: Path) -> None:
    result = run(tmp_path / "schemes", TEST, scheme, project)
    assert result.exit_code == 1 and complaint in f"{result.output}{result.exception}"


def test_every_place_and_wait_has_its_sentence_and_later_places_one_for_all() -> None:
    phrases = AnnounceFields(spoken=["position", "wait"]).phrases()
    assert phrases["place20"]("en") == "You are twentieth in the queue."
    assert phrases["place21"]("uk") == "Перед вами щонайменше двадцять дзвінків."
    assert phrases["wait5"]("ru") == "Примерное время ожидания до пяти минут."
    assert len(phrases) == 21 + len(SPOKEN_WAITS)


def test_the_engine_is_told_of_as_many_as_are_compiled() -> None:
    fields = AnnounceFields(spoken=["wait"], position=["a.wav"])
    table = fields.table()
    assert (table["places"], table["waits"]) == (1, list(SPOKEN_WAITS))
    assert set(Announcements.__dataclass_fields__) >= set(table)
