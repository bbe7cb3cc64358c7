"""The steps of a simulated call in the journal's words."""

from __future__ import annotations

import pytest

from routing.model.rating import SCORE
from routing.offline.applications import REFUSED
from routing.offline.events import Event
from routing.sample.step_text import step_text

BUSY = Event(900, "ring_end", "ivan.desk", "USER_BUSY")
TALK = (Event(900, "ring_end", "ivan.desk", "answered"), Event(900, "talk", "ivan.desk"))
ENDS = Event(999, "end", "NORMAL_CLEARING", "caller")
ASKS = Event(500, "decision", "127.0.0.1:8084", "ask (not asked within 30d)")


@pytest.mark.parametrize(("kind", "events", "inputs", "outcome"), [
    ("ring", [BUSY], "", "ivan.desk busy"),
    ("ring", [*TALK], "", "ivan.desk talked"),
    ("ring", [], "", "nobody was rung"),
    ("menu", [Event(1, "digits", "routing_key", "1")], "a key", "key 1"),
    ("menu", [Event(1, "digits", "routing_key", "101"), *TALK], "a key", "extension 101; ivan.desk talked"),
    ("menu", [Event(1, "digits", "routing_key", "!9"), Event(2, "digits", "routing_key", "-")], "a key", "no choice"),
    ("menu", [ENDS], "a key", "hung up"),
    ("ask", [Event(1, "digits", "routing_ask_pin", "****")], "", "secret"),
    ("ask", [Event(1, "digits", "routing_ask_order", "4711")], "", "entered 4711"),
    ("queue", [Event(1, "decision", "", "wait (place 2: ivan.desk busy)"), ENDS],
     "sales / place 2: ivan.desk busy", "hung up"),
    ("queue", [*TALK, ENDS], "sales", "ivan.desk talked"),
    ("webhook", [Event(1, "decision", "", "continue (the handler chose to continue)")], "", "go on"),
    ("webhook", [Event(1, "fallback", "", "no engine")], "", "the engine decided nothing in time: went on"),
    ("rate", [], "", "for after the talk"),
    ("rate", [Event(1, "limit", "r", "2 of 1/20", reason=REFUSED)], "", "not asked: talked less than 20 s"),
    ("rate", [Event(1, "limit", "r", "1 of 1/20"), ASKS, Event(2, "digits", SCORE, "4")], "asked", "rated 4"),
    ("rate", [ASKS, Event(2, "digits", SCORE, "-")], "asked", "nothing pressed"),
    ("rate", [Event(1, "decision", "", "continue (asked 2 h ago)")], "", "not asked: asked 2 h ago"),
    ("hours", [Event(1, "variable", "routing_hours=closed")], "", "closed"),
    ("voicemail", [Event(1, "voicemail", "m.wav")], "", "recorded"),
    ("play", [Event(1, "play", "/sounds/hello.wav")], "hello.wav", "played"),
    ("tag", [Event(1, "tag", "vip"), Event(1, "tag", "late")], "", "labels vip, late"),
])  # fmt: skip
def test_what_a_step_used_and_what_came_of_it(kind: str, events: list[Event], inputs: str, outcome: str) -> None:
    assert step_text(kind, [Event(0, "step", "1", kind, scheme="sales"), *events]) == (inputs, outcome)
