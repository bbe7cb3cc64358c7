"""From the CDRs of an A-leg and its B-legs to the call's record. Pure: files and the release come in as functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from routing.journal import dialled, drafts, executed, masked, rated
from routing.journal.cdr import Cdr
from routing.journal.record import CallRecord, LegRecord, StepRecord, UtteranceRecord
from routing.journal.result import StepResult
from routing.journal.sound import EMPTY_BYTES
from routing.journal.status import MISSED, StatusFacts, status
from routing.journal.talks import Talks, talks
from routing.model.caller_shown import OUR_CALLER
from routing.model.decision import LABEL
from routing.model.entities import ENTITY, SOURCE, Visitor, visitor_of
from routing.model.message import least_seconds
from routing.model.rating import LOW, RATED_LEG
from routing.model.recognition import AUDIO
from routing.model.tags import TAGS, tags_of

_Steps = tuple[StepRecord, ...]
_Legs = tuple[LegRecord, ...]


def _no_size(path: str) -> int:
    return 0


def _any_message(path: str, least_s: float) -> bool:
    return True


def _no_address(release: str, name: str) -> str:
    return ""


@dataclass(frozen=True)
class ParseContext:
    """What parsing needs from outside: the size of a sound file in bytes (0: there is none), the project of a release
    folder, the e-mail address of a person by release folder and name ("": none), the addressees of missed calls by
    release folder and schemes, whether a voicemail's file holds a message of a minimum length in seconds, what a
    voice says in a sound by release folder and path ("": a recording), which of the caller's words were kept, by the
    path of FreeSWITCH's file with the last ones."""

    size_of: Callable[[str], int] = _no_size
    project_of: Callable[[str], str] = lambda release: ""
    email_of: Callable[[str, str], str] = _no_address
    notify_of: Callable[[str, Sequence[str]], Sequence[str]] = lambda release, schemes: ()
    is_message: Callable[[str, float], bool] = _any_message
    text_of: Callable[[str, str], str] = _no_address
    utterances_of: Callable[[str], tuple[UtteranceRecord, ...]] = lambda audio: ()


def call(a_leg: Cdr, b_legs: Mapping[str, Cdr], context: ParseContext) -> CallRecord:
    """The record of a call. ``b_legs`` by uuid; for missing ones the A-leg's facts are used."""
    a_leg = masked.with_client_end(a_leg, b_legs.values())
    a_leg = masked.with_client_labels(a_leg, b_legs.values())
    found, schemes = drafts.drafts(a_leg)
    by_step: dict[int, list[LegRecord]] = defaultdict(list)
    for index, leg in dialled.legs(a_leg, b_legs, drafts.bridges(found, a_leg)):
        by_step[index].append(leg)
    legs = tuple(leg for index in sorted(by_step) for leg in by_step[index])
    steps = tuple(executed.step(n, draft, by_step[n], a_leg, context.text_of) for n, draft in enumerate(found))
    recorder = masked.recorder(a_leg, b_legs.values())
    return _record(a_leg, steps, legs, schemes, context, talks(a_leg, b_legs.values(), legs), recorder)


def _record(
    a_leg: Cdr, steps: _Steps, legs: _Legs, schemes: tuple[str, ...], context: ParseContext, had: Talks, recorder: Cdr
) -> CallRecord:
    voicemail, release = _message(a_leg, context), a_leg.get("routing_release")
    steps = steps if voicemail else tuple(map(_without_message, steps))
    talked, visitor = _talked(a_leg, legs) if had.bridged else None, _visitor(a_leg)
    direction, outside = _direction(a_leg, talked.target if talked else "" if voicemail else "+")
    decided = next((step for step in reversed(steps) if step.asked_ms >= 0), None)
    cause, end, digits = (a_leg.get(name) for name in ("hangup_cause", "routing_end", "digits_dialed"))
    ended = status(StatusFacts(direction, had.bridged > 0, bool(voicemail), cause, end, digits, schemes, steps, legs))
    return CallRecord(
        id=a_leg.uuid,
        project=context.project_of(release) if release else "",
        direction=direction,
        number=a_leg.get("routing_number") or _shown(a_leg),
        dialled=outside or _dialled(a_leg, direction),
        schemes=schemes,
        release=release.rstrip("/").rpartition("/")[2],
        status=ended,
        cause=cause,
        ended_by=_ended_by(a_leg, cause, had),
        person=_person(a_leg, direction, talked),
        target=talked.target if talked else "",
        voicemail=voicemail,
        box=a_leg.get("routing_box"),
        decision=decided.decision if decided else "",
        verdict=decided.verdict if decided else "",
        asked_ms=decided.asked_ms if decided else -1.0,
        source=visitor.source,
        entities=visitor.entities,
        notify=_addressees(a_leg, release, schemes, ended, direction, context),
        tags=tags_of(a_leg.get(TAGS)),
        node=a_leg.node,
        steps=steps,
        legs=legs,
        **_recorded(a_leg, recorder, context),
        **_outside(a_leg, direction, outside),
        **_times(a_leg, had),
        **rated.rating(a_leg, legs),
    )


def _recorded(a_leg: Cdr, leg: Cdr, context: ParseContext) -> dict[str, Any]:
    """``leg``: the one that records the talk."""
    audio = a_leg.get(AUDIO)
    return {
        "utterances": context.utterances_of(audio) if audio else (),
        "recording": _sound(masked.file(leg), context),
        "announced": masked.announced(leg),
        "masked": masked.masked(leg),
    }


