"""What FreeSWITCH must know of a calendar that somebody has closed until a moment: when it opens after that.

Whoever closes it works that out and leaves it in a global variable beside the override, because a dialplan cannot look
ahead from a moment to come. A release speaks it only while its own calendar is the one it was worked out by.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.model.calendar import Calendar
from routing.model.callback_plan import calendar_facts
from routing.model.openings import Override, next_opening

#: The global variable of FreeSWITCH for each calendar: ``opens_office``.
PREFIX = "opens_"
#: Days before the opening on which it is named by the day of the week at the latest.
NAMED_DAYS = 7
#: The times that are said after an override: every five minutes, so that not every minute of an hour must be spoken.
STEP = timedelta(minutes=5)
_MINUTE = timedelta(minutes=1)


def fingerprint(calendar: Calendar) -> str:
    """Differs for calendars that open at different times."""
    return hashlib.sha256(json.dumps(calendar_facts(calendar)).encode()).hexdigest()[:12]


def opens_after(calendar: Calendar, until: datetime) -> str:
    """The variable's value for a calendar that is closed until then; "" when nobody knows when it opens.

    ``FINGERPRINT DAYS WEEKDAY HH MM``: its day and the seven before, each as month and day, the latest first. The time
    is the next of those that a release can say: whoever comes then finds it open.
    """
    until = (until + _MINUTE / 2).replace(second=0, microsecond=0)  # seconds from now were counted
    opens = next_opening(calendar, until - timedelta(seconds=1), Override("closed", until))
    if opens is None:
        return ""
    local = (opens + -(opens - datetime.min.replace(tzinfo=UTC)) % STEP).astimezone(ZoneInfo(calendar.timezone))
    days = ",".join(f"{local.date() - timedelta(days=back):%m-%d}" for back in range(NAMED_DAYS + 1))
    return f"{fingerprint(calendar)} {days} {local.weekday()} {local:%H %M}"
