"""Orders for tests: one client of one company, at a time that is easily read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

from routing.journal.record import CallRecord
from routing.model.calendar import Calendar, Period
from routing.model.callback import CallbackOrder, CallbackSource
from routing.model.callback_plan import CallbackPlan, CallbackScheme
from routing.model.numbers import destination_pattern

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


def a_plan(**words: Any) -> CallbackPlan:
    """A plan of a company in Kyiv that works from 9 to 18 on weekdays; its own number ends with 0000."""
    office = Calendar("office", "Europe/Kyiv", ((Period(540, 1080),),) * 5 + ((), ()), {date(2026, 12, 24): ()})
    facts: dict[str, Any] = {
        "project": PROJECT,
        "timezone": "Europe/Kyiv",
        "country": "UA",
        "quiet": Period(21 * 60, 33 * 60),
        "destinations": (re.compile(destination_pattern("UA")),),
        "own": frozenset({"+380671110000"}),
        "limits": {"ip": 5, "visitor": 3, "number": 3, "project": 60},
        "calendars": {"office": office},
        "schemes": {name: CallbackScheme("+380800330521", "office", True) for name in ("sales", "lviv")},
    }
    return CallbackPlan(**(facts | words))


def a_missed_call(**words: Any) -> CallRecord:
    """A client's call that reached nobody, half a minute ago, to the scheme `sales`."""
    return replace(_MISSED, **words)


_MISSED = CallRecord(
    id="c1", project=PROJECT, direction="in", number="+380800330521", dialled="+380800330521", caller=CLIENT,
    client=CLIENT, schemes=("front", "sales"), release="r1", started=NOW - 60, answered=0.0, bridged=0.0, ended=NOW -
    30, status="no answer", cause="NO_ANSWER", ended_by="caller", person="", target="", wait_s=30.0, talk_s=0.0,
    recording="", voicemail="", box="", decision="", verdict="", asked_ms=-1.0, source={"utm_source": "x"},
    entities={"region": "521"},
)  # fmt: skip
