"""The time of day at the moment of a call, as FreeSWITCH's conditions find it, against `time_of_day`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from routing.compile.present_time import present_time_context
from routing.offline.when import matches
from routing.steps.dialplan import Context
from routing.words.clock import time_of_day
from routing.words.grammar import LANGUAGES
from routing.words.opening_parts import part_phrase

KYIV = "Europe/Kyiv"


def said(context: Context, moments: Iterator[datetime]) -> str:
    """What is said; each extension is looked for at the next moment."""
    label, spoken = "now", ""
    while label:
        now = next(moments)
        found = next(
            each
            for each in context.extensions
            if each.label == label and all(matches(one.times, now, KYIV) for one in each.conditions)
        )
        label = ""
        for action in found.actions:
            if action.application == "set":
                spoken = action.data.removeprefix("routing_opening=").replace("${routing_opening}!", f"{spoken} ")
            else:
                label = action.data.split()[0]
    return spoken


def at(*times: tuple[int, int, int]) -> Iterator[datetime]:
    """Moments of a day in Kyiv."""
    return iter([datetime(2026, 11, 23, *each, tzinfo=ZoneInfo(KYIV)) for each in times])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_minute_is_said_as_a_person_says_it(language: str) -> None:
    context = present_time_context(lambda part: part_phrase(part, language))
    midnight = datetime(2026, 11, 23, tzinfo=ZoneInfo(KYIV))
    for minute in range(1440):
        moment = midnight + timedelta(minutes=minute, seconds=30)
        assert said(context, iter([moment] * 2)) == time_of_day(*divmod(minute, 60), language)


def test_an_hour_that_begins_before_its_minutes_are_chosen_is_said_anew() -> None:
    context = present_time_context(lambda part: part_phrase(part, "en"))
    assert said(context, at((9, 59, 59), (10, 0, 0), (10, 0, 0))) == "ten a.m."
    assert said(context, at((11, 59, 59), (12, 0, 0), (12, 0, 0))) == "noon"
    assert said(context, at((9, 5, 59), (9, 6, 0))) == "nine oh six a.m."