def _outside(a_leg: Cdr, direction: str, outside: str) -> dict[str, Any]:
    return {
        "caller": _caller(a_leg, direction),
        "client": _client(a_leg, direction, outside),
        "client_name": _client_name(a_leg),
    }


def _times(a_leg: Cdr, had: Talks) -> dict[str, Any]:
    started, answered, ended = (a_leg.time(name) for name in ("start", "answer", "end"))
    return {
        "started": started,
        "answered": answered,
        "bridged": had.bridged,
        "ended": ended,
        "wait_s": round(max((had.bridged or ended) - started, 0.0), 3),
        "talk_s": round(had.talk_s, 3),
    }


def _talked(a_leg: Cdr, legs: tuple[LegRecord, ...]) -> LegRecord | None:
    """The leg that the caller was connected with first."""
    return next((leg for leg in legs if leg.talk_s or leg.id == a_leg.get("bridge_uuid")), None)


def _visitor(a_leg: Cdr) -> Visitor:
    """The site's visitor to whom the dialled number was lent."""
    return visitor_of({name: a_leg.variables[name] for name in a_leg.variables if name.startswith((ENTITY, SOURCE))})


def _client_name(a_leg: Cdr) -> str:
    """The last name that phones were to show; a later decision clears the variable."""
    settings = (setting for app in reversed(a_leg.apps) if LABEL in app.data for setting in app.settings())
    return next((value for name, value in settings if name == LABEL and value), a_leg.get(LABEL))


def _addressees(
    a_leg: Cdr, release: str, schemes: Sequence[str], ended: str, direction: str, context: ParseContext
) -> tuple[str, ...]:
    """The addressees of the call's notice, each once: a voicemail's or a low rating's, else those of missed calls."""
    named: Sequence[str] = a_leg.get("routing_notify").split() if ended == "voicemail" else ()
    if not named and ended in MISSED and direction == "in":
        named = context.notify_of(release, schemes)
    if a_leg.get(LOW):
        named = a_leg.get("routing_notify").split() or context.notify_of(release, schemes)
    addressees = [name if "@" in name or "://" in name else context.email_of(release, name) or name for name in named]
    return tuple(dict.fromkeys(addressees))


def _direction(a_leg: Cdr, reached: str) -> tuple[str, str]:
    """The direction, and the outside number that a person called: from a phone, or by way of a scheme.

    ``reached``: whom the call has reached; ``+`` for nobody.
    """
    if number := a_leg.get("routing_emergency"):
        return "out", number
    direction = a_leg.get("routing_direction") or ("in" if a_leg.get("direction") == "inbound" else "callback")
    for app in a_leg.apps:
        if app.name == "execute_extension" and app.data.startswith("+") and app.data.endswith("outbound.xml outbound"):
            number = app.data.partition(" ")[0]
            if a_leg.get(OUR_CALLER) and reached.startswith("+"):
                return "out", reached if len(reached) > 1 else number
            return ("out" if direction == "internal" else direction), number if direction in ("internal", "out") else ""
    return direction, ""


def _dialled(a_leg: Cdr, direction: str) -> str:
    """What the caller dialled, as the first ``transfer`` has it; that of incoming calls names a place there."""
    if direction == "in" and (number := a_leg.get("routing_number")):
        return number
    first = next((app.data for app in a_leg.apps if app.name == "transfer"), "")
    return first.partition(" ")[0]


def _shown(a_leg: Cdr) -> str:
    """The company's number that an outgoing call shows, from its dial string."""
    data = next((app.data for app in a_leg.apps if app.name == "bridge"), "")
    shown = data.partition("origination_caller_id_number=")[2].partition(",")[0].partition("]")[0].partition("}")[0]
    return shown if shown.startswith("+") else ""


def _caller(a_leg: Cdr, direction: str) -> str:
    if direction in ("out", "internal"):
        return a_leg.get("routing_account") or a_leg.get("routing_caller")
    return a_leg.get("routing_caller")


def _client(a_leg: Cdr, direction: str, outside: str) -> str:
    number = a_leg.get("routing_caller") if direction in ("in", "callback") else outside
    return number if number.startswith("+") else ""


def _person(a_leg: Cdr, direction: str, talked: LegRecord | None) -> str:
    if direction == "out":
        return a_leg.get("routing_person") or a_leg.get(OUR_CALLER)
    return talked.person if talked else ""


def _sound(path: str, context: ParseContext) -> str:
    """The path, if its file holds sound."""
    return path if path and context.size_of(path) > EMPTY_BYTES else ""


def _message(a_leg: Cdr, context: ParseContext) -> str:
    """The path of the voicemail's file, if it holds a message."""
    path = _sound(a_leg.get("routing_voicemail"), context)
    return path if path and context.is_message(path, least_seconds(a_leg.variables)) else ""


def _without_message(step: StepRecord) -> StepRecord:
    if step.result != StepResult.RECORDED:
        return step
    return replace(step, result=StepResult.NO_MESSAGE, outcome="no message left")


def _ended_by(a_leg: Cdr, cause: str, had: Talks) -> str:
    """Who hung up: ``caller``, ``person`` (the other end of a talk), or the ``switch``."""
    if a_leg.get(RATED_LEG):
        return "person"  # the caller is asked after that
    if cause == "ORIGINATOR_CANCEL" or a_leg.get("sip_hangup_disposition") == "recv_bye":
        return "caller"
    return "person" if had.bridged and cause == "NORMAL_CLEARING" else "switch"
