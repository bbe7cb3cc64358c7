"""The request a handler receives: parameters in both dialects, signatures that the sample handler accepts."""

from __future__ import annotations

import base64
import importlib.util
import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from routing.decide.request import build_request, signature
from routing.model.decision import Call

CALL = Call(
    uuid="3740e285",
    release="/r",
    scheme="kharkiv",
    step="3",
    number="+380800111222",
    caller="+380501112233",
    caller_pays=False,
    started=1772439300.5,
    entities={"city": "Львів", "page": "a b"},
    source={"utm_source": "google"},
)
URL = "https://handler.example/route"
NOW = 1772439301
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


def request(secrets=(), **step):
    return build_request({"url": URL, "form": "routing", **step}, CALL, "msg_1", NOW, secrets)


def test_our_own_form_sends_every_fact_by_its_name():
    made = request()
    assert (made.method, made.url) == ("POST", URL)
    assert json.loads(made.body) == {
        "call_id": "3740e285",
        "number": "+380800111222",
        "caller": "+380501112233",
        "caller_pays": False,
        "scheme": "kharkiv",
        "step": "3",
        "started": "2026-03-02T08:15:00+00:00",
        "entities": {"city": "Львів", "page": "a b"},
        "source": {"utm_source": "google"},
        "tags": [],
    }
    assert made.headers["Content-Type"] == "application/json"
    assert (made.headers["Webhook-Id"], made.headers["Webhook-Timestamp"]) == ("msg_1", str(NOW))
    assert "Webhook-Signature" not in made.headers


def test_labels_are_told():
    labelled = replace(CALL, tags=("shop", "vip"))
    made = build_request({"url": URL}, labelled, "msg_1", NOW)
    assert json.loads(made.body)["tags"] == ["shop", "vip"]
    chosen = build_request({"url": URL, "submit": "form", "send": {"labels": "tags"}}, labelled, "msg_1", NOW)
    assert chosen.body == b"labels=%5B%22shop%22%2C%20%22vip%22%5D"


def test_a_step_chooses_names_and_values():
    made = request(send={"id": "uuid", "shop": {"value": "17"}, "city": "entities.city", "ad": "source.utm_source"})
    assert json.loads(made.body) == {"id": "3740e285", "shop": "17", "city": "Львів", "ad": "google"}


def test_a_form_carries_the_same_values_in_the_body():
    made = request(submit="form", send={"id": "uuid", "city": "entities.city", "pays": "caller_pays", "all": "source"})
    assert made.url == URL and made.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(made.body.decode()) == {
        "id": ["3740e285"], "city": ["Львів"], "pays": ["false"], "all": ['{"utm_source": "google"}'],
    }  # fmt: skip


def test_a_form_is_signed_as_it_is_sent():
    made = request([SECRET], submit="form")
    assert made.headers["Webhook-Signature"] == signature("msg_1", NOW, made.body, SECRET)


def test_ringostats_form_is_not_encoded_twice():
    made = request(form="ringostat", submit="form", send={"city": "entities.city", "to": "number"})
    assert parse_qs(made.body.decode()) == {"city": ["Львів"], "to": ["380800111222"]}


def test_a_steps_own_headers_are_sent():
    step = {"url": URL, "form": "routing"}
    made = build_request(step, CALL, "msg_1", NOW, (), {"Authorization": "Bearer t"})
    assert made.headers["Authorization"] == "Bearer t" and "Bearer" not in repr(made)


def test_parameters_in_the_url():
    send = {"a b": "caller", "city": "entities.city", "x": "entities"}
    made = request(url=URL + "?key=1", submit="http", method="get", send=send)
    assert (made.method, made.body) == ("GET", b"")
    assert made.url.startswith(URL + "?key=1&a%20b=%2B380501112233&city=%D0%9B%D1%8C%D0%B2%D1%96%D0%B2&x=%7B%22city")
    assert "Content-Type" not in made.headers


def test_json_rpc():
    made = request(submit="json-rpc", rpc_method="pbx.route", send={"caller": "caller"})
    assert json.loads(made.body) == {
        "jsonrpc": "2.0",
        "method": "pbx.route",
        "params": {"caller": "+380501112233"},
        "id": "msg_1",
    }


def test_the_ringostat_form_sends_text_percent_encoded_and_digits_without_plus():
    forward = {"value": "webhookNumber:120"}
    send = {"call_id": "uuid", "caller": "caller", "step_forward": forward, "city": "entities.city"}
    made = request(form="ringostat", submit="json", send=send)
    assert json.loads(made.body) == {
        "call_id": "3740e285",
        "caller": "380501112233",
        "step_forward": "webhookNumber%3A120",
        "city": "%D0%9B%D1%8C%D0%B2%D1%96%D0%B2",
    }
    in_url = request(form="ringostat", submit="http", send=send)
    assert "caller=380501112233&step_forward=webhookNumber%3A120&city=%D0%9B%D1%8C%D0%B2%D1%96%D0%B2" in in_url.url


def test_the_signature_is_that_of_standard_webhooks():
    # the published example of the Standard Webhooks specification's libraries
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    made = signature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, secret)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def sample_handler():
    path = Path(__file__).parents[2] / "tools" / "sample_handler.py"
    spec = importlib.util.spec_from_file_location("sample_handler", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("secret", [SECRET, "a plain secret"])
def test_the_sample_handler_accepts_our_signature_and_no_other(secret):
    handler = sample_handler()
    made = request(["an older secret", secret])
    assert len(made.headers["Webhook-Signature"].split()) == 2
    assert handler.is_signed(made.headers, made.body, secret, NOW + 5)
    assert not handler.is_signed(made.headers, made.body + b" ", secret, NOW + 5)
    assert not handler.is_signed(made.headers, made.body, "another", NOW + 5)
    assert not handler.is_signed(made.headers, made.body, secret, NOW + 5000)
    assert not handler.is_signed({}, made.body, secret, NOW)


def test_the_sample_handler_routes_by_region():
    answer = sample_handler().answer
    assert answer({"caller": "+380322970000"}) == {"scheme": "lviv"}
    assert answer({"caller": "anonymous"}) == answer({}) == {"continue": True}


def test_what_cannot_be_sent_is_an_error():
    with pytest.raises(ValueError, match="unknown call field 'colour'"):
        request(send={"x": "colour"})
    with pytest.raises(ValueError, match="not base64"):
        request(["whsec_***"])


def test_a_request_shows_no_secret_when_printed():
    assert "key=1" not in repr(request(url=URL + "?key=1"))
