"""Times across a clock change: real time differences, and times of day that do not exist."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def later(moment: datetime, by: timedelta) -> datetime:
    """An aware moment plus real time, in the same zone: Python's own addition uses the wall clock."""
    return (moment.astimezone(UTC) + by).astimezone(moment.tzinfo)


def as_clocks_show(moment: datetime) -> datetime:
    """The local time that clocks show: another time of day if the moment falls into a skipped hour."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo)
