"""The call of a callback from its two A-legs: nobody's, which rang the first party, and that party's, which went on
alone to the other (`routing.compile.callbacks`). Pure.

One call comes of them: the uuid and the beginning of nobody's leg, the steps of the scheme, the legs of people and the
client, the talk of both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from routing.journal import dialled, parse, rated
from routing.journal.cdr import Cdr
from routing.journal.record import CallRecord, LegRecord
from routing.model.callback_call import AWAITS, CALLBACK, COLLEAGUE, UNHEARD
from routing.model.callback_causes import NOBODY, UNWANTED
from routing.model.causes import BUSY
from routing.model.rating import LOW, RATED_LEG, WHERE

_CLEARED = "NORMAL_CLEARING"
_UNANSWERED = frozenset({"ALLOTTED_TIMEOUT", "CALL_REJECTED", "NO_USER_RESPONSE", "ORIGINATOR_CANCEL", _CLEARED})
_BARRED = "OUTGOING_CALL_BARRED"
#: Who hung up: the calling leg is the person's, and the call is the client's.
_OTHER = {"caller": "person", "person": "caller"}


@dataclass(frozen=True, slots=True)
class WentOn:
    """The A-leg of who picked up first, and its B-legs by uuid. ``client``: the leg of a client whom a person has
    called, where it went on after their talk: to somebody else, or to the question of step `rate`."""

    leg: Cdr
    b_legs: Mapping[str, Cdr] = field(default_factory=dict)
    client: WentOn | None = None


def is_nobodys(a_leg: Cdr) -> bool:
    """Whether a leg is nobody's, which began a callback."""
    return a_leg.get("routing_direction") == CALLBACK and a_leg.get("direction") == "outbound" and not a_leg.parent


def winner(a_leg: Cdr) -> str:
    """The uuid of the leg with which nobody's was bridged, which goes on alone; "" when nobody picked up."""
    return a_leg.get("bridge_uuid") if a_leg.time("bridge") else ""


def leaves_client(person: Cdr) -> bool:
    """Whether the client may go on after the talk with a person: they are to rate it, or the phone has sent them on."""
    is_sent_on = person.get("endpoint_disposition").endswith("_TRANSFER")
    return person.time("bridge") > 0 and (is_sent_on or bool(person.get(WHERE)))


def call(a_leg: Cdr, b_legs: Mapping[str, Cdr], went_on: WentOn | None, context: parse.ParseContext) -> CallRecord:
    """The record of a callback."""
    if a_leg.get(COLLEAGUE):
        return _colleagues(a_leg, b_legs, went_on, context)
    if a_leg.get(UNHEARD):
        record = _person_first(a_leg, b_legs, went_on, context)
    else:
        record = _client_first(a_leg, b_legs, went_on, context)
    bridged = record.bridged
    return replace(
        record,
        id=a_leg.uuid,
        started=a_leg.time("start"),
        answered=bridged,
        dialled=record.client,
        wait_s=round(max((bridged or record.ended) - a_leg.time("start"), 0.0), 3),
    )


def _colleagues(
    a_leg: Cdr, b_legs: Mapping[str, Cdr], went_on: WentOn | None, context: parse.ParseContext
) -> CallRecord:
    """A colleague, and the person whom they await: the first one is the caller, the second one was called."""
    both = {**b_legs, **({went_on.leg.uuid: went_on.leg} if went_on else {})}
    rung = parse.call(_internal(_without_talk(a_leg)), both, context)
    own = parse.call(_internal(went_on.leg), went_on.b_legs, context) if went_on else rung
    return replace(
        own,
        id=a_leg.uuid,
        direction=CALLBACK,
        number="",
        caller=a_leg.get(COLLEAGUE),
        dialled=a_leg.get(AWAITS),
        started=a_leg.time("start"),
        answered=own.bridged,
        wait_s=round(max((own.bridged or own.ended) - a_leg.time("start"), 0.0), 3),
        legs=(*rung.legs, *(own.legs if went_on else ())),
        notify=(),
    )


def _internal(leg: Cdr) -> Cdr:
    return Cdr(leg.uuid, {**leg.variables, "routing_direction": "internal"}, leg.apps)


