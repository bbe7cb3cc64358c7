"""What the journal's pages read is bounded by windows, whatever the filter: no time is measured here, calls are."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from routing.desk import journal_query, own_query
from routing.desk.journal_filter import JournalFilter, JournalPlace
from routing.desk.journal_lists import RareCalls, Stretch, narrowest
from routing.desk.journal_query import JournalPage, JournalScope
from routing.desk.pages.export import _read
from routing.journal.database import open_database
from support.desk_bed import NOW, DeskBed
from support.desk_calls import call, record, talk
from support.made_journal import END, fill
from support.postgresql import postgresql, postgresql_server

__all__ = ["postgresql", "postgresql_server"]
COUNT = 4_000
GROUP = frozenset(f"p{number}" for number in range(20))
SCOPES = (JournalScope("shop"), JournalScope("shop", GROUP), JournalScope("shop", frozenset({"p7"})))
#: Every kind of condition; those of a pair are tried together.
FACTS: tuple[dict[str, Any], ...] = (
    {"status": "missed"}, {"status": "failed"}, {"status": "repeat call"}, {"status": "proper"}, {"direction": "out"},
    {"direction": "callback"}, {"person": "p7"}, {"scheme": "s1"}, {"scheme": "shared"}, {"tag": "vip"},
    {"tag": "rare"}, {"node": "n1"}, {"node": "nowhere"}, {"number": "+380441231007"}, {"number": "+38044123100"},
    {"client": "+380671007919"}, {"client": "+38067"}, {"client": "+3807919", "client_ends": "7919"},
    {"queue": "q1"}, {"name_parts": ("llc",)}, {"name_parts": ("w00", "llc")},
    {"since": END - 90 * 86400.0, "until": END - 60 * 86400.0},
)  # fmt: skip
FILTERS = [JournalFilter(), *(JournalFilter(**one) for one in FACTS)] + [
    JournalFilter(**(one | other)) for one, other in itertools.combinations(FACTS, 2) if not one.keys() & other.keys()
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_database(str(tmp_path_factory.mktemp("made") / "journal.db"))
    fill(engine, COUNT)
    yield engine
    engine.dispose()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows that a journal of a few thousand calls is larger than; few calls are fewer."""
    monkeypatch.setattr(journal_query, "WINDOWS", (60, 100, 140))
    monkeypatch.setattr(journal_query, "COUNT_WINDOWS", (100, 200))
    monkeypatch.setattr("routing.desk.journal_lists.RARE", 30)


@pytest.fixture
def statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    found: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *more: Any) -> None:
        found.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def walked(engine: Engine, criteria: JournalFilter, scope: JournalScope, size: int = 50) -> list[str]:
    """Every call that a filter finds, page after page, until the end; none twice."""
    found: list[str] = []
    place: JournalPlace | None = None
    for _ in range(2 * COUNT):
        page = journal_query.page(engine, criteria, scope, place, size)
        found += [row["id"] for row in page.rows]
        if page.more:
            place = JournalPlace(page.rows[-1]["started"], page.rows[-1]["id"])
        elif page.looked:
            place = page.looked
        else:
            return found
    raise AssertionError("it never ends")


def plainly(engine: Engine, criteria: JournalFilter, scope: JournalScope) -> list[str]:
    """The same in one window, which holds the whole journal."""
    windows = journal_query.WINDOWS
    journal_query.WINDOWS = (COUNT + 1,)
    try:
        page = journal_query.page(engine, criteria, scope, None, COUNT)
    finally:
        journal_query.WINDOWS = windows
    assert not page.more and not page.looked
    return [row["id"] for row in page.rows]


@pytest.mark.parametrize("scope", SCOPES, ids=["everybody", "group", "person"])
def test_pages_that_look_at_few_calls_find_all_of_them_in_the_end(
    engine: Engine, small: None, scope: JournalScope
) -> None:
    for criteria in FILTERS[::12]:
        assert walked(engine, criteria, scope) == plainly(engine, criteria, scope), criteria


@pytest.mark.parametrize("scope", SCOPES, ids=["everybody", "group", "person"])
def test_no_filter_reads_more_than_the_windows(
    engine: Engine, small: None, statements: list[tuple[str, Any]], scope: JournalScope
) -> None:
    """Each window's stretch of time is counted again in the list that was walked."""
    for criteria in FILTERS[::2]:
        statements.clear()
        page = journal_query.page(engine, criteria, scope)
        assert len(statements) <= 24, (criteria, len(statements))
        if page.looked:
            assert not page.more and len(page.rows) <= journal_query.PAGE
        for statement, parameters in list(statements):
            if "CASE WHEN" not in statement or "id IN" in statement:
                continue
            seen = re.sub(r"CASE WHEN .*? END = \?( ORDER BY)", r"1 = 1\1", statement, flags=re.DOTALL)
            kept = seen.split("1 = 1")[0].count("?")
            looked = f"SELECT count(*) FROM ({seen.partition(' ORDER BY')[0]}) AS walked"
            with engine.connect() as connection:
                number = connection.exec_driver_sql(looked, tuple(parameters[:kept])).scalar()
            assert number is not None and number <= 142, (criteria, number, seen)


