"""How fast the desk's journal opens among a million calls: pages, filters, one call; for a manager, a head, a person.

The journal is filled with a year of a company of 100 people, with legs, steps, labels and orders, by SQL alone. The
promise: a page in 200 ms, whatever the filter, and calls of one client in 100 ms; with SQLite, and with PostgreSQL if
it is installed, or in ``--database`` alone (an empty one, or one that this has filled: that saves minutes). A page is
what the application answers, from the address to the last byte. Other programs make it slower; the CPU time of this
one, and of PostgreSQL for this database, tells how much was its own.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]

from flask.testing import FlaskClient  # noqa: E402
from sqlalchemy import Engine, text  # noqa: E402

from routing.desk.application import create  # noqa: E402
from routing.desk.plan import plan_of  # noqa: E402
from routing.desk.services import Services  # noqa: E402
from routing.web.limits import Limiter  # noqa: E402
from support.desk_bed import TABLE  # noqa: E402
from support.made_journal import END, GROUP, PEOPLE, YEAR, fill, journals  # noqa: E402

PAGE_MS, CLIENT_MS = 200.0, 100.0
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
    "a queue": "/journal?queue=q1",
    "a queue, missed": "/journal?queue=q1&status=missed",
    "nothing: a queue, failed, a label": "/journal?queue=q1&status=failed&tag=vip",
    "last digits": "/journal?client=7919",
    "nothing: last digits": "/journal?client=0000000",
    "a word of half the names": "/journal?client=llc",
    "nothing: the same, a queue, busy": "/journal?client=llc&queue=q1&status=busy&person=p7",
    "a rare label": "/journal?tag=rare",
    "a label, a scheme, missed": "/journal?tag=vip&scheme=s1&status=missed",
    "a company's number": "/journal?number=0441231007",
    "30 days, failed, a node": "/journal?period=30d&status=failed&node=n1",
    "nothing: outgoing proper": "/journal?direction=out&status=proper",
    "nothing: an unknown node": "/journal?node=nowhere",
    "nothing: repeat, unknown node": "/journal?status=repeat+call&node=nowhere",
    "nothing: a label, failed": "/journal?tag=vip&status=failed",
    "nothing: a label, a number": "/journal?tag=vip&number=0441231007",
    "nothing: a number, busy": "/journal?number=0441231007&status=busy",
    "a scheme of all, failed": "/journal?scheme=shared&status=failed",
    "a client's, a label, failed": "/journal?client=0671&tag=vip&status=failed",
    "a person, a label, a number": "/journal?person=p7&tag=vip&number=0441231017",
    "count of a queue": "/journal/count?queue=q1",
    "count of last digits": "/journal/count?client=7919",
    "count of names": "/journal/count?client=llc",
    "count": "/journal/count?status=missed",
    "count of all": "/journal/count",
    "count of a person": "/journal/count?person=p7",
    "count of repeat calls": "/journal/count?status=repeat+call",
    "count of a scheme": "/journal/count?scheme=s1",
    "my calls": "/my",
    "callbacks": "/callbacks",
    "callbacks, all": "/callbacks?all=1",
    "directory": "/directory",
    "live": "/live",
}
CLIENTS = {
    "a client": "/journal?client=067+100+79+19",
    "a client's beginning": "/journal?client=067+1007",
    "an operator's beginning": "/journal?client=067",
    "a client's name": "/journal?client=w012",
    "nobody's name": "/journal?client=zoe",
    "nobody's number": "/journal?client=0501234567",
}


def main() -> int:
    """Fill, ask, report; 1 when something is slower than promised."""
    options, slow = _options(), 0
    for engine in journals(options.database, options.folder):
        began = time.monotonic()
        fill(engine, options.calls)
        print(f"{engine.dialect.name}: {options.calls} calls filled in {time.monotonic() - began:.0f} s; load of the "
              f"machine: {os.getloadavg()[0]:.1f}")  # fmt: skip
        slow += sum(_measured(engine, who, options.times) for who in ("manager", "head", "person"))
    return int(slow > 0)


def _measured(engine: Engine, who: str, times: int) -> int:
    """Print the milliseconds of each page; returns how many are slower than promised."""
    client = signed_in(engine, who)
    first = client.get("/journal").text
    call = re.search(r'href="(/calls/[^"]+)"', first)
    pages = [(name, path, PAGE_MS) for name, path in (PAGES | {"one call": call[1] if call else "/journal"}).items()]
    pages += [(name, path, CLIENT_MS) for name, path in CLIENTS.items()]
    slow = 0
    for name, path, most in pages:
        cpu = cpu_s(engine)
        took = [_ms(lambda path=path: client.get(path).status_code) for _ in range(times)]
        cpu = (cpu_s(engine) - cpu) * 1000 / times
        middle = statistics.median(took)
        slow += middle > most
        verdict = "   SLOW" if middle > most else ""
        print(f"{who:8} {name:32} {middle:7.1f} ms, at most {max(took):7.1f}, CPU {cpu:6.1f}{verdict}")
    return slow


def cpu_s(engine: Engine) -> float:
    """Seconds of processor time of this process, and of PostgreSQL's for this database when they run here."""
    found = time.process_time()
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection, suppress(OSError):
            mine = text(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type LIKE 'cl%'"
            )
            pids = connection.scalars(mine).all()
            found += sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9 for pid in pids)
    return found


def _ms(ask: Callable[[], int]) -> float:
    began = time.perf_counter()
    status = ask()
    assert status in (200, 403), status  # a person has no page of callbacks and no live board
    return (time.perf_counter() - began) * 1000


def signed_in(engine: Engine, who: str) -> FlaskClient:
    """A browser of a manager, of the head of a group, or of a person; in memory."""
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
    parser.add_argument("--database", default="", help="URL or file, empty or filled by this; a new one otherwise")
    parser.add_argument("--folder", help="where the work folder is made")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
