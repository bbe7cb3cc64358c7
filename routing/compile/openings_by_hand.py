"""What is said of a calendar that is closed by hand until a moment: its day, then its time, one sound after another.

Whoever closes it leaves the opening's day and the seven before it in a variable (`override_end`). Which of them is
today chooses the name of the day; so it is right after midnight too, with no process to change it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from routing.compile.openings import BY_HAND_FILE
from routing.model.override_end import STEP
from routing.steps.dialplan import Condition, Context
from routing.steps.pieces import CONTEXT
from routing.steps.pieces import OPENING as VARIABLE
from routing.words.opening import LATER, Opening, Seen
from routing.words.opening_parts import OpeningPart, Piece

_TODAY, _DAYS, _WEEKDAY = f"{VARIABLE}_today", f"{VARIABLE}_days", f"{VARIABLE}_weekday"
_HOUR, _MINUTE = f"{VARIABLE}_hour", f"{VARIABLE}_minute"
_TIME = f"${{{_HOUR}}} ${{{_MINUTE}}}"
_MIDNIGHT = Condition(_TIME, "^00 00$")
_MINUTES = range(STEP.seconds // 60, 60, STEP.seconds // 60)
#: What FreeSWITCH plays for a day or a part of a time.
PartPlayed = Callable[[Opening | OpeningPart], str]


def by_hand_context(played: PartPlayed) -> Context:
    """The file for all calendars: ``month`` and ``day`` find today, ``named`` says the day, ``time`` the time."""
    context = Context(CONTEXT)
    for month in range(1, 13):
        context.extension("month", Condition(times=(("mon", str(month)),))).set(_TODAY, f"{month:02}")
    for day in range(1, 32):
        context.extension("day", Condition(times=(("mday", str(day)),))).set(_TODAY, f"${{{_TODAY}}}-{day:02}")
    _named(context, played)
    _time(context, played)
    return context


def spoken_by_hand() -> set[Opening | OpeningPart]:
    """Everything that `by_hand_context` says."""
    found: set[Opening | OpeningPart] = {LATER}

    def note(part: Opening | OpeningPart) -> str:
        found.add(part)
        return ""

    by_hand_context(note)
    return found


def _is(first: int, last: int) -> Condition:
    """Today is one of the days before the opening, so many days away."""
    return Condition(f"${{{_TODAY}}} ${{{_DAYS}}}", rf"^(\d\d-\d\d) ([\d-]{{5}},){{{first},{last}}}\1(,|$)")


def _named(context: Context, played: PartPlayed) -> None:
    tonight = context.extension("named", _is(1, 1), _MIDNIGHT)
    tonight.set(VARIABLE, played(Opening(Seen.TOMORROW)))
    tonight.set(_HOUR, "")
    for seen, away in ((Seen.TODAY, 0), (Seen.TOMORROW, 1)):
        context.extension("named", _is(away, away)).set(VARIABLE, played(OpeningPart(Piece.DAY, seen=seen)))
    for weekday in range(7):
        on_day = Condition(f"${{{_WEEKDAY}}}", f"^{weekday}$")
        for seen, first, last in ((Seen.WEEKDAY, 2, 6), (Seen.NEXT_WEEKDAY, 7, 7)):
            named = context.extension("named", _is(first, last), on_day)
            named.set(VARIABLE, played(OpeningPart(Piece.DAY, weekday, seen)))
    later = context.extension("named")
    later.set(VARIABLE, played(LATER))
    later.set(_HOUR, "")


def _time(context: Context, played: PartPlayed) -> None:
    for hour in range(24):
        full = context.extension("time", Condition(_TIME, f"^{hour:02} 00$"))
        full.set(VARIABLE, f"${{{VARIABLE}}}!{played(OpeningPart(Piece.FULL_HOUR, hour))}")
    for hour in range(24):
        named = context.extension("time", Condition(_TIME, f"^{hour:02} "))
        named.set(VARIABLE, f"${{{VARIABLE}}}!{played(OpeningPart(Piece.HOUR, hour))}")
        named.do("execute_extension", f"minutes {BY_HAND_FILE}")
    context.extension("time")  # the day has said it all
    for label, part in _halves():
        for minute in _MINUTES:
            after = context.extension("minutes", Condition(_TIME, f"^{label} {minute:02}$"))
            after.set(VARIABLE, f"${{{VARIABLE}}}!{played(OpeningPart(part, minute))}")


def _halves() -> Iterator[tuple[str, Piece]]:
    yield "(0[0-9]|1[01])", Piece.MINUTES_BEFORE_NOON
    yield r"(1[2-9]|2\d)", Piece.MINUTES_AFTER_NOON
