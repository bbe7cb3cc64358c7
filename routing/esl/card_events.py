"""People who ask for a client's card by keys, from FreeSWITCH's events, each fact strictly checked."""

from __future__ import annotations

import re
from collections.abc import Callable

from routing.esl.client import EventSocketClient, stay_connected
from routing.esl.facts import NotACall, facts_of_caller
from routing.esl.protocol import EventSocket, Message
from routing.model.call import Call
from routing.model.card_request import (
    CARD_BY,
    CARD_CALL,
    CARD_CLIENT,
    CARD_ENGINE,
    CARD_EVENT,
    CARD_PHONE,
    MOST_A_CALL,
    REQUESTS,
    CardRequest,
)
from routing.model.decision import E164, LABEL, PHONE, clean_name

_COUNT = re.compile(f"x{{1,{MOST_A_CALL}}}")


def follow_cards(where: EventSocket, port: str, handle: Callable[[CardRequest], None]) -> None:
    """Call ``handle`` for each request to the engine at ``port``; it must not block. Until the greenlet is killed.

    Does not report a lost connection: `routing.esl.watch` does.
    """

    def serve(client: EventSocketClient) -> None:
        client.ask(f"event plain CUSTOM {CARD_EVENT}")
        while True:
            event = client.event()
            if event.get("Event-Subclass") == CARD_EVENT and (event.get(CARD_ENGINE) or "").endswith(f":{port}"):
                _pass_on(event, handle)

    stay_connected(where, serve)


def _pass_on(event: Message, handle: Callable[[CardRequest], None]) -> None:
    try:
        handle(card_request_of(event))
    except NotACall:
        return  # of another version of ours, or of somebody else


def card_request_of(event: Message) -> CardRequest:
    """The request of an event. Raises NotACall."""
    phone = event.get(f"variable_{CARD_PHONE}" if event.get(CARD_BY) == "caller" else "variable_routing_target") or ""
    count = event.get(f"variable_{REQUESTS}") or ""
    if not PHONE.fullmatch(phone) or not _COUNT.fullmatch(count):
        raise NotACall(f"{phone[:80]!a} has asked {count[:80]!a}")
    return CardRequest(_call_of(event), phone, len(count), clean_name(event.get(f"variable_{LABEL}") or ""))


def _call_of(event: Message) -> Call:
    """The call: of the client's leg, or, when a person has made the call, of the person's."""
    if not event.get(f"variable_{CARD_CALL}"):
        return facts_of_caller(event)
    client = event.get(f"variable_{CARD_CLIENT}") or ""
    if not E164.fullmatch(client):
        raise NotACall(f"{CARD_CLIENT} is {client[:80]!a}")
    return facts_of_caller(event, client, f"variable_{CARD_CALL}")
