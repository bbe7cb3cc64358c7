"""Who was in a room (step ``conference``): the legs that a caller invited, and when talking began there. Pure.

An invited leg is no B-leg for FreeSWITCH: its file is that of an A-leg, and names the call that invited it. Its uuid is
the caller's, a dot and its target. Nothing is bridged in a room; a leg talks from its answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from routing.journal.cdr import App, Cdr
from routing.journal.dialled import phones
from routing.model.conference import INVITED_BY
from routing.model.parking import PICKS
from routing.model.talk_keys import BOUND, WAITS

#: The application that dials an invitation.
INVITES = "conference_set_auto_outcall"
_ENTERS, _NAME = "conference", "conference_name"
#: How many were in the room when a caller entered, this one included.
_COUNT = "limit_usage_routing_conference_"


def invited(call: Cdr) -> list[str]:
    """The uuids of the legs that a call invited, whether or not FreeSWITCH could make them."""
    found = (phone.target for app in call.apps if app.name == INVITES for phone in phones(app.data))
    return [f"{call.uuid}.{target}" for target in dict.fromkeys(found)]


def inviting(leg: Cdr) -> str:
    """The uuid of the call that invited this leg; "" for any other leg."""
    by = leg.get(INVITED_BY)
    return by if by and leg.uuid.startswith(f"{by}.") else ""


def in_talk_of(leg: Cdr) -> str:
    """The uuid of the call during whose talk this leg asked, was asked, waited or picked up; "" for any other."""
    call = leg.get(BOUND)
    is_part = leg.get("direction") == "outbound" and bool(leg.get(WAITS) or leg.get(_NAME))
    return call if call != leg.uuid and (is_part or picks(leg)) else ""


def picks(leg: Cdr) -> bool:
    """Whether a leg has picked up who was parked: a call of its own for FreeSWITCH, which no leg of the other names."""
    return leg.get(PICKS) == "true"


def as_talk(leg: Cdr) -> Cdr:
    """An invited leg as a B-leg that talked from its answer, if it has entered the room."""
    if not leg.get(_NAME) or leg.time("bridge"):
        return leg
    return replace(leg, variables={**leg.variables, "bridge_uepoch": leg.get("answer_uepoch")})


def with_invited(call: Cdr, legs: Mapping[str, Cdr]) -> Cdr:
    """A call that was in a room, with its invited ``legs`` (of `as_talk`) among those that it originated."""
    entered = next((app for app in call.apps if app.name == _ENTERS), None)
    if entered is None:
        return call
    named = [*call.array("originated_legs"), *(f"{uuid};;{uuid}" for uuid in legs)]
    changed = {"originated_legs": "ARRAY::" + "|:".join(named)} if named else {}
    if not call.time("bridge") and (began := _began(call, entered, [*legs.values()])):
        changed["bridge_uepoch"] = f"{began * 1e6:.0f}"
    return replace(call, variables={**call.variables, **changed})


def _began(call: Cdr, entered: App, legs: Sequence[Cdr]) -> float:
    """When the call began to talk in the room; 0.0 when it was alone, as far as its record shows."""
    joined = [at for leg in legs if (at := leg.time("bridge"))]
    if joined:
        return max(min(joined), entered.at)
    counts = (value for name, value in call.variables.items() if name.startswith(_COUNT))
    if any(count.isdigit() and int(count) > 1 for count in counts) or call.get("conference_recording"):
        return entered.at
    left = next((app.at for app in call.apps if app.at > entered.at), call.time("end"))
    return entered.at if left - entered.at > _longest_alone(call, entered) else 0.0


def _longest_alone(call: Cdr, entered: App) -> float:
    """Seconds after which a caller alone would have been sent on: who stayed longer was not alone."""
    scheduled = [app.data for app in call.apps if app.name == "sched_transfer" and app.at <= entered.at]
    seconds = scheduled[-1].partition(" ")[0].removeprefix("+") if scheduled else ""
    return float(seconds) if seconds.isdigit() and len(seconds) < 7 else 0.0
