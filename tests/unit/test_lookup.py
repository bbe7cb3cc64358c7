"""Questions to a server: what fills its URL, what of an answer is kept, how often a caller may guess."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from routing.decide import registry
from routing.decide.lookup_answer import decide
from routing.decide.request import build_request
from routing.decide.verdict import HandlerFailure, HandlerReply
from routing.engine.handlers import Handlers
from routing.http.breaker import Breaker
from routing.model.call import Call
from routing.model.decision import Continue, Found, NothingFound, encode
from routing.model.entities import ENCODED
from routing.model.local_guesses import MOST, LocalGuesses
from routing.model.memory import Forgotten
from routing.model.proof import PROVEN
from routing.model.question import fields_of, filled_url, found_in
from routing.model.typed_digits import TypedDigits
from routing.model.web import NoReply
from routing.process.guesses import SharedGuesses, guesses_in
from support.decision_ports import given

CALL = Call("12345678", "/r", "s", "2", "+380800330521", "+380671234567",
            entities={"region": "Київ/../x?y=1&z#"}, found={"status": ".."},
            typed=TypedDigits({"order": "0047"}, {"pin": "9182"}))  # fmt: skip
NOTHING = NothingFound()
STEP = {
    "kind": "lookup", "project": "p", "url": "https://shop.example.com/o/{{order}}", "method": "GET", "submit": "http",
    "timeout_s": 2.0, "fields": {"status": "status", "day": "delivery.date"}, "misses": 2, "within_s": 900,
}  # fmt: skip


@pytest.mark.parametrize(("template", "url"), [
    ("https://e.example/o/{{order}}?by={{caller}}", "https://e.example/o/0047?by=%2B380671234567"),
    ("https://e.example/o/{{asked.order}}", "https://e.example/o/0047"),
    ("https://e.example/{{entity.region}}", "https://e.example/%D0%9A%D0%B8%D1%97%D0%B2%2F..%2Fx%3Fy%3D1%26z%23"),
    ("https://e.example/{{lookup.status}}/x", "https://e.example//x"),
    ("https://e.example/{{pin}}/{{nothing}}", "https://e.example//"),
])  # fmt: skip
def test_names_fill_their_places_and_nothing_else(template, url):
    assert filled_url(template, CALL) == url


def test_secret_digits_are_sent_in_a_body_that_names_them_alone():
    step = STEP | {"method": "POST", "submit": "json", "send": {"pin": "typed.pin", "order": "typed.order"}}
    assert json.loads(build_request(step, CALL, "msg_1", 1).body) == {"pin": "9182", "order": "0047"}
    for other in (STEP, STEP | {"url": "https://shop.example.com/{{pin}}"}):
        request = build_request(other, CALL, "msg_1", 1)
        assert "9182" not in f"{request.url}{request.headers}{request.body!r}"
        assert request.body == b""


BODY = STEP | {"url": "https://shop.example.com/c", "method": "POST", "submit": "json"}
CALLERS = {"who": "caller", "pin": "typed.pin"}


@pytest.mark.parametrize(("send", "proven"), [
    (CALLERS, True), (CALLERS | {"from": {"value": "pbx"}}, True), ({}, False), ({"who": "caller"}, False),
    ({"pin": "typed.pin"}, False), (CALLERS | {"order": "typed.order"}, False), (CALLERS | {"all": "asked"}, False),
    (CALLERS | {"order": "asked.order"}, False), ({"who": "caller", "pin": "typed.none"}, False),
    ({"who": {"value": "caller"}, "pin": "typed.pin"}, False),
])  # fmt: skip
def test_who_calls_is_proven_by_a_secret_that_is_found_for_their_number_alone(send, proven):
    verdict = decide(BODY | {"send": send}, CALL, reply({"status": "courier"}))
    assert verdict.variables.get(PROVEN, "") == ("true" if proven else "")


def test_nothing_else_proves_who_calls():
    step, shadowed = BODY | {"send": CALLERS}, replace(CALL, typed=TypedDigits({"pin": "1111"}, {"pin": "9182"}))
    for answer in (reply({}), reply({"status": "x"}, 404), reply({"status": "x"}, 500), HandlerFailure("refused")):
        assert PROVEN not in decide(step, CALL, answer).variables
    assert PROVEN not in decide(step, shadowed, reply({"a": 1})).variables
    assert PROVEN not in decide(step | {"url": "https://e.example/{{order}}"}, CALL, reply({"a": 1})).variables


def reply(content, status=200):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return HandlerReply(status, "application/json", body)


@pytest.mark.parametrize(("answer", "decision"), [
    (reply({"status": "sent"}), Found()), (reply([{"status": "sent"}]), Found()), (reply({"other": 1}), Found()),
    (reply({}), NOTHING), (reply([]), NOTHING), (reply(None), NOTHING), (reply({"status": "x"}, 404), NOTHING),
    (reply(b"", 410), NOTHING), (reply(b""), Continue()), (reply(b"<html>"), Continue()), (reply("text"), Continue()),
    (reply(7), Continue()), (reply({"status": "x"}, 302), Continue()), (reply({"status": "x"}, 500), Continue()),
    (reply(b"[" * 60_000), Continue()), (reply(b"\xff\xfe"), Continue()), (reply(b"{\"status\": NaN}"), Found()),
    (HandlerFailure("connection refused"), Continue()),
])  # fmt: skip
def test_every_answer_leads_to_one_of_three_lists(answer, decision):
    verdict = decide(STEP, CALL, answer)
    assert verdict.decision == decision
    assert encode("2", verdict.decision)["routing_decision"].startswith("2:")


@pytest.mark.parametrize(("value", "kept"), [
    ("shipped", "shipped"), ("відправлено", "відправлено"), (12.5, "12.5"), (7, "7"), (True, ""), (None, ""), ({}, ""),
    ("x" * 10_000, "x" * 64), ("a\r\nb\x00c", "a b c"), ("${system(x)}", "system(x)"), ("it is 9182 now", ""), ("", ""),
    ("\u202etxt", "txt"), ("a|b;c", "a b c"),
])  # fmt: skip
def test_values_of_an_answer_are_reduced_to_harmless_text(value, kept):
    (variable,) = (fields := fields_of({"s": value}, {"status": "s"}, {"pin": "9182"}))
    assert not fields[variable] or ENCODED.fullmatch(fields[variable])
    assert found_in(fields) == ({"status": kept} if kept else {})


@pytest.mark.parametrize(("path", "found"), [
    ("a.b", "1"), ("list.1.x", "2"), ("list.9.x", ""), ("a.b.c", ""), ("list.x", ""), ("missing", ""),
])  # fmt: skip
def test_a_field_lies_at_its_path(path, found):
    fields = fields_of({"a": {"b": "1"}, "list": [{}, {"x": "2"}]}, {"x": path}, {})
    assert fields["routing_lookup_x"] == found


def test_no_reason_repeats_what_was_asked_or_answered():
    for content in ({"status": "cancer", "delivery": {"date": "9182"}}, b"0047 9182"):
        verdict = decide(STEP, CALL, reply(content))
        assert not any(text in verdict.reason for text in ("cancer", "9182", "0047"))


def test_a_caller_may_guess_so_often_and_a_right_answer_counts_as_none():
    clock = [0.0]
    answers, asked = [reply({"s": 1}), reply(b"", 404), reply(b"", 500), reply(b"", 404), reply({"s": 1})], []

    def server(step, call):
        asked.append(call.caller)
        return answers[len(asked) - 1]

    ports = given(webhook=server, guesses=LocalGuesses(lambda: clock[0]))
    found = [registry.decide(STEP, CALL, ports).decision for _ in range(6)]
    assert found == [Found(), NOTHING, Continue(), NOTHING, NOTHING, NOTHING]
    assert len(asked) == 4
    clock[0] = 901.0
    assert registry.decide(STEP, CALL, ports).decision == Found()


def test_anonymous_callers_guess_together_and_others_apart():
    guesses = LocalGuesses(lambda: 0.0)
    assert [guesses.begin("p", who, 60) for who in ("a", "b", "a")] == [1, 1, 2]
    for caller in range(MOST + 5):
        guesses.begin("p", f"c{caller}", 60)
    assert guesses.begin("p", "a", 60) == 1  # forgotten


class Away:
    def begin(self, *_):
        raise Forgotten("away")

    found = begin


def test_the_process_counts_while_redis_is_away():
    shared = SharedGuesses(Away(), LocalGuesses(lambda: 0.0))
    assert [shared.begin("p", "a", 60) for _ in range(2)] == [1, 2]
    shared.found("p", "a", 60)
    assert shared.begin("p", "a", 60) == 2
    assert guesses_in(None, lambda: 0.0).begin("p", "a", 60) == 1


class Dead:
    def __init__(self):
        self.asked = []

    def exchange(self, method, url, *_):
        self.asked.append(url)
        raise NoReply("connection refused")


def test_a_dead_server_is_one_server_whatever_the_order():
    dead = Dead()
    handlers = Handlers(dead, Breaker(lambda: 0.0), {}, now=lambda: 0.0)
    for order in range(9):
        call = Call("12345678", "/r", "s", "2", "", "", typed=TypedDigits({"order": str(order)}))
        assert isinstance(handlers(STEP, call), HandlerFailure)
    assert len(dead.asked) == 5  # then its breaker is open


@pytest.mark.parametrize("echo", ["9182", "9-1-8-2", "91 82", "PIN: 9 1.8/2!", "+9 (18) 2", "no. 4711-91_82"])
def test_secret_digits_that_a_server_repeats_are_in_no_call_record(echo):
    fields = fields_of({"echo": echo, "other": "9-1-8, then 2 of 82"}, {"e": "echo", "o": "other"}, {"pin": "9182"})
    assert fields["routing_lookup_e"] == ""
    assert found_in(fields) == {"o": "9-1-8, then 2 of 82"}
