"""Sends the exports of recorded calls: events to Google Analytics, each at most once; signed webhooks, each at least
once.

A row is marked as being sent before anything goes out, by whichever process comes first, and the mark is a lease. When
it runs out, a webhook is sent again with the same id, which receivers know; an event for Google is not, because Google
counts it twice. One destination that is away delays no other one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Event, Lock

from sqlalchemy import Engine

from routing.decide.request import headers
from routing.journal import exports, query
from routing.journal.counts import Counts
from routing.journal.destinations import Destinations
from routing.journal.exports import QueuedExport
from routing.journal.exports_schema import ExportState
from routing.journal.faults import text_of
from routing.journal.gather import Log
from routing.journal.record import CallRecord
from routing.journal.sending import (
    CLAIM_SECONDS,
    SOONEST_SECONDS,
    STALE_SECONDS,
    in_lanes,
    keep_sending,
    pause_at,
)
from routing.journal.status import DERIVED, MISSED
from routing.model.export_plan import CallHook, ExportPlan, Ga4Stream
from routing.model.exported_call import ExportedCall
from routing.model.notice import Later, NoticeRefused
from routing.notify.call_hook import body, message_id
from routing.notify.ga4 import Ga4, Unsure, unfit
from routing.notify.hook import Post, WebHooks
from routing.process.secrets import signing_secrets
from routing.recorder.plans import ReleasePlans

#: How often the queue's bound and old rows are looked after.
TIDY_SECONDS = 60.0


def exports_of(plans: ReleasePlans[ExportPlan]) -> Callable[[CallRecord], Iterable[tuple[str, str]]]:
    """The exports of a call that has just ended, by the release that carried it: (project, name)."""

    def chosen(call: CallRecord) -> Iterable[tuple[str, str]]:
        plan = plans.of(call.release)
        return ((plan.project, name) for name in plan.names_for(call, call.status in MISSED)) if plan else ()

    return chosen


@dataclass
class CallExports:
    """``project``, ``plan``: those of the live release, None where it exports nothing; ``secrets``: values by
    name; ``post``: see `routing.notify.hook`."""

    engine: Engine
    project: Callable[[], str]
    plan: Callable[[], ExportPlan | None]
    secrets: Mapping[str, str]
    post: Post
    log: Log
    now: Callable[[], float]
    stop: Event = field(default_factory=Event)
    counts: Counts = field(default_factory=Counts)

    def __post_init__(self) -> None:
        self._destinations = Destinations(self.now)
        self._counting = Lock()
        self._next_tidy_s = 0.0

    def run(self) -> None:
        """Send until `stop` is set, to several destinations in parallel."""
        in_lanes("exports", lambda: keep_sending(self.work, self.stop, self._failed))

    def _failed(self, problem: Exception, again_s: float) -> None:
        self.log("error", "calls cannot be exported", problem=text_of(problem), again_s=again_s)

    def work(self) -> int:
        """Send what is due; returns how many rows were finished. Raises SQLAlchemyError."""
        self._tidy()
        plan, done = self.plan(), 0
        if plan is None:
            return 0
        while not self.stop.is_set() and (row := self._claimed(plan)):
            done += self._sent(row, plan.exports[row.export])
        return done

    def _claimed(self, plan: ExportPlan) -> QueuedExport | None:
        now = self.now()
        ready = [name for name, of in plan.exports.items() if not self._destinations.wait_s([_address(of)])]
        return exports.claim(self.engine, plan.project, ready, now, now + CLAIM_SECONDS)

    def _tidy(self) -> None:
        now, project = self.now(), self.project()
        if self._next_tidy_s - TIDY_SECONDS <= now < self._next_tidy_s:
            return
        self._next_tidy_s = now + TIDY_SECONDS
        self._count("exports_unknown", exports.give_up_unknown(self.engine, project, now))
        stale = exports.give_up_stale(self.engine, project, now - STALE_SECONDS, now)
        self._count("exports_expired", stale + exports.give_up_excess(self.engine, project, now))
        exports.prune(self.engine, now)

    def _sent(self, row: QueuedExport, export: Ga4Stream | CallHook) -> bool:
        """Whether a row is finished."""
        call = self._call(row)
        if call is None:
            return self._finish(row, ExportState.DISCARDED, "the call is no longer in the journal")
        if isinstance(export, Ga4Stream) and (why := unfit(export, call)):
            return self._finish(row, ExportState.DISCARDED, why)
        until_s = call.google_until_s if isinstance(export, Ga4Stream) else row.ended_s + STALE_SECONDS
        if self.now() >= until_s:
            return self._finish(row, ExportState.EXPIRED, row.problem or "it is too old")
        try:
            with self._destinations.conversation(_address(export)):
                self._tell(row, export, call)
        except Later as problem:
            return self._put_off(row, problem, until_s)
        except Unsure as problem:
            return self._finish(row, ExportState.UNKNOWN, str(problem))
        except NoticeRefused as problem:
            return self._finish(row, ExportState.REFUSED, str(problem))
        return self._finish(row, ExportState.SENT, "")

    def _tell(self, row: QueuedExport, export: Ga4Stream | CallHook, call: ExportedCall) -> None:
        """One request. Raises Later, NoticeRefused and Unsure."""
        keys: Sequence[str] = signing_secrets(self.secrets, export.secret) or ()
        if not keys:
            raise Later(f"the secret {export.secret} is not set (hint: --secrets)", is_away=True)
        if isinstance(export, Ga4Stream):
            Ga4(self.post).send(export, keys[0], call)
            return
        try:
            sign = lambda id_, at_s, content: headers(id_, at_s, content, keys)  # noqa: E731
            WebHooks(self.post, sign, self.now).deliver(message_id(row.export, call), body(call), export.url)
        except ValueError as problem:
            raise Later(f"the secret {export.secret} cannot sign: {problem}", is_away=True) from None

    def _put_off(self, row: QueuedExport, problem: Later, until_s: float) -> bool:
        now = self.now()
        if problem.after_s:  # nothing was tried: somebody else is talking with the server
            exports.put_off(self.engine, row, now + problem.after_s, "", is_tried=False)
            return False
        again_s = min(now + pause_at(now - row.ended_s), max(until_s - SOONEST_SECONDS, now + SOONEST_SECONDS))
        exports.put_off(self.engine, row, again_s, str(problem))
        self.log("warning", "call not exported", call=row.call, export=row.export, problem=str(problem),
                 again_s=round(again_s - now))  # fmt: skip
        return False

    def _finish(self, row: QueuedExport, state: ExportState, problem: str) -> bool:
        exports.finish(self.engine, row, state, problem, self.now())
        self._count("exported" if state is ExportState.SENT else f"exports_{state}", 1)
        if problem and state is not ExportState.DISCARDED:
            self.log("error", "call not exported", call=row.call, export=row.export, state=state, reason=problem)
        return True

    def _count(self, name: str, more: int) -> None:
        with self._counting:
            setattr(self.counts, name, getattr(self.counts, name) + more)

    def _call(self, row: QueuedExport) -> ExportedCall | None:
        found = query.whole_call(self.engine, row.call)
        if found is None:
            return None
        return exported(replace(found, project=row.project), exports.is_first(self.engine, found))


def exported(call: CallRecord, is_first: bool) -> ExportedCall:
    """A call as the journal reads it, for other systems."""
    kind = call.status if call.status in DERIVED else ""
    return ExportedCall(
        call=call.id, project=call.project, direction=call.direction, status="answered" if kind else call.status,
        kind=kind, is_missed=call.status in MISSED, is_first=is_first, number=call.number, caller=call.caller,
        client=call.client, dialled=call.dialled, scheme=call.scheme, schemes=call.schemes, person=call.person,
        target=call.target, started=call.started, bridged=call.bridged, ended=call.ended, wait_s=call.wait_s,
        talk_s=call.talk_s, client_name=call.client_name, tags=call.tags, node=call.node, recording=call.recording,
        voicemail=call.voicemail, source=call.source, entities=call.entities,
        rating=call.rating, rated_person=call.rated_person,
    )  # fmt: skip


def _address(export: Ga4Stream | CallHook) -> str:
    return export.endpoint if isinstance(export, Ga4Stream) else export.url
