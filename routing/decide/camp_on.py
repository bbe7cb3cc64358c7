"""The decision of a phone's code for a busy colleague: order a call for when they are free, or cancel it. Pure."""

from __future__ import annotations

from routing.decide.ports import Ports, Step
from routing.decide.verdict import Verdict, refused
from routing.model.call import Call
from routing.model.callback import awaiting
from routing.model.camp_on import CAMPED
from routing.model.decision import Continue


def answer(step: Step, call: Call, ports: Ports) -> Verdict:
    """Order or cancel for the person of the calling phone. Raises OrdersDown."""
    directory, project, state = ports.directory(call.release), str(step["project"]), str(step["state"])
    if call.person not in directory.phones:
        return refused("the phone belongs to no person")
    awaits = directory.extensions.get(call.extension, "")
    if call.extension and not awaits:
        return refused(f"nobody has the extension {call.extension}")
    if state == "cancel":
        count = ports.callbacks.no_longer_awaiting(project, call.person, awaits, ports.now())
        done = f"{call.person} awaits {awaits or 'nobody'} no longer" if count else "there was no order"
        return Verdict(Continue(), "decided", done, {CAMPED: state})
    if not awaits or awaits == call.person:
        return refused("the extension is the phone's own" if awaits else "no extension was dialled")
    order = ports.callbacks.order(awaiting("", project, call.person, awaits, ports.now(), call.uuid))
    known = f", order {order.id[:8]}" if order.id else ""
    return Verdict(Continue(), "decided", f"{call.person} awaits {awaits}{known}", {CAMPED: state})
