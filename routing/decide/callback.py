"""The callback step's decision: the caller's number -> an order to call them back, written before the call goes on.
Pure."""

from __future__ import annotations

from routing.decide.ports import Ports, Step
from routing.decide.verdict import Verdict, refused
from routing.model.call import Call
from routing.model.callback import CallbackOrder, CallbackSource
from routing.model.callback_plan import CallbackPlan, NotCallable
from routing.model.decision import E164, Ordered


def answer(step: Step, call: Call, ports: Ports) -> Verdict:
    """Order a call back to the caller. Raises OrdersDown."""
    if not E164.fullmatch(call.caller):
        return refused("the caller hides their number")
    try:
        wish = order_of(step, call, ports.callbacks.plan(call.release), ports.now())
    except NotCallable as problem:
        return refused(str(problem))
    order = ports.callbacks.order(wish)
    known = f", order {order.id[:8]}" if order.id else ""
    return Verdict(Ordered(), "decided", f"{order.first} first, by scheme {order.scheme}{known}")


def order_of(step: Step, call: Call, plan: CallbackPlan, now: float) -> CallbackOrder:
    """The order of a step (its entry in ``schemes/<id>.json``), without an id. Raises NotCallable."""
    scheme = str(step.get("scheme") or call.scheme)
    return plan.order(
        "",
        call.caller,
        scheme,
        CallbackSource.QUEUE if call.queued_s else CallbackSource.STEP,
        now,
        not_before_s=plan.next_opening(now, scheme) if step.get("when") == "opening" else now,
        first=str(step.get("first") or ""),
        tries=int(step.get("tries") or 0),
        dialled=call.number,
        entities=call.entities,
        source_facts=call.source,
        call_id=call.uuid,
        place_s=call.queued_s or None,
    )
