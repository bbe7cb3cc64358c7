"""Keys that are bound to a leg (``bind_digit_action``): in a queue, at a speech menu, in a talk, while it holds."""

from __future__ import annotations

from routing.model.conference import REALM as ROOM
from routing.model.talk_keys import REALM
from routing.offline import listening, talk_keys
from routing.offline.argument import separate
from routing.offline.leaving import CancelKey, way
from routing.offline.leg import CalledLeg
from routing.offline.line import ScheduledTask, Transfer
from routing.offline.originate import Originate
from routing.offline.running import RunningCall

#: The group of the tasks that are bound keys.
BOUND_KEYS = "keys"


def bind_digit_action(call: RunningCall, data: str) -> None:
    """``bind_digit_action realm,key,exec[i]:transfer,[-both] extension ...``: a key leaves whatever runs."""
    realm, key, action, argument = [*separate(data, ",", 4), "", "", ""][:4]
    if realm in (REALM, ROOM):
        return talk_keys.bind(call, data)
    leaves = way(argument, "key")
    if realm == listening.REALM and leaves:
        return call.listens_for.update({key: leaves})
    if action != "exec[i]:transfer" or not leaves:
        call.line.note("error", f"bind_digit_action {data}")
        return
    _arm(call, key, leaves)


def _arm(call: RunningCall, key: str, outcome: Transfer | CancelKey) -> None:
    """The moments at which a key will be pressed."""
    for pressed, at_ms in call.caller.presses:
        if pressed == key and at_ms > call.line.now_ms:
            call.line.tasks.append(ScheduledTask(at_ms, BOUND_KEYS, outcome))


def digit_action_set_realm(call: RunningCall, data: str) -> None:
    """The keys of a realm count from now on; here those of all do."""


def clear_digit_action(call: RunningCall, data: str) -> None:
    """``clear_digit_action all``: keys that are bound for this leg itself have no effect any more."""
    _without_keys(call)
    call.listens_for.clear()
    call.talk_keys = {whose: key for whose, key in call.talk_keys.items() if key.leg != talk_keys.SELF}


def _without_keys(call: RunningCall) -> list[ScheduledTask]:
    """Take the bound keys off, and return them."""
    keys = [task for task in call.line.tasks if task.group == BOUND_KEYS]
    call.line.tasks = [task for task in call.line.tasks if task.group != BOUND_KEYS]
    return keys


def ring(call: RunningCall, originate: Originate) -> CalledLeg | str:
    """Ring; as in FreeSWITCH, with ``origination_cancel_key`` that key alone counts meanwhile, and ends it."""
    cancels = call.line.get("origination_cancel_key")
    if not cancels:
        return originate.run()
    aside = _without_keys(call)
    _arm(call, cancels, CancelKey())
    try:
        return originate.run()
    except CancelKey:
        return "ORIGINATOR_CANCEL"
    finally:
        _without_keys(call)
        call.line.tasks += [task for task in aside if task.at_ms > call.line.now_ms]


BINDING = {
    "bind_digit_action": bind_digit_action,
    "digit_action_set_realm": digit_action_set_realm,
    "clear_digit_action": clear_digit_action,
}
