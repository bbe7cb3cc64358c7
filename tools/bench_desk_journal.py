"""How fast the desk's journal opens among a million calls: pages, filters, one call; for a manager, a head, a person.

The journal is filled with a year of a company of 100 people, with legs, steps and labels, by SQL alone. The promise: a
page in 200 ms, whatever the filter, and calls of one client in 100 ms; with SQLite, and with ``--database`` in
PostgreSQL (an empty database, or one that this has filled). A page is what the application answers, from the address to
the last byte. Other programs make it slower; the CPU time of this one tells how much was its own.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]

from flask.testing import FlaskClient  # noqa: E402
from sqlalchemy import Engine, text  # noqa: E402

from routing.desk.application import create  # noqa: E402
from routing.desk.plan import plan_of  # noqa: E402
from routing.desk.services import Services  # noqa: E402
from routing.journal.database import open_database  # noqa: E402
from routing.web.limits import Limiter  # noqa: E402
from support.desk_bed import TABLE  # noqa: E402

PEOPLE, GROUP = 100, 20
END = 1_795_428_000.0
YEAR = 365 * 86400.0
PAGE_MS, CLIENT_MS = 200.0, 100.0
#: A number that looks like chance, from a call's number.
_CHANCE = "((i * 7919 + i / 97) % 10000)"
_CALL = f"""
INSERT INTO calls (id, project, direction, number, dialled, caller, client, scheme, schemes, release, started, answered,
  bridged, ended, status, cause, ended_by, person, target, wait_s, talk_s, source, entities, tags, node, remembered,
  recording)
SELECT {{id}}, 'shop', direction, number, number, client, client, scheme, scheme || ' shared', 'r1', started,
  started + 5,
  CASE WHEN status = 'answered' THEN started + 9 ELSE 0 END, started + 99, status, 'NORMAL_CLEARING', 'caller',
  CASE WHEN status = 'answered' OR direction = 'out' THEN 'p' || (i % {PEOPLE}) ELSE '' END, '', 9,
  CASE WHEN status = 'answered' THEN 90 ELSE 0 END, '{{{{"utm_source": "google", "utm_medium": "cpc"}}}}', '',
  CASE WHEN i % 20011 = 7 THEN 'rare vip' WHEN i % 10 = 0 THEN 'vip' ELSE '' END, 'n' || (i % 3), true, ''
