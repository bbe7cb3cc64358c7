"""The tracking API as a page meets it: its number, nobody else's, and a number that rings whatever is down."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from routing.model.entities import Visitor
from routing.model.visitors import LeasesDown, Lending
from routing.store.leases import RedisLeases
from routing.track.api import OVERFLOW_SECONDS, TrackingApi, create
from routing.track.plan import TrackingPlan, plan_of
from routing.track.request import LARGEST_BODY
from routing.track.script import form_version
from routing.web.limits import MOST_ADDRESSES, Limiter, network
from support.folders import HERE, compiled, laid_out

PAGE = "https://www.example.com"
ADS, SITE, OVERFLOW = "+380577280001", "+380577280003", "+380800330521"
KEY = "key-of-the-server"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> TrackingPlan:
    """Two pools: two numbers for Kharkiv's ads on its own pages, one number for everybody else."""
    at = tmp_path_factory.mktemp("plan")
    release = compiled(laid_out(HERE / "good/pools", at / "schemes"), at / "root").folder
    return plan_of(json.loads((release / "tracking.json").read_text()))


class Bed:
    """The API with a clock that is set by hand."""

    def __init__(self, plan: TrackingPlan | None, leases: Any, burst: int = 1000) -> None:
        self.now = 1000.0
        self.counted: Counter[tuple[str, str]] = Counter()
        self.faults: list[Exception] = []
        limiter = Limiter(lambda: self.now, per_second=1.0, burst=burst)
        keys = {"TRACKING_KEY": (KEY, "the-one-before")}
        self.api = TrackingApi(
            lambda: plan, leases, limiter, lambda name: keys[name], lambda: self.now, self._count, self.faults.append
        )
        self.client: FlaskClient = create(self.api).test_client()

    def _count(self, what: str, outcome: str) -> None:
        self.counted[what, outcome] += 1

    def post(self, path: str, told: Any = None, visitor: int = 1, origin: str = PAGE, **more: Any) -> TestResponse:
        body = json.dumps({"visitor": f"visitor-{visitor:08}", **(told or {})})
        headers = {"Origin": origin} | more.pop("headers", {})
        return self.client.post(path, data=more.pop("data", body), headers=headers, **more)

    def asks(self, told: Any = None, visitor: int = 1) -> Any:
        answer = self.post("/v1/session", told, visitor)
        assert answer.status_code == 200
        return answer.json


@pytest.fixture
def bed(plan: TrackingPlan, leases: RedisLeases) -> Bed:
    return Bed(plan, leases)


def test_a_visitor_has_a_number_of_his_own_and_keeps_it(bed: Bed) -> None:
    first = bed.asks()
    assert first == {"number": SITE, "shown": "057 728 0003", "lease": 600, "pool": "site"} | {"lease": 1800}
    assert bed.asks() == first
    other = bed.asks(visitor=2)
    assert other == {"number": OVERFLOW, "shown": "0800 330 521", "lease": OVERFLOW_SECONDS, "pool": "site"}
    assert bed.counted == {("session", "lent"): 2, ("session", "overflow"): 1}
    bed.now += 1801
    assert bed.asks(visitor=2)["number"] == SITE


ADVERT = {"page": f"{PAGE}/kharkiv/pumps?x=1#y", "entities": {"region": "521"}, "source": {"utm_source": "google"}}


@pytest.mark.parametrize(
    ("change", "pool"),
    [
        ({}, "kharkiv_ads"),
        ({"page": PAGE}, "kharkiv_ads"),
        ({"entities": {"region": "Харків"}}, "kharkiv_ads"),
        ({"page": f"{PAGE}/lviv/"}, "site"),
        ({"entities": {"region": "5"}}, "site"),
        ({"source": {"utm_source": "bing"}}, "site"),
        ({"source": "x"}, "site"),
    ],
)
def test_the_first_pool_that_fits_lends(bed: Bed, change: Any, pool: str) -> None:
    assert bed.asks(ADVERT | change)["pool"] == pool


