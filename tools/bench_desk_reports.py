"""Reports at the desk over a year of a million calls: a year's report, an hour counted anew, what marks cost a call.

The promise: a year's report in 300 ms with SQLite, and with PostgreSQL if it is installed, or in ``--database`` alone:
an empty one, or one that this or tools/bench_desk_journal.py has filled. Calls are those of
tests/support/made_journal.py: 100 people, 12 schemes, 40 numbers, 7 sources, by day and night; a head sees 20 of the
people. A report is what the application answers, from the address to the last byte. Other programs make it slower; the
CPU time of this one, and of PostgreSQL for this database, tells how much was its own.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]

from bench_desk_journal import GROUP, cpu_s, signed_in  # noqa: E402
from sqlalchemy import Engine, insert, text  # noqa: E402

from routing.journal import store  # noqa: E402
from routing.journal.figures import FigureView  # noqa: E402
from routing.journal.figures_schema import days, hours, marks  # noqa: E402
from routing.journal.figures_store import FigureBook  # noqa: E402
from routing.journal.record import CallRecord, LegRecord  # noqa: E402
from support.made_journal import END, fill, journals  # noqa: E402

PROMISED_MS = 300.0
ZONE = ZoneInfo("Europe/Kyiv")
HEAD = FigureView(people=frozenset(("head", *(f"p{number}" for number in range(GROUP)))))
REPORTS = {
    "a year": "/reports?period=year",
    "three years": "/reports?since=2023-11-24&until=2026-11-23",
    "90 days": "/reports?period=90d",
    "this month": "/reports?period=month",
    "a year of a person": "/reports?period=year&by=person&name=p7",
    "a year of a scheme": "/reports?period=year&by=scheme&name=shared",
    "a year of a number": "/reports?period=year&by=number&name=%2B380441231007",
    "a year of a source": "/reports?period=year&by=source&name=site3+%2F+cpc",
    "a year, sorted": "/reports?period=year&sort=person.missed",
    "a year as CSV": "/reports/person.csv?period=year",
    "a year of days as CSV": "/reports/days.csv?period=year",
    "a year as XLSX": "/reports/export.xlsx?period=year",
}


def main() -> int:
    """Fill, prepare, read; 1 when a report is slower than promised."""
    options, slow = _options(), 0
    for engine in journals(options.database, options.folder):
        began = time.monotonic()
        fill(engine, options.calls)
        print(f"{engine.dialect.name}: {options.calls} calls filled in {time.monotonic() - began:.0f} s; load of the "
              f"machine: {os.getloadavg()[0]:.1f}")  # fmt: skip
        _prepare(engine)
        slow += _read(engine, "manager") + _read(engine, "head")
        _hour(engine)
        _recording(engine)
    return int(slow > 0)


def _book(engine: Engine) -> FigureBook:
    return FigureBook(engine, lambda: "shop", lambda: 0.0, lambda: ZONE, lambda: [HEAD])


def _prepare(engine: Engine) -> None:
    began, book = time.monotonic(), _book(engine)
    while not book.is_current:
        book.work()
    with engine.connect() as connection:
        count = [connection.scalar(text(f"SELECT count(*) FROM {table.name}")) for table in (hours, days)]
    print(f"the year's figures counted in {time.monotonic() - began:.0f} s: {count[0]} rows by hour, {count[1]} by day")


def _read(engine: Engine, whose: str) -> int:
    """Print the milliseconds of each report; returns how many are slower than promised."""
    client, slow = signed_in(engine, whose), 0
    for name, path in REPORTS.items():
        took, cpu = [], cpu_s(engine)
        for _ in range(7):
            began = time.perf_counter()
            answer = client.get(path)
            took.append((time.perf_counter() - began) * 1000)
            assert answer.status_code in (200, 403), (path, answer.status_code)
        middle, cpu = statistics.median(took), (cpu_s(engine) - cpu) * 1000 / 7
        slow += middle > PROMISED_MS
        verdict = "   SLOW" if middle > PROMISED_MS else ""
        print(f"{whose:8} {name:24} {middle:7.1f} ms, at most {max(took):7.1f}, CPU {cpu:6.1f}{verdict}")
    return slow


def _hour(engine: Engine) -> None:
    """One more call in an hour of a working day."""
    found, number = [], 0
    for back in range(20):
        at_s = END - 8 * 3600 - back * 86_400
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
    with engine.connect() as connection:
        more = list(connection.scalars(text("SELECT id FROM calls WHERE id LIKE 'more-%'")))
    for first in range(0, len(more), 500):
        store.forget(engine, more[first : first + 500])
    with_us, without_us = (statistics.median(spent[each]) for each in (True, False))
    print(f"recording a call: {with_us:.0f} us with its mark, {without_us:.0f} us without")


def _store(engine: Engine, batches: list[list[CallRecord]]) -> None:
    for batch in batches:
        store.record(engine, batch)


def _record(turn: int, number: int) -> CallRecord:
    at_s, id_ = END - number, f"more-{turn}-{number}"
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
    parser.add_argument("--database", default="", help="URL or file, empty or filled by this; a new one otherwise")
    parser.add_argument("--folder", type=Path, help="where the journal is made")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
