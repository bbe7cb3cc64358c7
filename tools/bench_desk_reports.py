"""Reports at the desk over a year of a million calls: a year's report, an hour counted anew, what marks cost a call.

The promise: a year's report in 300 ms with SQLite and with PostgreSQL (``--database``). Calls go in by plain inserts of
made-up rows: 40 people, 12 schemes, 20 numbers, 6 sources, in working hours; a head sees ten of the people.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, insert, text

from routing.desk.report import ReportFocus
from routing.desk.report_columns import ReportSort
from routing.desk.report_period import named
from routing.desk.report_source import read_report
from routing.desk.report_view import day_rows, tables, tiles
from routing.desk.texts import Texts
from routing.journal import store
from routing.journal.database import open_database
from routing.journal.figures import EVERYTHING, FigureView
from routing.journal.figures_read import FigureReader
from routing.journal.figures_schema import days, hours, marks
from routing.journal.figures_store import FigureBook
from routing.journal.record import CallRecord, LegRecord
from routing.journal.schema import calls, legs

PROMISED_MS = 300.0
ZONE, TODAY = ZoneInfo("Europe/Kyiv"), date(2026, 11, 23)
END_S = datetime(2026, 11, 23, 18, tzinfo=UTC).timestamp()
PEOPLE = [f"person{number}" for number in range(40)]
HEAD = FigureView(people=frozenset(PEOPLE[:10]))
SOURCES = [
    json.dumps({"utm_source": name, "utm_medium": "cpc"}) for name in ("google", "bing", "meta", "x", "mail", "ua")
]
AT_ONCE = 20_000


def main() -> int:
    """Fill, prepare, read; 1 when a year's report is slower than promised."""
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        engine = open_database(options.database or f"{folder}/journal.db")
        print(f"{engine.dialect.name}, {options.calls} calls, load of the machine: {os.getloadavg()[0]:.1f}")
        _fill(engine, options.calls)
        _prepare(engine)
        slowest = max(_read(engine, "everybody", EVERYTHING), _read(engine, "a head", HEAD))
        _hour(engine)
        _recording(engine)
        engine.dispose()
    print(f"a year's report: {slowest:.0f} ms (promised: {PROMISED_MS:.0f} ms)")
    return int(slowest > PROMISED_MS)


def _rows(number: int) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    chance = random.Random(1)
    working = [hour for hour in range(7, 20) for _ in range(12)] + list(range(24))
    for each in range(number):
        day_s = END_S - 64_800 - 86_400 * chance.randrange(365)
        at_s = day_s + chance.choice(working) * 3600 + chance.random() * 3600
        person, answered = chance.choice(PEOPLE), chance.random() < 0.8
        wait_s, talk_s = chance.random() * 40, chance.random() * 300 if answered else 0.0
        id_ = f"{each:012x}-bench"
        yield (
            {"id": id_, "project": "shop", "direction": "in" if chance.random() < 0.85 else "out",
             "number": f"+3804412300{chance.randrange(20):02}", "client": f"+38067{chance.randrange(400_000):07}",
             "schemes": f"scheme{chance.randrange(12)}", "started": at_s, "bridged": at_s + wait_s if answered else 0.0,
             "ended": at_s + wait_s + talk_s, "status": "answered" if answered else "no answer",
             "person": person if answered else "", "wait_s": wait_s, "talk_s": talk_s,
             "source": chance.choice(SOURCES) if chance.random() < 0.6 else "", "remembered": True, "notified": True},
            [{"call": id_, "id": f"{id_}-{name}", "person": name, "started": at_s}
             for name in {person, chance.choice(PEOPLE)}],
        )  # fmt: skip


def _fill(engine: Engine, number: int) -> None:
    began, call_rows, leg_rows = time.monotonic(), [], []
    for call, rang in _rows(number):
        call_rows.append(call)
        leg_rows += rang
        if len(call_rows) == AT_ONCE:
            _insert(engine, call_rows, leg_rows)
            call_rows, leg_rows = [], []
    _insert(engine, call_rows, leg_rows)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    print(f"filled in {time.monotonic() - began:.0f} s")


