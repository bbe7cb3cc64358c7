"""Decides whether a failed write is the record's fault, which is then put aside, or the database's: then it is retried.

Uses the databases' own codes (https://www.postgresql.org/docs/current/errcodes-appendix.html,
https://www.sqlite.org/rescode.html). Unknown codes count as the database's fault: a retry loses nothing.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

#: Classes of PostgreSQL's SQLSTATE: cardinality, data, integrity, program limits (an index row too long).
_STATES = frozenset({"21", "22", "23", "54"})
#: SQLite's primary result codes.
_CODES = frozenset({sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE})
#: Names of DB-API classes for a fault of the record without a code (values that the driver cannot encode).
_CLASSES = frozenset({"DataError", "IntegrityError", "ProgrammingError", "NotSupportedError"})
#: Python's exceptions for values that cannot be encoded: half a surrogate, a number too large.
_OF_PYTHON = (ValueError, OverflowError, TypeError)


def is_of_the_record(problem: BaseException) -> bool:
    """Whether the record is at fault: the same database accepts others."""
    cause = problem.orig if isinstance(problem, DBAPIError) and problem.orig is not None else problem
    if state := getattr(cause, "sqlstate", None):
        return str(state)[:2] in _STATES
    if (code := getattr(cause, "sqlite_errorcode", None)) is not None:
        return code & 0xFF in _CODES
    return isinstance(cause, _OF_PYTHON) or any(base.__name__ in _CLASSES for base in type(cause).__mro__)


def text_of(problem: BaseException) -> str:
    """The error's text without the statement and its values, which hold callers' numbers."""
    cause = problem.orig if isinstance(problem, DBAPIError) and problem.orig else problem
    if isinstance(cause, UnicodeError):
        return type(cause).__name__  # its text shows the value
    return f"{type(cause).__name__}: {str(cause).splitlines()[0] if str(cause) else ''}"[:300]
