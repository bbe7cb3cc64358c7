"""Picking up who is parked, from a phone of the company."""

from __future__ import annotations

from routing.compile.talk_parts import talk_with
from routing.model.folder import Folder
from routing.model.parking import PICKS, waiting_in
from routing.model.talk_keys import BOUND, WAITS
from routing.steps.base import RELEASE
from routing.steps.dialplan import Condition, Context

_UUID = "[0-9a-f-]{36}"


def add_picking(context: Context, folder: Folder) -> None:
    """To the context of phones: a place's number picks up who waits there. Every registered phone may."""
    if folder.project.parking is None:
        return
    for number in folder.project.parking.numbers:
        place = waiting_in(number, folder.project.name)
        somebody = Condition(f"${{{place}}}", f"^({_UUID})@({_UUID})(?:@(\\+[0-9]+)?)?$")
        picks = context.extension(number, somebody)
        picks.do("limit", "hash routing picks_$1 1 !USER_BUSY")  # one phone picks up, of two in the same moment
        picks.do("set_global", f"{place}=")
        picks.set(WAITS, "$1")
        picks.set(BOUND, "$2")
        picks.set(PICKS, "true")
        for what in ("number", "name"):  # on the phone that picks up
            picks.set(f"initial_callee_id_{what}", "$3")
        picks.set("routing_target", "${routing_phone}")
        picks.do("sched_cancel", f"${{{WAITS}}}")
        talk_with(picks)
        picks.do("hangup", "NORMAL_CLEARING")
        nobody = context.extension(number)
        nobody.do("answer")
        nobody.do("playback", f"{RELEASE}/sounds/routing/invalid.wav")
        nobody.do("hangup", "UNALLOCATED_NUMBER")
