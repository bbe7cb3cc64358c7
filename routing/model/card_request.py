"""A person asks for the card of the client with whom they talk: names that the compiler, the engine and tests share."""

from __future__ import annotations

from dataclasses import dataclass

from routing.model.call import Call

#: The event of FreeSWITCH by which the engine hears of it, and the header with the address of the engine that is asked.
CARD_EVENT, CARD_ENGINE = "routing::card", "routing_card_engine"
#: Of the event, who has pressed the keys: `called`, the phone that the client has reached, or `caller`, the one that
#: has called the client.
CARD_BY = "routing_card_by"
#: Of the client's leg in a call that a person makes: their phone, the uuid of their leg, which is the call's, and the
#: client's number.
CARD_PHONE, CARD_CALL, CARD_CLIENT = "routing_card_phone", "routing_card_call", "routing_card_client"
#: Of that leg: its own target. It has another one once the client was sent on.
CARD_TARGET = "routing_card_target"
#: How often the card was asked for in this call, one `x` each.
REQUESTS = "routing_cards"
MOST_A_CALL = 5
#: The release's file, and its context.
FILE = "card"
#: The label of calls in which a card was asked for.
LABEL = "card"


@dataclass(frozen=True)
class CardRequest:
    """``call``: its caller is the client, whoever called whom. ``phone``: ``ivan.desk``; ``n``: of the call, from 1;
    ``name``: what phones show of the client."""

    call: Call
    phone: str
    n: int
    name: str = ""

    @property
    def person(self) -> str:
        """Who asks."""
        return self.phone.partition(".")[0]
