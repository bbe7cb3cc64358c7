"""A call as the engine reads it from its channel variables."""

from __future__ import annotations

from collections.abc import Mapping

from routing.esl.exchange import CallToDecide, Exchange
from routing.model.call import Call
from routing.offline.event_socket import FreeSwitchSide


def call_of_variables(variables: Mapping[str, str]) -> Call:
    """The call with these channel variables, as the engine reads them from FreeSWITCH. Raises NotACall."""
    exchange, switch = Exchange(), FreeSwitchSide(variables)
    request = exchange.receive_data(switch.hear(exchange.begin()))
    assert isinstance(request, CallToDecide)
    return request.call