def test_a_call_finds_what_the_page_told_and_nothing_more(bed: Bed) -> None:
    told = {
        "entities": {"region": "521", "category": "дренаж", "spy": "x", "language": "${system ls}\r\n"},
        "source": {"utm_source": "google", "landing": "/kharkiv/", "cookie": "secret"},
    }
    number = bed.asks(ADVERT | told)["number"]
    source = {"utm_source": "google", "landing": "/kharkiv/"}
    entities = {"region": "521", "category": "дренаж", "language": "system ls"}
    found = bed.api.leases.holder("standartpark", "kharkiv_ads", number, bed.now)
    assert found == Visitor(entities, source)
    viewed = bed.post("/v1/view", {"pool": "kharkiv_ads", "entities": {"category": "pumps", "region": "9"}})
    assert viewed.json["number"] == number
    found = bed.api.leases.holder("standartpark", "kharkiv_ads", number, bed.now)
    assert found == Visitor(entities | {"category": "pumps"}, source), "a page's word changes the page's entities only"


def test_a_view_without_a_lease_says_so(bed: Bed) -> None:
    assert bed.post("/v1/view", {"pool": "site"}, visitor=7).json == {"number": None}
    assert bed.post("/v1/view", {"pool": "nothing"}).status_code == 400
    assert bed.counted["view", "no_lease"] == 1


class Away:
    """A store that does not answer."""

    def lend(self, lending: Lending, *rest: object) -> str | None:
        raise LeasesDown("no answer within 250 ms")

    tell = holder = lend


def test_without_a_store_the_shared_number_is_shown(plan: TrackingPlan) -> None:
    bed = Bed(plan, Away())
    assert bed.asks()["number"] == OVERFLOW
    assert bed.post("/v1/view", {"pool": "site"}).json == {"number": None}
    assert bed.counted == {("session", "store_down"): 1, ("view", "store_down"): 1}


def test_where_no_pool_fits_the_page_stays_as_it_is(plan: TrackingPlan) -> None:
    ads_only = TrackingPlan(plan.origins, plan.key, plan.entities, plan.lenders[:1], plan.shown)
    bed = Bed(ads_only, Away())
    assert bed.asks() == {"number": None}
    assert bed.counted == {("session", "no_pool"): 1}


# --- who may ask


def test_only_listed_origins_read_answers(bed: Bed) -> None:
    allowed = bed.post("/v1/session")
    assert allowed.headers["Access-Control-Allow-Origin"] == PAGE
    assert "Origin" in allowed.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in allowed.headers
    for origin in (
        "https://evil.example",
        "https://www.example.com.evil.example",
        "http://www.example.com",
        "null",
        "",
    ):
        refused = bed.post("/v1/session", origin=origin)
        assert refused.status_code == 403
        assert "Access-Control-Allow-Origin" not in refused.headers
        assert b"+380" not in refused.data


def test_a_preflight_is_answered_for_listed_origins(bed: Bed) -> None:
    asked = bed.client.options("/v1/session", headers={"Origin": PAGE})
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Methods"] == "POST"
    refused = bed.client.options("/v1/session", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in refused.headers


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {KEY}", 200),
        ("Bearer the-one-before", 200),
        ("Bearer key-of-the-serveR", 403),
        ("Bearer ", 403),
        ("Basic x", 403),
        ("Bearer ключ", 403),
    ],
)
def test_a_server_asks_with_its_key(bed: Bed, header: str, status: int) -> None:
    answer = bed.post("/v1/session", origin="", headers={"Authorization": header.encode().decode("latin-1")})
    assert answer.status_code == status


def test_without_a_key_in_the_project_no_key_opens(plan: TrackingPlan) -> None:
    bed = Bed(TrackingPlan(plan.origins, "", plan.entities, plan.lenders, plan.shown), Away())
    assert bed.post("/v1/session", origin="", headers={"Authorization": "Bearer "}).status_code == 403


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b'"x"', b"null", b"\xff\xfe", b"[" * 5000, b'{"visitor": 5}', b'{"visitor": "short"}',
        b'{"visitor": "visitor-0000000:{}*"}', b'{"visitor": "visitor-00000001", "page": 5}',
        b'{"visitor": "visitor-00000001", "page": "http://[x"}',
        b'{"visitor": "visitor-00000001", "page": "' + b"x" * 3000 + b'"}',
    ],
)  # fmt: skip
def test_what_is_no_request_of_ours_is_told(bed: Bed, data: bytes) -> None:
    answer = bed.post("/v1/session", data=data)
    assert answer.status_code == 400
    assert answer.json["error"]
    assert bed.faults == []


def test_long_bodies_are_not_read(bed: Bed) -> None:
    assert bed.post("/v1/session", data=b"x" * (LARGEST_BODY + 1)).status_code == 413


def test_nothing_else_is_there(bed: Bed) -> None:
    for path in ("/", "/v1/session", "/v1/sessions", "/v1/visitors", "/v1/number/380577280003"):
        assert bed.client.get(path, headers={"Origin": PAGE}).status_code in (404, 405)


