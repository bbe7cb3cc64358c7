"""What the live board shows: calls, queues, people and trunks at one moment, and what of it a user sees. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from routing.desk.board import Board, BoardLeg, components, first_leg
from routing.desk.board_rows import (
    ABSENT,
    AWAY,
    FREE,
    IN,
    INTERNAL,
    OUT,
    PAUSED,
    RINGS,
    SIGNED_OUT,
    STATES,
    TALKS,
    BoardPicture,
    CallRow,
    NodeRow,
    PersonRow,
    QueueRow,
    Surroundings,
    Talker,
    TrunkRow,
)
from routing.model.callback_call import CALLBACK
from routing.model.decision import ID
from routing.model.desk_call import BY, DIALS, JOINED, JOINS
from routing.model.queue import DutyRecord


def picture_of(board: Board, about: Surroundings) -> BoardPicture:
    """The picture of all nodes."""
    calls = sorted(
        (row for known in board.nodes.values() for row in _calls(list(known.legs.values()), about)),
        key=lambda row: (row.since_s, row.id),
    )
    registered = {account for known in board.nodes.values() for account in known.registered}
    people = {row.name: row for row in _people(calls, registered, about)}
    return BoardPicture(
        calls=tuple(calls),
        queues=tuple(_queues(people, about)),
        people=tuple(people.values()),
        trunks=tuple(_trunks(board)),
        nodes=tuple(NodeRow(name, "" if known.is_known else known.why or "?") for name, known in board.nodes.items()),
    )


def seen_by(picture: BoardPicture, people: Collection[str] | None) -> BoardPicture:
    """What somebody sees who sees these people; None: everybody. Trunks and nodes are for those who see all."""
    if people is None:
        return picture
    return replace(
        picture,
        calls=tuple(row for row in picture.calls if not row.people.isdisjoint(people)),
        queues=tuple(row for row in picture.queues if not row.people.isdisjoint(people)),
        people=tuple(row for row in picture.people if row.name in people),
        trunks=(),
    )


def _calls(legs: list[BoardLeg], about: Surroundings) -> Iterable[CallRow]:
    joins = {leg.uuid for leg in legs if leg.facts.get(JOINS)}
    joining = [leg for leg in legs if leg.uuid in joins and (not leg.bridged_to or leg.bridged_to in joins)]
    listeners: dict[str, list[str]] = {}
    for leg in filter(lambda each: each.whose, joining):
        how = f"{leg.facts[JOINS]}:{_person(leg.whose)}"
        listeners.setdefault(leg.facts.get(JOINED, ""), []).append(how)
    waiting = {
        str(each.get("call")): (str(queue.get("queue")), int(each.get("place") or 0))
        for queue in about.pictures
        for each in queue.get("callers", ())
    }
    for group in components([leg for leg in legs if leg not in joining]):
        row = _row(group)
        queue, place = waiting.get(row.id, ("", 0))
        joined = [how for leg in group for how in listeners.get(leg.uuid, ())]
        yield replace(row, queue=queue, place=place, joined=tuple(sorted(joined)))


def _row(legs: list[BoardLeg]) -> CallRow:
    first = first_leg(legs)
    others = sorted((leg for leg in legs if leg is not first), key=lambda leg: leg.began_s)
    clicked = first.facts.get(DIALS, "")
    owner = first.facts.get(BY, "") if clicked else _person(first.whose) if first.inbound else ""
    outside = next((leg for leg in others if leg.whose and not _person(leg.whose)), None)
    callback = not first.inbound and first.dialled.startswith(CALLBACK)
    client = first.facts.get("routing_caller") or first.caller
    own = first.facts.get("routing_number") or first.dialled
    if owner:
        client, own = (clicked or (outside.whose if outside else first.dialled)), owner
    talking = [leg for leg in legs if leg.bridged_to]
    rung = [leg for leg in others if not leg.bridged_to and leg.whose and not leg.answered_s]
    client_leg = outside if owner else first
    return CallRow(
        id=first.uuid,
        node=first.node,
        direction=CALLBACK if callback else OUT if clicked else _direction(owner, outside, first),
        client=client,
        own=own,
        scheme=first.facts.get("routing_scheme", ""),
        step=first.facts.get("routing_step", ""),
        kind=first.facts.get("routing_kind", ""),
        since_s=round(first.began_s),
        talk_since_s=round(min((leg.bridged_s for leg in talking), default=0.0)),
        rings=tuple(_talker(leg) for leg in rung),
        talks=tuple(_talker(leg) for leg in (first, *others) if leg.bridged_to and leg.whose),
        owner=owner,
        client_leg=client_leg.uuid if client_leg else "",
    )


def _direction(owner: str, outside: BoardLeg | None, first: BoardLeg) -> str:
    if not owner:
        return IN
    return OUT if outside or first.dialled.startswith("+") or len(first.dialled) > 6 else INTERNAL


def _talker(leg: BoardLeg) -> Talker:
    person = _person(leg.whose)
    return Talker(person or leg.whose, leg.uuid, bool(person))


def _person(whose: str) -> str:
    """The person of ``ivan.desk`` or ``ivan``; "" for a number."""
    name = whose.partition(".")[0]
    return name if ID.fullmatch(name) else ""


def _people(calls: Iterable[CallRow], registered: Collection[str], about: Surroundings) -> Iterable[PersonRow]:
    talking: dict[str, float] = {}
    ringing: dict[str, float] = {}
    for row in calls:
        for talker in row.talks:
            talking.setdefault(talker.name, row.talk_since_s)
        if row.owner and not any(each.name == row.owner for each in row.talks):
            ringing.setdefault(row.owner, row.since_s)
        for talker in row.rings:
            ringing.setdefault(talker.name, row.since_s)
    for name, (accounts, mobile) in about.phones.items():
        here = sum(account in registered for account in accounts)
        state, since_s = FREE, 0.0
        for each, found in ((TALKS, talking), (RINGS, ringing), (AWAY, about.away), (PAUSED, about.paused)):
            if name in found:
                state, since_s = each, found[name]
                break
        if state == FREE and not here and not mobile:
            state = ABSENT
        yield PersonRow(name, state, round(since_s), here, len(accounts), mobile)


def _queues(people: Mapping[str, PersonRow], about: Surroundings) -> Iterable[QueueRow]:
    for name, (members, must_sign_in) in sorted(about.queues.items()):
        callers = [
            each
            for queue in about.pictures
            if queue.get("queue") == name
            for each in queue.get("callers", ())
            if not each.get("talks_with")
        ]
        counts: dict[str, int] = {}
        for member in members:
            state = people[member].state if member in people else ABSENT
            duty = about.duties.get(member, DutyRecord())
            if state in (FREE, ABSENT) and not duty.is_signed_in(name, must_sign_in):
                state = SIGNED_OUT
            counts[state] = counts.get(state, 0) + 1
        arrived = min((float(each.get("arrived_ms") or 0) / 1000 for each in callers), default=0.0)
        states = tuple((state, counts[state]) for state in STATES if state in counts)
        yield QueueRow(name, len(callers), round(arrived), states, frozenset(members))


def _trunks(board: Board) -> Iterable[TrunkRow]:
    for node, known in board.nodes.items():
        for name, state in sorted(known.trunks.items()):
            calls = sum(leg.facts.get("sip_gateway_name") == name for leg in known.legs.values())
            yield TrunkRow(name, node, state, calls)
