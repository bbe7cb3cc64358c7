"""Decides calls: loads the step that a call names, decides it, turns the verdict into channel variables.

Every path ends in variables for FreeSWITCH within the step's timeout plus half a second. A failure becomes "continue
with the scheme", one log line and one count.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NoReturn
from urllib.parse import urlsplit

import gevent

from routing.decide.pop import pop_of
from routing.decide.ports import LONGEST_STEP_SECONDS, Ports, step_seconds
from routing.decide.queue_turn import QueueOrder
from routing.decide.registry import decide
from routing.decide.verdict import Verdict, failed, verdict_text
from routing.engine.metrics import DECISION_SECONDS, DECISIONS
from routing.model.call import Call
from routing.model.decision import KEEPER, Continue, Late, RingOrder, Wait, answer, watchdog_seconds
from routing.model.pop import Pop
from routing.model.ringing import Wave
from routing.process.log import Lines
from routing.release.tables import ReleaseFault, Releases

#: What becomes of a decision while nothing is wrong.
USUAL_OUTCOMES = frozenset({"decided", "continued", "gone"})
#: The whole decision may take this much longer than the step's own timeout.
GRACE_SECONDS = 0.4
#: FreeSWITCH's watchdog fires up to a second early, and reads an answer within 20 ms.
EARLY_SECONDS = 1.05
#: Reserved for sending "continue" when no decision comes.
REPLY_SECONDS = 0.1


@dataclass
class Engine:
    """``decide`` serves any number of greenlets. ``clock``: monotonic seconds."""

    releases: Releases
    ports: Ports
    lines: Lines
    clock: Callable[[], float] = time.monotonic
    #: Called with the project and the screen pop of every person who is about to ring; must not block.
    send_pop: Callable[[str, Pop], None] = lambda project, pop: None
    #: The engine's name, which its waiting calls carry (`routing.engine.waiting`).
    keeper: str = ""
    #: Called with the facts of every decision; must not block.
    trace: Callable[[Mapping[str, Any]], None] = lambda facts: None
    #: Reserves a free person for a call; False when the call must wait for its turn.
    reserve: Callable[[Call, str], bool] = lambda call, person: True

    def decide(self, call: Call) -> Mapping[str, str]:
        """Channel variables that carry the decision for a call.

        Raises Late when FreeSWITCH has continued without it, or may have: then nothing may be sent. Raises nothing else
        but GreenletExit.
        """
        began_s = self.clock()
        step: Mapping[str, Any] = {}
        try:
            step = self.releases.step(call.release, call.scheme, call.step)
            verdict = self._within_budget(step, call)
            known = partial(self._waves, call.release)
            variables = answer(call, verdict.decision, known) | dict(verdict.variables)
            if isinstance(verdict.decision, Wait):
                variables[KEEPER] = self.keeper
        except Late as problem:
            return self._too_late(call, step, str(problem), began_s)
        except ReleaseFault as problem:
            verdict, variables = self._go_on(call, str(problem))
        except gevent.GreenletExit:
            self._note(call, step, "gone", "", "the caller hung up", began_s)
            raise
        except Exception as problem:
            self.lines.write("error", "fault", call=call.uuid, problem=repr(problem)[:500])
            verdict, variables = self._go_on(call, f"error in the engine: {type(problem).__name__}")
        if self._left_s(step, call) <= 0:
            return self._too_late(call, step, f"decided too late: {verdict.outcome}", began_s)
        self._note(call, step, verdict.outcome, variables["routing_decision"], verdict.reason, began_s)
        if verdict.outcome == "decided":
            self._pop(str(step.get("kind")), call, verdict)
        return variables | self._for_the_journal(verdict, began_s)

    def _waves(self, release: str, person: str) -> tuple[Wave, ...]:
        return self.releases.directory(release).waves(person)

    def _for_the_journal(self, verdict: Verdict, began_s: float) -> dict[str, str]:
        """Variables for the call record: the decision's outcome and reason, and how long it took."""
        return {
            "routing_verdict": verdict_text(verdict),
            "routing_took_ms": str(round((self.clock() - began_s) * 1000)),
        }

    def _go_on(self, call: Call, reason: str) -> tuple[Verdict, dict[str, str]]:
        return failed(reason), answer(call, Continue())

    def _left_s(self, step: Mapping[str, Any], call: Call) -> float:
        """How long an answer is still certain to be in time, in seconds."""
        if call.waits_since is None:
            return LONGEST_STEP_SECONDS
        return call.waits_since + watchdog_seconds(step_seconds(step)) - EARLY_SECONDS - self.clock()

    def _too_late(self, call: Call, step: Mapping[str, Any], reason: str, began_s: float) -> NoReturn:
        self._note(call, step, "late", "", reason, began_s)
        raise Late(f"{call.uuid}: {reason}")

    def _within_budget(self, step: Mapping[str, Any], call: Call) -> Verdict:
        left_s = self._left_s(step, call)
        if left_s <= REPLY_SECONDS:
            raise Late("the decision request came so late that the call may have continued")
        limit_s = min(step_seconds(step) + GRACE_SECONDS, left_s - REPLY_SECONDS)
        timer = gevent.Timeout.start_new(limit_s)
        try:
            return self._in_turn(step, call, decide(step, call, self.ports))
        except gevent.Timeout as fired:
            if fired is not timer:
                raise
            return failed(f"no decision within {round(limit_s, 1):g} s")
        finally:
            timer.close()

    def _in_turn(self, step: Mapping[str, Any], call: Call, verdict: Verdict) -> Verdict:
        """The verdict; to wait, when it is not this call's turn."""
        if step.get("order") != "in_order_waiting" or not isinstance(verdict.decision, RingOrder):
            return verdict
        if self.reserve(call, verdict.decision.people[0].partition(".")[0]):
            return verdict
        return replace(verdict, decision=Wait(), reason="calls for one person go in their order")

    def offered(self, call: Call, step: Mapping[str, Any], order: QueueOrder) -> None:
        """A queue offers its call to people, or lets it leave: log it, and send the screen pop."""
        self._note(call, step, "decided", order.variables["routing_decision"], order.verdict.reason, self.clock())
        self._pop(str(step.get("kind")), call, order.verdict)

    def _pop(self, kind: str, call: Call, verdict: Verdict) -> None:
        """A failing screen pop never costs the decision."""
        try:
            directory = self.releases.directory(call.release)
            if directory.pops and (pop := pop_of(kind, call, verdict, directory)):
                self.send_pop(directory.pops, pop)
        except Exception as problem:
            self.lines.write("error", "fault", call=call.uuid, problem=repr(problem)[:500])

    def _note(
        self, call: Call, step: Mapping[str, Any], outcome: str, decision: str, reason: str, began_s: float
    ) -> None:
        took_s = self.clock() - began_s
        kind = str(step.get("kind") or "unknown")
        DECISIONS.labels(kind, outcome).inc()
        DECISION_SECONDS.labels(kind).observe(took_s)
        facts = {
            "call": call.uuid,
            "scheme": call.scheme,
            "step": call.step,
            "kind": kind,
            "number": call.number,
            "caller": call.caller,
            **({"person": call.person} if call.person else {}),
            "verdict": outcome,
            "decision": decision,
            "reason": reason,
            "host": urlsplit(str(step.get("url") or "")).netloc.rpartition("@")[2],
            "ms": round(took_s * 1000, 1),
        }
        self.lines.write("info" if outcome in USUAL_OUTCOMES else "warning", "decision", **facts)
        self.trace(facts)
