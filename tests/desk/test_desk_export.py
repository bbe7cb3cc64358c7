"""Exports: the screen's calls in the screen's order, as files that spreadsheets open and never compute."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from routing.desk.exported import neutral
from support.desk_bed import NOW, DeskBed, DeskVisitor
from support.desk_calls import call, record, talk

_CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def csv_rows(visitor: DeskVisitor, query: str = "") -> list[list[str]]:
    """The file's cells as a program reads them: without the apostrophe."""
    answer = visitor.get(f"/export/journal.csv?{query}")
    assert answer.status_code == 200 and answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    return [[cell.removeprefix("'") for cell in row] for row in rows]


def xlsx_rows(visitor: DeskVisitor, query: str = "") -> list[list[str]]:
    """The workbook's cells, as text."""
    answer = visitor.get(f"/export/journal.xlsx?{query}")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert sheet.find(f".//{_CELL}f") is None
    return [["".join(cell.itertext()) for cell in row] for row in sheet.iter(f"{_CELL}row")]


def _fill(bed: DeskBed, count: int = 60) -> None:
    record(
        bed, *(call(f"c{n:03}", started=NOW - 100 - n, rang=("ivan",) if n % 2 else ("maria",)) for n in range(count))
    )
    facts = {"entities": {"name": '=HYPERLINK("http://evil")'}, "tags": ("-x", "@y"), "source": {"utm_source": "+1"}}
    record(bed, talk("t1", "ivan", started=NOW - 5, **facts))


@pytest.mark.parametrize("query", ["", "status=missed", "person=maria", "status=missed&period=today&client=067"])
def test_an_export_has_the_calls_of_the_screen_in_its_order(bed: DeskBed, query: str) -> None:
    _fill(bed)
    for name in ("nataliia", "olena"):
        visitor = bed.signed_in(name)
        screen: list[str] = []
        page = visitor.get(f"/journal?{query}").text
        while True:
            screen += re.findall(r'href="/calls/([^"]+)"', page)
            older = re.search(r'rel="next" href="([^"]+)"', page)
            if not older:
                break
            page = visitor.get(older[1].replace("&amp;", "&")).text
        assert [row[-1] for row in csv_rows(visitor, query)[1:]] == screen
        if screen:
            assert [row[-1] for row in xlsx_rows(visitor, query)[1:]] == screen
        visitor.get("/journal")


def test_times_are_those_of_the_screen_also_in_the_night_when_clocks_change(bed: DeskBed) -> None:
    began = datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()  # in Kyiv 03:30, and an hour later 03:30 again
    bed.now = began + 86400
    record(bed, *(call(f"c{hour}", started=began + 3600 * hour) for hour in range(-1, 3)))
    visitor = bed.signed_in("nataliia")
    screen = re.findall(r"\d\d:30:00", visitor.get("/journal").text)
    (title, *_), *rows = csv_rows(visitor)
    assert title == "Time (Europe/Kyiv)"
    assert [row[0][-8:] for row in rows] == screen == ["04:30:00", "03:30:00", "03:30:00", "02:30:00"]
    days = [float(row[0]) for row in xlsx_rows(visitor)[1:]]  # since 1899-12-30, as spreadsheets count
    shown = [datetime(1899, 12, 30) + timedelta(days=each) for each in days]
    assert [f"{each + timedelta(milliseconds=1):%H:%M:%S}" for each in shown] == screen


def test_cells_are_texts_that_nobody_computes_and_numbers_come_back(bed: DeskBed) -> None:
    _fill(bed, 1)
    visitor = bed.signed_in("nataliia")
    raw = visitor.get("/export/journal.csv").data.decode("utf-8-sig")
    assert "'+380671234567" in raw and """"'=HYPERLINK(""http://evil"")\"""" in raw
    for rows in (csv_rows(visitor), xlsx_rows(visitor)):
        titles, first = rows[0], rows[1]
        found = dict(zip(titles, first, strict=False))
        assert found["Client"] == "+380671234567" and found["Company's number"] == "+380441230001"
        assert found["Client's name"] == '=HYPERLINK("http://evil")' and found["Labels"] == "-x @y"
        assert found["Source"] == "+1" and found["Talk, s"] in ("60", "60.0")


def test_an_export_is_masked_as_the_screen_is(bed: DeskBed) -> None:
    _fill(bed)
    rows = csv_rows(bed.signed_in("audit"))
    assert len(rows) == 62 and "671234567" not in str(rows) and "67•••••67" not in str(rows)
    assert rows[1][3] == "+380•••••67"


def test_who_may_not_export_does_not_and_an_export_is_one_line_of_the_audit_log(bed: DeskBed) -> None:
    _fill(bed)
    visitor = bed.signed_in("ivan")
    assert visitor.get("/export/journal.csv").status_code == visitor.get("/export/journal.xlsx").status_code == 403
    assert "/export/" not in visitor.get("/journal").text
    csv_rows(bed.signed_in("nataliia"), "status=missed")
    (line,) = (line for line in bed.services.audit.lines() if line.action == "export_calls")
    assert (line.name, line.subject, line.detail) == ("nataliia", "status=missed", "csv")


def test_a_large_export_is_cut_and_says_so(bed: DeskBed, monkeypatch: pytest.MonkeyPatch) -> None:
    _fill(bed)
    monkeypatch.setattr("routing.desk.pages.export.MOST_EXPORTED", 50)
    monkeypatch.setattr("routing.desk.pages.export._AT_ONCE", 20)
    visitor = bed.signed_in("nataliia")
    for rows in (csv_rows(visitor), xlsx_rows(visitor)):
        assert len(rows) == 52 and rows[-1][0].startswith("Cut after 50 calls")
        assert len({row[-1] for row in rows[1:-1]}) == 50
    monkeypatch.setattr("routing.desk.pages.export.MOST_EXPORTED", 61)
    assert len(csv_rows(visitor)) == 62


def test_spreadsheets_of_each_language_find_their_cells(bed: DeskBed) -> None:
    _fill(bed, 1)
    visitor = bed.signed_in("nataliia")
    visitor.client.set_cookie("desk_language", "uk")
    text = visitor.get("/export/journal.csv").data.decode("utf-8-sig")
    assert text.startswith("Час (Europe/Kyiv);Напрямок;") and "вхідний" in text


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1", "'x", "''", "\xa0=1"]
)
def test_what_a_spreadsheet_computes_gets_an_apostrophe(text: str) -> None:
    assert neutral(text) == f"'{text}"
    assert neutral(f"a{text}") == f"a{text}"
