"""The SIP accounts that register at the proxy: those of a release, as hashes (HA1), in a database that Kamailio reads.

Kamailio looks an account up at each registration, so that a change needs no reload. Passwords stay in the release.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from routing.proxy.files import FACTS

ACCOUNTS, LOCATION = "accounts.db", "location.db"
#: Kamailio's own tables in the form of version 5.6: it looks the versions up and refuses others.
_VERSION = """
create table if not exists version (table_name varchar(32) primary key, table_version integer default 0 not null);
"""
_SUBSCRIBER = """
create table if not exists subscriber (
  id integer primary key, username varchar(64) not null unique, domain varchar(64) default '' not null,
  password varchar(64) default '' not null, ha1 varchar(128) default '' not null,
  ha1b varchar(128) default '' not null);
insert or replace into version values ('subscriber', 7);
"""
_LOCATION = """
create table if not exists location (
  id integer primary key, ruid varchar(64) default '' not null unique, username varchar(64) default '' not null,
  domain varchar(64), contact varchar(512) default '' not null, received varchar(128), path varchar(512),
  expires timestamp not null, q real default 1.0 not null, callid varchar(255) default '' not null,
  cseq integer default 1 not null, last_modified timestamp not null, flags integer default 0 not null,
  cflags integer default 0 not null, user_agent varchar(255) default '' not null, socket varchar(64), methods integer,
  instance varchar(255), reg_id integer default 0 not null, server_id integer default 0 not null,
  connection_id integer default 0 not null, keepalive integer default 0 not null, partition integer default 0 not null);
create index if not exists location_account on location (username, domain, contact);
create table if not exists location_attrs (
  id integer primary key, ruid varchar(64) default '' not null, username varchar(64) default '' not null,
  domain varchar(64), aname varchar(64) default '' not null, atype integer default 0 not null,
  avalue varchar(512) default '' not null, last_modified timestamp not null);
insert or replace into version values ('location', 9), ('location_attrs', 1);
"""


class NoAccounts(Exception):
    """There is no release to read the accounts from; or the folder is not a proxy's."""


def prepare(home: Path) -> None:
    """Make the tables where they are missing: what is registered stays."""
    for name, tables in ((ACCOUNTS, _SUBSCRIBER), (LOCATION, _LOCATION)):
        with _opened(home / name) as database:
            # Said once, here: Kamailio 5.6 says it at each connection, and ends at its start when another of its
            # processes holds the lock. Its `db_set_journal_mode` compares seven letters of a name, so it reaches all.
            database.execute("pragma journal_mode=wal")
            database.executescript(_VERSION + tables)


def passwords(root: Path) -> dict[str, str]:
    """Account -> password, of the live release. Raises NoAccounts."""
    file = root / "current/directory.xml"
    try:
        users = ET.fromstring(file.read_text(encoding="utf-8")).iter("user")  # noqa: S314 - our own file
    except FileNotFoundError:
        raise NoAccounts(f"{file}: there is no live release (hint: routing publish --no-reload)") from None
    return {str(user.get("id")): _password(user) for user in users}


def store(home: Path, found: dict[str, str]) -> int:
    """Let these accounts register, and no others; returns how many. Raises NoAccounts for a folder of no proxy."""
    try:
        realm = str(json.loads((home / FACTS).read_text(encoding="utf-8"))["domain"])
    except (FileNotFoundError, NotADirectoryError):
        raise NoAccounts(f"{home}: `routing proxy init` has not written it") from None
    rows = [(account, realm, ha1(account, realm, password)) for account, password in sorted(found.items())]
    with _opened(home / ACCOUNTS) as database:
        database.execute("delete from subscriber")
        database.executemany("insert into subscriber (username, domain, ha1) values (?, ?, ?)", rows)
    return len(rows)


def ha1(account: str, realm: str, password: str) -> str:
    """What digest authentication (RFC 2617) makes of an account's password: good in this realm only."""
    return hashlib.md5(f"{account}:{realm}:{password}".encode()).hexdigest()  # noqa: S324 - the protocol's own


def _password(user: ET.Element) -> str:
    found = (param.get("value", "") for param in user.iter("param") if param.get("name") == "password")
    return next(found, "")


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A database of the owner alone, in one transaction."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    with contextlib.closing(sqlite3.connect(path, timeout=10)) as database, database:
        yield database
