"""Reports at the desk: figures of the right calls, compared with the period before, the same on screen and in files."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, date
from urllib.parse import parse_qsl

import pytest
from babel import dates, numbers
from werkzeug.routing import MapAdapter

from routing.desk.addresses import query
from routing.desk.report import HeatCell, ReportFocus, heat_map
from routing.desk.report_columns import COLUMNS, sort_of, sorted_names
from routing.desk.report_file import harmless
from routing.desk.report_period import PERIODS, named, period_of
from routing.desk.texts import LANGUAGES, Texts, texts_of
from routing.journal.figures import KINDS, CallSums
from support.desk_bed import NOW, DeskBed, lines_of_audit
from support.figures_bed import record_two_weeks

#: A Monday.
TODAY = date(2026, 11, 23)


def cells(page: str, row: str) -> list[str]:
    """The texts of a table's row that begins with a name."""
    start = page.index(f">{row}</a></th>")
    line = page[start : page.index("</tr>", start)]
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", line)]


def test_a_manager_sees_the_missed_share_fall(bed: DeskBed) -> None:
    record_two_weeks(bed, NOW)
    page = bed.signed_in("nataliia").get("/reports?period=7d").text
    assert "10%" in page and "before: 40%" in page
    assert 'class="delta good"' in page and "30 pp" in page
    assert "Google" not in page and "google / cpc" in page
    assert 'data-day="2026-11-23" data-answered="18" data-missed="2"' in page
    assert page.count("data-day=") == 7


def test_every_figure_leads_to_its_calls(bed: DeskBed) -> None:
    record_two_weeks(bed, NOW)
    page = bed.signed_in("nataliia").get("/reports?period=7d").text
    dates = "since=2026-11-17&amp;until=2026-11-23"
    assert f'href="/journal?{dates}&amp;direction=in&amp;status=missed"' in page
    assert f'href="/journal?{dates}&amp;person=ivan&amp;direction=in&amp;status=missed"' in page
    assert f'href="/journal?{dates}&amp;scheme=kyiv&amp;direction=in"' in page
    assert 'href="/journal?since=2026-11-23&amp;until=2026-11-23&amp;direction=in&amp;status=answered"' in page


def test_a_head_sees_their_people_only(bed: DeskBed) -> None:
    record_two_weeks(bed, NOW)
    page = bed.signed_in("olena").get("/reports?period=7d").text
    assert 'data-answered="12" data-missed="1"' in page
    assert "Maria" not in page and "Calls of your groups" in page
    narrow = bed.signed_in("olena").get("/reports?period=7d&by=person&name=maria").text
    assert "There are no calls in this period" in narrow
    file = bed.signed_in("olena").get("/reports/person.csv?period=7d").text
    assert "Ivan Koval" in file and "Maria" not in file


def test_a_report_of_one_scheme(bed: DeskBed) -> None:
    record_two_weeks(bed, NOW)
    page = bed.signed_in("nataliia").get("/reports?period=7d&by=scheme&name=kyiv").text
    assert 'data-answered="9" data-missed="0"' in page
    assert "Only: Kyiv" in page
    assert "scheme=kyiv&amp;direction=in&amp;status=answered" in page


def test_a_long_period_is_read_by_week(bed: DeskBed) -> None:
    record_two_weeks(bed, NOW)  # a Monday
    page = bed.signed_in("nataliia").get("/reports?period=90d").text
    assert "Calls by week" in page and "Calls by day" not in page
    assert 'data-day="2026-11-16"' in page and 'data-day="2026-11-17"' not in page
    assert "16 Nov – 22 Nov" in page and "23 Nov – 23 Nov" in page
    assert "since=2026-11-16&amp;until=2026-11-22" in page
    assert "Calls by day" in bed.signed_in("nataliia").get("/reports?period=30d").text


def test_nothing_yet_says_what_to_do(bed: DeskBed) -> None:
    assert "Reports are being prepared" in bed.signed_in("nataliia").get("/reports").text
    record_two_weeks(bed, NOW)
    assert (
        "There are no calls in this period"
        in bed.signed_in("nataliia").get("/reports?since=2020-01-01&until=2020-01-02").text
    )


@pytest.mark.parametrize(
    "query",
    ["since=x&until=y", "since=9999-12-31", "since=2026-12-01&until=2026-01-01", "period=' OR 1", "sort=person.zzz.up",
     "by=person&name=%3Cscript%3Ealert(1)%3C/script%3E", "by=all&name=x", "since=2001-01-01&until=2150-01-01"],
)  # fmt: skip
def test_strange_addresses_do_no_harm(bed: DeskBed, query: str) -> None:
    record_two_weeks(bed, NOW)
    answer = bed.signed_in("nataliia").get(f"/reports?{query}")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def shown(kind: str, name: str) -> str:
    """How the page writes a row that a file names for programs."""
    return name.replace("+38044", "044 ").replace("123000", "123 000") if kind == "number" else name


def test_a_report_names_schemes_and_numbers_as_people_do(bed: DeskBed) -> None:
    record_two_weeks(bed, NOW)
    visitor = bed.signed_in("nataliia")
    page = visitor.get("/reports?period=7d").text
    assert cells(page, "Kyiv") and cells(page, "044 123 0002")
    assert ">kyiv</a>" not in page
    assert "+380441230002" in visitor.get("/reports/number.csv?period=7d").text  # programs read it


