"""A guard against floods beside a switch and a journal in memory."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from routing.journal.database import open_database
from routing.journal.schema import calls
from routing.model.flood import FloodPlan
from routing.model.memory import Forgotten
from routing.recorder.floods import FloodGuard
from routing.release import floods
from support.flood_switch import GlobalsSwitch

NUMBER = "+380800330916"
NOW = 1_796_000_000.0
PLAN = FloodPlan("lab", "UA", refuses=True, numbers=frozenset({NUMBER}), minutes_a_day=0)
CUSTOMER = "+380501112233"
BLOCK = [f"+380671112{at:03}" for at in range(30)]


@dataclass
class Bed:
    """A guard with its switch, journal and notices."""

    guard: FloodGuard
    switch: GlobalsSwitch
    plan: FloodPlan | None = PLAN
    now: float = NOW
    notices: dict[str, str] = field(default_factory=dict)
    lines: list[dict[str, object]] = field(default_factory=list)
    has_redis: bool = True

    def put(self, project, name, notice):
        if not self.has_redis:
            raise Forgotten("Redis is away")
        self.notices[name] = notice

    def log(self, level, event, **facts):
        self.lines.append({"level": level, "event": event, **facts})

    def calls(self, callers, every_s=1.0, answered_s=0.0, dialled=NUMBER):
        for at, caller in enumerate(callers):
            self.now += every_s
            self.switch.pass_until(self.now)
            self.guard.came(f"u{self.now}{at}", dialled, caller)
            self.guard.ended(f"u{self.now}{at}", answered_s)

    def pass_on(self, seconds):
        self.now += seconds
        self.switch.pass_until(self.now)
        self.guard.idle()

    def standing(self):
        return {number: one.starts for number, one in floods.standing(self.switch).items()}


@contextmanager
def flood_bed(tmp_path):
    """With a customer in its journal."""
    engine = open_database(str(tmp_path / "journal.db"))
    with engine.begin() as connection:
        row = {"id": "1", "direction": "in", "number": NUMBER, "caller": CUSTOMER, "client": CUSTOMER}
        times = {"started": NOW - 9e5, "answered": NOW - 9e5, "bridged": NOW - 9e5, "ended": NOW - 8e5, "talk_s": 60.0}
        connection.execute(insert(calls).values(**row, **times))
    made = Bed(None, GlobalsSwitch(NOW))
    made.guard = FloodGuard(
        tmp_path, lambda: made.plan, lambda: ZoneInfo("Europe/Kyiv"), engine, made.put, made.log, lambda: made.now
    )
    yield made
    for each in (engine, made.guard.engine):
        each.dispose()
