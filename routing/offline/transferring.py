"""Call transfer (SIP REFER), blind or attended, by either party of a talk that is a phone of the project.

Each phone transfers once a call; carriers never do. Blind: the other party runs the target in the dialplan that the
switch's globals name. Attended: the phone holds the talk and makes a consultation call; the other party is then
connected with the person reached, or with the phone again when nobody is. A phone that is not in a talk cannot
transfer: FreeSWITCH refuses its REFER while it waits for the confirm key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from routing.offline.leaving import HandedOver
from routing.offline.leg import CalledLeg
from routing.offline.line import CallerLine, Transfer
from routing.offline.phones import CONSULT_MS, PhoneTransfer
from routing.offline.running import RunningCall

_TYPES = re.compile(r"\d+#?")


@dataclass(frozen=True)
class Sending:
    """A transfer to come: by which phone, when (virtual ms), whether that phone made the call."""

    phone: str
    sends: PhoneTransfer
    at_ms: int
    calls: bool


def hands_over(call: RunningCall, leg: CalledLeg, lasts_ms: int) -> HandedOver | None:
    """The end of a consultation call by handing over; None where the talk ends before."""
    if not call.caller.consults or lasts_ms <= CONSULT_MS:
        return None
    return HandedOver(leg, None if leg.phone.talks_ms is None else lasts_ms - CONSULT_MS)


def planned(call: RunningCall, leg: CalledLeg, since_ms: int) -> Sending | None:
    """The first transfer in a talk, if any; a phone behind a carrier makes none."""
    found = []
    if leg.phone.sends and not leg.endpoint.rest.startswith(("gateway/", "external/")):
        found.append(Sending(leg.target, leg.phone.sends, since_ms + leg.phone.sends.after_ms, calls=False))
    phone = call.line.get("routing_phone")
    if call.caller.sends and phone and call.party == phone:
        found.append(Sending(phone, call.caller.sends, since_ms + call.caller.sends.after_ms, calls=True))
    fresh = [sending for sending in found if sending.phone not in call.transferred_by]
    return min(fresh, key=lambda sending: sending.at_ms, default=None)


def sent(call: RunningCall, leg: CalledLeg, sending: Sending) -> None:
    """A phone has transferred the other party, and leaves the call."""
    call.line.note("transferred", sending.phone, sending.sends.to)
    if sending.calls:
        _stays(call, leg)


def to(call: RunningCall, sending: Sending) -> Transfer:
    """Where a blind REFER leads: the other party runs the dialplan."""
    dialplan, context = call.line.get("force_transfer_dialplan"), call.line.get("force_transfer_context")
    return Transfer(sending.sends.to, dialplan, context, "sent on")


def _stays(call: RunningCall, leg: CalledLeg) -> None:
    """From now on this call is the called leg's; limits of the calling leg are released."""
    line = call.line
    becomes(call, leg)
    line.gives_up_ms = None if leg.phone.talks_ms is None else line.now_ms + leg.phone.talks_ms
    presses_on(call, leg)


def becomes(call: RunningCall, leg: CalledLeg) -> None:
    """From now on this call is a called leg's: its variables are that leg's and those that the calling leg exported."""
    line = call.line
    call.limits.ended(line.profile.uuid, line.moment.timestamp())
    own = variables_of(line, leg)
    line.leaves(call.party)
    line.talks(leg.target)
    line.variables = {}
    for name, value in own.items():
        line.set(name, value)
    line.tasks = []
    call.party = leg.target


def presses_on(call: RunningCall, leg: CalledLeg) -> None:
    """Whoever has answered on a called leg presses keys from now on."""
    call.caller = replace(call.caller, sends=None, presses=leg.pressed)
    types(call)


def types(call: RunningCall) -> None:
    """What a script presses next may be an answer to the prompt to come."""
    now_ms = call.line.now_ms
    later = [(at_ms, keys) for keys, at_ms in call.caller.presses if at_ms >= now_ms and _TYPES.fullmatch(keys)]
    if later:
        at_ms, keys = min(later)
        call.caller, call.typed = replace(call.caller, digits=keys, types_at_ms=at_ms), 0


def variables_of(line: CallerLine, leg: CalledLeg) -> dict[str, str]:
    """A called leg's variables: its own and those that the calling leg exported."""
    inherited = {name: value for name in ("export_vars", "max_forwards") if (value := line.get(name))}
    own = {"direction": "outbound", "endpoint_disposition": "ANSWER"}
    return {**own, **line.exported(), **inherited, **leg.endpoint.variables}


def consult(call: RunningCall, sending: Sending) -> HandedOver | None:
    """Hold the talk for a consultation call; return to whom the phone hands over, None when nobody is reached.

    Virtual time passes for the held party, who may hang up meanwhile.
    """
    line, since = call.line, call.line.now_ms
    line.note("consults", sending.phone, sending.sends.to)
    left = None if line.gives_up_ms is None else line.gives_up_ms - since
    events, reached = call.dial(call, sending.phone, sending.sends, left)
    line.wait(since + events[-1].at_ms)
    if reached is None:
        line.note("taken_back", sending.phone, events[-1].subject)
    return reached