def test_files_hold_what_the_page_shows(bed: DeskBed) -> None:
    record_two_weeks(bed, NOW)
    visitor = bed.signed_in("nataliia")
    page = visitor.get("/reports?period=7d").text
    for kind in ("person", "scheme", "number", "source", "queue"):
        rows = list(csv.reader(io.StringIO(visitor.get(f"/reports/{kind}.csv?period=7d").data.decode("utf-8-sig"))))
        assert len(rows) > 1
        for name, *values in rows[1:]:
            assert cells(page, shown(kind, name)) == values, kind
    assert visitor.get("/reports/nothing.csv").status_code == 404
    answer = visitor.get("/reports/export.xlsx?period=7d")
    assert "report-2026-11-17-2026-11-23.xlsx" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        assert b"Ivan Koval" in book.read("xl/sharedStrings.xml")
        assert len([name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]) == 7
    assert "exported a report" in lines_of_audit(bed.signed_in("ops").get("/audit").text)


@pytest.mark.parametrize(
    ("text", "safe"),
    [("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("-x", "'-x"), ("+380441230001", "+380441230001"), ("shop", "shop"),
     ("+1+cmd", "'+1+cmd"), ("\t=1", "'\t=1")],
)  # fmt: skip
def test_no_name_is_a_formula(text: str, safe: str) -> None:
    assert harmless(text) == safe


def test_tables_are_sorted_by_their_headers(bed: DeskBed) -> None:
    rows = {"a": CallSums(incoming=5, missed=1), "b": CallSums(incoming=2, missed=2), "c": CallSums(incoming=9)}
    assert sorted_names("scheme", rows, sort_of(""), str) == ["c", "a", "b"]
    assert sorted_names("scheme", rows, sort_of("scheme.missed"), str) == ["b", "a", "c"]
    assert sorted_names("scheme", rows, sort_of("scheme.missed.up"), str) == ["c", "a", "b"]
    assert sorted_names("scheme", rows, sort_of("scheme.name.up"), str) == ["a", "b", "c"]
    record_two_weeks(bed, NOW)
    page = bed.signed_in("nataliia").get("/reports?period=7d&sort=person.talks.up").text
    assert 'aria-sort="ascending"' in page


def test_periods_and_those_before_them() -> None:
    spans = {name: named(name, TODAY) for name in PERIODS}
    assert (spans["7d"].first, spans["7d"].last) == (date(2026, 11, 17), TODAY)
    assert spans["7d"].before == (date(2026, 11, 10), date(2026, 11, 16))
    assert spans["month"].before == (date(2026, 10, 1), date(2026, 10, 23))
    assert (spans["last_month"].first, spans["last_month"].last) == (date(2026, 10, 1), date(2026, 10, 31))
    assert spans["last_month"].before == (date(2026, 9, 1), date(2026, 9, 30))
    assert len(spans["year"].days) == 365
    assert named("month", date(2026, 3, 31)).before == (date(2026, 2, 1), date(2026, 2, 28))
    assert period_of({"since": "2026-11-05", "until": "2026-11-01"}, TODAY).first == date(2026, 11, 1)
    assert period_of({}, TODAY).name == "30d"


def test_the_heat_map_has_the_hours_with_calls() -> None:
    found = heat_map({(0, 12): CallSums(incoming=4, missed=3)})
    assert list(found.hours) == [12]
    assert found.rows[0][0] == HeatCell(CallSums(incoming=4, missed=3), 5, 5)
    assert found.rows[1][0].calls_level == 0


def test_every_column_and_table_has_a_name() -> None:
    keys = {f"reports.column.{column.key}" for columns in COLUMNS.values() for column in columns}
    keys |= {f"reports.by.{kind}" for kind in (*COLUMNS, "days")} | {f"reports.period.{name}" for name in PERIODS}
    for language in LANGUAGES:
        assert keys <= texts_of(language).keys()
    assert set(COLUMNS) < set(KINDS)
    assert ReportFocus("source", "x").filters is None


def test_a_long_report_has_many_links_and_flask_makes_few_of_them(
    bed: DeskBed, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_two_weeks(bed, NOW)
    made, build = list[str](), MapAdapter.build
    monkeypatch.setattr(MapAdapter, "build", lambda *one, **more: (made.append(str(one[1])), build(*one, **more))[1])
    counts = {}
    for period in ("7d", "year"):
        made.clear()
        page = bed.signed_in("nataliia").get(f"/reports?period={period}").text
        counts[period] = len(made), page.count("data-day=")
    assert counts["year"][1] == 53 and counts["year"][0] < counts["7d"][0] + 10


def test_parameters_are_written_as_flask_reads_them() -> None:
    given = {"scheme": "a b&c=d+e#ї", "client": "+380 67", "tag": "%"}
    assert dict(parse_qsl(query(given)[1:])) == given
    assert query({}) == ""


def test_numbers_are_written_as_each_language_writes_them() -> None:
    for language in LANGUAGES:
        t = Texts(language, UTC)
        for value in (0, 7, 999, 1000, 12_345, -3, 0.5, 3.0, 1e6):
            assert t.number(value) == t.number(value) == numbers.format_decimal(value, locale=language)
        assert t.percent(0.125) == numbers.format_percent(0.125, locale=language)
        assert t.day(TODAY) == dates.format_date(TODAY, "EEE d MMM", locale=language)
