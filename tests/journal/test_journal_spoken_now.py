"""What was spoken for one call is read in the journal: the step's text with what the caller typed, no file name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from routing.journal import executed
from routing.journal.cdr import App, Cdr
from routing.journal.drafts import drafts
from routing.journal.release import text_of

SAY = {"texts": [["uk", "Шукаю замовлення {{order}}."], ["en", "Looking for order {{order}}, {{lookup.day}}."]]}
SOUND = "/srv/root/speech/0cea8400909927c7a3bd2f1009ec217d.wav"


@pytest.fixture
def release(tmp_path: Path) -> str:
    (tmp_path / "schemes").mkdir()
    table = {"steps": {"2": {"kind": "speak", "say": SAY}}}
    (tmp_path / "schemes" / "orders.json").write_text(json.dumps(table), encoding="utf-8")
    return str(tmp_path)


@pytest.mark.parametrize(
    ("language", "typed", "shown"),
    [
        ("uk", {"routing_ask_order": "4711"}, '"Шукаю замовлення 4711."'),
        ("en", {"routing_ask_order": "4711"}, '"Looking for order 4711, {{lookup.day}}."'),
        ("en", {"secret_ask_order": "4711"}, '"Looking for order {{order}}, {{lookup.day}}."'),
        ("", {}, '"Шукаю замовлення {{order}}."'),
    ],
)
def test_the_words_of_a_spoken_step(release: str, language: str, typed: dict[str, str], shown: str) -> None:
    variables = {"routing_release": release, "routing_language": language, **typed}
    apps = [
        App("multiset", "^^|routing_scheme=orders|routing_kind=say|routing_step=2", "1000000"),
        App("playback", SOUND, "2000000"),
    ]
    call = Cdr("c1", variables, apps)
    (draft,), _ = drafts(call)
    assert executed.step(0, draft, (), call, text_of).inputs == shown
    gone = Cdr("c1", {**variables, "routing_release": "/nowhere"}, apps)
    assert executed.step(0, draft, (), gone, text_of).inputs == SOUND.rpartition("/")[2]


def test_what_is_no_step(release: str) -> None:
    for path in ("orders/9/uk", "../orders/2/uk", "orders", "/orders/2/uk", "other/2/uk"):
        assert text_of(release, path) == ""
