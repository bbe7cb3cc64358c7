"""Screen pops as a page meets them: its person's calls, nobody else's, for who may see them."""

from __future__ import annotations

import json
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gevent
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from routing.cli.web import pops as command
from routing.decide.directory import Directory
from routing.decide.pop import pop_of
from routing.decide.verdict import Verdict
from routing.engine.screens import MOST_AT_ONCE, PopSender
from routing.model.call import Call
from routing.model.decision import Decision, GoScheme, RingNumber, RingOrder, RingPerson, RingPhone
from routing.model.pop import Card, Pop, PopsDown
from routing.pops.api import STREAM_SECONDS, PopsApi, create
from routing.pops.hub import MOST_LAG, MOST_OF_PERSON, Hub, Screen, TooMany, id_of
from routing.pops.local import Receiver, send
from routing.pops.plan import PopsPlan
from routing.pops.tokens import LONGEST_SECONDS, TokenClaims, read, signed

PAGE, KEY = "https://crm.example.com", "whsec_a-key-of-the-server"
PLAN = PopsPlan("shop", frozenset({PAGE}), "POPS_KEY", frozenset({"ivan", "olena"}))
BEARER = {"Authorization": f"Bearer {KEY}"}
DEAL = Card("bitrix24", "deal", "17", "Олена Клієнт", "https://crm.example.com/deal/17/")
VISIT = {"entities": {"category": "дренаж"}, "source": {"utm_campaign": "autumn"}}
POP = Pop("uuid-1", "ivan", ("ivan.desk",), "+380671234567", "+380800330521", "shop", "crm", DEAL.name, DEAL, **VISIT)


def text(person: str = "ivan", call: str = "uuid-1") -> str:
    return json.dumps(replace(POP, person=person, call=call).as_json(), ensure_ascii=False)


class Bed:
    """The API with a clock that is set by hand; a stream ends where nothing more is told."""

    def __init__(self, plan: PopsPlan | None = PLAN) -> None:
        self.now = 1_700_000_000.0
        self.hub = Hub(lambda: self.now)
        self.counted: Counter[int] = Counter()
        self.tries = 0
        self.api = PopsApi(
            lambda: plan, self.hub, lambda name: (KEY, "the-one-before"), self._wait, lambda: self.now, self._count
        )
        self.client: FlaskClient = create(self.api).test_client()

    def _wait(self, address: str) -> float:
        self.tries += 1
        return 0.0 if self.tries <= 3 else 1.5

    def _count(self, status: int) -> None:
        self.counted[status] += 1

    def get(self, asked: str = "person=ivan", **headers: str) -> TestResponse:
        return self.client.get(f"/v1/pops?{asked}", headers={"Origin": PAGE} | headers, buffered=False)

    def token(self, asked: str = "person=ivan") -> str:
        answer = self.client.post(f"/v1/pops/token?{asked}", headers=BEARER)
        assert answer.status_code == 200
        return str(answer.json["token"])

    def tell(self, *texts: str) -> None:
        for at, each in enumerate(texts):
            self.hub.tell((round(self.now * 1000), at), each)


@pytest.fixture
def bed() -> Bed:
    return Bed()


def lines(answer: TestResponse) -> Iterator[bytes]:
    assert answer.status_code == 200, answer.json
    return iter(answer.response)


def heard(stream: Iterator[bytes]) -> dict[str, Any]:
    """The next event's data."""
    said = next(stream).decode()
    assert said.endswith("\n\n")
    return json.loads(said.partition("data: ")[2])


def test_a_page_is_told_who_calls_while_the_phone_rings(bed: Bed) -> None:
    answer = bed.get(f"token={bed.token()}")
    stream = lines(answer)
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/event-stream", "no-store")
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert next(stream) == b"retry: 2000\n\n"
    bed.tell(text("olena", "uuid-0"), text())
    assert heard(stream) == {
        "call": "uuid-1", "person": "ivan", "phones": ["ivan.desk"], "caller": "+380671234567",
        "number": "+380800330521", "scheme": "shop", "by": "crm", "name": "Олена Клієнт",
        "card": {"system": "bitrix24", "kind": "deal", "id": "17", "name": "Олена Клієнт", "url": DEAL.url},
        "entities": {"category": "дренаж"}, "source": {"utm_campaign": "autumn"}, "told": "", "asked": {},
    }  # fmt: skip
    answer.close()
    assert bed.hub.open == 0


@pytest.mark.parametrize("how", ["header", "address"])
def test_a_page_that_comes_back_is_told_what_it_missed(bed: Bed, how: str) -> None:
    bed.tell(text(call="uuid-1"), text(call="uuid-2"), text("olena", "uuid-3"), text(call="uuid-4"))
    last = "1700000000000-0"
    answer = bed.get(**BEARER, **{"Last-Event-ID": last}) if how == "header" else bed.get(
        f"person=ivan&after={last}", **BEARER)  # fmt: skip
    stream = lines(answer)
    next(stream)
    assert [heard(stream)["call"], heard(stream)["call"]] == ["uuid-2", "uuid-4"]
    answer.close()


