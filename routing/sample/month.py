"""Runs the calls of a sample month, day by day, on the offline switch: calls of a day share phones, queues and memory.

A missed client is often called back by somebody within the next hours, as people do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from routing.journal.record import CallRecord
from routing.journal.status import MISSED
from routing.model.entities import Visitor
from routing.offline.answering import InProcess, canned
from routing.offline.duties import OfflineDuties
from routing.offline.events import Event
from routing.offline.limits import Limits
from routing.offline.phones import ScriptedCaller
from routing.offline.published import PublishedRelease
from routing.offline.queues import OfflineQueues
from routing.offline.remembered import Remembered
from routing.offline.spent import Handler
from routing.offline.switch import INSIDE, OfflineCall, login
from routing.offline.world import World
from routing.offline.world_memory import WorldMemory
from routing.sample.recorded import SampleRecorder
from routing.sample.staff import Staff
from routing.sample.traffic import SampleCaller, Traffic

#: Whether somebody calls a missed client back on the first day and on the last, and within which seconds.
CALLED_BACK = (0.25, 0.85)
SOON_SECONDS = (120, 7_200)
#: Nobody calls clients later in the evening.
LATEST_HOUR = 20
#: The share of callers who are asked for a rating in vain, and how often others press 1 to 5.
SILENT, SCORES = 0.4, (4, 4, 12, 30, 50)

#: Answers of web servers that schemes ask.
HANDLER = canned('{"continue": true}')


@dataclass
class SampleMonth:
    """A month of a release. ``last``: its last day, whose calls end at ``until``, an aware moment."""

    published: PublishedRelease
    traffic: Traffic
    staff: Staff
    recorder: SampleRecorder
    random: Random
    until: datetime
    days: int = 30
    handler: Handler = HANDLER

    def calls(self) -> Iterator[list[CallRecord]]:
        """The records of each day, the first day first."""
        last = self.until.date()
        for number in range(self.days):
            yield _Day(self, last - timedelta(days=self.days - 1 - number), (number + 0.5) / self.days).run()


def _rating(call: str) -> str:
    """How somebody rates a talk, if they do; each call has a chance of its own, so that no other chance changes."""
    chance = Random(call)  # noqa: S311 - a sample
    return "-" if chance.random() < SILENT else "".join(chance.choices("12345", SCORES))


class _Day:
    """One day: its calls on one clock, with one memory."""

    def __init__(self, month: SampleMonth, day: date, progress: float) -> None:
        self._month, self._day, self._progress = month, day, progress
        self._world, self._limits = World(), Limits(in_order=True)
        zone = ZoneInfo(month.published.timezone)
        self._memory = WorldMemory(self._world, Remembered(chance=month.random.random), zone)
        memory = self._memory
        self._queues = OfflineQueues(memory, memory.anybody, memory.chance, OfflineDuties.of(memory.states))
        self._records: list[CallRecord] = []

    def run(self) -> list[CallRecord]:
        """Run the day's calls; returns those that have ended."""
        until_s = self._month.until.timestamp()
        for caller in self._month.traffic.of(self._day):
            call = OfflineCall(caller.number, caller.client, caller.at, uuid=self._id())
            self._begin(call, partial(self._comes_in, caller, call))
        self._world.run()
        return [record for record in self._records if record.ended <= until_s]

    def _comes_in(self, caller: SampleCaller, call: OfflineCall) -> None:
        message_ms = self._month.random.randrange(4_000, 40_000)
        dialling = ScriptedCaller(
            caller.digits, caller.stays_ms, message_ms, hangs_up_in_talk=False, rating=_rating(call.uuid)
        )
        record = self._carry(call, dialling, caller.visitor)
        soon_s = self._month.random.randint(*SOON_SECONDS)
        back = datetime.fromtimestamp(record.ended, call.at.tzinfo) + timedelta(seconds=soon_s)
        first, last = CALLED_BACK
        is_chosen = record.status in MISSED and record.client and back.hour < LATEST_HOUR and record.legs
        if is_chosen and self._month.random.random() < first + (last - first) * self._progress:
            self._call_back(record, back)

    def _call_back(self, missed: CallRecord, at: datetime) -> None:
        """Somebody whose phone rang calls the client."""
        accounts = {phone: account for account, phone in self._month.published.accounts.items()}
        phones = [leg.target for leg in missed.legs if leg.target in accounts]
        if phones:
            phone = self._month.random.choice(phones)
            account = accounts[phone]
            call = OfflineCall(
                missed.client, account, at, context=INSIDE, uuid=self._id(), variables=login(account, phone)
            )
            self._begin(
                call, partial(self._carry, call, ScriptedCaller(hangs_up_after_ms=40_000, hangs_up_in_talk=False))
            )

    def _carry(self, call: OfflineCall, dialling: ScriptedCaller, visitor: Visitor | None = None) -> CallRecord:
        month = self._month
        engine = InProcess(month.published.files, month.handler, visitor, self._memory, None, self._queues)
        phones = month.staff.phones(call.at, self._progress)
        happened: Sequence[Event] = month.published.run(call, phones, dialling, engine, None, self._limits, self._world)
        self._memory.learn(call, happened)
        record = month.recorder.record(call, happened, visitor)
        self._records.append(record)
        return record

    def _begin(self, call: OfflineCall, script: Callable[[], object]) -> None:
        self._world.begin(round(call.at.timestamp() * 1000), script)

    def _id(self) -> str:
        return str(UUID(int=self._month.random.getrandbits(128), version=4))
