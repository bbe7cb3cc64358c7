"""Moments over a change of the clocks: how time passes, and which times of day a zone never has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def later(moment: datetime, by: timedelta) -> datetime:
    """The aware moment so much real time later, in the same zone: Python's own sum counts on the wall clock."""
    return (moment.astimezone(UTC) + by).astimezone(moment.tzinfo)


def as_clocks_show(moment: datetime) -> datetime:
    """What clocks show at an aware moment in its zone: another time of day where they were put forward over it."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo)
