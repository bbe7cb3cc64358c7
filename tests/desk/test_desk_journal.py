"""The journal: what a row shows, which calls a filter finds and who sees them, pages that stay in place."""

from __future__ import annotations

import html
import re
from datetime import datetime
from pathlib import Path

import pytest

from routing.desk import journal_query
from routing.desk.journal_filter import JournalFilter, JournalPlace
from routing.desk.journal_query import JournalScope
from routing.desk.typed_number import beginning
from routing.journal import store
from routing.journal.record import CallRecord, LegRecord
from routing.model.desk import Role
from support.desk_bed import NOW, OF_ROLE, DeskBed, DeskVisitor
from support.desk_calls import call, real_calls, record, talk
from support.postgresql import postgresql, postgresql_server

__all__ = ["postgresql", "postgresql_server"]
DAY = 86400.0


def listed(visitor: DeskVisitor, query: str = "") -> list[str]:
    """The ids of the calls on a page."""
    answer = visitor.get(f"/journal?{query}")
    assert answer.status_code == 200, answer.text
    return re.findall(r'href="/calls/([^"]+)"', answer.text)


COMPANY = (
    talk("answered", "ivan", started=NOW - 10, tags=("vip",), source={"utm_source": "google", "utm_medium": "cpc"}),
    call("rang both", started=NOW - 20, rang=("ivan", "maria"), client="+380501112233", caller="+380501112233"),
    call("rang maria", started=NOW - 30, rang=("maria",), status="busy", number="+380441230002", schemes=("shop",)),
    talk("petro out", "petro", started=NOW - 40, direction="out", caller="1002", client="+48501112233"),
    call("nobody", started=NOW - DAY, schemes=("shop", "kyiv"), tags=("vip", "night"), node="n2"),
    call("old", started=NOW - 40 * DAY, status="voicemail", voicemail="/r/voicemail/b/old.wav"),
)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["answered", "rang both", "rang maria", "petro out", "nobody", "old"]),
        ("status=missed", ["rang both", "rang maria", "nobody", "old"]),
        ("status=answered", ["answered", "petro out"]),
        ("status=proper", ["answered"]),
        ("status=repeat+call", []),
        ("status=voicemail", ["old"]),
        ("direction=out", ["petro out"]),
        ("person=maria", ["rang both", "rang maria"]),
        ("person=ivan&status=missed", ["rang both"]),
        ("scheme=kyiv&status=missed", ["rang both", "nobody", "old"]),
        ("scheme=shop", ["rang maria", "nobody"]),
        ("tag=vip", ["answered", "nobody"]),
        ("tag=vi", []),
        ("tag=vip&scheme=shop", ["nobody"]),
        ("node=n2", ["nobody"]),
        ("rating=rated", []),
        ("rating=nonsense&node=n2", ["nobody"]),
        ("number=044+123+00+02", ["rang maria"]),
        ("client=050", ["rang both"]),
        ("client=0671234567", ["answered", "rang maria", "nobody", "old"]),
        ("client=%2B48+50", ["petro out"]),
        ("client=00485", ["petro out"]),
        ("client=abc", []),
        ("period=today", ["answered", "rang both", "rang maria", "petro out"]),
        ("period=yesterday", ["nobody"]),
        ("period=7d", ["answered", "rang both", "rang maria", "petro out", "nobody"]),
        ("since=2026-01-01&until=2026-11-01", ["old"]),
        ("since=nonsense&until=9999-99-99&status=nonsense&period=x&before=x_&after=nan_x",
         ["answered", "rang both", "rang maria", "petro out", "nobody", "old"]),
    ],
)  # fmt: skip
def test_a_filter_finds_its_calls(bed: DeskBed, query: str, found: list[str]) -> None:
    record(bed, *COMPANY)
    visitor = bed.signed_in("nataliia")
    assert [id_.replace("%20", " ") for id_ in listed(visitor, query)] == found
    shown = html.unescape(visitor.get(f"/journal/count?{query}").text)
    assert shown == ("1 call" if len(found) == 1 else f"{len(found)} calls")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("ivan", ["answered", "rang both"]),
        ("maria", ["rang both", "rang maria"]),
        ("petro", ["petro out"]),
        ("olena", ["answered", "rang both", "petro out"]),
        ("nataliia", ["answered", "rang both", "rang maria", "petro out", "nobody", "old"]),
        ("audit", ["answered", "rang both", "rang maria", "petro out", "nobody", "old"]),
        ("ops", ["answered", "rang both", "rang maria", "petro out", "nobody", "old"]),
    ],
)
def test_everybody_sees_the_calls_of_their_role_and_no_other(bed: DeskBed, name: str, found: list[str]) -> None:
    record(bed, *COMPANY)
    visitor = bed.signed_in(name)
    assert [id_.replace("%20", " ") for id_ in listed(visitor)] == found
    for each in COMPANY:
        assert visitor.get(f"/calls/{each.id}").status_code == (200 if each.id in found else 404), each.id
    for query in ("person=maria", "tag=vip", "scheme=shop", "status=missed", "client=067"):
        assert {id_.replace("%20", " ") for id_ in listed(visitor, query)} <= set(found), query


