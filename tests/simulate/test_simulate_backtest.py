"""``--backtest``: a week whose truth is known is put into a journal, and carried again from there."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from sqlalchemy import insert

from routing.cli import group
from routing.cli.backtest import Window, recorded
from routing.journal.database import open_database
from routing.journal.schema import calls, steps
from routing.model.calendar import Period
from routing.simulate.arrivals import draw
from routing.simulate.calls import Ending
from routing.simulate.lengths import Exponential
from routing.simulate.plan import Plan
from routing.simulate.week import HOUR_MS, spans_of
from support.simulated import queue_plan, shared_week

ZONE = ZoneInfo("Europe/Kyiv")
MONDAY = datetime(2026, 11, 16)
SCHEMES = {
    "project.yaml": """\
project: {name: x, timezone: Europe/Kyiv, country: UA, secrets: env}
people:
  ivan: {name: Ivan, phones: {desk: {sip: "1001"}}}
  olena: {name: Olena, phones: {desk: {sip: "1002"}}}
  taras: {name: Taras, phones: {desk: {sip: "1003"}}}
""",
    "sales.simulate.yaml": """\
simulate:
  queues:
    line: {scheme: sales, to: [ivan, olena, taras]}
  people: {ivan: {works: &day {mon-fri: "09:00-18:00"}}, olena: {works: *day}, taras: {works: *day}}
