"""A desk in memory: a small company, its journal in SQLite, a clock that is set by hand, a client that signs in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from routing.desk import accounts
from routing.desk.application import create
from routing.desk.plan import DeskPlan, plan_of
from routing.desk.services import Services
from routing.journal.database import open_database
from routing.web.limits import Limiter
from support.empty_journal import make_journal

#: Tests ask who may sign in; how slow guessing is, is the library's.
accounts._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
#: A Monday, 12:00 in Kyiv.
NOW = 1_795_428_000.0
#: One user of each role.
OF_ROLE = {"person": "ivan", "head": "olena", "manager": "nataliia", "auditor": "audit", "admin": "ops"}
TABLE: dict[str, Any] = {
    "project": "shop",
    "timezone": "Europe/Kyiv",
    "country": "UA",
    "language": "en",
    "password": True,
    "proxy": None,
    "users": {
        "ivan": {"role": "person", "name": "Ivan Koval", "email": "ivan@example.com"},
        "petro": {"role": "person", "name": "Petro Moroz"},
        "maria": {"role": "person", "name": "Maria Lys"},
        "olena": {"role": "head", "name": "Olena Bondar", "groups": ["sales"]},
        "nataliia": {"role": "manager", "name": "Nataliia Ivanenko", "email": "Nataliia@example.com"},
        "audit": {"role": "auditor", "name": "Audit"},
        "ops": {"role": "admin", "name": "Operations"},
    },
    "people": {
        "ivan": {"name": "Ivan Koval", "extension": "101", "phones": {"desk": "1001"}, "skills": {"language": ["uk"]}},
        "petro": {"name": "Petro Moroz", "extension": "102", "phones": {"desk": "1002"}, "skills": {}},
        "maria": {"name": "Maria Lys", "phones": {"mobile": "+380500000003"}, "skills": {}},
        "olena": {"name": "Olena Bondar", "extension": "104", "phones": {"desk": "1004"}, "skills": {}},
        "nataliia": {"name": "Nataliia Ivanenko", "phones": {"desk": "1005"}, "skills": {}},
    },
    "groups": {"sales": ["ivan", "petro"]},
    "schemes": {
        "kyiv": {"numbers": ["+380441230001"], "title": "Kyiv", "hours": "office"},
        "shop": {"numbers": ["+380441230002"]},
    },
    "calendars": {
        "office": {
            "timezone": "Europe/Kyiv",
            "weekly": [*([[540, 1080]] for _ in range(5)), [], []],
            "days": {"2026-12-24": [[540, 780]]},
            "holidays": ["2026-12-25"],
        }
    },
    "destinations": ["UA"],
}


class CompiledTemplates(BytecodeCache):
    """The templates of all desks of a process, compiled once."""

    def __init__(self) -> None:
        self._code: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Use what is known; of a changed template nothing is."""
        bucket.code = self._code.get(bucket.key + bucket.checksum)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Know it."""
        self._code[bucket.key + bucket.checksum] = bucket.code


_TEMPLATES = CompiledTemplates()


def _opened(database: str, folder: Path) -> Engine:
    if database:
        return open_database(database)
    return open_database(make_journal(folder / "journal.db"), migrate=False)


class DeskBed:
    """One desk. ``now``: seconds since the epoch; ``faults``: exceptions that pages raised."""

    def __init__(self, folder: Path, table: dict[str, Any] = TABLE, database: str = "") -> None:
        self.now = NOW
        self.faults: list[Exception] = []
        self.plan: DeskPlan | None = plan_of(table)
        self.database = _opened(database, folder)
        self.services = Services(
            database=self.database,
            live=lambda: self.plan,
            now=lambda: self.now,
            tries=Limiter(lambda: self.now, 0.2, 10),
            root=folder,
            fault=self.faults.append,
        )
        self.application = create(self.services)
        self.application.jinja_env.bytecode_cache = _TEMPLATES

    def close(self) -> None:
        """Close its database."""
        self.database.dispose()

    def visitor(self) -> DeskVisitor:
        """Somebody whom the desk does not know."""
        return DeskVisitor(self.application.test_client())

    def signed_in(self, name: str) -> DeskVisitor:
        """Somebody who has come by a link."""
        visitor = self.visitor()
        answer = visitor.send("/enter", token=self.services.accounts.link(name, self.now))
        assert answer.status_code == 303, answer.text
        return visitor


class DeskVisitor:
    """A browser without scripts: it keeps cookies and sends a page's hidden fields with its forms."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **settings: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, buffered=True, **settings)

    def send(self, path: str, **fields: str) -> TestResponse:
        """Send a form with the page's token."""
        return self.client.post(path, data={"form_token": self.form_token(), **fields})

    def form_token(self) -> str:
        """The form token of this browser's pages; "" before sign-in."""
        found = re.search(r'<meta name="form-token" content="([^"]*)">', self.client.get("/settings").text)
        return found[1] if found else ""


def lines_of_audit(page: str) -> str:
    """The lines of the audit log's page, without its filters, which name every deed."""
    return page.partition("<tbody>")[2].partition("</tbody>")[0]
