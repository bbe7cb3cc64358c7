"""The parts of `routing diff` that are worth holding to their word alone: callers, moments, what is said of them."""

from __future__ import annotations

from datetime import date

import pytest

from routing.diff.callback_changes import changes
from routing.diff.callers import callers, examples, fits
from routing.diff.moments import DAY, Interval
from routing.diff.outcome import Entry, Outcome
from routing.diff.phrases import before_and_after
from routing.diff.scenario import Delta
from routing.diff.spans import spans_text
from routing.offline.reading import assigned, inputs_of, referred

MONDAY = date(2026, 11, 23)
NEW_YEAR = date(2026, 12, 31)


def week(*hours: tuple[int, int], days: range = range(7)) -> list[Interval]:
    """The parts of usual days from hour to hour."""
    return [Interval(date(2026, 11, 23 + day), start * 60, end * 60, day) for day in days for start, end in hours]


def special(*hours: tuple[int, int]) -> list[Interval]:
    return [Interval(NEW_YEAR, start * 60, end * 60, None) for start, end in hours]


EVERY = [*week((0, 9), (9, 18), (18, 24)), *special((0, 9), (9, 18), (18, 24))]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (EVERY, "at any time"),
        ([*week((9, 18)), *special((9, 18))], "09:00-18:00"),
        ([*week((9, 18), days=range(5)), *special((9, 18))], "Mon-Fri 09:00-18:00"),
        (week((9, 18), days=range(5)), "Mon-Fri 09:00-18:00 (not on 2026-12-31)"),
        ([*week((0, 9), (18, 24)), *special((0, 9), (18, 24))], "18:00-09:00"),
        (special((0, 9), (9, 18), (18, 24)), "2026-12-31"),
        (special((9, 18), (18, 24)), "2026-12-31 09:00-24:00"),
        ([*week((0, 9), (9, 18), (18, 24), days=range(5, 7))], "Sat-Sun"),
        (
            [*week((18, 24), days=range(0, 5, 2)), *week((9, 18), days=range(6, 7)), *special((18, 24))],
            "Mon,Wed,Fri 18:00-24:00, Sun 09:00-18:00, 2026-12-31 18:00-24:00",
        ),
        (
            [*week((0, 9), (9, 18), (18, 24), days=range(6)), *special((0, 9), (9, 18), (18, 24))],
            "Mon-Sat",
        ),
        ([*week((0, 9), (9, 18), (18, 24))], "any time but 2026-12-31"),
    ],
)
def test_moments_are_said_as_people_say_them(chosen: list[Interval], words: str) -> None:
    assert spans_text(chosen, EVERY) == words


def test_a_day_is_whole() -> None:
    assert sum(part.end - part.start for part in EVERY if part.day == MONDAY) == DAY


@pytest.mark.parametrize(
    "expression",
    [
        r"^\+38057",
        r"^\+(?:3805[07]|4)",
        r"^anonymous$",
        r"^\+380(?!900)\d{9}$",
        r"^(1|2|101)$",
        r"^\+38067111223(?:3$|4$)",
        r"^(?=.)(?:521|52\d)$",
    ],
)
def test_examples_fit_what_they_are_made_from(expression: str) -> None:
    made = list(examples(expression))
    assert made
    assert all(fits(text, expression) for text in made)


def test_each_alternative_has_an_example() -> None:
    assert set(examples(r"^(1|2|101)$")) == {"1", "2", "101"}


def test_callers_are_told_apart_by_what_tests_say_of_them() -> None:
    found = callers([r"^\+38057", r"^\+380(?:57|67)", r"^anonymous$"], "UA")
    assert list(found.others.values()) == [
        "callers like +380571111111",
        "callers like +380671111111",
        "a withheld number",
    ]
    assert not fits(found.usual, r"^\+380(?:57|67)")
    assert found.untried == ()


def test_an_expression_that_no_example_fits_is_told() -> None:
    assert callers([r"^(?!)"], "UA").untried == (r"^(?!)",)


def test_without_tests_there_is_one_caller() -> None:
    assert dict(callers([], None).others) == {}


