"""Hours of a week: milliseconds since Monday 00:00, as ranges that people work or calls come in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from routing.model.calendar import DAYS, Period, parse_days

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
WEEK_MS = 7 * DAY_MS
#: From and to, the end excluded.
Span = tuple[int, int]


def spans_of(days: str, periods: Iterable[Period]) -> Iterator[Span]:
    """The spans of periods on each of the days; a period past midnight of a Sunday goes on on Monday."""
    for day in parse_days(days):
        for period in periods:
            for later, start, end in period.parts():
                begin = (day + later) % 7 * DAY_MS
                yield begin + start * MINUTE_MS, begin + end * MINUTE_MS


def works(hours: Mapping[str, Sequence[Period]]) -> tuple[Span, ...]:
    """The spans of opening hours, joined where they touch."""
    return joined(span for days, periods in hours.items() for span in spans_of(days, periods))


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, those that touch or overlap as one; empty ones are left out."""
    found: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def common(span: Span, other: Span) -> Span:
    """What two spans have in common; it ends before it begins when that is nothing."""
    return max(span[0], other[0]), min(span[1], other[1])


def without(spans: Iterable[Span], gone: Span) -> tuple[Span, ...]:
    """The spans apart from one."""
    parts = ((max(start, low), min(end, high)) for start, end in spans for low, high in ((0, gone[0]), (gone[1], end)))
    return tuple((start, end) for start, end in parts if start < end)


def when(at_ms: int) -> str:
    """A moment of the week for readers: ``mon 10:00``."""
    day, rest = divmod(at_ms % WEEK_MS, DAY_MS)
    return f"{DAYS[day]} {rest // HOUR_MS:02}:{rest % HOUR_MS // MINUTE_MS:02}"
