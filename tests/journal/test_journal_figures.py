"""Prepared figures equal what is counted from the raw rows, whatever happened in which order, and after any kill."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from routing.journal import store
from routing.journal.database import open_database
from routing.journal.figure_days import day, grid, hour_of
from routing.journal.figures import ALL, EVERYTHING, STATUS, CallSums, FigureView, source_name
from routing.journal.figures_schema import days, hours, marks
from routing.journal.figures_store import UNNEEDED_S, FigureBook
from routing.journal.record import LegRecord
from support.figures_bed import kept, made_call, recount
from support.journal_bed import Fuse, Killed, mortal

KYIV = ZoneInfo("Europe/Kyiv")
#: The night when clocks go back in Kyiv: Saturday 24 October 2026, 20:00 UTC.
NIGHT_S = 1_792_872_000.0
SALES = FigureView(people=frozenset({"ivan", "petro"}))
ORDERS = FigureView(schemes=frozenset({"order"}))


def book(engine, zone=KYIV, views=(SALES, ORDERS), now_s=0.0):
    return FigureBook(engine, lambda: "shop", lambda: now_s, lambda: zone, lambda: views)


def settle(figures):
    figures._next = 0.0
    while figures.work():
        pass
    assert figures.is_current


def without_longest(sums):
    """The recount sums; the longest wait is tried by itself. Names that only queues have are left out too."""
    plain = {
        key: {name: value for name, value in each.items() if name not in ("longest_s", "short", "went_on")}
        for key, each in sums.items()
        if key[0] not in ("queue", "source")
    }
    return {key: each for key, each in plain.items() if each}


def assert_equal_to_recount(engine, zone=KYIV, views=(EVERYTHING, SALES, ORDERS)):
    for view in views:
        assert without_longest(kept(engine, days, view.id)) == recount(engine, zone, view), view


def random_calls(seed, most=60):
    """Calls of three days, of few clients, so that they meet each other."""
    chance = random.Random(seed)
    found = []
    for number in range(most):
        at_s = NIGHT_S + chance.uniform(0, 3 * 86400)
        status = chance.choice(["answered", "answered", "no answer", "voicemail", "busy", "rejected", "unfinished"])
        rang = chance.sample(["ivan", "petro", "maria"], chance.randint(0, 3))
        found.append(
            made_call(
                at_s, status, client=chance.choice(["", "+380671", "+380672", "+380673"]), rang=rang,
                person=rang[0] if status == "answered" and rang else "", wait_s=chance.choice([0.0, 3.0, 19.5, 44.0]),
                talk_s=chance.choice([5.0, 45.0]), direction=chance.choice(["in", "in", "in", "out", "internal"]),
                schemes=chance.choice([("shop",), ("shop", "order"), ("order",)]), id_=f"c{seed}-{number}",
                project=chance.choice(["shop", "shop", ""]),
            )
        )  # fmt: skip
    return found


def disturb(engine, found, chance):
    """What happens to calls after they were recorded: late legs, transferred legs, a CDR after an unfinished record."""
    for call in found:
        kind = chance.randrange(6)
        if kind == 0:
            leg = LegRecord(f"{call.id}-late", "1", "maria.desk", "maria", call.started, 3.0, True, 9.0, "", "")
            store.amend(engine, {leg.id: (call.id, leg)})
        elif kind == 1 and call.status == "answered":
            leg = LegRecord(f"{call.id}-on", "", "petro.desk", "petro", call.ended, 0.0, True, 30.0, "", "")
            store.go_on(engine, call.id, replace(call, legs=(leg,), ended=call.ended + 30))
        elif call.status == "unfinished":
            store.record(engine, [replace(call, status="no answer", bridged=0.0, started=call.started + 4000)])


@dataclass
class Interrupted(Fuse):
    """Something else happens before one operation."""

    at: int = 0
    interrupt: Callable[[], object] = object

    def burn(self):
        if self.used == self.at:
            self.at = -1
            self.interrupt()
        super().burn()


def record_one(engine):
    store.record(engine, [made_call(NIGHT_S + 90, person="ivan")])


@pytest.fixture
def engine(tmp_path):
    made = open_database(str(tmp_path / "journal.db"))
    yield made
    made.dispose()


@pytest.mark.parametrize("seed", range(6))
def test_figures_are_those_of_the_raw_rows(engine, seed):
    chance, found, figures = random.Random(seed), random_calls(seed), book(engine)
    chance.shuffle(found)
    while found:
        some, found = found[:7], found[7:]
        store.record(engine, some)
        if chance.random() < 0.5:
            settle(figures)
        disturb(engine, some, chance)
    settle(figures)
    assert_equal_to_recount(engine)
    assert sum(each.get("incoming", 0) for key, each in kept(engine, hours).items() if key[0] == "all") > 10


@pytest.mark.thorough
def test_killed_at_every_operation_nothing_is_lost_and_nothing_counts_twice(tmp_path):
    killed_at, operations = 0, 1
    while killed_at < operations:
        database = str(tmp_path / f"{killed_at}.db")
        engine = open_database(database)
        store.record(engine, random_calls(1, 4))
        settle(book(engine))
        store.record(engine, random_calls(2, 5))
        fuse = Fuse(killed_at)
        dying = mortal(open_database(database, migrate=False), fuse)
        figures = book(dying)
        try:
            disturb(dying, random_calls(2, 5), random.Random(3))
            settle(figures)
        except Killed:
            operations = max(operations, killed_at + 2)
        dying.dispose()
        settle(book(engine))
        assert_equal_to_recount(engine)
        engine.dispose()
        killed_at += 1
    assert killed_at > 40


@pytest.mark.process
def test_postgresql_has_the_same_figures(engine, postgresql):
    other = open_database(postgresql)
    for each in (engine, other):
        store.record(each, random_calls(4))
        settle(book(each))
        disturb(each, random_calls(4), random.Random(4))
        settle(book(each))
    assert_equal_to_recount(other)
    for view in (EVERYTHING, SALES, ORDERS):
        assert kept(other, hours, view.id) == kept(engine, hours, view.id)
    other.dispose()


@pytest.mark.process
def test_a_call_that_is_recorded_while_its_hour_is_prepared_counts(postgresql):
    """Another worker commits between any two statements of a rebuild."""
    interrupted_at, operations = 0, 1
    while interrupted_at < operations:
        engine, other = open_database(postgresql), open_database(postgresql)
        store.record(engine, [made_call(NIGHT_S + 60, "busy")])
        fuse = Interrupted(at=interrupted_at, interrupt=partial(record_one, other))
        settle(book(mortal(engine, fuse)))
        operations = max(operations, min(fuse.used, 40))
        settle(book(other))
        assert_equal_to_recount(other)
        engine.dispose()
        other.dispose()
        interrupted_at += 1
    assert interrupted_at > 10


def test_a_missed_call_is_reached_by_a_talk_within_a_day(engine):
    figures = book(engine)
    missed = made_call(NIGHT_S, "no answer", rang=["ivan"])
    late = made_call(NIGHT_S + 30, "no answer", client="+380670000009")
    store.record(engine, [missed, late])
    settle(figures)
    store.record(engine, [made_call(NIGHT_S + 3600, person="petro", direction="out", wait_s=5.0)])
    store.record(engine, [made_call(NIGHT_S + 90_000, client="+380670000009", person="petro")])
    settle(figures)
    everything = kept(engine, hours)
    hour = int(NIGHT_S)
    assert everything["all", hour, ""] == {"incoming": 2, "missed": 2, "reached": 1, "reached_s": 3595.0}
    assert everything["person", hour, "petro"] == {"reached": 1, "reached_s": 3595.0}
    assert everything["person", hour, "ivan"] == {"incoming": 1, "missed": 1}


def test_an_earlier_call_that_comes_late_makes_a_later_one_a_repeat_call(engine):
    figures = book(engine)
    store.record(engine, [made_call(NIGHT_S + 20 * 86400, person="ivan")])
    settle(figures)
    store.record(engine, [made_call(NIGHT_S, person="ivan")])
    settle(figures)
    found = [each.get("repeats", 0) for key, each in sorted(kept(engine, days).items()) if key[0] == "all"]
    assert found == [0, 1]


def test_queues_and_sources_have_figures(engine):
    search = {"utm_source": "google", "utm_medium": "cpc"}
    store.record(
        engine,
        [
            made_call(NIGHT_S, person="ivan", wait_s=12, queue=("orders", "talked"), source=search),
            made_call(NIGHT_S, "no answer", wait_s=40, queue=("orders", "left"), source=search),
            made_call(NIGHT_S, "no answer", wait_s=2, queue=("orders", "left")),
        ],
    )
    settle(book(engine))
    found = kept(engine, days)
    day_begin = day(date(2026, 10, 24), KYIV).begin
    assert found["queue", day_begin, "orders"] == {
        "incoming": 3, "answered": 1, "missed": 1, "in_time": 1, "wait_s": 12, "longest_s": 12, "short": 1,
    }  # fmt: skip
    assert found["source", day_begin, "google / cpc"]["incoming"] == 2


@pytest.mark.parametrize(
    ("source", "name"),
    [({}, ""), ({"utm_source": "fb"}, "fb"), ({"gclid": "x"}, "google / cpc"), ({"referrer": "a.ua"}, "a.ua")],
)
def test_sources_have_names(source, name):
    assert source_name(source) == name


def test_old_calls_that_are_deleted_stay_in_the_figures(engine):
    figures = book(engine)
    first, second = made_call(NIGHT_S, person="ivan"), made_call(NIGHT_S + 60, "busy")
    store.record(engine, [first, second])
    settle(figures)
    before = kept(engine, days)
    store.forget_old(engine, [first.id])
    leg = LegRecord("late", "1", "maria.desk", "maria", NIGHT_S, 3.0, True, 9.0, "", "")
    store.amend(engine, {"late": (second.id, leg)})
    settle(figures)
    assert kept(engine, days) == before


def test_calls_of_a_number_that_is_forgotten_leave_the_figures_and_freeze_none(engine):
    figures = book(engine)
    first = made_call(NIGHT_S + 60, person="ivan", client="+380670000007")
    store.record(engine, [first, made_call(NIGHT_S, "busy")])
    store.forget(engine, [first.id])
    with engine.connect() as connection:
        assert "+380670000007" not in str(connection.execute(select(marks)).all())
    settle(figures)
    store.record(engine, [made_call(NIGHT_S + 5, "busy")])
    settle(figures)
    assert_equal_to_recount(engine)
    assert kept(engine, days)["all", day(date(2026, 10, 24), KYIV).begin, ""] == {"incoming": 2, "missed": 2}


def test_figures_follow_the_projects_zone_and_views(engine):
    store.record(engine, random_calls(5))
    settle(book(engine, views=()))
    assert kept(engine, days, SALES.id) == {}
    settle(book(engine, ZoneInfo("Asia/Kolkata"), (SALES,)))
    assert_equal_to_recount(engine, ZoneInfo("Asia/Kolkata"), (EVERYTHING, SALES))
    settle(FigureBook(engine, lambda: "shop", lambda: 0.0))
    assert_equal_to_recount(engine, ZoneInfo("Asia/Kolkata"), (EVERYTHING, SALES))
    settle(book(engine, views=(), now_s=UNNEEDED_S + 1))
    assert_equal_to_recount(engine, KYIV, (EVERYTHING,))
    assert kept(engine, days, SALES.id) == kept(engine, hours, SALES.id) == {}


def test_workers_of_two_releases_do_not_make_figures_anew_for_each_other(engine):
    store.record(engine, random_calls(5))
    workers = [book(engine, views=(SALES,)), book(engine, views=(ORDERS,))]
    for worker in workers:
        settle(worker)
    for worker in workers * 2:
        worker._next = 0.0
        assert worker.work() == 0
    assert_equal_to_recount(engine, KYIV, (EVERYTHING, SALES, ORDERS))


def test_the_journals_worker_prepares_figures_and_waits_with_retention(bed):
    bed.put("talked_and_recorded")
    worker = bed.worker()
    worker.figures = FigureBook(worker.engine, lambda: "bed", bed.now, lambda: KYIV)
    assert worker.work() == 1
    assert kept(worker.engine, days)
    assert worker.figures.is_current


ZONES = ("Europe/Kyiv", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Santiago",
         "Africa/Cairo", "Pacific/Chatham", "UTC")  # fmt: skip


@given(zone=st.sampled_from(ZONES), at_s=st.integers(1_600_000_000, 2_100_000_000))
def test_an_hour_of_figures_lies_in_one_day(zone, at_s):
    here = ZoneInfo(zone)
    begin, end = hour_of(at_s, here)
    assert begin <= at_s < end
    today = day(datetime.fromtimestamp(at_s, here).date(), here)
    assert today.begin <= begin and end <= today.end
    assert datetime.fromtimestamp(today.begin, here).date() == today.date
    assert datetime.fromtimestamp(today.begin - 1, here).date() < today.date


@pytest.mark.parametrize(
    ("zone", "width", "phase"),
    [("Europe/Kyiv", 3600, 0), ("Asia/Kolkata", 3600, 1800), ("Asia/Kathmandu", 3600, 900),
     ("Australia/Lord_Howe", 900, 0)],
)  # fmt: skip
def test_hours_begin_where_days_do(zone, width, phase):
    assert grid(ZoneInfo(zone)) == (width, phase)


@pytest.mark.parametrize(("month", "day_of_month", "length"), [(10, 25, 25), (3, 29, 23), (6, 1, 24)])
def test_days_are_longer_and_shorter_when_clocks_change(month, day_of_month, length):
    found = day(date(2026, month, day_of_month), KYIV)
    assert found.end - found.begin == length * 3600


def test_shares_of_nothing_are_nothing():
    none = CallSums()
    shares = (none.missed_share, none.in_time_share, none.in_time_of_all, none.mean_wait_s, none.mean_talk_s)
    assert {*shares, none.mean_reached_s, none.never_reached} == {0.0}


def test_calls_of_a_flood_are_counted_by_their_status_alone(engine):
    """Thousands of refused calls would hide what share of the clients' calls was missed."""
    for at in range(5):
        store.record(engine, [made_call(NIGHT_S + at, "refused as a flood")])
    store.record(engine, [made_call(NIGHT_S + 60, "no answer")])
    settle(book(engine))
    sums = kept(engine, days, "")
    incoming = {key: each.get("incoming") for key, each in sums.items() if key[0] in (ALL, STATUS)}
    assert sorted(incoming.values()) == [1, 1, 5], incoming
