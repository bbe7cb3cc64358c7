"""What is said on a call's socket, in memory: both sides at once, and however the bytes are cut."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.esl.exchange import CallToDecide, Delivered, Exchange, Gone
from routing.offline.event_socket import FreeSwitchSide
from support.wire_peer import GOODBYE, OK, connect_reply

CHANNEL = {
    "uuid": "3740e285-2bb6-4782-99e3-8733cc7924f0", "created_us": "1795936527392769",
    "routing_release": "/srv/releases/a", "routing_scheme": "kharkiv", "routing_step": "3",
    "routing_number": "+380800111222", "routing_caller": "+380501112233",
}  # fmt: skip
DECISION = {"routing_decision": "3:ring:person:ivan", "routing_label": "Іван, відділ 2"}


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(cut % len(data) for cut in cuts)})
    return [data[start:end] for start, end in itertools.pairwise(places)]


def asked() -> Exchange:
    exchange = Exchange()
    assert isinstance(exchange.receive_data(connect_reply()), CallToDecide)
    return exchange


@given(st.lists(st.integers(0, 20_000), max_size=6), st.lists(st.integers(0, 20_000), max_size=6))
def test_both_sides_understand_each_other_however_the_bytes_are_cut(ours, theirs):
    exchange, switch = Exchange(), FreeSwitchSide(CHANNEL)
    reply = b"".join(switch.hear(piece) for piece in pieces(exchange.begin(), ours))
    *before, heard = [exchange.receive_data(piece) for piece in pieces(reply, theirs)]
    assert set(before) <= {None}
    assert isinstance(heard, CallToDecide)
    assert (heard.call.scheme, heard.call.caller, heard.call.uuid) == ("kharkiv", "+380501112233", CHANNEL["uuid"])
    reply = b"".join(switch.hear(piece) for piece in pieces(exchange.deliver(DECISION), ours)) + switch.goodbye()
    assert [exchange.receive_data(piece) for piece in pieces(reply, theirs)] == [None] * len(pieces(reply, theirs))
    assert exchange.receive_data(b"") == Delivered(is_accepted=True)
    assert switch.executed == [("multiset", "^^;" + ";".join(f"{name}={value}" for name, value in DECISION.items()))]


@pytest.mark.parametrize(
    ("said", "why"),
    [(GOODBYE, "the call ended"), (b"", "closed"), (b"x" * 70_000, "a header block of more than 65536 bytes")],
)
def test_a_call_that_ends_while_it_is_decided(said, why):
    exchange = asked()
    assert exchange.receive_data(OK) is None  # events and answers are none of its business
    assert exchange.receive_data(said) == Gone(why)
    assert exchange.receive_data(OK) is None


@pytest.mark.parametrize("said", [b"", GOODBYE, b"Content-Type: command/reply\nReply-Text: -ERR\n\n"])
def test_a_decision_that_was_not_taken(said):
    exchange = asked()
    exchange.deliver(DECISION)
    assert said == b"" or exchange.receive_data(said) is None
    assert exchange.receive_data(b"") == Delivered(is_accepted=False)


def test_a_decision_that_cannot_be_said_safely_leaves_the_call_undecided():
    exchange = asked()
    with pytest.raises(ValueError, match="may not be sent"):
        exchange.deliver({"routing_label": "${system reboot}"})
    assert exchange.receive_data(GOODBYE) == Gone("the call ended")
