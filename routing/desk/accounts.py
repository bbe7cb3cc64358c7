"""Accounts of the desk in SQL: passwords, one-time codes, one-time sign-in links. Every method is one transaction.

Passwords are argon2 hashes. After several failures in a row an account accepts no password for a while, whoever asks,
so that guessing is slow from many addresses too.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, RowMapping, case, delete, insert, select, update

from routing.desk.schema import accounts, links

SHORTEST_PASSWORD = 10
#: After this many failures in a row an account is locked, twice as long with each one more.
MOST_FAILURES = 5
_MOST_COUNTED = 1_000
LOCK_SECONDS = 60.0
LONGEST_LOCK_SECONDS = 3600.0
LINK_SECONDS = 86400.0
CODE_SECONDS = 300.0
ENTER, CODE = "enter", "code"
TOTP_SECONDS = 30
#: A secret of one-time codes: Base32.
_SECRET = re.compile(r"[A-Z2-7]{16,64}")
_HASHER = PasswordHasher()
#: Checked where there is no account, so that the time of an answer does not tell.
_NOBODY = _HASHER.hash(secrets.token_hex(16))


class SignInRefused(Exception):
    """The password, code or link is wrong, or the account is locked. ``again_s``: in how long it may be tried again."""

    def __init__(self, again_s: float = 0.0) -> None:
        super().__init__("sign-in refused")
        self.again_s = again_s


class WeakPassword(ValueError):
    """The password is too short or is the name."""


def digest(token: str) -> str:
    """What is stored of a token: who reads the database cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of one project."""

    engine: Engine
    project: str

    def check(self, name: str, password: str, now: float) -> bool:
        """Whether a one-time code is needed too; the password is right. Raises SignInRefused."""
        return self._tried(name, now, lambda row: _matches(row["password"] if row else "", password), "totp")

    def check_code(self, name: str, code: str, now: float) -> None:
        """Accept a one-time code, once. Raises SignInRefused."""

        def is_right(row: RowMapping | None) -> bool:
            return row is not None and _step(row["totp"], code, now, row["totp_step"]) is not None

        self._tried(name, now, is_right)
        latest = int(now) // TOTP_SECONDS + 1  # of two who send one code at once, one gets in
        with self.engine.begin() as connection:
            using = update(accounts).where(*self._is(name), accounts.c.totp_step < latest).values(totp_step=latest)
            if not connection.execute(using).rowcount:
                raise SignInRefused

    def set_password(self, name: str, password: str, now: float) -> None:
        """Set a password; failures are forgotten. Raises WeakPassword."""
        if len(password) < SHORTEST_PASSWORD or password.casefold() in (name.casefold(), self.project.casefold()):
            raise WeakPassword(f"a password has at least {SHORTEST_PASSWORD} characters and is not the name")
        self._write(name, password=_HASHER.hash(password), failures=0, locked_until_s=0.0, changed_s=now)

    def set_totp(self, name: str, secret: str) -> None:
        """Ask for one-time codes from now on; "" for no more."""
        self._write(name, totp=secret, totp_step=0)

    def has_totp(self, name: str) -> bool:
        """Whether the account asks for one-time codes."""
        with self.engine.connect().execution_options(reads=True) as connection:
            return bool(connection.scalar(select(accounts.c.totp).where(*self._is(name))))

    def names(self) -> dict[str, dict[str, Any]]:
        """The accounts by name: ``password`` and ``totp`` as whether there is one, ``locked_until_s``."""
        with self.engine.connect().execution_options(reads=True) as connection:
            rows = connection.execute(select(accounts).where(accounts.c.project == self.project)).mappings()
            return {
                row["name"]: {
                    "password": bool(row["password"]),
                    "totp": bool(row["totp"]),
                    "locked_until_s": row["locked_until_s"],
                }
                for row in rows
            }

    def link(self, name: str, now: float, purpose: str = ENTER, seconds: float = LINK_SECONDS) -> str:
        """A token that stands for somebody until it is used."""
        token = secrets.token_urlsafe(32)
        values = {"id": digest(token), "project": self.project, "name": name, "purpose": purpose}
        with self.engine.begin() as connection:
            connection.execute(delete(links).where(links.c.expires_s < now))
            connection.execute(insert(links).values(**values, expires_s=now + seconds))
        return token

    def whose(self, token: str, now: float, purpose: str) -> str:
        """For whom a token stands. Raises SignInRefused."""
        query = select(links.c.name).where(*self._of_token(token, purpose), links.c.expires_s >= now)
        with self.engine.connect().execution_options(reads=True) as connection:
            name = connection.scalar(query)
        if name is None:
            raise SignInRefused
        return str(name)

    def use_link(self, token: str, now: float, purpose: str = ENTER) -> str:
        """For whom a token stands, which is used up: of two who use it at once only one gets the name. Raises
        SignInRefused."""
        name = self.whose(token, now, purpose)
        with self.engine.begin() as connection:
            if not connection.execute(delete(links).where(*self._of_token(token, purpose))).rowcount:
                raise SignInRefused
        return name

    def _of_token(self, token: str, purpose: str) -> tuple[Any, ...]:
        return links.c.id == digest(token), links.c.project == self.project, links.c.purpose == purpose

    def _tried(self, name: str, now: float, is_right: Callable[[RowMapping | None], bool], needs: str = "") -> bool:
        """One try with an account, counted; returns whether it has what it ``needs`` next. Raises SignInRefused."""
        with self.engine.connect().execution_options(reads=True) as connection:
            row = connection.execute(select(accounts).where(*self._is(name))).mappings().first()
        if row and row["locked_until_s"] > now:
            raise SignInRefused(row["locked_until_s"] - now)
        if not is_right(row):
            if row:
                self._failed(name, now)
            raise SignInRefused
        if row and row["failures"]:
            self._write(name, failures=0, locked_until_s=0.0)
        return bool(row and needs and row[needs])

    def _failed(self, name: str, now: float) -> None:
        """Count a failure. Guesses that come at once are counted each: the database adds."""
        count = case((accounts.c.failures < _MOST_COUNTED, accounts.c.failures + 1), else_=accounts.c.failures)
        one_more = update(accounts).where(*self._is(name)).values(failures=count)
        with self.engine.begin() as connection:
            failures = connection.scalar(one_more.returning(accounts.c.failures)) or 0
            beyond = failures - MOST_FAILURES
            if beyond >= 0:
                lock_s = min(LOCK_SECONDS * 2 ** min(beyond, 10), LONGEST_LOCK_SECONDS)
                connection.execute(update(accounts).where(*self._is(name)).values(locked_until_s=now + lock_s))

    def _is(self, name: str) -> tuple[Any, Any]:
        return accounts.c.project == self.project, accounts.c.name == name

    def _write(self, name: str, **values: Any) -> None:
        with self.engine.begin() as connection:
            if not connection.execute(update(accounts).where(*self._is(name)).values(values)).rowcount:
                connection.execute(insert(accounts).values(project=self.project, name=name, **values))


def totp_secret(shown: str = "") -> str:
    """A secret for an authenticator app: the one that a page has shown already, unless it is none."""
    return shown if _SECRET.fullmatch(shown) else pyotp.random_base32()


def totp_address(secret: str, name: str, project: str) -> str:
    """The ``otpauth:`` address of a secret, which apps read as a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=project)


def is_code(secret: str, code: str, now: float) -> bool:
    """Whether a text is a secret of ours, and a code its code at this time."""
    return bool(_SECRET.fullmatch(secret)) and _step(secret, code, now, 0) is not None


def _matches(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed or _NOBODY, password) and bool(hashed)
    except (VerificationError, InvalidHashError):
        return False


def _step(secret: str, code: str, now: float, last: int) -> int | None:
    """The time step of a code, of now or one step before or after; None for a wrong or a used one."""
    code, totp = code.replace(" ", ""), pyotp.TOTP(secret)
    current = int(now) // TOTP_SECONDS
    right = [step for step in (current - 1, current, current + 1) if secrets.compare_digest(totp.at(step * 30), code)]
    return right[0] if code.isascii() and right and right[0] > last else None
