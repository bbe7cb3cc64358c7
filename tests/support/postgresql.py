"""A PostgreSQL of the tests' own, which conftests offer as fixtures; without the server their tests are skipped."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from support.processes import launch

#: Databases of this run.
_NUMBERS = itertools.count()
BINARIES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


@pytest.fixture
def postgresql(postgresql_server):
    """The URL of an empty database: nothing that another test has recorded is in it."""
    name = f"journal_{next(_NUMBERS)}"
    with psycopg.connect(f"host={postgresql_server} user=routing dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"postgresql://routing@/{name}?host={postgresql_server}"


@pytest.fixture(scope="session")
def postgresql_server():
    """The folder of the socket of a PostgreSQL of our own."""
    if program() is None:
        pytest.skip("no PostgreSQL (Debian: postgresql)")
    if not os.getuid() and _account() is None:
        pytest.skip("root cannot run PostgreSQL and there is no user postgres")
    with private_server() as folder:
        yield folder


@contextmanager
def private_server(above: Path | None = None) -> Iterator[Path]:
    """A PostgreSQL that is gone afterwards, its data below a folder: the folder of its socket."""
    # not below pytest's own folder: each run of pytest closes that to other users again
    folder = Path(tempfile.mkdtemp(prefix="routing-postgresql-", dir=above))
    user = _user(folder)
    data = folder / "data"
    as_user = {"user": user, "extra_groups": []} if user else {}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True, "cwd": folder, **as_user}
    words = ["-A", "trust", "-U", "routing", "--no-sync", "-E", "UTF8", "--locale", "C", "-D", str(data)]
    subprocess.run([program() / "initdb", *words], **quiet)
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    with (folder / "log").open("wb") as log:
        server = launch([program() / "postgres", "-D", data, *options], stdout=log, stderr=log, cwd=folder, **as_user)
    try:
        while subprocess.run([program() / "pg_isready", "-q", "-h", folder], check=False).returncode:
            assert server.poll() is None, (folder / "log").read_text()
        yield folder
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(30)
        shutil.rmtree(folder)


def program() -> Path | None:
    """The folder of PostgreSQL's programs; None where it is not installed."""
    return BINARIES or (Path(found).parent if (found := shutil.which("initdb")) else None)


def _user(folder: Path):
    """PostgreSQL refuses root: a user of the system then, who gets the folder."""
    if os.getuid():
        return None
    user = _account()
    assert user is not None
    os.chown(folder, user.pw_uid, user.pw_gid)
    for above in (folder, *folder.parents):
        if above.stat().st_uid == os.getuid() and not above.stat().st_mode & 0o011:
            os.chmod(above, above.stat().st_mode | 0o011)
    return "postgres"


def _account():
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return None
