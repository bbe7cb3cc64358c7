"""From a decision to a screen pop: who is about to ring, and the facts of the caller and their visit. Pure."""

from __future__ import annotations

from routing.decide.directory import Directory
from routing.decide.verdict import Verdict
from routing.model.call import Call
from routing.model.decision import RingOrder, RingPerson, RingPhone
from routing.model.pop import Pop


def pop_of(kind: str, call: Call, verdict: Verdict, directory: Directory) -> Pop | None:
    """The screen pop for the one person who is about to ring; None when a decision rings nobody or several.

    ``kind``: the step's kind. The pop shows the name from the CRM in full, else the name that the phone shows.
    """
    match verdict.decision:
        case RingPerson(person, _, name):
            phones = tuple(f"{person}.{phone}" for phone in sorted(directory.phones.get(person, ())))
        case RingOrder((person,), _, name) if kind == "queue" and "." not in person:
            phones = tuple(f"{person}.{phone}" for phone in sorted(directory.phones.get(person, ())))
        case RingPhone(phone, _, name):
            person, phones = phone.partition(".")[0], (phone,)
        case _:
            return None
    card = verdict.card
    shown = card.name if card else name
    return Pop(
        call.uuid, person, phones, call.caller, call.number, call.scheme, kind, shown, card, call.entities, call.source,
        call.stated_number, call.typed.plain,
    )  # fmt: skip
