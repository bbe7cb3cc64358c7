"""Keys: as tones, where nothing else can tell them, and those that are asked of whoever picks up a mobile.

Of a side whose SDP names no telephone-event, what is pressed is heard in the sound alone. Asked where keys mean
something: listening costs a call some CPU, and keys that come twice would be two keys.
"""

from __future__ import annotations

from routing.model import confirming
from routing.steps.base import ANSWERED, KEYS, WAITING
from routing.steps.dialplan import Condition, Context

_PRESSED = "routing_pressed"

#: More than fit into the time that a person has to press the key: FreeSWITCH ends the leg before.
_TRIES, _WAIT_MS = 9, 3000
#: Longer than any decision takes: the sound ends by itself then, whatever became of the call.
_LONGEST_WAIT_SECONDS = 90
#: Longer than anybody is held for a busy person.
_LONGEST_HOLD_SECONDS = 3600
#: What the other side offered; a line of its own says that keys come as events.
_NO_EVENTS = Condition("${switch_r_sdp}", r"^(?![\s\S]*telephone-event)")


def keys_context(_: object) -> Context:
    """``tones``: listen for them where nothing else can tell keys. ``confirm``: ask whoever picked up, on their leg.

    FreeSWITCH connects the leg when ``confirm`` is over and it is still up: every way but the right key hangs up.
    ``waiting``, ``held``: whoever is connected hears a tone while a decision is awaited or the person is busy; it
    takes the place of the noise that FreeSWITCH sends meanwhile.
    """
    context = Context(KEYS)
    context.extension("tones", _NO_EVENTS).do("start_dtmf", "")
    for name, seconds in (("waiting", _LONGEST_WAIT_SECONDS), ("held", _LONGEST_HOLD_SECONDS)):
        waiting = context.extension(name, ANSWERED, Condition(WAITING, "."))
        waiting.do("displace_session", f"{WAITING} l +{seconds}")
    asking = context.extension(confirming.ASK)
    # A REFER of this phone would take the caller out of their scheme: without the name of their leg it is refused.
    asking.set("signal_bond", "")
    asking.do("execute_extension", f"tones ${{{confirming.FILE}}} {KEYS}")
    expected = f"^[${{{confirming.KEY}}}${{{confirming.REJECTS}}}]$"
    sounds = f"${{{confirming.SOUND}}} silence_stream://100"
    asking.do("play_and_get_digits", f"1 1 {_TRIES} {_WAIT_MS} none {sounds} {_PRESSED} {expected}")
    asking.do("execute_extension", f"{_PRESSED} ${{{confirming.FILE}}} {KEYS}")
    confirmed = Condition(f"${{{confirming.KEY}}}:${{{_PRESSED}}}", r"^(.):\1$")
    context.extension(_PRESSED, confirmed).set("routing_confirmed", "true")
    context.extension(_PRESSED).do("hangup", "CALL_REJECTED")
    return context
