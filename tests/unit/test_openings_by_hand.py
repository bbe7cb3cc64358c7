"""What is said of a calendar that somebody has closed until a moment, against `next_opening`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.compile.openings import opening_contexts
from routing.compile.openings_by_hand import by_hand_context, spoken_by_hand
from routing.model.calendar import Calendar, Period
from routing.model.openings import Override, next_opening
from routing.model.override_end import STEP, fingerprint, opens_after
from routing.offline.when import matches
from routing.steps.dialplan import Condition, Context
from routing.steps.pieces import CONTEXT, OPENINGS
from routing.words.opening import Opening, phrase, seen_from
from routing.words.opening_parts import OpeningPart, part_phrase

KYIV = ZoneInfo("Europe/Kyiv")
WEEK = ((Period(540, 780), Period(840, 1080)),) * 5 + ((Period(600, 900),), ())
OFFICE = Calendar("office", "Europe/Kyiv", WEEK, {date(2026, 12, 31): ()}, frozenset({date(2026, 12, 25)}))
DAILY = Calendar("office", "Europe/Kyiv", ((Period(0, 1440),),) * 7)


def played(language: str) -> Callable[[Opening | OpeningPart], str]:
    def speak(part: Opening | OpeningPart) -> str:
        return phrase(part, language) if isinstance(part, Opening) else part_phrase(part, language)

    return speak


class Spoken:
    """Runs the compiled files as FreeSWITCH does, in one language."""

    def __init__(self, calendar: Calendar, language: str) -> None:
        self.zone = calendar.timezone
        self.files = dict(opening_contexts(calendar, played(language)))
        self.files[f"{OPENINGS}/by-hand"] = by_hand_context(played(language))
        self.start = self.files[f"{OPENINGS}/{calendar.name}"]

    def says(self, moment: datetime, variables: dict[str, str]) -> str:
        self.variables = {**variables, "routing_hours": "closed"}
        self._run(self.start, "when", moment)
        return self.variables["routing_opening"].replace("!", " ")

    def _run(self, context: Context, label: str, moment: datetime) -> None:
        for extension in context.extensions:
            if extension.label != label:
                continue
            groups: list[str] = []
            if all(self._holds(each, moment, groups) for each in extension.conditions):
                for action in extension.actions:
                    self._do(action.application, self._expanded(action.data, groups), moment)
                return
        raise AssertionError(f"no extension {label} matches")

    def _holds(self, condition: Condition, moment: datetime, groups: list[str]) -> bool:
        if not condition.field:
            return bool(matches(condition.times, moment, self.zone))
        found = re.search(condition.expression, self._expanded(condition.field, []))
        groups[:] = found.groups() if found else []
        return found is not None

    def _do(self, application: str, argument: str, moment: datetime) -> None:
        if application == "set":
            name, _, value = argument.partition("=")
            self.variables[name] = value
        else:
            label, file, context = argument.split()
            assert (application, context) == ("execute_extension", CONTEXT)
            self._run(self.files[file.removeprefix("XML:/").removesuffix(".xml")], label, moment)

    def _expanded(self, text: str, groups: list[str]) -> str:
        text = re.sub(r"\$(\d)", lambda found: groups[int(found[1]) - 1], text)
        return re.sub(r"\$\{(\w+)\}", lambda found: self.variables.get(found[1], ""), text)


spoken_in = cache(lambda language: Spoken(OFFICE, language))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KYIV)


def spoken(calendar: Calendar, now: datetime, until: datetime, language: str) -> str:
    variables = {"hours_office": "closed", "opens_office": opens_after(calendar, until)}
    return Spoken(calendar, language).says(now, variables)


@pytest.mark.parametrize(
    ("now", "until", "language", "said_then"),
    [
        ("2026-11-30 10:00", "2026-11-30 15:00", "uk", "сьогодні о п'ятнадцятій"),
        ("2026-11-30 10:00", "2026-11-30 15:05", "uk", "сьогодні о п'ятнадцятій нуль п'ять"),
        ("2026-11-30 10:00", "2026-11-30 15:07", "en", "today at three ten p.m."),
        ("2026-11-30 10:00", "2026-11-30 13:30", "ru", "сегодня в четырнадцать часов"),  # the lunch break
        ("2026-11-30 10:00", "2026-11-30 20:00", "pl", "jutro o dziewiątej"),
        ("2026-11-30 23:59", "2026-12-01 09:30", "pl", "jutro o dziewiątej trzydzieści"),
        ("2026-12-01 00:01", "2026-12-01 09:30", "pl", "dziś o dziewiątej trzydzieści"),
        ("2026-12-04 10:00", "2026-12-05 16:00", "uk", "у понеділок о дев'ятій"),
        ("2026-12-06 10:00", "2026-12-05 16:00", "uk", "завтра о дев'ятій"),
    ],
)
def test_a_calendar_that_is_closed_until_a_time(now: str, until: str, language: str, said_then: str) -> None:
    assert spoken(OFFICE, at(now), at(until), language) == said_then


def test_midnight_and_what_nobody_knows() -> None:
    assert spoken(DAILY, at("2026-11-30 22:00"), at("2026-12-01 00:00"), "uk") == "сьогодні опівночі"
    assert spoken(DAILY, at("2026-11-28 22:00"), at("2026-12-01 00:00"), "uk") == "у вівторок о нульовій годині"
    assert Spoken(OFFICE, "uk").says(at("2026-11-30 10:00"), {"hours_office": "closed"}) == "пізніше"


def test_an_opening_of_another_calendar_is_not_said() -> None:
    variables = {"hours_office": "closed", "opens_office": opens_after(DAILY, at("2026-11-30 15:00"))}
    assert Spoken(OFFICE, "uk").says(at("2026-11-30 10:00"), variables) == "пізніше"
    assert fingerprint(DAILY) != fingerprint(OFFICE)


def test_a_calendar_that_never_opens_again_has_no_opening() -> None:
    assert opens_after(Calendar("never", "Europe/Kyiv", ((),) * 7), at("2026-11-30 15:00")) == ""


MOMENTS = st.datetimes(datetime(2026, 12, 1), datetime(2027, 1, 5), timezones=st.just(KYIV))


@settings(max_examples=60, deadline=None)
@given(MOMENTS, st.integers(1, 24 * 60), st.sampled_from(["uk", "ru", "pl"]))
def test_what_is_said_is_the_next_opening(now: datetime, minutes: int, language: str) -> None:
    until = now.replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    opens = next_opening(OFFICE, now, Override("closed", until))
    assert opens is not None
    local = opens.astimezone(KYIV)
    local += timedelta(minutes=-local.minute % (STEP.seconds // 60))
    seen = seen_from(now.date(), local.date(), local.hour * 60 + local.minute)
    variables = {"hours_office": "closed", "opens_office": opens_after(OFFICE, until)}
    assert spoken_in(language).says(now, variables) == phrase(seen, language)


def test_few_sounds_say_every_time() -> None:
    assert len(spoken_by_hand()) == 88
