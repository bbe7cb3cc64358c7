"""Orders over HTTP: as programs and pages make them, and as nobody can."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import gevent
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.callbacks import leases, proof, refusals
from routing.callbacks.proof import solved
from routing.model.callback import CallbackSource, Consent
from routing.public.callback_desk import CallbackDesk
from routing.public.callback_openapi import document
from routing.public.callbacks import CallbackApi
from routing.public.track import application
from routing.track.api import TrackingApi
from routing.web.limits import HourlyLimits, Limiter
from support.callback_orders import CLIENT, NOW, PROJECT, a_plan, an_order

PAGE = "https://www.example.com"
KEY = "key-of-the-program"
PLAN = a_plan(key="CALLBACK_KEY", origins=(PAGE,), scheme="sales", entities=("region",))
BEARER = {"Authorization": f"Bearer {KEY}"}


class Bed:
    """The API on a database of its own, with a clock that is set by hand."""

    def __init__(self, database: str, plan: Any = PLAN, burst: int = 10_000) -> None:
        self.now, self.plan = NOW, plan
        self.counted: Counter[tuple[str, str]] = Counter()
        self.desk = CallbackDesk(database)
        clock = Limiter(lambda: self.now, per_second=1.0, burst=burst)
        keys = {"CALLBACK_KEY": (KEY,)}
        tracking = TrackingApi(lambda: None, None, clock, lambda _: (), lambda: self.now)  # type: ignore[arg-type]
        orders = CallbackApi(
            lambda: self.plan, self.desk, clock, HourlyLimits(lambda: self.now), lambda name: keys[name],
            lambda: self.now, self._count,
        )  # fmt: skip
        self.app = application(tracking, orders)
        self.client = self.app.test_client()

    def _count(self, what: str, outcome: str) -> None:
        self.counted[what, outcome] += 1

    def program(self, number: Any = CLIENT, headers: Any = BEARER, **more: Any) -> Any:
        return self.client.post("/v1/callbacks", data=json.dumps({"number": number, **more}), headers=headers)

    def page(self, number: Any = CLIENT, origin: str = PAGE, ip: str = "192.0.2.1", **more: Any) -> Any:
        body = {"number": number, "proof": self.proof(), **more}
        environ = {"REMOTE_ADDR": ip}
        headers = {"Origin": origin, "Content-Type": "text/plain"}
        return self.client.post("/v1/callbacks", data=json.dumps(body), headers=headers, environ_base=environ)

    def proof(self) -> str:
        return solved(self.client.get("/v1/callbacks/challenge").json)


@pytest.fixture
def bed(database, monkeypatch):
    monkeypatch.setattr(proof, "MOST_NUMBER", 100)
    bed = Bed(database)
    yield bed
    bed.desk.close()


@pytest.fixture
def orders(store):
    return lambda: store.open(PROJECT)


def test_a_program_orders_a_call(bed, orders):
    answer = bed.program("067 123 45 67", scheme="lviv", at="2026-11-23T15:30:00+02:00", entities={"region": "521"})
    assert answer.status_code == 202 and answer.json["at"] == "2026-11-23T13:30:00+00:00"
    (order,) = orders()
    assert (order.number, order.scheme, order.source) == (CLIENT, "lviv", CallbackSource.API)
    assert (order.not_before_s, order.entities, order.id) == (NOW + 19800, {"region": "521"}, answer.json["id"])


def test_a_page_orders_a_call_with_a_proof(bed, orders):
    consent = {"text": "routing-1 uk", "page": "https://user:pass@www.example.com/kharkiv?card=42#top"}
    answer = bed.page(visitor="v" * 20, source={"utm_source": "google", "x": "y"}, consent=consent, unknown=1)
    assert answer.status_code == 202 and answer.json["status"] == "ordered"
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    (order,) = orders()
    assert (order.source, order.scheme, order.source_facts) == (
        CallbackSource.WIDGET,
        "sales",
        {"utm_source": "google"},
    )
    assert order.consent == Consent("routing-1 uk", "https://www.example.com/kharkiv", NOW)
    assert bed.counted["order", "ordered"] == 1


def test_outside_quiet_hours_and_calendar_the_answer_says_when(bed):
    assert bed.program(at="2026-11-23T20:00:00+02:00").json["at"] == "2026-11-24T07:00:00+00:00"


def test_who_orders_again_renews_the_order(bed, orders):
    first = bed.page(at="2026-11-23T15:30:00+02:00", visitor="v" * 20).json
    again = bed.page(visitor="v" * 20).json
    assert (again["id"], again["url"]) == (first["id"], first["url"]) and len(orders()) == 1
    assert bed.program(scheme="lviv").json["id"] == first["id"] and orders()[0].scheme == "lviv"


@pytest.mark.parametrize("visitor", [{}, {"visitor": "w" * 20}])
def test_a_stranger_who_orders_too_learns_changes_and_ends_nothing(bed, store, orders, visitor):
    fresh = bed.page("+380671234568", at="2026-11-23T15:30:00+02:00", **visitor).json
    first = bed.page(visitor="v" * 20, scheme="lviv").json
    strangers = bed.page(at="2026-11-23T15:30:00+02:00", **visitor).json
    assert strangers["id"] != first["id"] and (strangers["status"], strangers["at"]) == (fresh["status"], fresh["at"])
    (order,) = [each for each in orders() if each.number == CLIENT]
    assert (order.id, order.scheme, order.not_before_s) == (first["id"], "lviv", NOW)
    store.start(first["id"], "u1", leases.take(store.engine, PROJECT, "engine", NOW, 1e6), NOW)
    assert bed.client.get(strangers["url"]).json == {key: strangers[key] for key in ("id", "status", "at")}
    assert bed.client.delete(strangers["url"]).json["status"] == "cancelled"
    assert bed.client.get(strangers["url"]).json["status"] == "cancelled"
    assert bed.client.get(first["url"]).json["status"] == "dialling"


def test_who_orders_beside_another_is_called_sooner_and_after_they_cancel(bed, orders):
    first = bed.page(at="2026-11-23T15:30:00+02:00", visitor="v" * 20).json
    second = bed.page(scheme="lviv").json
    assert [order.not_before_s for order in orders()] == [NOW]
    assert bed.client.delete(first["url"]).json["status"] == "cancelled"
    (order,) = orders()
    assert (order.id, order.scheme, order.visitor) == (second["id"], "lviv", "")
    assert bed.client.delete(second["url"]).json["status"] == "cancelled" and orders() == []


def test_an_order_that_the_client_has_renewed_by_a_call_is_theirs(bed, store, orders):
    first = bed.page(visitor="v" * 20).json
    store.order(an_order(id="call", source=CallbackSource.STEP, call_id="c1"))
    assert bed.client.get(first["url"]).json["status"] == "ordered"
    bed.client.delete(first["url"])
    assert [order.id for order in orders()] == [first["id"]]
    assert bed.client.get(f"/v1/callbacks/{first['id']}", headers=BEARER).json["status"] == "ordered"


def test_a_request_expires_as_an_order_does(bed):
    bed.page(visitor="v" * 20)
    second = bed.page().json
    bed.now += 86400 * 3
    assert bed.client.get(second["url"]).json["status"] == "expired"


def test_how_an_order_stands_and_cancelling_it(bed, orders):
    made = bed.page().json
    assert bed.client.get(made["url"]).json == {"id": made["id"], "status": "ordered", "at": made["at"]}
    assert bed.client.delete(made["url"]).json == {"id": made["id"], "status": "cancelled", "at": None}
    assert bed.client.delete(made["url"]).json["status"] == "cancelled" and orders() == []
    assert bed.client.get(f"/v1/callbacks/{made['id']}", headers=BEARER).json["status"] == "cancelled"


def test_a_stranger_learns_nothing(bed, store):
    made = bed.page().json
    store.order(an_order(id="0" * 32, project="other"))
    other = bed.desk.token(PROJECT, "0" * 32)
    path = f"/v1/callbacks/{made['id']}"
    urls = [
        path,
        f"{path}?token=",
        f"{path}?token={'0' * 32}",
        f"/v1/callbacks/{'0' * 32}?token={other}",
        "/v1/callbacks/x",
    ]
    answers = [bed.client.open(url, method=method) for url in urls for method in ("GET", "DELETE")]
    assert {(answer.status_code, answer.data) for answer in answers} == {(404, answers[0].data)}
    assert answers[0].json["error"] == "unknown"
    assert bed.client.get(f"/v1/callbacks/{'0' * 32}", headers=BEARER).status_code == 404
    assert bed.client.get(f"/v1/callbacks/{made['id']}", headers={"Authorization": "Bearer x"}).status_code == 404


WRONG = [
    ({"number": "12"}, 400, "number"),
    ({"number": 380671234567}, 400, "number"),
    ({"number": "+38067123456"}, 400, "number"),
    ({"number": "+380671234567;ext=1"}, 400, "number"),
    ({"number": "+380671234567\r\nX: y"}, 400, "number"),
    ({"number": "sip:ivan@example.com"}, 400, "number"),
    ({"number": "${system(id)}"}, 400, "number"),
    ({"number": "1" * 50}, 400, "number"),
    ({"number": None}, 400, "number"),
    ({"scheme": "nowhere"}, 400, "scheme"),
    ({"scheme": "../codes"}, 400, "scheme"),
    ({"scheme": ["sales"]}, 400, "scheme"),
    ({"at": "soon"}, 400, "at"),
    ({"at": "2026-11-23T15:30:00"}, 400, "at"),
    ({"at": "2026-11-23T09:00:00+02:00"}, 400, "at"),
    ({"at": "2027-11-23T09:00:00+02:00"}, 400, "at"),
    ({"at": "9999-12-31T23:59:59-23:59"}, 400, "at"),
    ({"at": 5}, 400, "at"),
    ({"visitor": "x"}, 400, "visitor"),
    ({"consent": "yes"}, 400, "consent"),
    ({"consent": {"text": 5, "page": PAGE}}, 400, "consent"),
    ({"number": "+12125551234"}, 403, "destination"),
    ({"number": "0900 123456"}, 403, "destination"),
    ({"number": "+380671110000"}, 403, "destination"),
    ({"proof": None}, 403, "proof"),
    ({"proof": "e30="}, 403, "proof"),
]


@pytest.mark.parametrize(("wrong", "status", "code"), WRONG)
def test_what_cannot_be_ordered(bed, orders, wrong, status, code):
    answer = bed.page(**({"number": CLIENT} | wrong))
    assert (answer.status_code, answer.json["error"]) == (status, code), answer.json
    assert orders() == [] and bed.counted["order", code] == 1


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[]", b"5", b"[" * 8000, b'{"number": ' + b"9" * 5000 + b"}", b"{" + b" " * 9000]
)
def test_odd_bodies(bed, orders, body):
    answer = bed.client.post("/v1/callbacks", data=body, headers=BEARER)
    assert answer.status_code in (400, 413) and orders() == []


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "https://evil.example"}, {"Origin": f"{PAGE}.evil.example"}, {"Authorization": "Bearer x"}],
)
def test_neither_an_origin_nor_a_key(bed, orders, headers):
    answer = bed.client.post(
        "/v1/callbacks", data=json.dumps({"number": CLIENT, "proof": bed.proof()}), headers=headers
    )
    assert (answer.status_code, answer.json["error"], orders()) == (403, "forbidden", [])
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_proof_is_good_for_one_order(bed, orders):
    used = bed.proof()
    assert bed.page(proof=used).status_code == 202
    again = bed.page("+380671234568", proof=used)
    assert (again.status_code, again.json["error"], len(orders())) == (403, "proof", 1)


def _at_once(count, ask):
    """The statuses of so many requests at the same time."""
    asking = [gevent.spawn(ask, n) for n in range(count)]
    gevent.joinall(asking, raise_error=True)
    return Counter(each.value.status_code for each in asking)


def test_a_proof_that_many_show_at_once_is_good_for_one(bed, orders):
    used = bed.proof()
    assert _at_once(20, lambda n: bed.page(f"+3806712345{n:02}", proof=used, ip=f"198.51.100.{n}")) == {202: 1, 403: 19}
    assert len(orders()) == 1


def test_one_client_ordered_by_many_at_once_has_one_order(bed, orders):
    assert _at_once(20, lambda n: bed.program(scheme=("sales", "lviv")[n % 2])) == {202: 3, 429: 17}
    assert len(orders()) == 1


def test_limits_of_an_hour(bed):
    number = iter(range(2_000_000, 3_000_000))

    def orders(count: int, **more: Any) -> list[int]:
        return [bed.page(more.pop("number", None) or f"+38067{next(number)}", **more).status_code for _ in range(count)]

    assert orders(6) == [202] * 5 + [429]
    assert [bed.page(CLIENT, ip=f"198.51.100.{n}").status_code for n in range(4)] == [202] * 3 + [429]
    assert orders(2, ip="2001:db8::1") + orders(4, ip="2001:db8::2") == [202] * 5 + [429]
    visitor = {"visitor": "v" * 20}
    assert [orders(1, ip=f"203.0.113.{n}", **visitor)[0] for n in range(4)] == [202] * 3 + [429]
    refused = bed.page(CLIENT, ip="198.51.100.9")
    assert refused.json["error"] == "too_often" and 0 < refused.json["retry_s"] <= 3600
    assert refused.headers["Retry-After"] == str(refused.json["retry_s"])
    bed.now += 3601
    assert bed.page().status_code == 202


def test_the_projects_limit_counts_all_and_programs_have_ten_times_as_much(bed):
    bed.plan = a_plan(key="CALLBACK_KEY", origins=(PAGE,), scheme="sales",
                      limits={"ip": 99, "visitor": 99, "number": 99, "project": 3})  # fmt: skip
    assert [bed.page(f"+38067123450{n}").status_code for n in range(4)] == [202] * 3 + [429]
    assert [bed.program(f"+3806712345{n}").status_code for n in range(10, 38)] == [202] * 27 + [429]


def test_the_minutes_of_a_day(bed, store):
    store.order(an_order(created_s=NOW - 7300, not_before_s=NOW - 7300, number="+380671234599"))
    token = leases.take(store.engine, PROJECT, "engine", NOW - 7300, 1e5)
    store.start("one", "u1", token, NOW - 7290)
    store.finish("u1", "NORMAL_CLEARING", 7200, NOW - 10)
    assert (bed.page().status_code, bed.counted["order", "too_often"]) == (429, 1)
    bed.plan = a_plan(key="CALLBACK_KEY", origins=(PAGE,), scheme="sales", minutes_a_day=121)
    assert bed.page().status_code == 202


def test_requests_have_a_rate_too(database):
    bed = Bed(database, burst=3)
    assert [bed.client.get("/v1/callbacks/times").status_code for _ in range(4)] == [200] * 3 + [429]
    bed.desk.close()


@pytest.mark.parametrize("plan", [None, a_plan(scheme="sales")])
def test_a_project_that_takes_no_orders(database, plan):
    bed = Bed(database, plan)
    for path in ("/v1/callbacks/challenge", "/v1/callbacks/times", "/v1/callbacks/x"):
        assert (bed.client.get(path).status_code, bed.client.get(path).json["error"]) == (503, "down")
    assert bed.program().status_code == 503


def test_a_database_that_is_away_takes_no_orders():
    bed = Bed("/proc/none/journal.db")
    answers = [bed.program(), bed.client.get("/v1/callbacks/challenge"), bed.client.get("/v1/callbacks/x?token=y")]
    assert {(answer.status_code, answer.json["error"]) for answer in answers} == {(503, "down")}
    assert bed.client.get("/v1/callbacks/times").status_code == 200


def test_a_scheme_must_be_named_where_the_project_has_none(bed):
    bed.plan = a_plan(key="CALLBACK_KEY", origins=(PAGE,))
    assert bed.program().json["error"] == "scheme" == bed.client.get("/v1/callbacks/times").json["error"]
    assert bed.program(scheme="lviv").status_code == 202


def test_pages_may_ask_and_cancel_and_others_may_not(bed):
    for path in ("/v1/callbacks", "/v1/callbacks/x"):
        ours = bed.client.options(path, headers={"Origin": PAGE, "Access-Control-Request-Method": "DELETE"})
        assert ours.status_code == 204 and "DELETE" in ours.headers["Access-Control-Allow-Methods"]
        other = bed.client.options(path, headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in other.headers


def test_the_document_says_what_there_is(bed):
    said = bed.client.get("/v1/openapi.json").json
    assert said == json.loads(json.dumps(document()))
    routes = {
        (rule.rule.replace("<order_id>", "{order_id}"), method.lower())
        for rule in bed.app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/v1/callbacks")
    }
    assert routes == {(path, method) for path, methods in said["paths"].items() for method in methods}
    made = bed.page()
    url = made.json["url"]
    answers = {
        ("/v1/callbacks", "post"): [made, bed.page("12"), bed.page(proof="x"), bed.program(headers={})],
        ("/v1/callbacks/challenge", "get"): [bed.client.get("/v1/callbacks/challenge")],
        ("/v1/callbacks/times", "get"): [bed.client.get("/v1/callbacks/times")],
        ("/v1/callbacks/{order_id}", "get"): [bed.client.get(url), bed.client.get(f"{url}x")],
        ("/v1/callbacks/{order_id}", "delete"): [bed.client.delete(url), bed.client.delete(f"{url}x")],
    }
    for (path, method), found in answers.items():
        for answer in found:
            schema = said["paths"][path][method]["responses"][str(answer.status_code)]["content"]["application/json"]
            jsonschema.Draft202012Validator({**schema["schema"], "components": said["components"]}).validate(
                answer.json
            )


#: Premium rate and other numbers that cost, of several countries, and forms that hide them.
COSTLY = (
    "+380900123456", "0900123456", "+38 (0900) 12-34-56", "00380900123456", "+7 809 123 45 67",
    "+48701123456", "+4490912345", "+19005551234", "+881612345678", "+88213123456", "+979123456789",
    "+3906991234", "+2521234567", "+24750000", "+6753211234", "+5355551234", "+380700123456",
    "+380 90 0123456", "+380-900-123456", "+380.900.123456", "+380671234567,+19005551234",
    "+380671234567 +19005551234", "+380671234567p+19005551234", "tel:+19005551234", "+380671234567@evil",
    "＋19005551234", "+١٩٠٠٥٥٥١٢٣٤", "+380671234567\u202e", "\u200b+19005551234", "+1 900 555 1234",
    "loopback/900", "sofia/gateway/main/900", "user/1001", "&park()", "[x=y]+380900123456",
    "{x}+380900123456", "$1", "112", "101", "*78", "+", "", " ", "0", "000", "+0380900123456",
)  # fmt: skip
FORMS = st.one_of(
    st.sampled_from(COSTLY),
    st.from_regex(r"\+?[0-9 ().-]{5,20}", fullmatch=True),
    st.from_regex(r"(\+380|0|00380|380)?(900|700|67|50|800)[0-9]{5,8}", fullmatch=True),
    st.builds(
        lambda one, sign, other: f"{one}{sign}{other}",
        st.sampled_from(COSTLY),
        st.characters(),
        st.sampled_from(COSTLY),
    ),
    st.text(max_size=45),
)


def _hostile(bed, store, number, more):
    assert bed.program(number, **more).status_code in (202, 400, 403, 429)
    assert bed.page(number, **more).status_code in (202, 400, 403, 429)
    assert [order.number for order in store.open(PROJECT) if not PLAN.allows(order.number)] == []


MORE = st.dictionaries(
    st.sampled_from(["scheme", "at", "visitor", "entities", "source", "consent", "first", "dialled", "id", "person"]),
    st.sampled_from(COSTLY) | st.none() | st.integers() | st.lists(st.text(max_size=3), max_size=2),
    max_size=3,
)


@given(number=FORMS, more=MORE)
def test_no_call_outside_the_destinations(bed, store, number, more):
    bed.now += 3600  # no limit is in the way
    _hostile(bed, store, number, more)


@pytest.mark.thorough
def test_two_thousand_hostile_numbers_and_none_of_them_is_called(bed, store):
    ordered = Counter()

    @settings(max_examples=2000)
    @given(number=FORMS, more=MORE)
    def every(number, more):
        bed.now += 3600
        for ask in (bed.program, bed.page):
            status = ask(number, **more).status_code
            ordered[status] += 1
            assert status in (202, 400, 403)

    every()
    assert ordered.total() >= 4000 and min(ordered[202], ordered[400], ordered[403]) > 20, ordered
    assert [order.number for order in store.latest(PROJECT, 5000) if not PLAN.allows(order.number)] == []


def test_a_client_who_wants_no_calls_is_like_a_number_that_is_not_called(bed, store):
    """A stranger does not learn which of both it is."""
    refused = bed.page("+12125550123")
    with store.engine.begin() as connection:
        refusals.add(connection, PROJECT, CLIENT, NOW)
    answer = bed.page()
    assert answer.status_code == refused.status_code == 403 and answer.json == refused.json
    assert bed.program().status_code == 403 and store.open(PROJECT) == []
