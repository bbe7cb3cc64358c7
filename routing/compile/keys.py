"""In-band key tones, the prompt for the confirm key, and the sound for waiting callers.

A side whose SDP offers no telephone-event sends keys only as tones. They are detected only where keys matter:
detection costs CPU, and a key that arrives both ways would count twice.
"""

from __future__ import annotations

from routing.model import conference, confirming
from routing.model.folder import Folder
from routing.model.recording import ANNOUNCES, SOUND
from routing.steps.base import ANSWERED, HEAR_TONES, KEYS, WAITING
from routing.steps.dialplan import Condition, Context
from routing.steps.room_mask import ROOM_KEYS

_PRESSED = "routing_pressed"

#: More than fit into the time to press the key: FreeSWITCH ends the leg first.
_TRIES, _WAIT_MS = 9, 3000
#: Longer than any decision: the sound then ends in any case.
_LONGEST_WAIT_SECONDS = 90
#: Longer than any wait for a busy person.
_LONGEST_HOLD_SECONDS = 3600
#: The other side's SDP without a line that offers keys as events.
_NO_EVENTS = Condition("${switch_r_sdp}", r"^(?![\s\S]*telephone-event)")


def keys_context(folder: Folder) -> Context:
    """``tones``: detect in-band tones where keys come no other way. ``confirm``: prompt for the confirm key on a leg.

    FreeSWITCH connects the leg if it is still up after ``confirm``, so everything but the right key hangs it up.
    ``waiting``, ``held``: play a tone to an answered caller during a decision, or while the person is busy; it
    replaces FreeSWITCH's comfort noise.
    """
    context = Context(KEYS)
    context.extension("tones", _NO_EVENTS).do("start_dtmf", "")
    for name, seconds in (("waiting", _LONGEST_WAIT_SECONDS), ("held", _LONGEST_HOLD_SECONDS)):
        waiting = context.extension(name, ANSWERED, Condition(WAITING, "."))
        waiting.do("displace_session", f"{WAITING} l +{seconds}")
    asking = context.extension(confirming.ASK)
    # A REFER of this phone would take the caller out of their scheme; without the name of the other leg it is refused.
    asking.set("signal_bond", "")
    asking.do("execute_extension", f"tones ${{{confirming.FILE}}} {KEYS}")
    expected = f"^[${{{confirming.KEY}}}${{{confirming.REJECTS}}}]$"
    sounds = f"${{{confirming.SOUND}}} silence_stream://100"
    asking.do("play_and_get_digits", f"1 1 {_TRIES} {_WAIT_MS} none {sounds} {_PRESSED} {expected}")
    asking.do("execute_extension", f"{_PRESSED} ${{{confirming.FILE}}} {KEYS}")
    confirmed = Condition(f"${{{confirming.KEY}}}:${{{_PRESSED}}}", r"^(.):\1$")
    context.extension(_PRESSED, confirmed).set("routing_confirmed", "true")
    context.extension(_PRESSED).do("hangup", "CALL_REJECTED")
    _joins(context, masks=bool(folder.project.record_pause))
    if folder.project.record_pause:
        _room_keys(context, folder.project.record_pause)
    return context


def _joins(context: Context, *, masks: bool) -> None:
    """An invited leg, asked for its key where it has one, hears that the room is recorded where it must, and ends the
    inviting caller's time alone."""
    keyed = (Condition(f"${{{confirming.KEY}}}", "."),)
    announced = (Condition(f"${{{ANNOUNCES}}}", SOUND),)
    for key, announcement in ((keyed, announced), (keyed, ()), ((), announced), ((), ())):
        joins = context.extension(conference.JOINS, *key, *announcement)
        if key:
            joins.do("execute_extension", f"{confirming.ASK} ${{{confirming.FILE}}} {KEYS}")
        if announcement:
            joins.do("playback", "$1")
        if masks:
            joins.do("execute_extension", ROOM_KEYS)
        joins.do("sched_cancel", f"${{{conference.INVITED_BY}}}")


def _room_keys(context: Context, key: str) -> None:
    """Who is in a room masks its recording, if they are of the company."""
    binds = context.extension("room_keys", Condition(f"${{{conference.MASKS}}}", "."))
    binds.do("execute_extension", HEAR_TONES)
    action = f"exec[i]:execute_extension,${{{conference.MASKS}}},self,self"
    binds.do("bind_digit_action", f"{conference.REALM},{key},{action}")
    binds.do("digit_action_set_realm", conference.REALM)
