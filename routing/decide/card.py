"""The card of a client for the person who talks with them: from a request and what the CRMs answer. Pure.

Nothing secret is in it: of what the client has typed only what is no secret.
"""

from __future__ import annotations

from collections.abc import Iterable

from routing.model.card_request import CardRequest
from routing.model.lookup import Outcome, OwnerFound
from routing.model.notice import CardNotice
from routing.model.pop import Card, Pop

#: What asked for the screen pop, where a step stands otherwise.
BY_KEY = "card_key"


def card_in(outcomes: Iterable[tuple[str, Outcome]]) -> Card | None:
    """The card of the first CRM (its name, its answer) that has one; later ones are not asked."""
    for system, outcome in outcomes:
        if isinstance(outcome, OwnerFound):
            return card_of(system, outcome)
    return None


def card_of(system: str, found: OwnerFound) -> Card:
    """The card that a CRM (its name) has of a client."""
    name = "".join(sign if sign.isprintable() else " " for sign in found.caller_name[:200])
    return Card(system, found.kind, found.id, " ".join(name.split()), found.card_url)


def notice_of(request: CardRequest, card: Card | None, project: str, at: float) -> CardNotice:
    """What the person gets by e-mail."""
    call = request.call
    name = (card.name if card else "") or request.name
    facts = {"system": card.system, "kind": card.kind, "id": card.id, "url": card.url} if card else {}
    return CardNotice(
        project, call.uuid, request.n, request.person, request.phone, call.caller, call.stated_number, call.number,
        call.scheme, at, name, facts, dict(call.entities), dict(call.source), dict(call.typed.plain), list(call.tags),
    )  # fmt: skip


def pop_of_card(request: CardRequest, card: Card | None) -> Pop:
    """What the person's screens show."""
    call = request.call
    return Pop(
        call.uuid, request.person, (request.phone,), call.caller, call.number, call.scheme, BY_KEY,
        (card.name if card else "") or request.name, card, call.entities, call.source, call.stated_number,
        call.typed.plain,
    )  # fmt: skip
