"""The ``bridge`` application: ring, connect, and go on or hang up when the bridge fails or ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn
from uuid import UUID, uuid5

from routing.model.rating import AFTER_TALK
from routing.offline import bound_keys, legs, talk_keys, transferring
from routing.offline.argument import separate
from routing.offline.confirming import prompt_of
from routing.offline.dialstring import BadDialString, parse
from routing.offline.document import is_true
from routing.offline.leaving import BothLegs, HandedOver
from routing.offline.leg import CalledLeg
from routing.offline.line import LONGEST_MS, HungUp, Interrupted, Transfer
from routing.offline.originate import Originate
from routing.offline.phones import CONSULT_MS
from routing.offline.running import RunningCall
from routing.offline.transferring import Sending

#: The uuids of called legs come from their call's.
LEGS = UUID("0b0f0c5e-51f4-4c4b-9a70-2f6d1f2f8a11")
#: Variables of the caller's leg that an originate inherits when the dial string does not set them.
INHERITED = (
    "group_confirm_key", "group_confirm_file", "group_confirm_read_timeout", "group_confirm_cancel_timeout",
    "group_confirm_timeout", "ignore_early_media", "bridge_early_media", "originate_continue_on_timeout",
    "ignore_ring_ready", "instant_ringback",
)  # fmt: skip
#: The beginning of names of variables: what a leg runs as a talk begins.
PRE_BRIDGE = "execute_on_pre_bridge"
ALWAYS_CONTINUE = ("NO_ANSWER", "NO_USER_RESPONSE", "ORIGINATOR_CANCEL")


def bridge(call: RunningCall, data: str) -> None:
    """Ring the dial string; a talk ends with the person's hangup; after a failure go on or hang up."""
    if not data:
        return
    result = _originate(call, data)
    if isinstance(result, str):
        call.line.set("originate_disposition", result)
        call.line.set("originate_failed_cause", result)
        _failed(call, result)
        return
    call.line.set("originate_disposition", "SUCCESS")
    _talk(call, result)


def _originate(call: RunningCall, data: str) -> CalledLeg | str:
    inherited = {name: value for name in INHERITED if (value := call.line.get(name)) is not None}
    try:
        parts = parse(data, {**inherited, **call.line.exported()})
    except BadDialString as error:
        call.line.note("error", f"bridge: {error}")
        return "ORIGINATOR_CANCEL"
    prompt = prompt_of(call)
    originate = Originate(call.line, parts, call.phones, call.line.get("call_timeout"), prompt)
    result = bound_keys.ring(call, originate)
    if call.line.media:
        call.line.hear("nothing")
    return result


def _failed(call: RunningCall, cause: str) -> None:
    """``switch_channel_handle_cause``: go on with the next action, or hang up with the cause."""
    goes_on, stops = call.line.get("continue_on_fail"), call.line.get("failure_causes")
    if goes_on is None and stops is None:
        if cause in ALWAYS_CONTINUE:
            return
    elif _spared(stops, goes_on, cause):
        return
    raise HungUp(cause, "bridge")


def _spared(stops: str | None, goes_on: str | None, cause: str) -> bool:
    if stops and not _named(stops, cause):
        return True
    return bool(goes_on) and (is_true(goes_on) or _named(goes_on or "", cause))


def _named(causes: str, cause: str) -> bool:
    return cause.lower() in (name.strip().lower() for name in causes.split(","))


def _before_talk(call: RunningCall, leg: CalledLeg) -> int:
    """Run the applications for the beginning of a talk; return for how many milliseconds the caller does not hear it.

    FreeSWITCH reads both ``bridge_pre_execute_aleg_app`` and ``_bleg_app`` from the caller's leg; a dial string's own
    variable for its leg is ``bridge_pre_execute_app``.
    """
    line = call.line
    heard = [line.expand(sound) for sound in _heard_by_leg(call, leg)]
    lasts_ms = _whispered(call, leg, heard)
    called = [line.expand(line.get(f"bridge_pre_execute_bleg_{part}") or "") for part in ("app", "data")]
    call.execute_on(PRE_BRIDGE)
    if any(name.startswith(PRE_BRIDGE) for name in transferring.variables_of(line, leg)):
        legs.of(call, leg).execute_on(PRE_BRIDGE)
    if application := line.get("bridge_pre_execute_aleg_app"):
        call.apply(application, line.get("bridge_pre_execute_aleg_data") or "")
    if called[0] == "execute_extension":
        played = talk_keys.by_called_leg(legs.of(call, leg), called[1])
        lasts_ms += _whispered(call, leg, [sound for sound in played if sound not in heard])
    return lasts_ms


def _whispered(call: RunningCall, leg: CalledLeg, sounds: Sequence[str]) -> int:
    """Note what the called leg hears; for how many milliseconds."""
    lasts = [call.duration_ms(sound) or 0 for sound in sounds]
    for sound, lasts_ms in zip(sounds, lasts, strict=True):
        call.line.note("whisper", sound, leg.target, lasts_ms)
    return sum(lasts)


def _heard_by_leg(call: RunningCall, leg: CalledLeg) -> Iterator[str]:
    """What the called leg hears as the talk begins, while the caller does not hear it."""
    line, variables = call.line, leg.endpoint.variables
    application, data = (line.get(f"bridge_pre_execute_bleg_{part}") or "" for part in ("app", "data"))
    whisper = variables.get("bridge_pre_execute_data") if variables.get("bridge_pre_execute_app") == "playback" else ""
    if application == "execute_extension":
        extension, dialplan, context = [*separate(line.expand(data), " ", 4), "", ""][:3]
        yield from (sound for name, sound in call.chosen(extension, dialplan, context) if name == "playback")
    elif application == "playback" and not whisper:
        yield data
    if whisper:
        yield whisper


