"""Orders for tests: one client of one company, at a time that is easily read."""

from __future__ import annotations

from typing import Any

from routing.model.callback import CallbackOrder, CallbackSource

#: Monday 2026-11-23 10:00 in Kyiv.
NOW = 1795420800.0
CLIENT = "+380671234567"
PROJECT = "shop"


def an_order(**words: Any) -> CallbackOrder:
    """An order of now that keeps for a day."""
    facts: dict[str, Any] = {
        "id": "one",
        "project": PROJECT,
        "number": CLIENT,
        "scheme": "sales",
        "source": CallbackSource.API,
        "created_s": NOW,
        "not_before_s": NOW,
        "expires_s": NOW + 86400,
    }
    return CallbackOrder(**(facts | words))