@pytest.mark.parametrize("scope", SCOPES, ids=["everybody", "group", "person"])
def test_every_filter_walks_an_index(engine: Engine, statements: list[tuple[str, Any]], scope: JournalScope) -> None:
    for criteria in FILTERS[::5]:
        statements.clear()
        journal_query.page(engine, criteria, scope)
        journal_query.page(engine, criteria, scope, JournalPlace(END - 100 * 86400.0, "x"))
        journal_query.page(engine, criteria, scope, JournalPlace(END - 100 * 86400.0, "x", newer=True))
        journal_query.count(engine, criteria, scope)
        for statement, parameters in list(statements):
            if statement.startswith("BEGIN"):
                continue
            with engine.connect() as connection:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            steps = [row[-1] for row in plan]
            scans = [step for step in steps if re.match(r"SCAN (calls|involved|marks|legs|steps)\b", step)]
            assert all("USING COVERING INDEX" in step or "USING INDEX" in step for step in scans), (statement, steps)
            # only few calls are sorted, and those of a group
            is_sorted = "USE TEMP B-TREE FOR ORDER BY" in steps
            assert not is_sorted or re.search(r"(client|number|name) >= |UNION", statement), (statement, steps)


def test_postgresql_walks_indexes_and_reads_no_table_whole(postgresql: str) -> None:
    engine = open_database(postgresql)
    fill(engine, COUNT)
    plans: list[str] = []

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, *more: Any) -> None:
        if statement.startswith("SELECT") and "set_config" not in statement and "pg_catalog" not in statement:
            cursor.execute(f"EXPLAIN {statement}", parameters)
            plans.append("\n".join(row[0] for row in cursor.fetchall()))

    event.listen(engine, "before_cursor_execute", explain)
    for scope in SCOPES:
        for criteria in FILTERS[::8]:
            journal_query.page(engine, criteria, scope)
            journal_query.count(engine, criteria, scope)
        own_query.missed_clients(engine, "shop", "p7", GROUP, END)
        own_query.orders_of(engine, "shop", scope.people)
    engine.dispose()
    for plan in plans:
        assert not re.search(r"Seq Scan on (calls|involved|marks|legs|steps)|Hash.* Join|Merge.* Join|hashed", plan), (
            plan
        )


def test_a_rare_client_is_found_by_the_clients_index_alone(engine: Engine) -> None:
    with engine.connect() as connection:
        chosen, end = narrowest(connection, JournalFilter(client="+380671007919"), None, Stretch(0, 0), 500)
    assert isinstance(chosen, RareCalls) and end is None


@pytest.mark.usefixtures("small")
def test_a_page_says_how_far_it_has_looked_and_goes_on_from_there(tmp_path: Path) -> None:
    bed = DeskBed(tmp_path)
    record(bed, *(call(f"c{n:03}", started=NOW - 100 - n, rang=("ivan",)) for n in range(700)))
    record(
        bed, talk("old", "ivan", started=NOW - 9000, node="n7"), talk("older", "petro", started=NOW - 9100, node="n7")
    )
    for name in ("nataliia", "olena"):
        visitor = bed.signed_in(name)
        page, found, pages = visitor.get("/journal?node=n7").text, list[str](), 1
        assert "Nothing found so far" in page and "Searched the calls since" in page and "hx-trigger" in page
        assert "0 calls since" in visitor.get("/journal/count?node=n7").text
        while on := re.search(r'rel="next" href="([^"]+)"', page):
            page, pages = visitor.get(html.unescape(on[1])).text, pages + 1
            found += re.findall(r'href="/calls/([^"]+)"', page)
        assert found == ["old", "older"] and pages == 3
        back, pages = page, 1
        while "c000" not in back:
            newer = re.search(r'rel="prev" href="([^"]+)"', back)
            assert newer, back
            back, pages = visitor.get(html.unescape(newer[1]).replace("node=n7&", "")).text, pages + 1
        assert pages < 20
        assert "2 calls" not in visitor.get("/journal/count?node=n7").text
        rows = visitor.get("/export/journal.csv?node=n7").text if name == "nataliia" else ""
        assert rows.count("old") == (2 if rows else 0)
    bed.close()


def test_an_export_is_cut_only_when_more_calls_follow() -> None:
    pages = {
        None: JournalPage([{"started": 3.0, "id": "a"}, {"started": 2.0, "id": "b"}], False, JournalPlace(1.0, "")),
        JournalPlace(1.0, ""): JournalPage([{"started": 0.5, "id": "c"}]),
    }
    for most, expected in ((2, [["a", "b"], [], None]), (3, [["a", "b"], ["c"]]), (1, [["a"], None])):
        assert list(_read(pages.__getitem__, lambda facts: facts["id"], most)) == expected  # type: ignore[arg-type]


def test_orders_of_a_group_are_chosen_by_the_database(engine: Engine, statements: list[tuple[str, Any]]) -> None:
    for scope in SCOPES[:2]:
        statements.clear()
        found = own_query.orders_of(engine, "shop", scope.people)
        assert len([one for one, _ in statements if one.startswith("SELECT")]) <= 3
        assert len(found) <= own_query.MOST and found
        assert own_query.order_of(engine, "shop", found[0].id, scope.people) == found[0]
        assert own_query.order_of(engine, "shop", found[0].id, frozenset({"nobody"})) is None
