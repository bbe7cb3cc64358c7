"""The reader of dumps: both dialects, odd values, damage at every byte, and tables that are passed over."""

from __future__ import annotations

import contextlib
import gzip
import io
import random
import tracemalloc
from pathlib import Path

import pytest

from routing.imports.dump import DumpReader
from routing.imports.fault import ImportFault
from routing.imports.opened import opened
from routing.imports.rows import Tables

MYSQL = rb"""/*!999999\- enable the sandbox mode */
-- MySQL dump
CREATE TABLE `users` (
  `extension` varchar(20) NOT NULL DEFAULT 'a,(b',
  `name` enum('x','y;') DEFAULT NULL,
  `sum` decimal(10,2),
  PRIMARY KEY (`extension`), UNIQUE KEY `k` (`name`)
) ENGINE=InnoDB;
INSERT INTO `users` VALUES ('101','O\'Neil; \\ (x)\n"',NULL),('102','it''s',1.5),
(103,_binary 'x\0y',0x4142);
INSERT IGNORE INTO asterisk.users (`name`, extension) VALUES (X'4f4b', -104);
INSERT INTO `cdr` VALUES ('a;','b\'');
/*!50003 CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW SET @a = ';' */;
-- Dump completed on 2026-11-20
"""
POSTGRES = rb"""-- PostgreSQL database dump
\restrict abc
CREATE TABLE public.v_domains (
    domain_uuid uuid NOT NULL,
    domain_name text DEFAULT 'a,b'::text,
    CONSTRAINT c CHECK ((1 > 0))
);
COPY public.v_cdr (a, b) FROM stdin;
1;'	2
\.
COPY public.v_domains (domain_name, domain_uuid) FROM stdin;
a\tb\\c	1
\N	2
\x41\101\q	3
\.
CREATE FUNCTION f() RETURNS void AS $body$ begin; 'x "; $$ end $body$ LANGUAGE sql;
COMMENT ON TABLE public."odd;name" IS 'it''s; -- no comment';
INSERT INTO public.v_domains VALUES ('4', 'c:\'), ('5', E'd\'e\\f');
INSERT INTO public.v_domains (domain_uuid) VALUES ('6') ON CONFLICT DO NOTHING;
-- PostgreSQL database dump complete
"""


def read(data: bytes, *wanted: str, mysql: bool, encoding: str = "utf-8") -> Tables:
    return DumpReader(io.BytesIO(data), wanted, mysql=mysql, encoding=encoding).read()


def test_mysqldump() -> None:
    rows = read(MYSQL, "users", mysql=True)["users"]
    assert [row.values for row in rows] == [
        {"extension": "101", "name": "O'Neil; \\ (x)\n\"", "sum": ""},
        {"extension": "102", "name": "it's", "sum": "1.5"},
        {"extension": "103", "name": "x\0y", "sum": "AB"},
        {"extension": "-104", "name": "OK"},
    ]
    assert [row.line for row in rows] == [9, 9, 10, 11]


def test_pg_dump() -> None:
    tables = read(POSTGRES, "v_domains", mysql=False)
    assert [(row.text("domain_uuid"), row.text("domain_name")) for row in tables["v_domains"]] == [
        ("1", "a\tb\\c"), ("2", ""), ("3", "AAq"), ("4", "c:\\"), ("5", "d'e\\f"), ("6", ""),
    ]  # fmt: skip
    assert tables.names >= {"v_domains", "v_cdr"} and tables.notes == []


