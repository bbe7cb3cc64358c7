"""What a webhook's answer does to a call: both dialects, every kind of target, every kind of nonsense."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.decide.directory import Directory
from routing.decide.verdict import HandlerFailure, HandlerReply
from routing.decide.webhook import decide
from routing.model.decision import (
    Call,
    Continue,
    End,
    GoScheme,
    RingNumber,
    RingPerson,
    RingPhone,
    encode,
)

TABLE = {
    "people": {
        "ivan": {"phones": ["desk", "mobile"]},
        "olena": {"phones": ["desk"]},
        "lviv": {"phones": ["desk"]},
    },
    "accounts": {"1001": "ivan.desk", "1002": "olena.desk", "1003": "ivan.mobile", "reception": "olena.desk"}
    | {"380501112244": "olena.desk"},
    "extensions": {"101": "ivan", "1002": "olena"},
    "country": "UA",
    "destinations": [r"^\+380(?!900)\d{9}$", r"^\+48\d{9}$"],
}
SCHEMES = {"kharkiv": False, "kyiv": False, "lviv": False, "greeting": True}
DIRECTORY = Directory.of(TABLE, SCHEMES)
OWN = {"kind": "webhook", "form": "routing", "ring_s": 30}
RINGOSTAT = {"kind": "webhook", "form": "ringostat", "ring_s": 25, "answer_key": "target", "import": "json"}


def call(caller_pays: bool = True) -> Call:
    return Call(
        uuid="u-1",
        release="/r",
        scheme="kharkiv",
        step="3",
        number="+380800111222",
        caller="+380501112233",
        caller_pays=caller_pays,
    )


def said(body: object, step: dict = OWN, status: int = 200, caller_pays: bool = True):
    raw = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    return decide(step, DIRECTORY, call(caller_pays), HandlerReply(status, "application/json", raw))


IVAN, NUMBER = RingPerson("ivan", 30), RingNumber("+380501112233", 30)


@pytest.mark.parametrize(
    ("body", "decision"),
    [
        ({"ring": "ivan"}, IVAN),
        ({"ring": " ivan\n"}, IVAN),
        ({"ring": "ivan.mobile"}, RingPhone("ivan.mobile", 30)),
        ({"ring": "1001"}, RingPhone("ivan.desk", 30)),
        ({"ring": 1001}, RingPhone("ivan.desk", 30)),
        ({"ring": "reception"}, RingPhone("olena.desk", 30)),
        ({"ring": "101"}, IVAN),
        ({"ring": "+380501112233"}, NUMBER),
        ({"ring": "380501112233"}, NUMBER),
        ({"ring": 380501112233}, NUMBER),
        ({"ring": "0501112233"}, NUMBER),
        ({"ring": "+380 (50) 111-22-33"}, NUMBER),
        ({"ring": "%2B380501112233"}, NUMBER),
        ({"ring": "ivan", "for": 20}, RingPerson("ivan", 20)),
        ({"ring": "ivan", "for": "20"}, RingPerson("ivan", 20)),
        ({"ring": "ivan", "for": "20s"}, RingPerson("ivan", 20)),
        ({"ring": "ivan", "for": 20.0}, RingPerson("ivan", 20)),
        ({"ring": "ivan", "for": None, "scheme": None}, IVAN),
        ({"ring": "ivan", "caller_name": "Ольга"}, RingPerson("ivan", 30, "Ольга")),
        ({"ring": "ivan", "label": "Shop", "caller_name": "Olha"}, RingPerson("ivan", 30, "Shop Olha")),
        ({"ring": "ivan", "caller_name": "${system rm}~'\n\ud800"}, RingPerson("ivan", 30, "system rm ~")),
        ({"scheme": "kyiv"}, GoScheme("kyiv")),
        ({"hangup": True}, End("NORMAL_CLEARING")),
        ({"hangup": 1}, End("NORMAL_CLEARING")),
        ({"hangup": "user_busy"}, End("USER_BUSY")),
        ("ivan", IVAN),
        ('"ivan"', IVAN),
        ("kyiv", GoScheme("kyiv")),
        ("+380501112233\r\n", NUMBER),
        ("380501112233", NUMBER),
        ("\ufeffivan", IVAN),
    ],
)
def test_our_own_form(body, decision):
    verdict = said(body)
    assert (verdict.decision, verdict.outcome) == (decision, "decided")


def test_continue_is_a_wish_not_an_error():
    verdict = said({"continue": True})
    assert (verdict.decision, verdict.outcome) == (Continue(), "continued")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the answer is empty"),
        (b"  \n", "the answer is empty"),
        (b"\xff\xfe", "the answer is not UTF-8"),
        ("{", "the answer is not JSON: '{'"),
        ("[" * 60_000, "the answer is not JSON"),
        ('{"ring": ' + "9" * 5000 + "}", "the answer is not JSON"),
        ([], "a JSON list"),
        ({}, "holds none"),
        ({"ring": "ivan", "scheme": "kyiv"}, "it holds ring and scheme"),
        ({"continue": False}, "continue must be true"),
        ({"continue": "yes"}, "continue must be true"),
        ({"ring": ["ivan"]}, "ring is list, not text"),
        ({"ring": True}, "ring is bool, not text"),
        ({"ring": 1.5}, "ring is float, not text"),
        ({"ring": ""}, "ring is empty"),
        ({"ring": "x" * 200}, "ring is 200 characters long"),
        ({"ring": "ivann"}, "'ivann' is not a known person"),
        ({"ring": "ivan.fax"}, "not a known person, phone"),
        ({"ring": "kharkiv"}, "not a known person"),
        ({"ring": "Ivan"}, "not a known person"),
        ({"ring": "1002"}, "is ambiguous: the SIP account of olena.desk or the extension of olena"),
        ({"ring": "380501112244"}, "is ambiguous: the SIP account of olena.desk or a phone number"),
        ({"ring": "112"}, "'112' is neither a SIP account nor 10-15 digits"),
        ({"ring": "050111223344556"}, "national number"),
        ({"ring": "0900111222"}, "+380900111222 is not an allowed destination"),
        ({"ring": "+380900111222"}, "not an allowed destination"),
        ({"ring": "+12025550123"}, "not an allowed destination"),
        ({"ring": "+٣٨٠٥٠١١١٢٢٣٣"}, "not a known person"),
        ({"ring": "sofia/gateway/main/1"}, "not a known person"),
        ({"ring": "ivan,[api_on_answer='system id']"}, "not a known person"),
        ({"ring": "+380501112233|+380900111222"}, "not a known person"),
        ({"ring": "ivan", "for": 0}, "for must be whole seconds, 1 to 300"),
        ({"ring": "ivan", "for": 301}, "for must be whole seconds"),
        ({"ring": "ivan", "for": "soon"}, "for must be whole seconds"),
        ({"ring": "ivan", "for": 1.5}, "for is float"),
        ({"ring": "ivan", "for": True}, "for is bool"),
        ({"scheme": "nowhere"}, "'nowhere' is not a known scheme"),
        ({"scheme": "../etc"}, "not a known scheme"),
        ({"hangup": "REBOOT"}, "not a hangup cause"),
        ({"hangup": False}, "hangup is bool"),
        ("lviv", "is ambiguous: person lviv or scheme lviv"),
        ("<html>it works</html>", "not a known person"),
    ],
)
def test_a_wrong_answer_goes_on_with_the_scheme_and_says_why(body, reason):
    verdict = said(body)
    assert (verdict.decision, verdict.outcome) == (Continue(), "refused")
    assert reason in verdict.reason


@pytest.mark.parametrize("status", [301, 400, 404, 500, 503, 199])
def test_a_status_other_than_2xx_is_no_answer_whatever_its_body(status):
    verdict = said({"ring": "ivan"}, status=status)
    assert (verdict.decision, verdict.reason) == (Continue(), f"HTTP status {status}")


def test_no_answer_goes_on():
    verdict = decide(OWN, DIRECTORY, call(), HandlerFailure("no answer within 2 s"))
    assert (verdict.decision, verdict.outcome, verdict.reason) == (Continue(), "failed", "no answer within 2 s")


def test_a_scheme_that_answers_first_is_refused_where_the_caller_does_not_pay():
    assert said({"scheme": "greeting"}).decision == GoScheme("greeting")
    verdict = said({"scheme": "greeting"}, caller_pays=False)
    assert (verdict.decision, verdict.outcome) == (Continue(), "refused")
    assert "before a person does" in verdict.reason
    assert said({"scheme": "kyiv"}, caller_pays=False).decision == GoScheme("kyiv")


def test_a_step_may_narrow_the_projects_destinations():
    step = OWN | {"destinations": [r"^\+48\d{9}$"]}
    assert said({"ring": "+48221234567"}, step).decision == RingNumber("+48221234567", 30)
    assert "not an allowed destination" in said({"ring": "+380501112233"}, step).reason


def test_national_digits_need_a_country():
    nowhere = Directory.of(TABLE | {"country": None}, SCHEMES)
    assert "national number" in decide(OWN, nowhere, call(), HandlerReply(200, "", b"0501112233")).reason


def test_no_destinations_allow_no_number():
    closed = Directory.of(TABLE | {"destinations": []}, SCHEMES)
    verdict = decide(OWN, closed, call(), HandlerReply(200, "", b"+380501112233"))
    assert "not an allowed destination" in verdict.reason


@pytest.mark.parametrize(
    ("step", "body", "decision"),
    [
        ({}, {"target": "1001"}, RingPhone("ivan.desk", 25)),
        ({}, {"target": "380501112233", "other": 1}, RingNumber("+380501112233", 25)),
        ({}, {"target": "kyiv"}, GoScheme("kyiv")),
        ({}, {"target": "%2B380501112233"}, RingNumber("+380501112233", 25)),
        ({}, "380501112233", RingNumber("+380501112233", 25)),
        ({}, '"1001"', RingPhone("ivan.desk", 25)),
        ({"answer_key": ""}, "1001", RingPhone("ivan.desk", 25)),
        ({"import": "http"}, "target=1001&x=2", RingPhone("ivan.desk", 25)),
        ({"import": "http"}, "target=%2B380501112233", RingNumber("+380501112233", 25)),
        ({"import": "http"}, "1001", RingPhone("ivan.desk", 25)),
        (
            {"import": "json-rpc"},
            {"jsonrpc": "2.0", "result": {"target": "1001"}, "id": 1},
            RingPhone("ivan.desk", 25),
        ),
        ({"import": "json-rpc"}, {"result": "kyiv", "error": None}, GoScheme("kyiv")),
    ],
)
def test_the_ringostat_form(step, body, decision):
    verdict = said(body, RINGOSTAT | step)
    assert (verdict.decision, verdict.outcome) == (decision, "decided")


@pytest.mark.parametrize(
    ("step", "body", "reason"),
    [
        ({}, {"ring": "1001"}, "the answer has no key 'target'"),
        ({"answer_key": ""}, {"target": "1001"}, "the step names no key"),
        ({}, {"target": {"id": 1}}, "the answer is dict"),
        ({"import": "http"}, "a=1001", "the answer has no field 'target'"),
        ({"import": "json-rpc"}, "1001", "not a JSON-RPC object"),
        ({"import": "json-rpc"}, {"id": 1}, "has no result"),
        ({"import": "json-rpc"}, {"error": {"code": -32601, "message": "nope"}}, "JSON-RPC error"),
        ({}, {"target": "120"}, "neither a SIP account nor"),
    ],
)
def test_the_ringostat_form_answered_wrongly(step, body, reason):
    verdict = said(body, RINGOSTAT | step)
    assert (verdict.decision, verdict.outcome) == (Continue(), "refused")
    assert reason in verdict.reason


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
answers = st.dictionaries(
    st.sampled_from(["ring", "scheme", "continue", "hangup", "for", "label", "caller_name", "target"]), json_values
)


@pytest.mark.thorough
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary() | answers.map(lambda said: json.dumps(said).encode()))
def test_no_answer_whatever_breaks_a_decision_or_its_encoding(body):
    for step in (OWN, RINGOSTAT, RINGOSTAT | {"import": "http"}, RINGOSTAT | {"import": "json-rpc"}):
        verdict = decide(step, DIRECTORY, call(), HandlerReply(200, "", body))
        for value in encode("3", verdict.decision).values():
            assert not set(value) & set("$\r\n\0;=")
            value.encode()


OWNED = {"+380501112233": "ivan.mobile", "+380671110000": "olena.mobile", "+4915112345678": "ivan.mobile"}


@pytest.mark.parametrize(
    ("body", "decision"),
    [
        ({"ring": "+380501112233"}, RingPhone("ivan.mobile", 30)),
        ({"ring": "380501112233"}, RingPhone("ivan.mobile", 30)),
        ({"ring": 380501112233}, RingPhone("ivan.mobile", 30)),
        ({"ring": "0501112233", "for": 5}, RingPhone("ivan.mobile", 5)),
        ({"ring": "+380 (50) 111-22-33"}, RingPhone("ivan.mobile", 30)),
        ({"ring": "+380(0)50 111 22 33"}, RingPhone("ivan.mobile", 30)),
        ("%2B380501112233", RingPhone("ivan.mobile", 30)),
        ("+380671110000", RingPhone("olena.mobile", 30)),
        ({"ring": "+4915112345678"}, RingPhone("ivan.mobile", 30)),
        ({"ring": "+380501112234"}, RingNumber("+380501112234", 30)),
        ({"ring": "+4915112345679"}, Continue()),
    ],
)
def test_a_phone_is_that_phone_by_its_number_too(body, decision):
    directory = Directory.of(TABLE | {"numbers": OWNED}, SCHEMES)
    text = body if isinstance(body, str) else json.dumps(body)
    assert decide(OWN, directory, call(), HandlerReply(200, "text/plain", text.encode())).decision == decision