def _person_first(
    a_leg: Cdr, b_legs: Mapping[str, Cdr], went_on: WentOn | None, context: parse.ParseContext
) -> CallRecord:
    both = {**b_legs, **({went_on.leg.uuid: went_on.leg} if went_on else {})}
    if went_on is None:
        return parse.call(_without_talk(a_leg), both, context)
    scheme = parse.call(rated.as_marked(_without_talk(a_leg), went_on.leg, _client_leg(went_on)), both, context)
    own = parse.call(went_on.leg, went_on.b_legs, context)
    alone = [dialled.from_cdr(went_on.client.leg, target=scheme.client)] if went_on.client else []
    clients = (*alone, *(dialled.from_cdr(each) for each in went_on.b_legs.values()))
    target = went_on.leg.get("routing_target")
    call = replace(
        scheme,
        status="answered" if own.bridged else "no answer from a customer",
        bridged=own.bridged,
        ended=own.ended,
        talk_s=own.talk_s,
        cause=own.cause,
        ended_by=_OTHER.get(own.ended_by, own.ended_by),
        person=dialled.person_of(target),
        target=target,
        recording=own.recording,
        announced=own.announced,
        masked=own.masked,
        legs=(*scheme.legs, *clients),
        notify=(),
    )
    return _with_rating(_sent_on(call, went_on, context), scheme, went_on, context)


def _client_leg(went_on: WentOn) -> Cdr | None:
    """The leg of the client, the first that the person's has dialled."""
    if went_on.client:
        return went_on.client.leg
    return next(iter(went_on.b_legs.values()), None)


def _sent_on(call: CallRecord, went_on: WentOn, context: parse.ParseContext) -> CallRecord:
    """The call with what its client's leg did after the talk with the first person."""
    if went_on.client is None:
        return call
    more = parse.call(went_on.client.leg, went_on.client.b_legs, context)
    recorded = {name: getattr(more, name) for name in ("recording", "announced", "masked")} if more.recording else {}
    return replace(
        call,
        ended=max(call.ended, more.ended),
        ended_by=more.ended_by,
        talk_s=round(call.talk_s + sum(leg.talk_s for leg in more.legs), 3),
        legs=(*call.legs, *more.legs),
        **recorded,
    )


def _with_rating(call: CallRecord, scheme: CallRecord, went_on: WentOn, context: parse.ParseContext) -> CallRecord:
    """The call with the rating by its client, of whom of the company talked last, and the steps of the question."""
    leg = _client_leg(went_on)
    if leg is None or not leg.get(RATED_LEG):
        return call
    others = [each for each in call.legs if each.target != call.client]
    questions = (step for step in parse.call(leg, {}, context).steps if step.kind == "rate")
    steps = (replace(step, n=n) for n, step in enumerate(questions, len(call.steps)))
    notify = scheme.notify if leg.get(LOW) else ()
    return replace(call, steps=(*call.steps, *steps), notify=notify, **rated.rating(leg, others))


def _without_talk(a_leg: Cdr) -> Cdr:
    """Nobody has no talk: the person who picked up talks with the client, later."""
    silent = {name: value for name, value in a_leg.variables.items() if name != "bridge_uepoch"}
    return Cdr(a_leg.uuid, silent, a_leg.apps)


def _client_first(
    a_leg: Cdr, b_legs: Mapping[str, Cdr], went_on: WentOn | None, context: parse.ParseContext
) -> CallRecord:
    if went_on is None:
        record = parse.call(_without_talk(a_leg), b_legs, context)
        clients = tuple(_wish(dialled.from_cdr(each)) for each in b_legs.values())
        return replace(record, status=_unreached(record, clients), legs=clients, notify=())
    record = parse.call(went_on.leg, went_on.b_legs, context)
    client = replace(
        dialled.from_cdr(went_on.leg), target=record.client, person="", talk_s=record.talk_s,
        why="" if record.talk_s else "picked up and talked with nobody",
    )  # fmt: skip
    others = tuple(dialled.from_cdr(each) for uuid, each in b_legs.items() if uuid != client.id)
    return replace(record, legs=(*others, client, *record.legs), notify=())


def _wish(client: LegRecord) -> LegRecord:
    """A client who pressed the key for no calls."""
    is_one = client.picked_up and client.cause == UNWANTED
    return replace(client, why="picked up and wants no more calls back") if is_one else client


def _unreached(record: CallRecord, clients: Sequence[LegRecord]) -> str:
    return "no answer from a customer" if clients else record.status


def cause(record: CallRecord) -> str:
    """Why an attempt came to no talk, as the order's rules take it: the cause of the client's leg, or that nobody of
    the company took the call. ``NORMAL_CLEARING`` after a talk."""
    if record.talk_s:
        return _CLEARED
    if not record.client:
        return _colleagues_cause(record)
    clients = [leg for leg in record.legs if leg.target == record.client]
    if not clients:
        return record.cause if record.cause == _BARRED or not record.schemes else NOBODY
    found = clients[-1].cause
    return found if found in BUSY or found not in _UNANSWERED else "NO_ANSWER"


def _colleagues_cause(record: CallRecord) -> str:
    """``NOBODY``: the colleague did not take the call, so that the person was not rung."""
    awaited = {leg.cause for leg in record.legs if leg.person == record.dialled}
    if not awaited:
        return NOBODY
    return "USER_BUSY" if awaited & BUSY else "NO_ANSWER"


__all__ = ["WentOn", "call", "cause", "is_nobodys", "winner"]
