"""What recorded calls do to orders to call clients back: a talk closes the client's order, a missed call makes one,
the call of an attempt is its result.

Each call is settled once it is recorded, by whichever worker comes first, again when that worker died before it was
done: an order is made once a call (`CallbackStore.order`), and a talk closes only what was ordered before it ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Engine

from routing.callbacks.store import CallbackStore, new_id
from routing.journal import callback, flood_book, settling
from routing.journal.gather import Log
from routing.journal.record import CallRecord
from routing.journal.settling import SettlingCall
from routing.journal.status import MISSED
from routing.model.callback import CallbackSource, CallsUnwanted
from routing.model.callback_call import CALLBACK
from routing.model.callback_plan import TABLE, CallbackPlan, NotCallable, plan_of
from routing.model.decision import E164
from routing.recorder.plans import ReleasePlans

#: Calls settled at once.
AT_ONCE = 200
#: How often old orders are deleted.
FORGET_SECONDS = 3600.0


@dataclass(frozen=True)
class CallbackKeeper:
    """Settles recorded calls. ``project``: of calls whose release is gone; ``plan``: how a release (its name) calls
    clients back, None when it does not."""

    engine: Engine
    project: str
    log: Log
    now: Callable[[], float]
    plan: Callable[[str], CallbackPlan | None]
    #: How long closed orders are kept, in seconds; 0: for ever.
    keep_s: Callable[[], float] = lambda: 0.0
    _forgot: list[float] = field(default_factory=lambda: [0.0])

    def settle(self) -> int:
        """Settle all calls that wait for it; returns how many orders they made. Raises SQLAlchemyError."""
        store, made = CallbackStore(self.engine), 0
        while found := settling.unsettled(self.engine, AT_ONCE):
            for call in found:
                if call.talked_until:
                    store.close_by_talk(call.project or self.project, call.client, call.talked_until)
                else:
                    made += self._order(store, call)
            settling.settled(self.engine, [call.id for call in found])
        if (keep_s := self.keep_s()) and self.now() - self._forgot[0] > FORGET_SECONDS:
            self._forgot[0] = self.now()
            store.forget(self.now() - keep_s)
        return made

    def finish(self, calls: Sequence[CallRecord]) -> None:
        """Give the results of attempts to their orders, again after a crash: the first one counts. Raises
        SQLAlchemyError."""
        for call in calls:
            if call.direction == CALLBACK:
                CallbackStore(self.engine).finish(call.id, callback.cause(call), call.talk_s, self.now())

    def _order(self, store: CallbackStore, call: SettlingCall) -> bool:
        """Whether a call without a talk made an order."""
        plan = self.plan(call.release)
        scheme = missed_scheme(call, plan)
        project = call.project or self.project
        if plan is None or not scheme or self._is_over(store, call, plan, project):
            return False
        try:
            order = plan.order(
                new_id(), call.client, scheme, CallbackSource.MISSED, self.now(), dialled=call.number,
                entities=call.entities, source_facts=call.source, call_id=call.id,
            )  # fmt: skip
        except NotCallable:
            return False
        # created when the client gave up: a talk after that closes it, whichever of both calls is recorded first
        try:
            done = store.order(replace(order, created_s=call.ended))
        except CallsUnwanted:
            return False
        self.log("info", "callback ordered", call=call.id, order=done.id, scheme=scheme)
        return True

    def _is_over(self, store: CallbackStore, call: SettlingCall, plan: CallbackPlan, project: str) -> bool:
        """Whether nobody has to call any more: the call is too old, it has ordered itself, somebody talked with the
        client meanwhile, or the call came with a flood."""
        return (
            call.ended + plan.keep_s <= self.now()
            or store.of_call(project, call.id) is not None
            or settling.has_talked_since(self.engine, call.project, call.client, call.started)
            or flood_book.is_of_flood(self.engine, project, call.number, call.client, call.started)
        )


def missed_scheme(call: SettlingCall, plan: CallbackPlan | None) -> str:
    """The scheme that calls back who was missed in this call: the last one of its schemes that does; "" for none."""
    missed = call.direction == "in" and call.status in MISSED and call.status != "voicemail"
    if plan is None or not missed or not E164.fullmatch(call.client) or call.client in plan.excluded:
        return ""
    known = (scheme for scheme in reversed(call.schemes) if (of := plan.schemes.get(scheme)) and of.calls_missed_back)
    return next(known, "")


def plans_in(root: Path | None) -> Callable[[str], CallbackPlan | None]:
    """The plan of a release by its name, as the journal has it, in a root; that of the live release when it is gone.

    None for a release without callbacks, and without a root."""
    return ReleasePlans(root, TABLE, plan_of).of


def live_plan(root: Path) -> CallbackPlan | None:
    """The plan of a root's live release."""
    return ReleasePlans(root, TABLE, plan_of).live()
