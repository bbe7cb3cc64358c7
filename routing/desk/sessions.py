"""Sessions of the desk in SQL: a random token in the browser's cookie, its hash here. So a session can be ended."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, delete, insert, select, update

from routing.desk.accounts import digest
from routing.desk.schema import sessions

#: A session ends when it is not used for so long, and after so long in any case.
IDLE_SECONDS = 12 * 3600.0
LONGEST_SECONDS = 14 * 86400.0
#: How often it is written that a session is used.
SEEN_SECONDS = 60.0
MOST_AGENT = 200


@dataclass(frozen=True, slots=True)
class Session:
    """A session. ``id``: the hash of its token; times in seconds since the epoch."""

    id: str
    name: str
    began_s: float
    seen_s: float
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of one project."""

    engine: Engine
    project: str

    def begin(self, name: str, address: str, agent: str, now: float) -> str:
        """The token of a new session."""
        token = secrets.token_urlsafe(32)
        values = {"id": digest(token), "project": self.project, "name": name, "began_s": now, "seen_s": now}
        with self.engine.begin() as connection:
            connection.execute(delete(sessions).where(self._over(now)))
            connection.execute(insert(sessions).values(**values, address=address[:64], agent=agent[:MOST_AGENT]))
        return token

    def find(self, token: str, now: float) -> Session | None:
        """The session of a token, unless it is over."""
        query = select(sessions).where(sessions.c.id == digest(token), sessions.c.project == self.project)
        with self.engine.connect().execution_options(reads=True) as connection:
            row = connection.execute(query.where(~self._over(now))).mappings().first()
        if row is None:
            return None
        found = _session(row)
        if now - found.seen_s >= SEEN_SECONDS:
            with self.engine.begin() as connection:
                connection.execute(update(sessions).where(sessions.c.id == found.id).values(seen_s=now))
        return found

    def alive(self, tokens: Collection[str], now: float) -> dict[str, str]:
        """Of tokens, those whose sessions are not over, with whose they are. Does not count as use."""
        by_id = {digest(token): token for token in tokens}
        if not by_id:
            return {}
        query = select(sessions.c.id, sessions.c.name).where(
            sessions.c.id.in_(by_id), sessions.c.project == self.project, ~self._over(now)
        )
        with self.engine.connect().execution_options(reads=True) as connection:
            return {by_id[row.id]: str(row.name) for row in connection.execute(query)}

    def of(self, name: str, now: float) -> Sequence[Session]:
        """Somebody's sessions, the last used first."""
        of_name = sessions.c.project == self.project, sessions.c.name == name
        query = select(sessions).where(*of_name, ~self._over(now)).order_by(sessions.c.seen_s.desc())
        with self.engine.connect().execution_options(reads=True) as connection:
            return [_session(row) for row in connection.execute(query).mappings()]

    def end(self, name: str, session: str = "", but: str = "") -> int:
        """End one of somebody's sessions, or all of them ``but`` one; returns how many ended."""
        query = delete(sessions).where(sessions.c.project == self.project, sessions.c.name == name)
        query = query.where(sessions.c.id == session) if session else query.where(sessions.c.id != but)
        with self.engine.begin() as connection:
            return int(connection.execute(query).rowcount)

    @staticmethod
    def _over(now: float) -> Any:
        return (sessions.c.seen_s < now - IDLE_SECONDS) | (sessions.c.began_s < now - LONGEST_SECONDS)


def form_token(token: str) -> str:
    """What a session's forms carry, so that no other site can send them (CSRF)."""
    return hmac.new(token.encode(), b"form", "sha256").hexdigest()


def _session(row: Any) -> Session:
    return Session(*(row[name] for name in ("id", "name", "began_s", "seen_s", "address", "agent")))
