"""What a call is found by quickly: the people it involved, its schemes and queues, its labels, its rating, the words
of the client's name. Pure.

A call involves who talked or called out, and everybody whose phone rang: a missed call is theirs too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from routing.journal.client_names import name_parts, part_mark, site_name
from routing.journal.queues import queue_of
from routing.journal.record import CallRecord, LegRecord

#: Kinds of marks.
SCHEME, TAG, RATING, QUEUE, WORD = "scheme", "tag", "rating", "queue", "word"
#: Most marks and people of a call: a call that jumps from scheme to scheme is bounded, a CDR from elsewhere is not.
MOST = 200


def people(person: str, legs: Iterable[LegRecord]) -> Iterator[str]:
    """Each person of a call once, without a name that is empty."""
    found = dict.fromkeys((person, *(leg.person for leg in legs)))
    return (name for name in list(found)[:MOST] if name)


def involved_rows(call: CallRecord) -> list[Mapping[str, Any]]:
    """The rows of the table `involved`."""
    facts = {"started": call.started, "call": call.id, "status": call.status, "direction": call.direction}
    return [{"person": name} | facts for name in people(call.person, call.legs)]


def mark_rows(call: CallRecord) -> list[Mapping[str, Any]]:
    """The rows of the table `marks`."""
    return [
        {"kind": kind, "name": name, "started": call.started, "call": call.id}
        for kind, names in (
            (SCHEME, call.schemes),
            (QUEUE, _queues(call)),
            (TAG, call.tags),
            (RATING, _ratings(call)),
            (WORD, map(part_mark, name_parts(call.client_name or site_name(call.entities)))),
        )
        for name in list(dict.fromkeys(names))[:MOST]
    ]


def _queues(call: CallRecord) -> Iterator[str]:
    """Where the caller waited."""
    names = (queue_of(step.inputs) for step in call.steps if step.kind == "queue")
    return (name for name in names if name)


def _ratings(call: CallRecord) -> tuple[str, ...]:
    """By which of `routing.journal.query.RATINGS` a call is found."""
    if call.rating:
        return str(call.rating), "rated"
    return ("silent",) if call.rating_requested else ()
