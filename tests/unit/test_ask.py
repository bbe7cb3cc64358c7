"""Digits that a caller types: what is read of the channel, who is told, and that secret ones are shown to nobody."""

from __future__ import annotations

import pytest

from routing.decide import registry
from routing.decide.pop import pop_of
from routing.decide.request import parameters
from routing.decide.verdict import Verdict
from routing.esl.facts import call_of
from routing.esl.protocol import Message
from routing.journal import executed
from routing.journal.cdr import App, Cdr
from routing.journal.drafts import drafts
from routing.model.call import Call
from routing.model.decision import RingPhone
from routing.model.typed_digits import TypedDigits, typed_digits_in
from routing.offline.event_socket import connect_reply
from routing.offline.events import Event
from routing.testing.kinds import Expectation, describe, met

TYPED = {"routing_ask_order": "0047", "secret_ask_pin": "9182"}
CALL = Call("12345678", "/r", "s", "2", "+380800330521", "+380671234567", typed=typed_digits_in(TYPED))


def test_digits_are_read_by_their_names_and_nothing_else_is():
    hostile = {"routing_ask_x": "${x}", "routing_ask_Y": "1", "routing_ask_": "1", "routing_asked": "xx",
               "routing_ask_long": "1" * 33, "routing_ask_mixed": "12a", "routing_ask_arabic": "١٢"}  # fmt: skip
    assert typed_digits_in(TYPED | hostile) == TypedDigits({"order": "0047"}, {"pin": "9182"})


def test_the_engine_reads_them_from_the_channel():
    facts = {"uuid": "12345678", "routing_release": "/r", "routing_scheme": "s", "routing_step": "2"}
    assert call_of(Message(b"\n" + connect_reply(facts | TYPED))).typed == CALL.typed


@pytest.mark.parametrize(("value", "proven"), [("true", True), ("false", False), ("TRUE", False), ("1", False)])
def test_the_engine_reads_whether_the_caller_has_proven_who_they_are(value, proven):
    facts = {"uuid": "12345678", "routing_release": "/r", "routing_scheme": "s", "routing_step": "2"}
    assert not call_of(Message(b"\n" + connect_reply(facts))).proven
    assert not call_of(Message(b"\n" + connect_reply(facts | {"sip_h_X-routing_proven": "true"}))).proven
    assert call_of(Message(b"\n" + connect_reply(facts | {"routing_proven": value}))).proven is proven


def test_webhooks_are_told_what_is_not_secret():
    told = parameters({}, CALL)
    assert told["asked"] == {"order": "0047"}
    chosen = parameters({"send": {"no": "asked.order", "pin": "asked.pin", "all": "asked"}}, CALL)
    assert chosen == {"no": "0047", "pin": "", "all": {"order": "0047"}}
    assert "9182" not in repr((told, chosen, CALL))


def test_a_screen_pop_shows_what_is_not_secret():
    pop = pop_of("sticky", CALL, Verdict(RingPhone("ivan.desk", 20), "decided"), None)
    assert pop.as_json()["asked"] == {"order": "0047"}
    assert "9182" not in str(pop.as_json())


def recorded(variables, *apps):
    leg = Cdr("a", {"uuid": "a"} | variables, tuple(App(name, data, "1") for name, data in apps))
    found, _ = drafts(leg)
    return [(step.inputs, step.result, step.outcome) for step in (executed.step(0, each, (), leg) for each in found)]


def reads(variable):
    return ("multiset", "^^|routing_kind=ask|routing_step=1"), (
        "play_and_get_digits", f"1 4 1 5000 #* /r/sounds/a.wav silence_stream://20 {variable} ^[0-9]{{4,4}}$ 3000 a"
    )  # fmt: skip


@pytest.mark.parametrize(("variables", "variable", "said"), [
    ({"routing_ask_order": "0047"}, "routing_ask_order", ("order", "chosen", "entered 0047")),
    ({}, "secret_ask_pin", ("pin", "done", "secret")),
    ({}, "routing_ask_order", ("order", "left", "hung up")),
])  # fmt: skip
def test_the_journal_says_what_was_typed(variables, variable, said):
    assert recorded(variables, *reads(variable)) == [said]


def test_the_journal_says_that_nothing_was_typed():
    after = ("multiset", "^^|routing_kind=hangup|routing_step=2")
    assert recorded({}, *reads("routing_ask_order"), after)[0] == ("order", "no_choice", "nothing entered")


@pytest.mark.parametrize(("typed", "word"), [("0047", "order 0047"), ("0047", "order"), ("-", "order nothing")])
def test_a_scheme_test_expects_them(typed, word):
    event = Event(0, "digits", "routing_ask_order", typed)
    assert met(event, Expectation("asked", (word,)))
    assert word.startswith(describe(event, "asked")[:5])


def test_digits_that_are_asked_again_meet_no_expectation():
    assert not met(Event(0, "digits", "routing_ask_order", "!12"), Expectation("asked", ("order",)))


def test_no_decision_is_made_of_it():
    assert "ask" not in registry.DECIDERS