def _insert(engine: Engine, call_rows: list[dict[str, Any]], leg_rows: list[dict[str, Any]]) -> None:
    if call_rows:
        with engine.begin() as connection:
            connection.execute(insert(calls), call_rows)
            connection.execute(insert(legs), leg_rows)


def _book(engine: Engine) -> FigureBook:
    return FigureBook(engine, lambda: "shop", lambda: 0.0, lambda: ZONE, lambda: [HEAD])


def _prepare(engine: Engine) -> None:
    began, book = time.monotonic(), _book(engine)
    while not book.is_current:
        book.work()
    with engine.connect() as connection:
        count = [connection.scalar(text(f"SELECT count(*) FROM {table.name}")) for table in (hours, days)]
    print(f"the year's figures counted in {time.monotonic() - began:.0f} s: {count[0]} rows by hour, {count[1]} by day")


def _read(engine: Engine, whose: str, view: FigureView) -> float:
    reader, texts = FigureReader(engine, "shop", view.id), Texts("uk", ZONE)
    found, cpu = [], []
    for _ in range(9):
        began, began_cpu = time.perf_counter(), time.process_time()
        report = read_report(reader, named("year", TODAY), ReportFocus(), ZONE)
        shown = tiles(report, texts), day_rows(report, texts), list(tables(report, texts, str, ReportSort()))
        found.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - began_cpu) * 1000)
        assert shown[0]
    print(f"a year's report of {whose}: {statistics.median(found):.0f} ms, the slowest of 9 {max(found):.0f} ms, "
          f"{statistics.median(cpu):.0f} ms of this process' CPU "
          f"({report.total.incoming} incoming calls)")  # fmt: skip
    return statistics.median(found)


def _hour(engine: Engine) -> None:
    """One more call in an hour of a working day."""
    found, number = [], 0
    for back in range(20):
        at_s = END_S - 8 * 3600 - back * 86_400
        with engine.begin() as connection:
            connection.execute(insert(marks), [{"project": "shop", "at_s": at_s, "client": ""}])
        book = _book(engine)
        began = time.perf_counter()
        number += book.work()
        found.append((time.perf_counter() - began) * 1000)
    print(
        f"an hour counted anew, with its day: {statistics.median(found):.1f} ms, the slowest of 20 {max(found):.0f} ms"
    )


def _recording(engine: Engine) -> None:
    """Recording with marks and without, in turns."""
    spent: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(10):
        with_marks = bool(turn % 2)
        batches = [[_record(turn, first + each) for each in range(500)] for first in range(0, 2000, 500)]
        began = time.perf_counter()
        if with_marks:
            _store(engine, batches)
        else:
            with patch.object(store, "mark", lambda connection, ids: None):
                _store(engine, batches)
        spent[with_marks].append((time.perf_counter() - began) / 2000 * 1e6)
    with_us, without_us = (statistics.median(spent[each]) for each in (True, False))
    print(f"recording a call: {with_us:.0f} us with its mark, {without_us:.0f} us without")


def _store(engine: Engine, batches: list[list[CallRecord]]) -> None:
    for batch in batches:
        store.record(engine, batch)


def _record(turn: int, number: int) -> CallRecord:
    at_s, id_ = END_S - number, f"more-{turn}-{number}"
    leg = LegRecord(f"{id_}-leg", "1", "person1.desk", "person1", at_s, 5.0, True, 60.0, "", "")
    names = "dialled caller release cause ended_by target recording voicemail box decision verdict"
    empty: dict[str, Any] = dict.fromkeys(names.split(), "")
    return CallRecord(
        id=id_, project="shop", direction="in", number="+380441230001", client=f"+38067{number:07}",
        schemes=("scheme1",), started=at_s, answered=at_s, bridged=at_s + 5, ended=at_s + 65, status="answered",
        person="person1", wait_s=5.0, talk_s=60.0, asked_ms=-1.0, source={}, entities={}, legs=(leg,), **empty,
    )  # fmt: skip


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--database", help="URL; SQLite in the work folder otherwise")
    parser.add_argument("--folder", type=Path, help="where the journal is made")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
