"""A party of a talk sends the other one on (SIP REFER): alone, or after having asked the one who is to take the call.

Either side may, a phone of ours that is: each once a call, and no carrier. Alone, the party that stays looks the target
up where the switch's globals say. Having asked (attended), the phone has held the talk and called meanwhile; the party
that stays is joined with whom it has reached, and with the phone again when that failed. A phone that is not in a talk
sends nobody on: while it is asked for its key, FreeSWITCH refuses its REFER.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from routing.offline.leg import CalledLeg
from routing.offline.line import Transfer
from routing.offline.phones import CONSULT_MS, PhoneTransfer
from routing.offline.running import HandedOver, RunningCall


@dataclass(frozen=True)
class Sending:
    """Which phone sends the other party on, when (virtual ms), whether it is the one that called."""

    phone: str
    sends: PhoneTransfer
    at_ms: int
    calls: bool


def hands_over(call: RunningCall, leg: CalledLeg, lasts_ms: int) -> HandedOver | None:
    """What ends the talk of a phone that calls for a party that it holds; None where it ends before."""
    if not call.caller.consults or lasts_ms <= CONSULT_MS:
        return None
    return HandedOver(leg, None if leg.phone.talks_ms is None else lasts_ms - CONSULT_MS)


def planned(call: RunningCall, leg: CalledLeg, since_ms: int) -> Sending | None:
    """The first sending on of a talk, if any; carriers send nobody on, whoever is theirs."""
    found = []
    if leg.phone.sends and not leg.endpoint.rest.startswith(("gateway/", "external/")):
        found.append(Sending(leg.target, leg.phone.sends, since_ms + leg.phone.sends.after_ms, calls=False))
    phone = call.line.get("routing_phone")
    if call.caller.sends and phone and call.party == phone:
        found.append(Sending(phone, call.caller.sends, since_ms + call.caller.sends.after_ms, calls=True))
    fresh = [sending for sending in found if sending.phone not in call.sent_on_by]
    return min(fresh, key=lambda sending: sending.at_ms, default=None)


def sent(call: RunningCall, leg: CalledLeg, sending: Sending) -> None:
    """A phone has sent the other party on, and is out of the call."""
    call.line.note("transferred", sending.phone, sending.sends.to)
    if sending.calls:
        _stays(call, leg)


def to(call: RunningCall, sending: Sending) -> Transfer:
    """Where a REFER leads that names nobody's call: the party that stays runs the dialplan."""
    dialplan, context = call.line.get("force_transfer_dialplan"), call.line.get("force_transfer_context")
    return Transfer(sending.sends.to, dialplan, context, "sent on")


def _stays(call: RunningCall, leg: CalledLeg) -> None:
    """The leg that was called is the one that is told of from now on; what the calling leg held ends with it."""
    line = call.line
    call.limits.ended(line.profile.uuid, line.moment.timestamp())
    inherited = {name: value for name in ("export_vars", "max_forwards") if (value := line.get(name))}
    line.leaves(call.party)
    line.talks(leg.target)
    variables = {**line.exported(), **inherited, **leg.endpoint.variables}
    line.variables = {"direction": "outbound", "endpoint_disposition": "ANSWER"}
    for name, value in variables.items():
        line.set(name, value)
    line.tasks = []
    line.gives_up_ms = None if leg.phone.talks_ms is None else line.now_ms + leg.phone.talks_ms
    call.party, call.caller = leg.target, replace(call.caller, sends=None)


def consult(call: RunningCall, sending: Sending) -> HandedOver | None:
    """The phone holds its talk and calls: whom it hands the other party over to, or None when nobody is reached.

    The party that is held lets virtual time pass, and may leave meanwhile.
    """
    line, since = call.line, call.line.now_ms
    line.note("consults", sending.phone, sending.sends.to)
    left = None if line.gives_up_ms is None else line.gives_up_ms - since
    events, reached = call.dial(call, sending.phone, sending.sends, left)
    line.wait(since + events[-1].at_ms)
    if reached is None:
        line.note("taken_back", sending.phone, events[-1].subject)
    return reached