def test_who_asks_too_often_waits(plan: TrackingPlan, leases: RedisLeases) -> None:
    bed = Bed(plan, leases, burst=3)
    assert [bed.post("/v1/session").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert bed.post("/v1/session").headers["Retry-After"] == "1"
    elsewhere = bed.post("/v1/session", environ_base={"REMOTE_ADDR": "198.51.100.7"})
    assert elsewhere.status_code == 200
    bed.now += 1
    assert bed.post("/v1/session").status_code == 200


class Lends:
    """Leases that never run out."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    def lend(self, lending: Any, visitor_id: str, *_: Any) -> str:
        return self.held.setdefault(visitor_id, lending.numbers[len(self.held) % len(lending.numbers)])

    def tell(self, lending: Any, visitor_id: str, *_: Any) -> str | None:
        return self.held.get(visitor_id)


def test_forty_requests_of_one_address_do_not_lend_forty_numbers(plan: TrackingPlan) -> None:
    pool = next(lender for lender in plan.lenders if not lender.when.page)
    many = replace(pool, lending=replace(pool.lending, numbers=[f"+38057728{n:04}" for n in range(40)]))
    bed = Bed(replace(plan, lenders=[many]), Lends())

    def shown(address: str, visitor: int, **headers: str) -> str:
        answer = bed.post("/v1/session", visitor=visitor, environ_base={"REMOTE_ADDR": address}, headers=headers)
        return str(answer.json["number"])

    first = [shown("192.0.2.1", visitor) for visitor in range(40)]
    assert len({number for number in first if number != pool.overflow}) == 10
    assert first[10:] == [pool.overflow] * 30 and bed.counted["session", "address_full"] == 30
    assert [shown("192.0.2.1", visitor) for visitor in range(10)] == first[:10], "whoever has one keeps it"
    assert shown("192.0.2.2", 50) != pool.overflow
    key = {"Authorization": f"Bearer {KEY}"}
    assert pool.overflow not in {shown("192.0.2.3", visitor, **key) for visitor in range(100, 140)}


def test_limits_are_bounded_and_see_through_ipv6() -> None:
    limiter = Limiter(lambda: 0.0, burst=1)
    for number in range(MOST_ADDRESSES + 10):
        assert limiter.wait_s(f"x{number}") == 0
    assert len(limiter._buckets) == MOST_ADDRESSES
    assert network("2001:db8::1") == network("2001:db8::ffff:2") == "2001:db8::/64"
    assert network("192.0.2.1") == "192.0.2.1"


def test_before_anything_is_published(plan: TrackingPlan) -> None:
    bed = Bed(None, Away())
    assert bed.post("/v1/session").status_code == 503
    assert bed.client.get("/v1/site.js").status_code == 503


def test_a_fault_of_ours_is_reported_and_tells_nothing(plan: TrackingPlan) -> None:
    bed = Bed(plan, None)
    answer = bed.post("/v1/session")
    assert (answer.status_code, answer.json) == (500, {"error": "internal error"})
    assert len(bed.faults) == 1


def test_the_script_knows_the_entities_and_is_small(bed: Bed) -> None:
    plain = bed.client.get("/v1/site.js")
    packed = bed.client.get("/v1/site.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < 4000
    assert gzip.decompress(packed.data) == plain.data
    assert (
        b'({"category":["shop.cart.items[0].category",1],"language":[0,0],"region":["shop.region.id",0]},1,0,1,0);'
        in plain.data
    )
    assert plain.headers["Content-Type"].startswith("text/javascript")
    assert "max-age=300" in plain.headers["Cache-Control"]


def test_the_callback_form_is_kept_until_its_version_changes(bed: Bed) -> None:
    now = bed.client.get(f"/v1/callback.js?v={form_version()}&lang=pl")
    assert "Zamów rozmowę" in now.get_data(as_text=True)
    assert now.headers["Cache-Control"] == "public, max-age=31536000"
    other = bed.client.get("/v1/callback.js?v=older")
    assert "Request a call" in other.get_data(as_text=True)
    assert other.headers["Cache-Control"] == "public, max-age=300"


def test_the_script_needs_nothing_else() -> None:
    text = (Path(__file__).parents[2] / "routing/track/site.js").read_text()
    assert "eval" not in text
    assert "new Function" not in text
    assert "import " not in text
    assert "innerHTML" not in text
