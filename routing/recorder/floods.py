"""Watches calls to numbers that the company pays for, and has FreeSWITCH refuse floods of them; by the live release.

In ``watch`` mode it only reports. What it has refused ends in FreeSWITCH by itself, and holds when this process ends. A
person's `routing floods lift` comes before what is noticed here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from routing.decide.flood import FloodJudge
from routing.journal.counts import Counts
from routing.journal.faults import text_of
from routing.journal.flood_book import FAILED, REFUSED, WATCHED
from routing.journal.flood_history import USUAL_SECONDS, NumberHistory, read_calls, read_talked
from routing.journal.gather import Log
from routing.model.flood import KNOWN, FloodPlan, FloodRefusal
from routing.model.notice import FloodNotice, put_in_queue
from routing.recorder.flood_budget import FloodBudget, SpentMinutes
from routing.recorder.flood_notes import FloodNotes
from routing.recorder.flood_parties import answer_of, caller_of, home_of, number_of
from routing.release.floods import Standing, refuse, standing
from routing.release.known_callers import say_watching, write_known
from routing.release.timed_variables import VariableRefused

#: How often the journal is read for who is known and what is usual.
LEARN_SECONDS = 3600.0
#: When it is tried again after it could not be read.
AGAIN_SECONDS = 60.0
#: How often FreeSWITCH is asked what it refuses, while calls come.
LOOK_SECONDS = 5.0
#: How often it is compared with the journal.
COMPARE_SECONDS = 10.0
_FOR_EVER = 4e9
#: Calls in progress of which the caller is kept.
MOST_CALLS = 50_000
Switch = Callable[[str], str]


@dataclass
class FloodGuard:
    """See `routing.esl.arrivals.ArrivalWatcher`. ``root``: the release root; ``live``: its live plan; ``zone``: of its
    days; ``put``: queues a notice once (project, its name, its text), raises Forgotten; None without Redis."""

    root: Path
    live: Callable[[], FloodPlan | None]
    zone: Callable[[], tzinfo]
    engine: Engine
    put: Callable[[str, str, str], None] | None
    log: Log
    now: Callable[[], float]
    counts: Counts = field(default_factory=Counts)
    #: Counts the minutes of all nodes, with Redis.
    spent: SpentMinutes | None = None
    _plan: FloodPlan | None = None
    _judge: FloodJudge | None = None
    _learnt_s: float = 0.0
    _switch: Switch | None = None
    #: When FreeSWITCH was asked last what it refuses, and whether floods were refused then, not only watched.
    _looked_s: float = 0.0
    _did_refuse: bool = False
    _node: str = ""
    #: When floods and minutes were compared with the journal last.
    _noted_s: float = 0.0
    _calls: OrderedDict[str, tuple[str, str]] = field(default_factory=OrderedDict)

    def connected(self, switch: Switch) -> None:
        """See ArrivalWatcher: refusals are set again, as FreeSWITCH may have been started anew."""
        self._switch = switch
        self._node = answer_of(switch, "switchname")
        self.idle()
        if self._plan is None or self._judge is None or not self._refuses():
            return
        held = (self._judge.refusal_of(number, self.now()) for number in self._plan.numbers)
        self._refuse([refusal for refusal in held if refusal])
        self._looked_s = 0.0

    def came(self, uuid: str, dialled: str, caller: str) -> None:
        """See ArrivalWatcher."""
        self._learn()
        self._compare()
        number = number_of(dialled, self._plan.country) if self._plan else ""
        if self._judge is None or self._plan is None or number not in self._plan.numbers:
            return
        self._look()
        who = caller_of(caller, self._plan.country)
        self._calls[uuid] = number, who
        while len(self._calls) > MOST_CALLS:
            self._calls.popitem(last=False)
        self._act(self._judge.came(number, who, self.now()))

    def ended(self, uuid: str, answered_s: float, number: str = "", caller: str = "") -> None:
        """See ArrivalWatcher. A call whose number the carrier names elsewhere is heard of only now."""
        if number and uuid not in self._calls:
            self.came(uuid, number, caller)
        number, who = self._calls.pop(uuid, ("", ""))
        if number and self._judge and self._plan:
            now = self.now()
            found = self._judge.ended(number, who, now, answered_s)
            if self._plan.minutes_a_day and not self._judge.usual.is_known(who, now):
                total = self._budget().add(self._plan.project, number, answered_s, now, self.zone())
                found = found or self._judge.spent(number, total, now)
            self._act(found)

    def idle(self) -> None:
        """See ArrivalWatcher."""
        self._learn()
        self._compare()

    def _compare(self) -> None:
        """Every few seconds: minutes of other nodes and of callbacks, floods that have ended, callbacks of a flood."""
        now = self.now()
        if self._plan is None or self._judge is None or 0 <= now - self._noted_s < COMPARE_SECONDS:
            return
        self._noted_s = now
        say_watching(self.root, now)
        self._look()
        judge, plan = self._judge, self._plan
        held = [refusal for number in plan.numbers if (refusal := judge.refusal_of(number, now))]
        try:
            self.counts.floods_standing = FloodNotes(self.engine).look(
                plan.project, self._node, held, self._did_refuse, judge.usual.is_known, now
            )
            if plan.minutes_a_day:
                budget = self._budget()
                spent = budget.read(plan.project, plan.numbers, judge.usual.is_known, now, self.zone())
                for number, seconds in sorted(spent.items()):
                    self._act(judge.spent(number, seconds, now))
        except SQLAlchemyError as problem:
            self.log("warning", "floods are not compared with the journal", problem=text_of(problem))

    def _budget(self) -> FloodBudget:
        return FloodBudget(self.engine, self.spent)

    def _refuses(self) -> bool:
        return bool(self._plan and self._plan.refuses and self._knows_callers())

    def _look(self) -> None:
        """Learn what FreeSWITCH refuses: a person lifts and refuses, too, and an earlier process of ours did."""
        if (refuses := self._refuses()) != self._did_refuse and self._judge:
            self._did_refuse = refuses
            self._judge.forget_refusals()  # what was only watched is refused now
        now = self.now()
        if not (self._did_refuse and self._judge and self._plan and self._switch):
            return
        if 0 <= now - self._looked_s < LOOK_SECONDS:
            return
        self._looked_s = now
        try:
            found = standing(self._switch)
        except OSError:
            return  # what was known holds, and the next call looks again
        for number in self._plan.numbers:
            held = found.get(number, Standing(number, (), 0.0))
            self._judge.stands(number, held.starts, held.until_s or _FOR_EVER, now, held.sign)

    def _learn(self) -> None:
        """Follow a new release at once, and the journal every hour."""
        plan, now = self.live(), self.now()
        if plan == self._plan and 0 <= now - self._learnt_s < LEARN_SECONDS:
            return
        self._plan, self._learnt_s = plan, now
        if plan is None:
            self._judge = None
            return
        try:
            history = self._history(plan, now)
        except (SQLAlchemyError, OSError) as problem:
            text = text_of(problem) if isinstance(problem, SQLAlchemyError) else str(problem)
            self.log(
                "error",
                "floods are judged without the journal",
                problem=text,
                consequence="nobody is refused" if not self._knows_callers() else "known callers are those of before",
            )
            history = NumberHistory(self.zone(), home_of(plan))
            self._learnt_s = now - LEARN_SECONDS + AGAIN_SECONDS
        if self._judge is None:
            self._judge = FloodJudge(history, self.zone())
        self._judge.usual, self._judge.zone = history, self.zone()
        self._judge.minutes_a_day, self._judge.numbers = plan.minutes_a_day, plan.numbers

    def _knows_callers(self) -> bool:
        """Whether FreeSWITCH has files of known callers: without them customers would be refused."""
        return (self.root / KNOWN).is_dir()

    def _history(self, plan: FloodPlan, now: float) -> NumberHistory:
        """What is usual; who is known is written for FreeSWITCH. Raises SQLAlchemyError and OSError."""
        history = NumberHistory(self.zone(), home_of(plan), read_talked(self.engine, now))
        history.learn(read_calls(self.engine, plan.numbers, now - USUAL_SECONDS, now), now)
        write_known(self.root, history.known_at(now))
        return history

    def _act(self, refusals: Sequence[FloodRefusal]) -> None:
        """Refuse one flood, at one number or at all; it is told once."""
        if not refusals or self._plan is None:
            return
        first = refusals[0]
        ends = datetime.fromtimestamp(first.until_s, UTC).isoformat(timespec="seconds")
        refuses = self._refuses()
        stood = self._refuse(refusals) if refuses else []
        done = "only watched" if not refuses else "refused" if stood else "not refused"
        self.counts.floods += 1
        self._note(refusals, REFUSED if stood else FAILED if refuses else WATCHED)
        self.log("warning", "flood", numbers=[refusal.number for refusal in refusals], callers=list(first.starts),
                 until=ends, reason=first.why, consequence=done)  # fmt: skip
        if not refuses or None in stood:
            self._notify(first, refuses)

    def _note(self, refusals: Sequence[FloodRefusal], state: str) -> None:
        assert self._plan
        try:
            FloodNotes(self.engine).noted(self._plan.project, self._node, refusals, state, self.now())
        except SQLAlchemyError as problem:
            self.log("warning", "flood not in the journal", number=refusals[0].number, problem=text_of(problem))
        self._noted_s = 0.0  # callbacks of its callers end at once

    def _refuse(self, refusals: Sequence[FloodRefusal]) -> list[Standing | None]:
        """What stood before at each number where FreeSWITCH refuses now."""
        stood: list[Standing | None] = []
        if self._switch is None or not refusals:
            return stood
        try:
            before = standing(self._switch)
            for refusal in refusals:
                held = before.get(refusal.number)
                if held is None or held.starts:  # else a person lets everybody pass
                    refuse(self._switch, refusal, self.now())
                    stood.append(held)
        except (VariableRefused, OSError) as problem:
            self.log("error", "flood not refused", number=refusals[0].number, problem=str(problem))
        return stood

    def _notify(self, refusal: FloodRefusal, is_refused: bool) -> None:
        assert self._plan
        notice = FloodNotice(
            self._plan.project, refusal.number, refusal.starts, refusal.why, self.now(), refusal.until_s,
            is_refused,
        )  # fmt: skip
        put_in_queue(notice, self.put, self.log)
