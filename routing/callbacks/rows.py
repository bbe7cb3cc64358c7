"""Orders and their attempts as rows of the tables, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Row

from routing.model.callback import CallbackAttempt, CallbackOrder, CallbackSource, CallbackStatus, Consent, First

#: Most characters of a text.
MOST_LETTERS = 2000
_JSON = ("entities", "source_facts", "consent")
_PLAIN = tuple(each.name for each in fields(CallbackOrder) if each.name not in (*_JSON, "attempts"))


def order_row(order: CallbackOrder) -> dict[str, Any]:
    """The columns of an order, its attempts apart."""
    row: dict[str, Any] = {name: _plain(getattr(order, name)) for name in _PLAIN}
    for name, facts in (("entities", order.entities), ("source_facts", order.source_facts)):
        row[name] = json.dumps({_cut(key): _cut(value) for key, value in facts.items()}, ensure_ascii=False)
    row["consent"] = json.dumps(_consent_row(order.consent), ensure_ascii=False) if order.consent else ""
    return row


def attempt_row(order: str, attempt: CallbackAttempt) -> dict[str, Any]:
    """The columns of an attempt."""
    return {**asdict(attempt), "callback": order}


def order_of(row: Row[Any], attempts: Iterable[Row[Any]]) -> CallbackOrder:
    """The order of a row of `callbacks` and its rows of `callback_attempts`."""
    facts: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    consent = json.loads(row.consent) if row.consent else None
    facts |= {
        "source": CallbackSource(row.source),
        "first": First(row.first),
        "status": CallbackStatus(row.status),
        "entities": json.loads(row.entities or "{}"),
        "source_facts": json.loads(row.source_facts or "{}"),
        "consent": Consent(**consent) if consent else None,
    }
    found = (CallbackAttempt(a.number, a.uuid, a.began_s, a.ended_s, a.cause, a.talked_s) for a in attempts)
    return CallbackOrder(**facts, attempts=tuple(sorted(found, key=lambda attempt: attempt.number)))


def _consent_row(consent: Consent) -> Mapping[str, Any]:
    return {"text": _cut(consent.text), "page": _cut(consent.page), "at_s": consent.at_s}


def _plain(value: object) -> object:
    """A value that every database accepts: a status is its text."""
    return _cut(str(value)) if isinstance(value, str) else value


def _cut(value: str) -> str:
    """Without NUL and half surrogates, not longer than a text may be."""
    return value[:MOST_LETTERS].replace("\x00", "").encode("utf-8", "replace").decode()
