"""Clients are found by name, by the beginning of a number or its last digits; calls by their queue."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from routing.desk.journal_filter import TypedFilter
from routing.desk.noted_filter import noted
from routing.desk.typed_number import ending
from routing.journal.record import StepRecord
from support.desk_bed import NOW, TABLE, DeskBed, DeskVisitor
from support.desk_calls import call, record, talk
from support.figures_bed import prepare
from support.postgresql import postgresql, postgresql_server

__all__ = ["postgresql", "postgresql_server"]


def _waited(queue: str, n: int = 1) -> StepRecord:
    return StepRecord(n, "shop", str(n), "queue", NOW, 30.0, f"{queue} / longest wait", "gave up", result="gave_up")


CALLS = (
    talk("petrenko", "ivan", started=NOW - 10, client_name="Іван Петренко"),
    call("petra", started=NOW - 20, client="+380509995599", client_name="Petra O\u2019Neil",
         steps=(_waited("orders"),)),
    call("llc", started=NOW - 30, client="+380509995600", entities={"company": "ТОВ «Яна»"},
         steps=(_waited("orders"), _waited("help", 2))),
    call("nameless", started=NOW - 40, client="+48501112299", steps=(_waited("help"),)),
)  # fmt: skip


def listed(visitor: DeskVisitor, query: str) -> list[str]:
    page = visitor.get(f"/journal?{query}")
    assert page.status_code == 200
    rows = re.findall(r'href="/calls/([^"]+)"', page.text)
    exported = visitor.get(f"/export/journal.csv?{query}")
    assert exported.status_code == 200 and len(exported.text.splitlines()) == len(rows) + 1
    return rows


FOUND = [
    ("client=петренко", ["petrenko"]),
    ("client=ПЕТРЕНКО+іван", ["petrenko"]),
    ("client=пет", ["petrenko"]),
    ("client=ренко", []),
    ("client=pet+o'n", ["petra"]),
    ("client=O’Neil", ["petra"]),
    ("client=яна", ["llc"]),
    ("client=тов+«я", ["llc"]),
    ("client=зоя", []),
    ("client=5599", ["petra"]),
    ("client=9995599", ["petra"]),
    ("client=0509995599", ["petra"]),
    ("client=050999", ["petra", "llc"]),
    ("client=0509995", ["petra", "llc"]),
    ("client=050+9", ["petra", "llc"]),
    ("client=%2B4850111229", ["nameless"]),
    ("client=2299", ["nameless"]),
    ("client=99", []),
    ("queue=orders", ["petra", "llc"]),
    ("queue=help", ["llc", "nameless"]),
    ("queue=help&client=тов", ["llc"]),
    ("queue=order", []),
    ("queue=orders&status=missed", ["petra", "llc"]),
    ("queue=orders&person=ivan", []),
]


@pytest.mark.parametrize(("query", "found"), FOUND)
def test_a_filter_finds_its_calls(bed: DeskBed, query: str, found: list[str]) -> None:
    record(bed, *CALLS)
    assert listed(bed.signed_in("nataliia"), query) == found


@pytest.mark.parametrize("language", ["uk", "en"])
def test_a_database_that_sorts_by_a_language_finds_the_same(
    tmp_path: Path, postgresql_server: Path, language: str
) -> None:
    """Digits that end with a nine, words that end with a я: what follows these signs sorts before them there."""
    with psycopg.connect(f"host={postgresql_server} user=routing dbname=postgres", autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE sorts_{language} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE '{language}'"
        )
    bed = DeskBed(tmp_path, database=f"postgresql://routing@/sorts_{language}?host={postgresql_server}")
    try:
        record(bed, *CALLS)
        visitor = bed.signed_in("nataliia")
        for query, found in FOUND:
            assert listed(visitor, query) == found, query
    finally:
        bed.close()


def test_nobody_finds_calls_of_others(bed: DeskBed) -> None:
    record(bed, *CALLS, call("mine", started=NOW - 5, rang=("maria",), client="+380509995599", client_name="Petra"))
    maria = bed.signed_in("maria")
    for query in ("client=petra", "client=5599", "client=0509995599", "client=pet"):
        assert re.findall(r'href="/calls/([^"]+)"', maria.get(f"/journal?{query}").text) == ["mine"], query
    assert 'href="/calls/' not in maria.get("/journal?queue=orders").text


IN_VAIN = {
    "status=nonsense": "Status", "rating=99": "Rating", "direction=up": "Direction", "period=always": "Period",
    "since=2026-13-45": "From", "until=x": "To", "number=abc": "Company\u2019s number", "client=%2B": "Client",
    "client=---&queue=orders": "Client",
}  # fmt: skip


@pytest.mark.parametrize("query", IN_VAIN)
def test_a_filter_that_means_nothing_is_named_and_exports_nothing(bed: DeskBed, query: str) -> None:
    """A page that shows everything instead looks like an answer, and a file of it goes out of the house."""
    record(bed, *CALLS)
    visitor = bed.signed_in("nataliia")
    page = html.unescape(visitor.get(f"/journal?{query}").text).replace("'", "\u2019")
    assert re.search(rf'role="alert">.*left out: {IN_VAIN[query]}\.', page)
    assert "/export/" not in page
    for form in ("csv", "xlsx"):
        assert visitor.get(f"/export/journal.{form}?{query}").status_code == 400
    assert 'role="alert"' not in visitor.get("/journal?status=&client=+&queue=orders").text


def test_whoever_may_not_see_numbers_learns_that_the_client_is_left_out(bed: DeskBed) -> None:
    record(bed, *CALLS)
    auditor = bed.signed_in("audit")
    assert "left out: Client" in auditor.get("/journal?client=5599").text
    assert auditor.get("/export/journal.csv?client=5599").status_code == 400


def test_the_audit_log_keeps_the_beginning_of_a_name_and_few_digits() -> None:
    assert noted(TypedFilter(client="Іван Петренко"), "UA") == f"client={quote('іва пет')}"
    assert noted(TypedFilter(client="9995599"), "UA") == "client=995599"
    assert noted(TypedFilter(client="0509995599"), "UA") == "client=+380509995599"


@pytest.mark.parametrize(
    ("text", "country", "digits"),
    [
        ("5599", "UA", "5599"), ("55 99", "UA", "5599"), ("99", "UA", ""), ("0599", "UA", ""), ("+5599", "UA", ""),
        ("12345678", "UA", ""), ("005", "", ""), ("0599", "", "0599"), ("501", "PL", "501"),
    ],
)  # fmt: skip
def test_last_digits_are_not_the_beginning_of_a_number(text: str, country: str, digits: str) -> None:
    assert ending(text, country) == digits


def test_the_form_offers_the_queues_of_the_release(bed: DeskBed) -> None:
    assert 'name="queue"' not in bed.signed_in("nataliia").get("/journal").text
    bed.services.hub.queues = lambda: {"kyiv": (("ivan",), False), "shop": (("petro",), False)}
    page = bed.signed_in("nataliia").get("/journal?queue=kyiv").text
    assert '<option value="kyiv" selected>Kyiv</option>' in page.partition('name="queue"')[2]
    assert TABLE["schemes"]["kyiv"]["title"] == "Kyiv"


def test_a_status_is_explained_where_it_stands(bed: DeskBed) -> None:
    record(bed, *CALLS)
    visitor = bed.signed_in("nataliia")
    assert 'title="A first talk with the client that is long enough to count."' in visitor.get("/journal").text
    assert "A first talk with the client that is long enough to count." in visitor.get("/calls/petrenko").text


def test_a_report_whose_period_before_is_empty_says_so_and_names_days_for_programs(bed: DeskBed) -> None:
    record(bed, *CALLS)
    prepare(bed)
    visitor = bed.signed_in("nataliia")
    page = html.unescape(visitor.get("/reports?period=7d").text)
    assert re.search(r"The period before \([^)]+\) has no calls", page)
    days = visitor.get("/reports/days.csv?period=7d").text.splitlines()
    assert re.match(r"2026-11-\d\d,", days[1])
    waited = re.search(r'href="(/journal[^"]*queue=orders[^"]*)"', page)
    assert waited, "the count of a queue leads to its calls"
    assert listed(visitor, waited[1].partition("?")[2]) == ["petra", "llc"]


def test_the_audit_log_names_no_filter_that_it_leaves_out_in_silence(bed: DeskBed) -> None:
    for name, query in (("ops", "since=2026-13-45"), ("audit", "subject=%2B380671234567")):
        page = bed.signed_in(name).get(f"/audit?{query}").text
        assert 'role="alert"' in page and "the lines below are without them" in page
    assert 'role="alert"' not in bed.signed_in("ops").get("/audit?since=2026-11-01&subject=%2B380671234567").text


def test_a_step_says_once_what_became_of_a_phone(bed: DeskBed) -> None:
    ring = StepRecord(1, "kyiv", "1", "ring", NOW, 20.0, "", "ivan.desk did not answer", result="no_talk")
    record(bed, call("rang", rang=("ivan",), steps=(ring,)), call("nobody", steps=(ring,)))
    visitor = bed.signed_in("nataliia")
    assert visitor.get("/calls/rang").text.count("did not answer") == 1
    assert visitor.get("/calls/nobody").text.count("did not answer") == 1, "no phone is listed below"