def _talk(call: RunningCall, leg: CalledLeg) -> None:
    line = call.line
    if line.get("bridge_pre_execute_bleg_app") == "transfer":
        _goes_on_alone(call, leg)
    line.talks(leg.target)
    call.answer()
    line.set("bridge_channel", leg.target)
    line.set("bridge_uuid", str(uuid5(LEGS, f"{line.profile.uuid}.{leg.target}.{line.now_ms}")))
    for name in filter(None, (line.get("import") or "").split(",")):
        line.set(name, leg.endpoint.variables.get(name))
    line.note("talk", leg.target)
    since, whispers = line.now_ms, _before_talk(call, leg)
    if not call.caller.hangs_up_in_talk:
        line.gives_up_ms = None
    leg.begins_talk(since)
    _talk_on(call, leg, _Span(since, _end_of(leg), whispers))
    _ended(call, leg)


def talk_again(call: RunningCall, leg: CalledLeg) -> NoReturn:
    """Talk with a leg that `intercept` names, or that names this one; its script goes on."""
    line = call.line
    line.talks(leg.target)
    line.set("bridge_channel", leg.target)
    line.note("talk", leg.target)
    _talk_on(call, leg, _Span(line.now_ms, _end_of(leg)))
    _ended(call, leg)
    raise HungUp("NORMAL_CLEARING", leg.target)


def _end_of(leg: CalledLeg) -> int:
    return LONGEST_MS if leg.ends_ms is None else leg.ends_ms


def _ended(call: RunningCall, leg: CalledLeg) -> None:
    """The other party has hung up: go where the leg's variable says, hang up, or go on."""
    line = call.line
    if place := line.get(AFTER_TALK):
        line.set(AFTER_TALK, None)
        extension, dialplan, context = [*place.split(":", 2), "", ""][:3]
        raise Transfer(extension, dialplan, context, "the talk is over")
    if is_true(line.get("hangup_after_bridge")):
        raise HungUp("NORMAL_CLEARING", leg.target)


def _goes_on_alone(call: RunningCall, leg: CalledLeg) -> NoReturn:
    """The leg leaves the bridge for the dialplan before it has begun; the calling leg, nobody's, ends. From now on this
    call is the called leg's."""
    place = call.line.get("bridge_pre_execute_bleg_data") or ""
    transferring.becomes(call, leg)
    talks_ms = leg.phone.talks_ms
    call.line.gives_up_ms = None if talks_ms is None else leg.picked_ms + talks_ms
    call.caller = replace(call.caller, sends=leg.phone.sends)  # in the talk to come
    raise Transfer(*separate(place, " ", 3))


@dataclass(frozen=True)
class _Span:
    """A talk in virtual ms: its beginning, its planned end, the length of the whisper before it."""

    since: int
    end: int
    whispers: int = 0


def _talk_on(call: RunningCall, leg: CalledLeg, span: _Span) -> None:
    """Run a talk until the person hangs up. Raises Transfer or HungUp where a transfer ends it."""
    line = call.line
    try:
        sent = _until_the_end(call, leg, span)
    except Interrupted as reason:
        line.note("talk_end", leg.target, _who(reason), line.now_ms - span.since)
        line.leaves(leg.target)
        raise (legs.left(call, leg, reason) or reason) from None
    else:
        line.note("talk_end", leg.target, "transfer" if sent else "person", line.now_ms - span.since)
        line.leaves(leg.target)
        legs.left(call, leg, None)
    line.hear("nothing")
    if sent is None:
        return
    sending, reached = sent
    transferring.sent(call, leg, sending)
    if reached is None:
        raise transferring.to(call, sending)
    line.talks(reached.leg.target)
    line.note("talk", reached.leg.target)
    lasts = LONGEST_MS if reached.left_ms is None else reached.left_ms
    _talk_on(call, reached.leg, _Span(line.now_ms, line.now_ms + lasts))
    _ended(call, reached.leg)
    raise HungUp("NORMAL_CLEARING", reached.leg.target)


def _until_the_end(call: RunningCall, leg: CalledLeg, span: _Span) -> tuple[Sending, HandedOver | None] | None:
    """The phone that transferred the other party, and to whom it handed them over; None: the person hung up."""
    line = call.line
    if span.whispers:
        line.hear("nothing")
        talk_keys.wait(call, leg, span.since, min(span.since + span.whispers, span.end))
    line.hear("audio")
    while (sending := transferring.planned(call, leg, span.since)) and sending.at_ms < span.end:
        talk_keys.wait(call, leg, span.since, sending.at_ms)
        call.transferred_by.add(sending.phone)
        reached = transferring.consult(call, sending) if sending.sends.attended else None
        if reached or not sending.sends.attended:
            return sending, reached
    if handed_over := transferring.hands_over(call, leg, span.end - span.since):
        talk_keys.wait(call, leg, span.since, span.since + CONSULT_MS)
        raise handed_over
    talk_keys.wait(call, leg, span.since, span.end)
    return None


def _who(reason: Interrupted) -> str:
    if isinstance(reason, HungUp):
        return reason.who
    if isinstance(reason, BothLegs):
        return "keys"
    return "transfer" if isinstance(reason, HandedOver) else "ended by a scheduled transfer"
