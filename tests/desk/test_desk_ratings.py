"""Ratings at the desk: in the journal's rows and filter, on a call's page, in exports, in reports."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from routing.journal.figures import CallSums, CountedCall, count
from routing.journal.queues import QueueWait
from routing.journal.result import StepResult
from support.desk_bed import NOW, DeskBed
from support.desk_calls import call, record, talk
from support.figures_bed import prepare

RATED = {"rating_requested": NOW - 5}


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[DeskBed]:
    bed = DeskBed(tmp_path)
    record(
        bed,
        talk("bad", "ivan", started=NOW - 10, rating=1, rated_person="maria", **RATED),
        talk("fine", "ivan", started=NOW - 20, rating=5, rated_person="ivan", **RATED),
        talk("silent", "petro", started=NOW - 30, rated_person="petro", **RATED),
        call("missed", started=NOW - 40),
    )
    yield bed
    bed.close()


@pytest.mark.parametrize(
    ("rating", "found"),
    [
        ("1", ["bad"]),
        ("5", ["fine"]),
        ("3", []),
        ("rated", ["bad", "fine"]),
        ("silent", ["silent"]),
        ("6", ["bad", "fine", "silent", "missed"]),
    ],
)
def test_a_filter_finds_ratings(bed: DeskBed, rating: str, found: list[str]) -> None:
    page = bed.signed_in("nataliia").get(f"/journal?rating={rating}").text
    assert re.findall(r'href="/calls/([^"]+)"', page) == found


def test_a_row_shows_the_score_and_whose_it_is(bed: DeskBed) -> None:
    visitor = bed.signed_in("nataliia")
    page = visitor.get("/journal").text
    cells = re.findall(r'<td class="number rating"[^>]*>(.*?)</td>', page)
    assert [re.sub("<[^>]+>", "", cell) for cell in cells] == ["1", "5", "–", ""]
    assert re.search(r'<td class="number rating"[^>]* title="[^"]*Mari', page)
    plain = visitor.get("/journal?status=missed").text
    assert 'class="number rating"' not in plain  # no column where nobody was asked


def test_the_call_says_who_was_rated(bed: DeskBed) -> None:
    visitor = bed.signed_in("nataliia")
    assert "1 of 5" in visitor.get("/calls/bad").text
    assert "asked, no answer" in visitor.get("/calls/silent").text
    assert "of 5" not in visitor.get("/calls/missed").text


def test_the_export_has_a_column(bed: DeskBed) -> None:
    data = bed.signed_in("nataliia").get("/export/journal.csv").data.decode("utf-8-sig")
    first, *rows = csv.reader(io.StringIO(data, newline=""))
    place = first.index("Rating")
    assert [row[place] for row in rows] == ["1", "5", "", ""]


def test_reports_count_scores_by_person_scheme_and_queue(bed: DeskBed) -> None:
    prepare(bed)
    page = bed.signed_in("nataliia").get("/reports?period=7d").text
    assert "Mean rating" in page and "2 (1/0/0/0/1)" in page
    table = bed.signed_in("nataliia").get("/reports/person.csv?period=7d").data.decode("utf-8-sig")
    assert "1 (1/0/0/0/0)" in table and "1 (0/0/0/0/1)" in table


def counted(**facts: object) -> CountedCall:
    known = {"direction": "in", "status": "answered", "shown": "answered", "number": "+380", "schemes": ("shop",)}
    known |= {"source": "", "person": "ivan", "wait_s": 1.0, "talk_s": 60.0, "talked": True}
    known |= {"rang": frozenset({"ivan", "maria"}), "people": frozenset({"ivan", "maria"})}
    return CountedCall(**(known | facts))  # type: ignore[arg-type]


def test_a_rating_counts_for_whom_it_is_about() -> None:
    waits = (QueueWait("sales", 3.0, StepResult.TALKED), QueueWait("first", 9.0, StepResult.NO_TALK))
    found = count([counted(surveyed=True, rating=4, rated_person="maria", waits=waits), counted()])
    assert found["person", "maria"].rated == 1 and found["person", "ivan"].rated == 0
    assert found["all", ""].scores == found["scheme", "shop"].scores == {1: 0, 2: 0, 3: 0, 4: 1, 5: 0}
    assert found["queue", "sales"].rated == 1 and found["queue", "first"].rated == 0


def test_a_mean_of_nothing_is_no_zero() -> None:
    assert count([counted(surveyed=True, rated_person="ivan")])["person", "ivan"].surveyed == 1
    assert CallSums().mean_rating == 0.0 and CallSums(scores_1=1, scores_4=1).mean_rating == 2.5
