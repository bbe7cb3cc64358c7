"""Two dozen calls, really carried, recorded, and simulated again from the journal.

Callers on a real FreeSWITCH wait for two people who talk as long as they talk; what the journal has of it is carried
through the same queue in virtual time. Each simulated wait is near the one that was measured.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from routing.cli import group
from routing.cli.backtest import Window, recorded
from routing.compile.build import build
from routing.journal.database import opened_database
from routing.release.publish import publish
from routing.simulate.calls import Ending
from routing.simulate.history import history
from routing.simulate.read import read_folder, read_plan
from support.simulated import shared_week
from support.switchbed.crowd import Crowd
from support.switchbed.engines import serving
from support.switchbed.switch import Switch
from support.switchbed.waiting import until

pytestmark = [pytest.mark.switch, pytest.mark.thorough]

NUMBER, MOBILES = "+380800330001", ("+380501110001", "+380501110002")
ZONE = ZoneInfo("Europe/Kyiv")
CALLS = 24
PROJECT = """\
project: {{name: simulated, timezone: Europe/Kyiv, country: UA, destinations: [UA]}}
people:
  ivan: {{name: I, phones: {{mobile: {{number: "{mobiles[0]}"}}}}}}
  olena: {{name: O, phones: {{mobile: {{number: "{mobiles[1]}"}}}}}}
gateways: {{main: {{proxy: "127.0.0.1:{port}", ping: false, numbers: ["{number}"], caller_id: caller}}}}
"""
SCHEME = """\
scheme: sales
numbers: [{{number: "{number}", caller_pays: false}}]
steps: [{{queue: {{to: [ivan, olena], at_most: 5m}}}}, hangup]
"""
FILE = "simulate: {queues: {sales: {}}}\n"


class Published:
    """What an engine of the tests serves: a company's root."""

    def __init__(self, root: Path) -> None:
        self.root = root


class Floor:
    """Callers and the people who talk with them, in real time: each talk ends when its caller has said everything."""

    def __init__(self, switch: Switch, crowd: Crowd) -> None:
        self.switch, self.crowd = switch, crowd
        self.talks: dict[str, float] = {}  # caller -> seconds
        self.ends: dict[str, float] = {}  # caller -> when

    def carry(self, arrivals: dict[str, float], talks: dict[str, float]) -> None:
        """All the calls, to their ends."""
        self.talks, began = talks, time.monotonic()
        left = sorted(arrivals.items(), key=lambda each: each[1])

        def passes() -> bool:
            now = time.monotonic()
            while left and left[0][1] <= now - began:
                self.crowd.call(NUMBER, left.pop(0)[0], self.switch.settings.external_port)
            self._talk(now)
            return not left and all(caller.state == "gone" for caller in self.crowd.callers.values())

        assert until(passes, 240), [vars(caller) for caller in self.crowd.callers.values() if caller.state != "gone"]

    def _talk(self, now: float) -> None:
        for phone in list(self.crowd.phones.values()):
            caller = next((each for each in self.talks if each in phone.caller), None)
            if caller and phone.state == "talking" and caller not in self.ends:
                self.ends[caller] = now + self.talks[caller]
        over = [caller for caller, end in self.ends.items() if end <= now and end]
        rows = json.loads(self.switch.esl.api("show channels as json")).get("rows", []) if over else []
        for caller in over:
            self.ends[caller] = 0.0
            for row in rows:
                if row["direction"] == "inbound" and row["cid_num"].endswith(caller[1:]):
                    self.switch.esl.api(f"uuid_kill {row['uuid']}")


def company(folder: Path, port: int, root: Path, engine: str) -> Path:
    """Publish the schemes, asking this engine."""
    folder.mkdir(exist_ok=True)
    (folder / "project.yaml").write_text(PROJECT.format(mobiles=MOBILES, number=NUMBER, port=port))
    (folder / "sales.yaml").write_text(SCHEME.format(number=NUMBER))
    (folder / "sales.simulate.yaml").write_text(FILE)
    publish(root, build(folder, root, lambda _: {}, engine).name, None)
    return folder


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The folder of schemes and the journal of calls that were carried: one every two seconds, five seconds each."""
    folder = tmp_path_factory.mktemp("simulated")
    root, crowd = folder / "root", Crowd(tuple(mobile[-9:] for mobile in MOBILES))
    company(folder / "schemes", crowd.port, root, "127.0.0.1:9")
    unlimited = {"caller_rate": "0", "number_rate": "0", "caller_calls": 0, "number_calls": 0}
    switch = Switch(folder / "node", root, unlimited).start()
    chance = random.Random(11)
    callers = [f"+38067{place:07}" for place in range(CALLS)]
    moments = [chance.uniform(0, CALLS * 2.2) for _ in callers]
    try:
        with serving(Published(root), watches=switch.settings.esl_port) as engine:
            company(folder / "schemes", crowd.port, root, engine.wait_watching().address)
            talks = {caller: chance.expovariate(1 / 5) + 1 for caller in callers}
            Floor(switch, crowd).carry(dict(zip(callers, moments, strict=True)), talks)
    finally:
        switch.stop()
        crowd.stop()
    options = ["--spool", str(folder / "node" / "spool"), "--database", str(folder / "journal.db"), "--once"]
    result = CliRunner().invoke(group, ["journal", *options, "--project", "simulated"])
    assert result.exit_code == 0, (result.output, result.exception)
    return folder / "schemes", folder / "journal.db"


def test_what_was_carried_is_what_is_simulated(ran):
    schemes, database = ran
    plan = read_plan(schemes / "sales.simulate.yaml", read_folder(schemes), from_journal=True)
    yesterday = datetime.combine(datetime.now(ZONE).date() - timedelta(days=1), datetime.min.time())
    days = Window(yesterday, 2, ZONE)
    with opened_database(str(database)) as journal:
        calls = list(recorded(plan, journal, days))
    past = history(replace(plan, days=days.day_numbers), calls)
    assert len(calls) == CALLS and all(call.talk_ms for call in calls)
    week = shared_week(past.plan, past.drawn(random.Random(1).random))
    simulated = {each.call.at_ms: each.waited_ms / 1000 for each in week.calls if each.ending == Ending.TALKED}
    measured = {call.at_ms: call.waited_ms / 1000 for call in calls}
    assert simulated.keys() == measured.keys()
    assert statistics.mean(measured.values()) > 2, "nobody had to wait: there is nothing to compare"
    pairs = [(measured[at], simulated[at]) for at in sorted(measured)]
    assert statistics.mean(simulated.values()) == pytest.approx(statistics.mean(measured.values()), rel=0.15), pairs
    assert max(abs(one - other) for one, other in pairs) < 4, pairs
