"""Every door of the desk, with texts that mean harm: nothing runs, nothing leaks, nothing is done unasked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import inspect, text
from werkzeug.test import TestResponse

from support.board_bed import NODE
from support.desk_calls import record, talk
from support.hostile_pages import FORMS, SCRIPTS, Active
from support.live_desk import LiveBed

pytestmark = pytest.mark.thorough
FIELDS = (
    "next", "token", "pending", "code", "name", "password", "desk_language", "desk_theme", "done", "session", "old",
    "new", "secret", "period", "since", "until", "status", "direction", "person", "scheme", "number", "client", "tag",
    "node", "before", "after", "kind", "save", "what", "queue", "phone", "how", "rings", "all", "by", "sort", "at",
    "caller", "failed", "group", "q", "role", "who", "subject", "state", "release", "from", "to",
)  # fmt: skip
#: One of each form, and what is no text but a path, a number, a query or bytes.
TEXTS = [
    *(form.format(SCRIPTS[at % len(SCRIPTS)]) for at, form in enumerate(FORMS)),
    "//evil.example", "/\\evil.example", "https://evil.example/", "/journal\r\nSet-Cookie: a=b", "\x00", "a\x00b", "..",
    "../../../etc/passwd", "/etc/passwd", "..%2f..%2fetc%2fpasswd", "' OR '1'='1", "1;DROP TABLE calls", "%", "_", "*",
    "-1", "0", "1e999", "nan", "99999999999999999999", "9" * 400, "\u0661\u0662", "2026-02-30", "0001-01-01",
    "9999-12-31",     "\ud7ff\uffff\u202e\u200b", "\U0001f4a9" * 50, "a" * 6000, "{{98765*98765}}", "${98765*98765}",
    "#{98765*98765}", "%(x)s", "{x}", "{0.__class__}",
    "=1+1", "@SUM(A1)", "[]", "{}", "null", "true", "__proto__", "constructor", "\t", " ",
    "\u0131\u017f\u212a", "ivan\u0000",
]  # fmt: skip


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[LiveBed]:
    bed = LiveBed(tmp_path)
    bed.calls.board.registrations(NODE, {"1001", "1004"})
    bed.calls.conversation("a")
    bed.hub.look()
    bed.turn()
    record(bed, talk("c1", "maria", recording=str(tmp_path / "recordings/calls/c1.wav"), tags=("vip",)))
    yield bed
    bed.close()


def doors(app: Flask, method: str) -> list[tuple[str, tuple[str, ...]]]:
    """The rules that answer a method, with the names in their paths; the stream of the board has no end."""
    found = []
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.endpoint not in ("live_stream", "static"):
            found.append((rule.rule, tuple(sorted(rule.arguments))))
    return sorted(found)


def address(rule: str, names: tuple[str, ...], value: str) -> str:
    for name in names:
        rule = rule.replace(f"<{name}>", quote(value, safe="")).replace(f"<path:{name}>", quote(value, safe=""))
    return rule


def must_be_harmless(answer: TestResponse, sent: str) -> None:
    """Nothing runs, leads away or leaks; no fault."""
    place = answer.request.path, sent[:60]
    assert answer.status_code < 500, place
    target = answer.headers.get("Location", "/")
    assert target.startswith("/") and target[1:2] not in ("/", "\\"), (place, target)
    assert all("\r" not in value and "\n" not in value for _, value in answer.headers.items()), place
    assert "a=b" not in str(answer.headers.getlist("Set-Cookie")), place
    assert b"root:x:" not in answer.data and b"Traceback" not in answer.data, place
    if answer.mimetype == "text/html":
        page = Active(answer.text)
        assert page.found == [], place
        assert "9754525225" not in page.text, place
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


#: A dozen at each run, all of them in `make test`.
EACH = [
    pytest.param(value, marks=[pytest.mark.thorough] if at % 6 else [], id=str(at)) for at, value in enumerate(TEXTS)
]


@pytest.mark.parametrize("value", EACH)
def test_no_page_runs_or_leaks_what_stands_in_its_address(bed: LiveBed, value: str) -> None:
    visitor, stranger = bed.signed_in("ops"), bed.visitor()
    for rule, names in doors(bed.application, "GET"):
        path = address(rule, names, value)
        for who in (visitor, stranger):
            must_be_harmless(who.get(path, query_string=dict.fromkeys(FIELDS, value)), value)
        twice = [(name, each) for name in FIELDS for each in ("x", value)]
        must_be_harmless(visitor.client.get(path, query_string=twice, buffered=True), value)
    assert bed.faults == []


@pytest.mark.parametrize("value", EACH)
def test_no_form_does_harm_with_what_is_typed_into_it(bed: LiveBed, value: str) -> None:
    visitor = bed.signed_in("ops")
    for rule, names in doors(bed.application, "POST"):
        for is_known in (True, False):
            bed.now += 60.0  # the limit of sign-ins
            visitor = bed.signed_in("ops") if is_known and visitor.get("/audit").status_code != 200 else visitor
            own = {"form_token": visitor.form_token() if is_known else "", **dict.fromkeys(FIELDS, value)}
            who = visitor if is_known else bed.visitor()
            must_be_harmless(who.client.post(address(rule, names, value), data=own), value)
            assert bed.faults == [], rule
    assert bed.switch.asked == [], "no switch was asked for anything"


def _everything(bed: LiveBed) -> str:
    """Every row but those of sessions, whose use is noted."""
    with bed.database.connect() as connection:
        tables = sorted(set(inspect(bed.database).get_table_names()) - {"desk_sessions"})
        return "\n".join(str(connection.execute(text(f"SELECT * FROM {table}")).all()) for table in tables)


def _forgeries(bed: LiveBed, mine: str) -> dict[str, tuple[dict[str, Any], dict[str, str]]]:
    """What a forged request carries: its fields, its headers."""
    other, old = bed.signed_in("nataliia").form_token(), bed.signed_in("ops")
    stale = old.form_token()
    old.send("/sign-out")
    return {
        "none": ({}, {}), "empty": ({"form_token": ""}, {}), "of another user": ({"form_token": other}, {}),
        "of an ended session": ({"form_token": stale}, {}), "cut": ({"form_token": mine[:-1]}, {}),
        "longer": ({"form_token": mine + "0"}, {}), "upper": ({"form_token": mine.upper()}, {}),
        "other first": ({"form_token": [other, mine]}, {}), "in a header": ({}, {"X-Form-Token": other}),
        "header first": ({"form_token": mine}, {"X-Form-Token": other}), "no utf-8": ({"form_token": "\ud7ff"}, {}),
        "from another site": ({"form_token": mine}, {"Sec-Fetch-Site": "cross-site"}),
        "from a sister site": ({"form_token": mine}, {"Sec-Fetch-Site": "same-site"}),
        "another origin": ({"form_token": mine}, {"Origin": "https://evil.example"}),
        "no origin": ({"form_token": mine}, {"Origin": "null"}),
        "another port": ({"form_token": mine}, {"Origin": "http://localhost:81"}),
        "an origin inside": ({"form_token": mine}, {"Origin": "http://localhost.evil.example"}),
        "an origin with a name": ({"form_token": mine}, {"Origin": "http://localhost@evil.example"}),
    }  # fmt: skip


def test_no_form_is_sent_for_somebody_by_another_site(bed: LiveBed) -> None:
    visitor = bed.signed_in("ops")
    mine = visitor.form_token()
    for kind, (fields, headers) in _forgeries(bed, mine).items():
        before = _everything(bed)
        for rule, names in doors(bed.application, "POST"):
            if rule in ("/sign-in", "/enter"):
                continue
            form = {"what": "pause", "how": "listen", "state": "open", "number": "0671234567", "session": "x", **fields}
            answer = visitor.client.post(address(rule, names, "ivan"), data=form, headers=headers)
            assert answer.status_code in (400, 403), (kind, rule, answer.status_code)
        query = f"/accounts/ivan/link?form_token={mine}"
        assert visitor.client.post(query, data=fields, headers=headers).status_code in (400, 403), (
            "a token in an address"
        )
        assert _everything(bed) == before, kind
    assert bed.switch.asked == [] and bed.people.paused == set()


@pytest.mark.parametrize("rule", ["/sign-in", "/enter"])
def test_nobody_is_signed_in_by_another_site(bed: LiveBed, rule: str) -> None:
    bed.services.accounts.set_password("ivan", "blue horse 7", bed.now)
    form = {"name": "ivan", "password": "blue horse 7", "token": bed.services.accounts.link("ivan", bed.now)}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        visitor = bed.visitor()
        assert visitor.client.post(rule, data=form, headers=headers).status_code == 403
        assert visitor.client.get_cookie("desk_session") is None


def test_a_session_that_somebody_else_chose_is_nobodys(bed: LiveBed) -> None:
    visitor = bed.visitor()
    visitor.client.set_cookie("desk_session", "chosen")
    bed.services.accounts.set_password("ivan", "blue horse 7", bed.now)
    assert visitor.client.post("/sign-in", data={"name": "ivan", "password": "blue horse 7"}).status_code == 303
    cookie = visitor.client.get_cookie("desk_session")
    assert cookie is not None and cookie.value != "chosen"
    thief = bed.visitor()
    for guess in ("chosen", "", cookie.value[:-1], cookie.value.lower(), cookie.value + "=", "x" * 4000, "\u0456"):
        thief.client.set_cookie("desk_session", guess)
        assert thief.get("/journal").status_code == 302, guess


def test_nobody_ends_or_sees_the_sessions_of_others(bed: LiveBed) -> None:
    victim, thief = bed.signed_in("nataliia"), bed.signed_in("ivan")
    (session,) = bed.services.sessions.of("nataliia", bed.now)
    thief.send("/settings/sessions", session=session.id)
    assert victim.get("/journal").status_code == 200
    assert session.id not in thief.get("/settings").text


HOSTS = (
    "evil.example",
    "evil.example:80",
    "localhost@evil.example",
    "a b",
    "\\",
    "[::1",
    "localhost:99999999",
    "",
    ".",
    "*",
)


@pytest.mark.parametrize("host", HOSTS)
def test_no_host_in_a_request_leads_away_or_breaks_a_page(bed: LiveBed, host: str) -> None:
    visitor = bed.signed_in("ops")
    for path in ("/", "/journal", "/sign-in", "/settings"):
        must_be_harmless(visitor.get(path, headers={"Host": host}), host)
    form = {"form_token": visitor.form_token(), "desk_language": "uk"}
    answer = visitor.client.post("/choose", data=form, headers={"Host": host, "Referer": "https://evil.example/x"})
    assert answer.status_code >= 400 or answer.location == "/"
    assert bed.faults == []
