"""The times that a page offers for a call: by the calendar of a scheme, and the quiet hours of the company's own
zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from routing.model.callback_plan import CallbackPlan
from routing.model.callback_times import is_quiet, next_open

SLOT = timedelta(minutes=30)
#: Days that are offered, and within how many days they are looked for.
DAYS, WITHIN_DAYS = 2, 10


def times(plan: CallbackPlan, scheme: str, now: float) -> dict[str, Any]:
    """``open`` now, the ``zone``, when it ``opens`` else (ISO 8601, null while it is open or never), ``slots`` of the
    next two days that have some, each half an hour apart."""
    moment = datetime.fromtimestamp(now, ZoneInfo(plan.timezone))
    is_open = _allows(plan, scheme, moment)
    opens = None if is_open else _opens(plan, scheme, moment)
    slots = [slot.isoformat() for slot in _slots(plan, scheme, moment)]
    return {"open": is_open, "zone": plan.timezone, "opens": opens.isoformat() if opens else None, "slots": slots}


def _allows(plan: CallbackPlan, scheme: str, moment: datetime) -> bool:
    calendar = plan.calendar_of(scheme)
    if calendar and calendar.status(moment) != "open":
        return False
    return not (plan.quiet and is_quiet(moment, plan.quiet, plan.timezone))


def _opens(plan: CallbackPlan, scheme: str, moment: datetime) -> datetime | None:
    """The next moment that the calendar and the quiet hours allow, on the quarter of an hour."""
    calendar, last = plan.calendar_of(scheme), moment + timedelta(days=WITHIN_DAYS)
    while moment < last:
        opened = next_open(calendar, moment) if calendar else moment
        if opened is None:
            return None
        moment = opened.astimezone(moment.tzinfo)
        if _allows(plan, scheme, moment):
            return moment
        moment = _after(moment, timedelta(minutes=15))
    return None


def _slots(plan: CallbackPlan, scheme: str, moment: datetime) -> Iterator[datetime]:
    last, days = moment + timedelta(days=WITHIN_DAYS), set()
    slot = _after(moment, SLOT)
    while slot < last:
        if _allows(plan, scheme, slot):
            days.add(slot.date())
            if len(days) > DAYS:
                return
            yield slot
        slot = _after(slot, SLOT)


def _after(moment: datetime, step: timedelta) -> datetime:
    """The next whole step after a moment, across clock changes too."""
    seconds = step.total_seconds()
    whole = (moment.timestamp() // seconds + 1) * seconds
    return datetime.fromtimestamp(whole, UTC).astimezone(moment.tzinfo)
