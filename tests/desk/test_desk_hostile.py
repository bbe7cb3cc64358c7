"""Hostile texts, paths and ids: none becomes markup, a formula, somebody else's call or file.

A page with a hostile text must have exactly the elements and attributes of the same page with a harmless one: whatever
a browser would run stands in one of them.
"""

from __future__ import annotations

import csv
import io
import itertools
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from routing.model.desk import ALLOWED, Right, Role
from support.desk_bed import NOW, OF_ROLE, DeskBed, DeskVisitor
from support.desk_calls import record, talk
from support.hostile_pages import FORMULAS, HOSTILE, SCRIPTS, Elements, hostile_call


def _pages(visitor: DeskVisitor, query: str = "") -> list[Elements]:
    answers = [visitor.get(f"/journal?{query}"), visitor.get("/calls/one")]
    assert [answer.status_code for answer in answers] == [200] * 2
    return [Elements(answer.text) for answer in answers]


@pytest.mark.thorough
def test_no_text_of_a_call_becomes_markup(bed: DeskBed) -> None:
    visitor = bed.signed_in("nataliia")
    record(bed, hostile_call("harmless"))
    harmless = [page.found for page in _pages(visitor)]
    for text in HOSTILE:
        with bed.database.begin() as connection:
            for table in ("calls", "legs", "steps", "involved", "marks"):
                connection.exec_driver_sql(f"DELETE FROM {table}")
        record(bed, hostile_call(text))
        pages = _pages(visitor)
        assert [page.found for page in pages] == harmless, text
        assert all(target.startswith(("/", "#")) and target[1:2] != "/" for page in pages for target in page.targets), (
            text
        )
    assert bed.faults == []


@pytest.mark.thorough
def test_no_text_of_an_address_becomes_markup(bed: DeskBed) -> None:
    visitor = bed.signed_in("nataliia")
    names = ("person", "scheme", "queue", "tag", "node")
    found = Elements(visitor.get("/journal?" + "&".join(f"{name}=x" for name in names)).text).found
    for text in HOSTILE:
        page = Elements(visitor.get("/journal?" + "&".join(f"{name}={quote(text)}" for name in names)).text)
        assert page.found == found, text
        assert all(target.startswith(("/", "#")) and target[1:2] != "/" for target in page.targets), text


@pytest.mark.thorough
def test_a_client_or_number_that_is_none_becomes_no_markup_either(bed: DeskBed) -> None:
    """Some of them are names, some numbers, some mean nothing: the page has a chip, a sentence, or both."""
    visitor = bed.signed_in("nataliia")
    usual = Elements(visitor.get("/journal?client=x&number=x").text).found
    usual += Elements(visitor.get("/journal?client=067&number=044").text).found
    for text in HOSTILE:
        page = Elements(visitor.get(f"/journal?client={quote(text)}&number={quote(text)}").text)
        assert set(map(repr, page.found)) <= set(map(repr, usual)), text


def test_no_browser_is_named_so_that_it_becomes_markup(bed: DeskBed) -> None:
    harmless = Elements(bed.signed_in("ivan").get("/settings").text).found
    for text in HOSTILE[:: len(SCRIPTS)]:
        bed.services.sessions.end("ivan")
        bed.now += 60.0  # the limit of sign-ins
        visitor = bed.visitor()
        token = bed.services.accounts.link("ivan", bed.now)
        agent = text.encode("ascii", "ignore").decode()
        visitor.client.post("/enter", data={"token": token}, headers={"User-Agent": agent})
        assert Elements(visitor.get("/settings").text).found == harmless, text


def test_no_cell_of_an_export_is_a_formula(bed: DeskBed) -> None:
    visitor = bed.signed_in("nataliia")
    facts = [*FORMULAS, *HOSTILE[:40]]
    record(bed, *(replace(hostile_call(text), id=f"c{n}") for n, text in enumerate(facts)))
    text = visitor.get("/export/journal.csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == len(facts) + 1
    for cell in itertools.chain.from_iterable(rows):
        assert cell.lstrip(" \xa0")[:1] not in tuple("=+-@\t\r\n\uff1d\uff0b"), cell
    names = {row[2].removeprefix("'") for row in rows}
    assert set(facts) <= names


def _answers(visitor: DeskVisitor, id_: str) -> list[TestResponse]:
    return [visitor.get(f"/{place}/{id_}") for place in ("calls", "recordings", "waveforms")]


@pytest.mark.parametrize("role", list(Role))
def test_no_role_gets_calls_of_others_by_their_ids(bed: DeskBed, tmp_path: Path, role: Role) -> None:
    folder = tmp_path / "recordings" / "calls"
    folder.mkdir(parents=True)
    people = ("ivan", "petro", "maria", "olena", "nataliia", "ghost")
    calls = []
    for number, person in enumerate(people * 5):
        (folder / f"c{number}.wav").write_bytes(b"sound of somebody")
        calls.append(talk(f"c{number}", person, started=NOW - number, recording=str(folder / f"c{number}.wav")))
    record(bed, *calls)
    visitor = bed.signed_in(OF_ROLE[role])
    seen = {Role.PERSON: {"ivan"}, Role.HEAD: {"ivan", "petro", "olena"}}.get(role, set(people))
    for each in calls:
        page, sound, waves = _answers(visitor, each.id)
        assert page.status_code == (200 if each.person in seen else 404), each.id
        hears = role in ALLOWED[Right.RECORDINGS]
        assert sound.status_code == (403 if not hears else 200 if each.person in seen else 404), each.id
        assert waves.status_code == (403 if not hears else 404), each.id
        assert (b"somebody" in sound.data) == (hears and each.person in seen)
    if role in ALLOWED[Right.EXPORT]:
        rows = list(csv.reader(io.StringIO(visitor.get("/export/journal.csv").data.decode("utf-8-sig"))))
        assert {row[-1] for row in rows[1:]} == {each.id for each in calls if each.person in seen}


ODD_IDS = (
    "..", "../c0", "%2e%2e%2fetc%2fpasswd", "..%2f..%2f..%2fetc%2fpasswd", "....//etc/passwd", "c0%00", "c0%0a",
    "c0'--",
    "' OR '1'='1", "c%25", "c_", "*", "c0;DROP TABLE calls", "%ff%fe", "c0/", "c0.wav", "C0", " c0", "c0 ",
    "\u0441\u0430", "0", "-1",
    "null", "undefined", "a" * 5000, "%F0%9F%92%A9", "c0?x=..", "c0%23",
)  # fmt: skip


@pytest.mark.parametrize("name", ["ivan", "nataliia"])
def test_odd_ids_are_no_calls(bed: DeskBed, tmp_path: Path, name: str) -> None:
    file = tmp_path / "recordings" / "calls" / "c0.wav"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"secret")
    record(bed, talk("c0", "maria", recording=str(file)))
    visitor = bed.signed_in(name)
    for id_ in ODD_IDS:
        for answer in _answers(visitor, id_):
            # `c0?x` names the call, and a manager sees it
            assert answer.status_code == 404 or (name == "nataliia" and id_.startswith("c0?")), (
                id_,
                answer.status_code,
            )
    assert bed.faults == []
