"""A journal of as many calls as one likes, made by SQL alone: a year of a company of 100 people, the same each time.

Calls have legs, steps, labels and schemes; some of them orders to call back.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, text

from routing.journal.database import opened_database
from support.postgresql import private_server, program

PEOPLE, GROUP = 100, 20
ORDERS = 10_000
END = 1_795_428_000.0
YEAR = 365 * 86400.0
#: A number that looks like chance, from a call's number.
_CHANCE = "((i * 7919 + i / 97) % 10000)"
_CALL = f"""
INSERT INTO calls (id, project, direction, number, dialled, caller, client, scheme, schemes, release, started, answered,
  bridged, ended, status, cause, ended_by, person, target, wait_s, talk_s, source, entities, tags, node, remembered,
  recording, client_name)
SELECT {{id}}, 'shop', direction, number, number, client, client, scheme, scheme || ' shared', 'r1', started,
  started + 5,
  CASE WHEN status = 'answered' THEN started + 9 ELSE 0 END, started + 99, status, 'NORMAL_CLEARING', 'caller',
  CASE WHEN status = 'answered' OR direction = 'out' THEN 'p' || (i % {PEOPLE}) ELSE '' END, '', 9,
  CASE WHEN status = 'answered' THEN 90 ELSE 0 END, CASE WHEN i % 5 < 2 THEN '' ELSE
    '{{{{"utm_source": "site' || (i % 7) || '", "utm_medium": "cpc"}}}}' END, '',
  CASE WHEN i % 20011 = 7 THEN 'rare vip' WHEN i % 10 = 0 THEN 'vip' ELSE '' END, 'n' || (i % 3), true, '',
  CASE WHEN CAST(started AS BIGINT) % 2 = 0 THEN 'w' || (CAST(started AS BIGINT) % 5000) || ' llc' ELSE '' END
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
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count}) "
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
    "INSERT INTO marks (kind, name, started, call) SELECT 'queue', 'q' || (CAST(started AS BIGINT) % 3), started, id "
    "FROM calls WHERE direction = 'in' AND CAST(started AS BIGINT) % 4 = 0",
    # every second call is of one of 5,000 names (w0... in hexadecimal), or of a company (llc)
    "INSERT INTO marks (kind, name, started, call) SELECT 'word', '77' || (CAST(started AS BIGINT) % 5000 + 300000), "
    "started, id FROM calls WHERE CAST(started AS BIGINT) % 2 = 0 UNION ALL "
    "SELECT 'word', '6c6c63', started, id FROM calls WHERE CAST(started AS BIGINT) % 2 = 0",
    "INSERT INTO callbacks (id, project, number, scheme, dialled, source, first, created_s, not_before_s, expires_s, "
    "tries_left, status, call_id, closed_s) SELECT call, 'shop', client, 's1', '+380441231000', 'missed', 'person', "
    "came, came + 600, came + 86400, 3, CASE WHEN substr(call, 9, 1) < '8' THEN 'ordered' ELSE 'given_up' END, call, "
    "CASE WHEN substr(call, 9, 1) < '8' THEN 0 ELSE came + 900 END "
    "FROM (SELECT client, max(started) AS came, max(id) AS call FROM calls WHERE status = 'no answer' "
    f"GROUP BY client ORDER BY came DESC LIMIT {ORDERS}) missed",
    *(
        f"INSERT INTO callback_attempts (uuid, callback, number, began_s, ended_s, cause) SELECT id || '-{n}', id, "
        f"{n}, created_s + {n}, created_s + 30, 'NO_ANSWER' FROM callbacks"
        for n in (1, 2)
    ),
)


def journals(database: str, folder: str | None) -> Iterator[Engine]:
    """The named database; without one a new SQLite and, where it is installed, a PostgreSQL of our own."""
    if database:
        with opened_database(database) as engine:
            yield engine
        return
    with tempfile.TemporaryDirectory(dir=folder) as place, opened_database(f"{place}/journal.db") as engine:
        yield engine
    if program() is None:
        print("PostgreSQL: not installed here")
        return
    with (
        private_server(Path(folder) if folder else None) as place,
        opened_database(f"postgresql://routing@/postgres?host={place}") as engine,
    ):
        yield engine


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
        for statement in (whole, *_PARTS):
            # psycopg reads a lone % as a parameter
            connection.exec_driver_sql(statement if lite else statement.replace("%", "%%"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not lite:
            connection.execute(text("VACUUM ANALYZE"))