def test_a_call_of_another_project_in_the_same_database_is_nobodys(bed: DeskBed) -> None:
    record(bed, talk("theirs", "ivan", project="other"))
    for name in OF_ROLE.values():
        visitor = bed.signed_in(name)
        assert listed(visitor) == []
        assert visitor.get("/calls/theirs").status_code == 404


def test_a_phone_whose_leg_came_late_makes_the_call_its_persons_too(bed: DeskBed) -> None:
    record(bed, call("late", rang=("ivan",)))
    assert listed(bed.signed_in("maria")) == []
    leg = LegRecord("leg", "1", "maria.desk", "maria", NOW, 3.0, True, 9.0, "NORMAL_CLEARING", "")
    store.amend(bed.database, {"leg": ("late", leg)})
    assert listed(bed.signed_in("maria")) == ["late"]
    store.forget(bed.database, ["late"])
    record(bed, call("late", rang=("ivan",)))
    assert listed(bed.signed_in("maria")) == []


def _many(count: int = 130) -> list[CallRecord]:
    """Calls of which some came in the same second."""
    return [
        call(f"c{n:04}", started=NOW - 1000 - n // 3, rang=("ivan",) if n % 2 else ("petro",)) for n in range(count)
    ]


@pytest.mark.parametrize("name", ["nataliia", "olena", "ivan"])
def test_pages_go_on_where_the_last_one_ended_while_calls_come(bed: DeskBed, name: str) -> None:
    record(bed, *_many())
    visitor = bed.signed_in(name)
    expected = [
        each.id for each in sorted(_many(), key=lambda each: (-each.started, *(-ord(sign) for sign in each.id)))
    ]
    if name == "ivan":
        expected = [each.id for id_ in expected for each in _many() if each.id == id_ and each.legs[0].person == name]
    page = visitor.get("/journal").text
    found = re.findall(r'href="/calls/([^"]+)"', page)
    pages = [found]
    number = 0
    while older := re.search(r'rel="next" href="([^"]+)"', page):
        record(bed, call(f"new{number}", started=NOW, rang=("ivan", "petro")))
        number += 1
        page = visitor.get(html.unescape(older[1])).text
        pages.append(re.findall(r'href="/calls/([^"]+)"', page))
    assert [id_ for each in pages for id_ in each] == expected
    assert len(pages) == (2 if name == "ivan" else 3)
    newer = re.search(r'rel="prev" href="([^"]+)"', page)
    assert newer
    back = re.findall(r'href="/calls/([^"]+)"', visitor.get(html.unescape(newer[1])).text)
    assert back == pages[-2]


def test_filters_are_chips_that_can_be_removed(bed: DeskBed) -> None:
    record(bed, *COMPANY)
    page = bed.signed_in("nataliia").get("/journal?status=missed&person=maria&period=&tag=").text
    chips = re.findall(r'<a class="chip" href="([^"]+)"', page)
    assert [html.unescape(chip) for chip in chips] == ["/journal?person=maria", "/journal?status=missed"]
    assert "Maria Lys" in page and "all missed" in page


def test_a_row_shows_the_call(bed: DeskBed) -> None:
    record(bed, talk("one", "ivan", entities={"name": "Romashka"}, source={"utm_source": "google"}, tags=("vip",)))
    row = html.unescape(bed.signed_in("nataliia").get("/journal").text.split("<tbody>")[1])
    for text in ("Romashka", "067 123 4567", "proper", "Ivan Koval", "0:05", "1:00", "044 123 0001", "google", "vip"):
        assert text in row, text
    moment = datetime.fromtimestamp(NOW - 60, bed.services.plan.zone)
    assert f"{moment:%H:%M:%S}" in row


def test_the_client_has_the_name_of_the_crm(bed: DeskBed) -> None:
    record(bed, talk("one", "ivan", client_name="Olena Klient", entities={"name": "Visitor"}))
    visitor = bed.signed_in("nataliia")
    for path in ("/journal", "/calls/one", "/export/journal.csv"):
        assert "Olena Klient" in visitor.get(path).text, path


def test_numbers_are_masked_for_auditors_and_cannot_be_guessed(bed: DeskBed) -> None:
    record(bed, *real_calls(), *COMPANY)
    visitor = bed.signed_in(OF_ROLE[Role.AUDITOR])
    pages = [
        visitor.get("/journal").text,
        *(visitor.get(f"/calls/{each.id}").text for each in (*real_calls(), *COMPANY)),
    ]
    assert all(page.count("+380") < 100 for page in pages)
    for each in (*real_calls(), *COMPANY):
        for page in pages:
            if each.client:
                assert each.client not in page and each.client[4:] not in page.replace(" ", ""), each.client
    assert len(listed(visitor, "client=0501112233")) == len(listed(visitor))
    assert 'name="client"' not in pages[0]


def test_a_desk_without_calls_says_so_and_one_without_matches_too(bed: DeskBed) -> None:
    visitor = bed.signed_in("nataliia")
    assert "There are no calls yet" in visitor.get("/journal").text
    record(bed, *COMPANY)
    assert "No calls match" in visitor.get("/journal?tag=nothing").text


def test_postgresql_finds_the_same(bed: DeskBed, tmp_path: Path, postgresql: str) -> None:
    other = DeskBed(tmp_path, database=postgresql)
    calls = [*real_calls(), *COMPANY, *_many(200)]
    for each in (bed, other):
        record(each, *calls)
    scopes = [
        JournalScope("shop", None),
        JournalScope("shop", frozenset({"ivan", "petro"})),
        JournalScope("shop", frozenset()),
    ]
    filters = [
        JournalFilter(), JournalFilter(status="missed"), JournalFilter(status="proper"), JournalFilter(person="ivan"),
        JournalFilter(tag="vip", scheme="kyiv"), JournalFilter(client="+38067"), JournalFilter(client="+380671234567"),
        JournalFilter(number="+380800330004", direction="in", node="routing"),
    ]  # fmt: skip
    for scope in scopes:
        for criteria in filters:
            for place in (None, JournalPlace(NOW - 1010, "c0031"), JournalPlace(NOW - 1010, "c0031", newer=True)):
                one, two = (journal_query.page(each.database, criteria, scope, place) for each in (bed, other))
                assert one == two, (scope, criteria, place)
                assert journal_query.count(bed.database, criteria, scope) == journal_query.count(
                    other.database, criteria, scope
                )
    other.close()


@pytest.mark.parametrize(
    ("text", "country", "found"),
    [
        ("067 123 45 67", "UA", "+380671234567"), ("067", "UA", "+38067"), ("67", "UA", "+38067"),
        ("38067", "UA", "+38067"),
        ("+48 50", "UA", "+4850"), ("0048 50", "UA", "+4850"), ("8 (916) 12", "RU", "+791612"),
        ("501 11", "PL", "+4850111"),
        ("12", "", "+12"), ("Ivan", "UA", ""), ("", "UA", ""), ("\u0661\u0662", "UA", ""),
        ("1" * 500, "UA", "+380" + "1" * 24),
    ],
)  # fmt: skip
def test_numbers_are_found_as_people_type_them(text: str, country: str, found: str) -> None:
    assert beginning(text, country) == found
