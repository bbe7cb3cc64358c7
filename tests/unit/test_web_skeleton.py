"""The skeleton of HTTP APIs: keys, pages, refusals and faults are alike in every API that stands on it."""

from __future__ import annotations

import pytest
from flask import Flask, Response, jsonify

from routing.web.skeleton import Pages, RequestRefused, application, holds_key

PAGE = "https://www.example.com"


@pytest.fixture
def faults() -> list[Exception]:
    return []


@pytest.fixture
def app(faults) -> Flask:
    made = application("sample", Pages(lambda: {PAGE}, "GET", "Authorization"), ("/key",), faults.append)

    @made.get("/key", provide_automatic_options=False)
    def key() -> Response:
        return jsonify(holds_key(["right", "", "the-one-before"]))

    @made.get("/refused/<int:seconds>")
    def refused(seconds: int) -> Response:
        raise RequestRefused(429, "too often", seconds / 2)

    @made.get("/fault")
    def fault() -> Response:
        raise ZeroDivisionError("secret")

    return made


@pytest.mark.parametrize(
    ("header", "holds"),
    [
        ("Bearer right", True),
        ("bearer right", True),
        ("Bearer  the-one-before ", True),
        ("Bearer righT", False),
        ("Bearer ", False),
        ("Bearer", False),
        ("right", False),
        ("Basic right", False),
        ("Bearer Bearer right", False),
        ("", False),
        ("Bearer к".encode().decode("latin-1"), False),
    ],
)
def test_a_key_is_shown_as_a_bearer_token(app, header, holds):
    assert app.test_client().get("/key", headers={"Authorization": header}).json is holds


@pytest.mark.parametrize("path", ["/key", "/refused/0", "/fault", "/nothing"])
@pytest.mark.parametrize("origin", [PAGE, "https://evil.example", "null"])
def test_only_listed_pages_read_answers_errors_too(app, path, origin):
    answer = app.test_client().get(path, headers={"Origin": origin})
    assert answer.headers.get("Access-Control-Allow-Origin") == (PAGE if origin == PAGE else None)
    assert "Access-Control-Allow-Methods" not in answer.headers
    assert "Origin" in answer.headers["Vary"]
    assert (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")


def test_a_browser_asks_first(app):
    answer = app.test_client().options("/key", headers={"Origin": PAGE})
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Methods"] == "GET"
    assert answer.headers["Access-Control-Allow-Headers"] == "Authorization"


@pytest.mark.parametrize(("seconds", "header"), [(0, None), (1, "1"), (3, "2")])
def test_a_refusal_says_why_and_when_to_ask_again(app, seconds, header):
    answer = app.test_client().get(f"/refused/{seconds}")
    assert (answer.status_code, answer.json) == (429, {"error": "too often"})
    assert answer.headers.get("Retry-After") == header


def test_a_fault_is_reported_to_us_and_not_to_the_asker(app, faults):
    answer = app.test_client().get("/fault")
    assert (answer.status_code, answer.json) == (500, {"error": "internal error"})
    assert [type(fault) for fault in faults] == [ZeroDivisionError]


def test_what_is_not_there_is_an_error_like_others(app, faults):
    answer = app.test_client().get("/nothing")
    assert (answer.status_code, answer.json, faults) == (404, {"error": "not found"}, [])