def test_several_databases() -> None:
    """`mysqldump --all-databases`: other programs have users too."""
    other = b"USE `shop`;\nCREATE TABLE `users` (`id` int);\nINSERT INTO `users` VALUES (7);\nUSE `asterisk`;\n"
    assert len(read(other + MYSQL, "users", mysql=True)["users"]) == 4


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_lines_of_windows(ending: bytes) -> None:
    assert len(read(POSTGRES.replace(b"\n", ending), "v_domains", mysql=False)["v_domains"]) == 6


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64])
def test_values_over_the_ends_of_what_is_read(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.imports.buffer.CHUNK", chunk)
    assert len(read(MYSQL, "users", mysql=True)["users"]) == 4
    assert len(read(POSTGRES, "v_domains", mysql=False)["v_domains"]) == 6
    assert len(read(POSTGRES, "v_cdr", mysql=False)["v_cdr"]) == 1


@pytest.mark.parametrize(("data", "table", "mysql"), [(MYSQL, "users", True), (POSTGRES, "v_domains", False)])
def test_a_dump_that_is_cut_anywhere_is_an_error_or_says_so(data: bytes, table: str, mysql: bool) -> None:
    for length in range(len(data) - 1):
        try:
            tables = read(data[:length], table, mysql=mysql)
        except ImportFault:
            continue
        assert tables.notes or b"ump complete" in data[:length], length


@pytest.mark.parametrize(("data", "table", "mysql"), [(MYSQL, "users", True), (POSTGRES, "v_domains", False)])
def test_a_damaged_dump_is_no_internal_error(data: bytes, table: str, mysql: bool) -> None:
    chance = random.Random(7)
    for _ in range(3000):
        broken = bytearray(data)
        for _ in range(chance.choice((1, 1, 2, 8))):
            broken[chance.randrange(len(broken))] = chance.choice(
                (0, 10, 39, 92, 40, 41, 44, 59, chance.randrange(256))
            )
        with contextlib.suppress(ImportFault):
            read(bytes(broken), table, mysql=mysql)


def test_tables_that_are_not_wanted_take_no_memory() -> None:
    row = b"('2026-01-01 10:00:00','\\\"A;\\\" <101>','101','0501234567','PJSIP/101-0001','Dial',15,'ANSWERED')"
    insert = b"INSERT INTO `cdr` VALUES " + b",".join([row] * 20_000) + b";\n"
    stream = _Repeated(insert, 20, MYSQL)
    tracemalloc.start()
    tables = DumpReader(stream, ["users"], mysql=True).read()  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(tables["users"]) == 4
    assert peak < 16_000_000 < len(insert) * 20


class _Repeated:
    """A long stream: one statement many times, then a dump."""

    def __init__(self, piece: bytes, times: int, last: bytes) -> None:
        self._pieces = iter([*[piece] * times, last])

    def read(self, size: int) -> bytes:
        return next(self._pieces, b"")


def test_text_of_another_encoding() -> None:
    data = MYSQL.replace(b"it''s", "Іван".encode("cp1251"))
    assert read(data, "users", mysql=True, encoding="cp1251")["users"][1].text("name") == "Іван"
    notes = read(data, "users", mysql=True).notes
    assert notes == ["line 9: table users has text that is not utf-8: name its `--encoding`, cp1251"]


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (b"", "is empty"),
        (b"PGDMP\x01", "a dump in PostgreSQL's own format: write it as text: `pg_restore --file dump.sql"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"PK\x03\x04", "a zip archive or a workbook"),
        ("-- dump".encode("utf-16"), "text in UTF-16"),
        (b"a" * 257 + b"ustar", "a tar archive, a backup"),
        (gzip.compress(b"a" * 257 + b"ustar", mtime=0), "a tar archive, a backup"),
        (gzip.compress(MYSQL * 100, mtime=0)[:-300], "the gzip file is cut or damaged"),
        (b"\x1f\x8bnonsense", "the gzip file is cut or damaged"),
    ],
)
def test_files_that_are_no_dump(start: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(start)
    with pytest.raises(ImportFault) as caught, opened(tmp_path / "file") as stream:
        DumpReader(stream, ["users"], mysql=True).read()
    assert said in str(caught.value)


def test_gzip(tmp_path: Path) -> None:
    (tmp_path / "dump.gz").write_bytes(gzip.compress(MYSQL))
    with opened(tmp_path / "dump.gz") as stream:
        assert len(DumpReader(stream, ["users"], mysql=True).read()["users"]) == 4


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"hello\n", "this is no SQL dump|the dump is cut"),
        (b"INSERT INTO users VALUES (1);", "filled before it is created"),
        (
            b"CREATE TABLE users (a int);INSERT INTO users VALUES (1,2);-- x\n",
            "a row of table users has 2 values for 1 columns",
        ),
        (b"CREATE TABLE users (a int);INSERT INTO users VALUES (1 2);-- x\n", "nothing that mysqldump writes"),
        (b"CREATE TABLE users ();", "has no columns"),
        (b"CREATE TABLE x (a int); /* never closed", "the dump is cut|no SQL"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, said: str) -> None:
    with pytest.raises(ImportFault, match=said):
        read(data, "users", mysql=True)