XML = """<document type="freeswitch/xml"><section name="dialplan"><context name="a"><extension name="1">
<condition field="${routing_caller}" expression="^\\+380"><action application="multiset"
 data="^^|timezone=Europe/Kyiv|routing_hours=closed"/>
<action application="execute_extension" data="check XML:${routing_release}/calendars/office.xml calendar"/>
<action application="execute_extension" data="$1 XML:${routing_release}/people/$1.xml person"/>
<action application="bridge" data="{originate_timeout=28}[leg_timeout=18,origination_caller_id_name='Office, day',
routing_target=ivan.desk]sofia/internal/1001%${domain}"/>
</condition></extension></context></section></document>"""


def test_what_a_compiled_file_names_and_asks() -> None:
    assert referred(XML) == {"calendars/office.xml", "people/*.xml"}
    assert inputs_of(XML).calendars == {("calendars/office.xml", "Europe/Kyiv")}
    assert inputs_of(XML).tests == {("${routing_caller}", "^\\+380")}
    assert ("origination_caller_id_name", "Office, day") in assigned(XML)
    assert ("timezone", "Europe/Kyiv") in assigned(XML)


def outcome(*entries: Entry, talk: str = "", message: bool = False) -> Outcome:
    return Outcome(entries, talk, message, 0, 0, 1_000)


RING = Entry(0, "rings", "ivan.desk sofia/internal/1001", 18_000)
END = Entry(18_000, "ends", "NO_ANSWER")


def test_half_a_second_is_nothing() -> None:
    late = outcome(Entry(400, "rings", RING.subject, 18_000), Entry(18_400, "ends", "NO_ANSWER"))
    assert outcome(RING, END).same(late)
    assert not outcome(RING, END).same(outcome(Entry(600, "rings", RING.subject, 18_000), END))


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (
            (Entry(0, "rings", "olena.desk x", 20_000), Entry(20_000, "rings", RING.subject, 18_000), END),
            ("rings ivan.desk 18 s", "rings olena.desk 20 s, then rings ivan.desk 18 s"),
        ),
        ((Entry(0, "ends", "NO_ANSWER"),), ("rings ivan.desk 18 s, then hangs up NO_ANSWER", "hangs up NO_ANSWER")),
        (
            (Entry(0, "rings", "ivan.desk sofia/gateway/main/1", 18_000), END),
            ("rings ivan.desk over sofia/internal/1001", "rings ivan.desk over sofia/gateway/main/1"),
        ),
        ((Entry(2_000, "rings", RING.subject, 18_000), END), ("rings ivan.desk", "the same 2.0 s later")),
        ((RING, Entry(5, "records", ""), END), ("not recorded", "recorded")),
    ],
)
def test_only_the_difference_is_said(now: tuple[Entry, ...], words: tuple[str, str]) -> None:
    assert before_and_after(outcome(RING, END), outcome(*now)) == words


def test_a_delta_is_said_in_words() -> None:
    assert str(Delta("hours", "office", "closed")) == "office closed by hand"


def test_settings_of_callbacks_that_change_are_told_each() -> None:
    """As authors write them."""
    old = {
        "tries": 3, "keep_s": 86400, "first": "person", "calendar": None, "quiet": [1260, 1980], "at_once": 2,
        "minutes_a_day": 120, "webhook": None, "scheme": None, "key": None, "origins": None, "limits": {"ip": 5},
        "excluded": [], "schemes": {"sales": {"missed": True}},
    }  # fmt: skip
    new = old | {
        "keep_s": 7200, "quiet": None, "calendar": "calls", "limits": {"ip": 9}, "excluded": ["+380501112233"],
        "schemes": {"sales": {}, "lviv": {"missed": True}},
    }  # fmt: skip
    assert list(changes(old, old)) == []
    assert list(changes(old, new)) == [
        "callbacks: keep 1d -> 2h",
        "callbacks: calendar none -> calls",
        "callbacks: quiet 21:00-09:00 -> no",
        'callbacks: limits {"ip": 5} -> {"ip": 9}',
        "callbacks: 0 -> 1 numbers are excluded",
        "scheme lviv: who was missed is called back",
        "scheme sales: who was missed is not called back any more",
    ]
    assert list(changes(old, None)) == [
        "no client is called back any more",
        "scheme sales: who was missed is not called back any more",
    ]
