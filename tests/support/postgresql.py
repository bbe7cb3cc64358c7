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
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'uk'")
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


class PrivateServer:
    """A PostgreSQL with data of its own below ``folder``, where its socket is too."""

    def __init__(self, above: Path | None = None) -> None:
        # not below pytest's own folder: each run of pytest closes that to other users again
        self.folder = Path(tempfile.mkdtemp(prefix="routing-postgresql-", dir=above))
        user = _user(self.folder)
        self._as_user = {"user": user, "extra_groups": []} if user else {}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True, "cwd": self.folder}
        words = ["-A", "trust", "-U", "routing", "--no-sync", "-E", "UTF8", "--locale", "C", "-D", self.folder / "data"]
        subprocess.run([program() / "initdb", *words], **quiet, **self._as_user)
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={self.folder}", "-c", "fsync=off"]
        command = [program() / "postgres", "-D", self.folder / "data", *options]
        with (self.folder / "log").open("ab") as log:
            self._server = launch(command, stdout=log, stderr=log, cwd=self.folder, **self._as_user)
        while subprocess.run([program() / "pg_isready", "-q", "-h", self.folder], check=False).returncode:
            assert self._server.poll() is None, (self.folder / "log").read_text()

    def kill(self) -> None:
        """End it at once, connections and all, as it ends when it is told to lose no time."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(30)

    def database(self, name: str) -> str:
        """The URL of a new database."""
        with psycopg.connect(f"host={self.folder} user=routing dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'uk'")
        return f"postgresql://routing@/{name}?host={self.folder}"

    def stop(self) -> None:
        """End it; its data is gone."""
        self.kill()
        shutil.rmtree(self.folder)


@contextmanager
def private_server(above: Path | None = None) -> Iterator[Path]:
    """A PostgreSQL that is gone afterwards, its data below a folder: the folder of its socket."""
    server = PrivateServer(above)
    try:
        yield server.folder
    finally:
        server.stop()


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