def test_what_is_older_than_a_minute_is_told_to_nobody(bed: Bed) -> None:
    bed.tell(text())
    bed.now += 61
    bed.tell(text(call="uuid-2"))
    screen = bed.hub.show("ivan", (0, 0))
    assert [json.loads(event.text)["call"] for event in took(screen)] == ["uuid-2"]


def took(screen: Screen) -> list[Any]:
    """What a screen is told until now."""
    told = screen.events(1.0, 0.001, lambda: 0.0)
    return list(iter(lambda: next(told), None))


def test_one_pop_that_came_by_two_ways_is_told_once(bed: Bed) -> None:
    screen = bed.hub.show("ivan", None)
    bed.tell(text())
    bed.now += 1
    bed.tell(text())
    assert len(took(screen)) == 1


def test_a_page_that_takes_nothing_is_closed_and_others_are_told(bed: Bed) -> None:
    slow, well = bed.hub.show("ivan", None), bed.hub.show("ivan", None)
    for number in range(MOST_LAG + 1):
        bed.tell(text(call=f"uuid-{number}"))
        assert len(took(well)) == 1
    assert (bed.hub.open, bed.hub.lost) == (1, 1)
    assert list(slow.events(1.0, 0.001, lambda: 0.0)) == []


def test_a_person_has_so_many_screens_and_no_more(bed: Bed) -> None:
    for _ in range(MOST_OF_PERSON):
        bed.hub.show("ivan", None)
    with pytest.raises(TooMany):
        bed.hub.show("ivan", None)
    answer = bed.get(**BEARER)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    answer.close()
    assert bed.hub.open == MOST_OF_PERSON