""",
}


def truth() -> Plan:
    """Nine hours a day, 44 calls an hour for three people who talk four minutes: one caller in four hangs up."""
    people = ("ivan", "olena", "taras")
    day = tuple(spans_of("mon-fri", [Period(9 * 60, 18 * 60)]))
    queue = replace(
        queue_plan("line", people), rates=[(span, 44.0) for span in day], talk=Exponential(240_000),
        patience=Exponential(90_000),
    )  # fmt: skip
    return Plan({"line": queue}, dict.fromkeys(people, day))


def rows(week):
    for number, outcome in enumerate(week.calls):
        clock = MONDAY + timedelta(milliseconds=outcome.call.at_ms)
        started, waited_s = clock.replace(tzinfo=ZONE).timestamp(), outcome.waited_ms / 1000
        talked = outcome.ending == Ending.TALKED
        talk_s = outcome.call.talk_ms / 1000 if talked else 0.0
        yield {
            "id": f"call-{number}", "project": "x", "direction": "in", "scheme": "sales", "schemes": "sales",
            "started": started, "bridged": started + waited_s if talked else 0.0, "wait_s": waited_s, "talk_s": talk_s,
            "ended": started + waited_s + talk_s, "status": "answered" if talked else "no answer",
            "ended_by": "caller" if outcome.ending == Ending.ABANDONED else "switch", "person": outcome.person,
        }  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    (folder / "schemes").mkdir()
    for name, text in SCHEMES.items():
        (folder / "schemes" / name).write_text(text, "utf-8")
    engine = open_database(str(folder / "journal.db"))
    plan = truth()
    week = shared_week(plan, draw(plan, lambda name: random.Random(3).random))
    with engine.begin() as connection:
        connection.execute(insert(calls), list(rows(week)))
        older = {**next(rows(week)), "id": "older", "started": MONDAY.timestamp() - 9 * 86400}
        other = {**next(rows(week)), "id": "other", "schemes": "wholesale", "scheme": "wholesale"}
        connection.execute(insert(calls), [older, other])
    engine.dispose()
    return folder


def backtest(company: Path, *options: str):
    file, schemes = company / "schemes" / "sales.simulate.yaml", company / "schemes"
    words = [str(file), "--schemes", str(schemes), "--database", str(company / "journal.db"), *options]
    return CliRunner().invoke(group, ["simulate", "--backtest", "7d", "--until", "2026-11-23", *words])


def test_what_is_simulated_is_what_was_recorded(company):
    result = backtest(company, "--weeks", "3", "--json")
    assert result.exit_code == 0, result.output
    sides = json.loads(result.stdout)
    recorded, simulated = (sides[side]["queues"]["line"] for side in ("recorded", "simulated"))
    assert recorded["calls"] == simulated["calls"] > 1900
    for name in ("service_level", "abandoned", "answered"):
        assert simulated[name] == pytest.approx(recorded[name], rel=0.05), name
    assert simulated["wait_s"]["p90"] == pytest.approx(recorded["wait_s"]["p90"], rel=0.1)
    busy = [sides[side]["people"]["ivan"]["occupancy"] for side in ("recorded", "simulated")]
    assert busy[1] == pytest.approx(busy[0], rel=0.05)


def test_one_person_more_in_the_same_week(company):
    result = backtest(company, "--weeks", "2", "--staff", "+1", "mon-fri", "9-18")
    assert result.exit_code == 0, result.output
    assert "calls of 7 days from 2026-11-16 on. Simulated 2 times" in result.stdout
    rows_ = [line.split("|")[1].strip() for line in result.stdout.splitlines() if line.startswith("| line")]
    assert rows_ == ["line, recorded", "line, before", "line, after"]
    assert "What +1 mon-fri 9-18 does:" in result.stdout and "line: p90 wait" in result.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--backtest", "36h"], "`36h` are not whole days: write `7d`"),
        (["--until", "2025-01-01"], "no call came to sales from 2024-12-25 on for 7 days"),
        (["--database", "nowhere.db"], "nowhere.db: there is no journal here"),
    ],
)
def test_what_cannot_be_carried_again_is_said(company, options, message):
    result = backtest(company, *options)
    assert result.exit_code in (1, 2)
    assert message in result.output + str(result.exception)


def test_a_week_begins_on_the_day_that_it_begins():
    """Of a Wednesday's week the first day is the third, and hours of a week are those of the weekday."""
    plan = replace(truth(), days=tuple(range(2, 9)))
    wednesday, tuesday = plan.spans[0][0] // HOUR_MS, plan.spans[-1][0] // HOUR_MS
    assert (wednesday, tuesday) == (48, 192)
    assert [start // HOUR_MS for start, _ in plan.hours_of("ivan")] == [57, 81, 105, 177, 201]


def test_of_a_scheme_with_a_queue_the_waits_are_the_queues(tmp_path):
    """A menu comes before the queue: its time is no wait. Some never come to the queue, or leave it for a phone."""
    engine = open_database(str(tmp_path / "journal.db"))
    start = MONDAY.replace(tzinfo=ZONE).timestamp() + 36_000
    usual = {"project": "x", "direction": "in", "scheme": "sales", "schemes": "sales", "ended_by": "caller"}

    def row(name, begins, bridged, ended, status="answered", **facts):
        times = {"started": start + begins, "bridged": start + bridged if bridged else 0.0, "ended": start + ended}
        waits = {"wait_s": (bridged or ended) - begins, "talk_s": ended - bridged if bridged else 0.0}
        return {**usual, "id": name, "status": status, **times, **waits, "person": "ivan" if bridged else "", **facts}

    def step(name, kind, n, begins, took_s):
        return {"call": name, "n": n, "scheme": "sales", "kind": kind, "started": start + begins, "took_s": took_s}

    whole = [
        row("talked", 0, 25, 85), row("hung-up", 10, 0, 45, "no answer"), row("in-the-menu", 20, 0, 23, "no answer"),
        row("left", 30, 70, 90),
    ]  # fmt: skip
    parts = [
        step("talked", "menu", 0, 0, 5), step("talked", "queue", 1, 5, 20), step("hung-up", "queue", 0, 15, 30),
        step("in-the-menu", "menu", 0, 20, 3), step("left", "queue", 0, 40, 10), step("left", "ring", 1, 50, 20),
    ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(calls), whole)
        connection.execute(insert(steps), parts)
    plan = truth()
    plan = replace(plan, queues={"line": replace(plan.queues["line"], scheme="sales")})
    found = {call.at_ms // 1000 - 36_000: call for call in recorded(plan, engine, Window(MONDAY, 7, ZONE))}
    engine.dispose()
    assert {at: (call.waited_ms, call.talk_ms, call.hung_up, call.person) for at, call in found.items()} == {
        5: (20_000, 60_000, False, "ivan"), 15: (30_000, None, True, ""), 40: (10_000, None, False, ""),
    }  # fmt: skip