FROM (
  SELECT i, {END} - {YEAR} * (1.0 - i * 1.0 / {{count}}) AS started,
    CASE WHEN {_CHANCE} < 7500 THEN 'in' WHEN {_CHANCE} < 9500 THEN 'out' WHEN {_CHANCE} < 9998 THEN 'internal'
      ELSE 'callback' END AS direction,
    '+38044123' || (1000 + i % 40) AS number,
    '+38067' || CASE WHEN i % 3 = 0 THEN 1000000 + (i / 3 * 7919) % 2003 ELSE 1000000 + (i * 7919) % 199999 END
      AS client,
    CASE WHEN i % 50021 = 3 THEN 'seldom' ELSE 's' || (i % 11) END AS scheme,
    CASE WHEN i % 100 < 70 THEN 'answered' WHEN i % 100 < 88 THEN 'no answer' WHEN i % 100 < 92 THEN 'busy'
      WHEN i % 100 < 95 THEN 'voicemail' WHEN i % 100 < 98 THEN 'no extension' WHEN i % 9973 = 99 THEN 'unfinished'
      ELSE 'failed' END AS status
  FROM n
) made"""
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count}) "
_PARTS = (
    "INSERT INTO legs (call, id, n, step, target, person, started, rang_s, picked_up, talk_s, cause, why) "
    "SELECT id, id || '-0', 0, '1', 'x.desk', CASE WHEN person <> '' THEN person ELSE 'p' || (CAST(started AS BIGINT) "
    f"% {PEOPLE}) END, started, 9, true, talk_s, '', '' FROM calls",
    "INSERT INTO legs (call, id, n, step, target, person, started, rang_s, picked_up, talk_s, cause, why) "
    f"SELECT id, id || '-1', 1, '1', 'x.desk', 'p' || (CAST(started * 7 AS BIGINT) % {PEOPLE}), started, 9, false, 0, "
    "'LOSE_RACE', 'somebody else took the call' FROM calls WHERE direction = 'in'",
    "INSERT INTO steps (call, n, scheme, path, kind, started, took_s, outcome, result) "
    "SELECT id, 1, scheme, '1', 'ring', started, 9, 'nobody talked', 'no_talk' FROM calls",
    "INSERT INTO involved (person, started, call, status, direction) SELECT person, started, id, status, direction "
    "FROM calls WHERE person <> '' UNION SELECT legs.person, calls.started, calls.id, status, direction FROM legs "
    "JOIN calls ON calls.id = legs.call",
    "INSERT INTO marks (kind, name, started, call) SELECT 'scheme', scheme, started, id FROM calls "
    "UNION ALL SELECT 'scheme', 'shared', started, id FROM calls",
    "INSERT INTO marks (kind, name, started, call) SELECT 'tag', 'vip', started, id FROM calls WHERE tags <> '' "
    "UNION ALL SELECT 'tag', 'rare', started, id FROM calls WHERE tags LIKE 'rare%'",
)
#: Address -> the most milliseconds.
PAGES = {
    "first": "/journal",
    "a half year back": f"/journal?before={END - YEAR / 2}_x",
    "newer than that": f"/journal?after={END - YEAR / 2}_x",
    "all missed": "/journal?status=missed",
    "status failed": "/journal?status=failed",
    "status unfinished (rare)": "/journal?status=unfinished",
    "repeat call": "/journal?status=repeat+call",
    "proper": "/journal?status=proper",
    "callback (rare)": "/journal?direction=callback",
    "a person": "/journal?person=p7",
    "a person, missed": "/journal?person=p7&status=missed",
    "a person, busy, a year back": f"/journal?person=p7&status=busy&before={END - YEAR * 0.9}_x",
    "a scheme": "/journal?scheme=s1",
    "a rare scheme": "/journal?scheme=seldom",
    "a label": "/journal?tag=vip",
    "a rare label": "/journal?tag=rare",
    "a label, a scheme, missed": "/journal?tag=vip&scheme=s1&status=missed",
    "a company's number": "/journal?number=0441231007",
    "30 days, failed, a node": "/journal?period=30d&status=failed&node=n1",
    "count": "/journal/count?status=missed",
}
CLIENTS = {
    "a client": "/journal?client=067+100+79+19",
    "a client's beginning": "/journal?client=067+1007",
    "an operator's beginning": "/journal?client=067",
    "nobody's number": "/journal?client=0501234567",
}


def main() -> int:
    """Fill, ask, report; 1 when something is slower than promised."""
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        engine = open_database(options.database or f"{folder}/journal.db")
        began = time.monotonic()
        fill(engine, options.calls)
        print(f"{engine.dialect.name}: {options.calls} calls filled in {time.monotonic() - began:.0f} s; load of the "
              f"machine: {os.getloadavg()[0]:.1f}")  # fmt: skip
        slow = sum(_measured(engine, who, options.times) for who in ("manager", "head", "person"))
        engine.dispose()
    return int(slow > 0)


def fill(engine: Engine, count: int) -> None:
    """Write the calls, by SQL alone: what makes them takes no time of what is measured."""
    with engine.connect() as connection:
        if connection.scalar(text("SELECT 1 FROM calls LIMIT 1")):
            return
    lite = engine.dialect.name == "sqlite"
    id_ = "lower(hex(randomblob(16)))" if lite else "md5(CAST(i AS TEXT))"
    with engine.begin() as connection:
        call = _CALL.format(id=id_, count=count).replace("{{", "{").replace("}}", "}")
        numbers = _NUMBERS.format(count=count)
        whole = numbers + call if not lite else call.replace("INSERT INTO calls", f"{numbers}INSERT INTO calls", 1)
        connection.exec_driver_sql(whole)
        for part in _PARTS:
            connection.exec_driver_sql(part)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not lite:
            connection.execute(text("ANALYZE"))


def _measured(engine: Engine, who: str, times: int) -> int:
    """Print the milliseconds of each page; returns how many are slower than promised."""
    client = _signed_in(engine, who)
    first = client.get("/journal").text
    call = re.search(r'href="(/calls/[^"]+)"', first)
    pages = [(name, path, PAGE_MS) for name, path in (PAGES | {"one call": call[1] if call else "/journal"}).items()]
    pages += [(name, path, CLIENT_MS) for name, path in CLIENTS.items()]
    slow = 0
    for name, path, most in pages:
        cpu = time.process_time()
        took = [_ms(lambda path=path: client.get(path).status_code) for _ in range(times)]
        cpu = (time.process_time() - cpu) * 1000 / times
        middle = statistics.median(took)
        slow += middle > most
        verdict = "   SLOW" if middle > most else ""
        print(f"{who:8} {name:32} {middle:7.1f} ms, at most {max(took):7.1f}, CPU here {cpu:6.1f}{verdict}")
    return slow


def _ms(ask: Callable[[], int]) -> float:
    began = time.perf_counter()
    status = ask()
    assert status == 200, status
    return (time.perf_counter() - began) * 1000


def _signed_in(engine: Engine, who: str) -> FlaskClient:
    people = [f"p{number}" for number in range(PEOPLE)]
    users = {name: {"role": "person", "name": name.upper()} for name in people}
    users |= {"manager": {"role": "manager", "name": "M"}, "head": {"role": "head", "name": "H", "groups": ["team"]}}
    table = TABLE | {
        "users": users, "groups": {"team": people[:GROUP]}, "schemes": {f"s{n}": {"numbers": []} for n in range(11)},
        "people": {name: {"name": name.upper(), "phones": {}, "skills": {}} for name in people},
    }  # fmt: skip
    plan = plan_of(table)
    faults: list[Exception] = []
    services = Services(
        engine, lambda: plan, lambda: END, Limiter(time.monotonic, 100, 100), Path(), fault=faults.append
    )
    client = create(services).test_client()
    token = services.accounts.link("p7" if who == "person" else who, END)
    client.post("/enter", data={"token": token})
    return client


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=7, help="how often each page is opened")
    parser.add_argument("--database", help="URL or file; SQLite in the work folder otherwise")
    parser.add_argument("--folder", help="where the work folder is made")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