def test_a_quiet_stream_says_that_it_lives_and_ends_in_time(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.pops.api.BEAT_SECONDS", 0.001)
    stream = lines(bed.get(f"token={bed.token('person=ivan&for=30')}"))
    assert [next(stream), next(stream)] == [b"retry: 2000\n\n", b":\n\n"]
    bed.now += 31
    assert list(stream) in ([], [b":\n\n"])
    stream = lines(bed.get(**BEARER))
    assert next(stream)
    bed.now += STREAM_SECONDS
    assert list(stream) == []


def test_only_who_may_sees_and_only_his_person(bed: Bed) -> None:
    good = bed.token()
    assert bed.get(f"token={good}").status_code == 200
    for asked in ("person=ivan", f"person=olena&token={good}", f"token={good[:-1]}x", f"token={good}.", "token=é"):
        bed.tries = 0
        assert bed.get(asked).status_code == 401, asked
    bed.now += 3601
    assert bed.get(f"token={good}").status_code == 401
    assert bed.get(**BEARER | {"Origin": "https://evil.example"}).status_code == 403
    assert bed.get("person=petro", **BEARER).status_code == 404
    assert bed.get("person=ivan", Authorization="Bearer the-one-before").status_code == 200


def test_guessing_is_slowed_down(bed: Bed) -> None:
    answers = [bed.get() for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert answers[-1].headers["Retry-After"] == "2"
    assert bed.counted == {401: 3, 429: 1}


@pytest.mark.parametrize(
    ("asked", "headers", "status"),
    [
        ("person=ivan", {}, 401),
        ("person=ivan", {"Authorization": "Bearer x"}, 401),
        ("person=petro", BEARER, 404),
        ("person=ivan&for=0", BEARER, 400),
        (f"person=ivan&for={LONGEST_SECONDS + 1}", BEARER, 400),
        ("person=ivan&for=²", BEARER, 400),
        ("person=ivan&for=0000036001999999999", BEARER, 400),
        ("person=ivan&for=0000000000000000001", BEARER, 400),
        ("person=ivan&for=" + "9" * 5000, BEARER, 400),
        ("person=ivan&for=-1", BEARER, 400),
        ("person=ivan&for=1e3", BEARER, 400),
    ],
)
def test_tokens_are_made_for_who_holds_the_key(bed: Bed, asked: str, headers: dict[str, str], status: int) -> None:
    assert bed.client.post(f"/v1/pops/token?{asked}", headers=headers).status_code == status


def test_a_token_of_another_key_project_or_time_is_none() -> None:
    token = signed(KEY, "shop", TokenClaims("ivan", 2000))
    assert read(token, (KEY,), "shop", 1000.0) == TokenClaims("ivan", 2000)
    assert read(token, ("other",), "shop", 1000.0) is None
    assert read(token, (KEY,), "other", 1000.0) is None
    assert read(token, (KEY,), "shop", 2000.0) is None
    assert read(signed(KEY, "shop", TokenClaims("ivan", 10**9)), (KEY,), "shop", 1000.0) is None


def test_a_page_may_ask_whether_it_may(bed: Bed) -> None:
    answer = bed.client.options("/v1/pops", headers={"Origin": PAGE})
    assert answer.headers["Access-Control-Allow-Headers"] == "Authorization, Last-Event-ID"
    assert "Access-Control-Allow-Origin" not in bed.client.options("/v1/pops", headers={"Origin": "null"}).headers


@pytest.mark.parametrize("plan", [None, replace(PLAN, key="")])
def test_without_a_release_or_a_key_nobody_is_told(plan: PopsPlan | None) -> None:
    assert Bed(plan).get(**BEARER).status_code == 503


def test_no_text_is_an_id_but_ours() -> None:
    assert id_of("17-2") == (17, 2)
    assert [id_of(each) for each in ("", "17", "-1", "1-", "x-1", "²-1", "1" * 40 + "-1")] == [None] * 7


DIRECTORY = Directory({"ivan": frozenset({"desk", "mobile"})}, {}, {}, (), pops="shop")


@pytest.mark.parametrize(
    ("decision", "card", "shown"),
    [
        (RingPerson("ivan", 20, "Romashka"), None, ("ivan", ("ivan.desk", "ivan.mobile"), "Romashka")),
        (RingPhone("ivan.mobile", 20), None, ("ivan", ("ivan.mobile",), "")),
        (RingPerson("ivan", 20, "cut"), DEAL, ("ivan", ("ivan.desk", "ivan.mobile"), DEAL.name)),
        (RingNumber("+380501112233", 20), None, None),
        (RingOrder(("ivan", "olena"), 20), None, None),
        (GoScheme("lviv"), None, None),
    ],
)
def test_whoever_rings_alone_by_a_decision_is_told(decision: Decision, card: Card | None, shown: Any) -> None:
    call = Call("uuid-1", "/r", "shop", "1", "+380800330521", "+380671234567")
    pop = pop_of("webhook", call, Verdict(decision, "decided", card=card), DIRECTORY)
    assert (pop and (pop.person, pop.phones, pop.name)) == shown


def test_the_screen_is_told_what_the_visitor_looked_at_and_where_he_came_from() -> None:
    call = Call("uuid-1", "/r", "shop", "1", "+380800330521", "+380671234567", **VISIT)
    pop = pop_of("crm", call, Verdict(RingPerson("ivan", 20), "decided", card=DEAL), DIRECTORY)
    assert pop is not None
    said = json.loads(json.dumps(pop.as_json()))
    assert {name: said[name] for name in VISIT} == VISIT
    assert "autumn" not in repr(pop)


class Redis:
    """Pops that never come through while it is stuck."""

    def __init__(self) -> None:
        self.stuck, self.told = gevent.event.Event(), []
        self.down = False

    def tell(self, project: str, said: str) -> None:
        self.stuck.wait()
        if self.down:
            raise PopsDown("down")
        self.told.append((project, said))


def test_a_stuck_redis_holds_up_no_decision_and_what_is_too_much_is_lost(tmp_path: Any) -> None:
    redis, ways = Redis(), Counter[str]()
    teller = PopSender(tmp_path, redis, lambda way: ways.update([way]))
    for _ in range(MOST_AT_ONCE + 5):
        teller("shop", POP)
    assert ways == {"lost": 5}
    redis.stuck.set()
    teller._pool.join(5)
    assert (ways["redis"], redis.told[0]) == (MOST_AT_ONCE, ("shop", text().replace(": ", ":").replace(", ", ",")))


@pytest.mark.parametrize("folder", ["", "long" * 30])
def test_without_redis_the_nodes_own_screens_are_told(tmp_path: Any, folder: str) -> None:
    root, ways = tmp_path / folder, Counter[str]()
    root.mkdir(exist_ok=True)
    redis = Redis()
    redis.down = True
    redis.stuck.set()
    teller = PopSender(root, redis, lambda way: ways.update([way]))
    teller("shop", POP)
    teller._pool.join(5)
    assert ways == {"lost": 1}
    receiver = Receiver(root)
    teller("shop", POP)
    teller._pool.join(5)
    assert json.loads(receiver.next())["person"] == "ivan"
    assert ways == {"lost": 1, "node": 1}
    receiver.close()
    assert not send(root, "x")


@pytest.mark.parametrize("option", ["--listen", "--http"])
def test_a_second_server_whose_port_is_taken_leaves_the_first_its_pops(tmp_path: Any, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        places = {"--listen": "127.0.0.1:0", "--http": "127.0.0.1:0", option: place}
        first = Receiver(tmp_path)
        words = ["--root", str(tmp_path), *(word for pair in places.items() for word in pair)]
        ran = CliRunner().invoke(command, words)
        assert (ran.exit_code, ran.stderr) == (1, f"routing pops: cannot listen on {place}: address already in use\n")
        assert send(tmp_path, "still here")
        assert first.next() == "still here"
        first.close()
