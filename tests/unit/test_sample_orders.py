"""The sample server for lookups, which integrators copy: what it says of orders, and to whom."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from routing.decide.lookup_answer import answer
from routing.decide.verdict import HandlerFailure
from routing.engine.handlers import Handlers
from routing.http.address import Resolver
from routing.http.breaker import Breaker
from routing.http.client import HttpClient
from routing.model.call import Call
from routing.model.decision import Continue, Found, NothingFound
from routing.model.local_guesses import LocalGuesses
from routing.model.typed_digits import TypedDigits
from support.decision_ports import given

TOOLS = Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture(scope="module")
def orders() -> Iterator[str]:
    """The URL of a running server that takes signed requests only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(TOOLS))
        import sample_orders  # type: ignore[import-not-found]

        patch.setattr(sample_orders.Orders, "secret", "key")
        server = sample_orders.Server(("127.0.0.1", 0), sample_orders.Orders)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()
        sys.modules.pop("sample_orders", None)


def asked(url: str, order: str, pin: str = "", secret: str = "key"):
    step = {"kind": "lookup", "url": f"{url}/orders/{{{{order}}}}", "method": "GET", "submit": "http", "timeout_s": 5.0,
            "secret": "KEY", "fields": {"status": "status", "day": "delivery.date"}, "misses": 0}  # fmt: skip
    if pin:
        send = {"order": "typed.order", "pin": "typed.pin"}
        step |= {"url": f"{url}/orders", "method": "POST", "submit": "json", "send": send}
    typed = TypedDigits({"order": order}, {"pin": pin} if pin else {})
    call = Call("12345678", "/r", "s", "2", "+380440000546", "+380671234567", typed=typed)
    handlers = Handlers(HttpClient(Resolver(time.monotonic)), Breaker(time.monotonic), {"KEY": secret})
    return answer(step, call, given(webhook=handlers, guesses=LocalGuesses(time.monotonic)))


def test_an_order_is_found_with_its_fields(orders: str) -> None:
    verdict = asked(orders, "4711")
    assert verdict.decision == Found()
    assert verdict.variables == {"routing_lookup_status": "shipped", "routing_lookup_day": "2026-12-24"}


def test_a_zero_at_the_beginning_is_part_of_the_order(orders: str) -> None:
    assert asked(orders, "0042").variables["routing_lookup_status"] == "ready"
    assert asked(orders, "42").decision == NothingFound()


def test_a_pin_opens_its_order_and_a_wrong_one_looks_as_no_order(orders: str) -> None:
    assert asked(orders, "4711", "1122").decision == Found()
    wrong, nothing = asked(orders, "4711", "9999"), asked(orders, "9999", "1122")
    assert (wrong.decision, wrong.reason) == (nothing.decision, nothing.reason)
    assert wrong.decision == NothingFound()


def test_without_the_signature_nothing_is_said(orders: str) -> None:
    assert asked(orders, "4711", secret="other").decision == Continue()


def test_no_answer_holds_a_pin(orders: str) -> None:
    assert "1122" not in json.dumps(dict(asked(orders, "4711", "1122").variables))


def test_a_server_that_is_away_is_down() -> None:
    verdict = asked("http://127.0.0.1:9", "4711")
    assert verdict.decision == Continue() and not isinstance(verdict, HandlerFailure)


def posted(url: str, address: str, **question: str) -> tuple[int, dict]:
    client = HttpClient(Resolver(time.monotonic))
    step = {"kind": "webhook", "url": f"{url}{address}", "method": "POST", "submit": "json", "timeout_s": 5.0,
            "secret": "KEY", "send": {name: {"value": value} for name, value in question.items()}}  # fmt: skip
    reply = Handlers(client, Breaker(time.monotonic), {"KEY": "key"})(step, Call("12345678", "/r", "s", "2", "", ""))
    assert not isinstance(reply, HandlerFailure)
    return reply.status, json.loads(reply.body)


SIM, OTHER_SIM = "+380670002001", "+380670002002"


def test_a_courier_is_known_by_number_and_pin_together(orders: str) -> None:
    assert posted(orders, "/couriers", caller=SIM, pin="2580") == (200, {"courier": "yurii"})
    for caller, pin in ((SIM, "1470"), (OTHER_SIM, "2580"), ("+380671234567", ""), (SIM, "")):
        assert posted(orders, "/couriers", caller=caller, pin=pin)[0] == 404


def test_a_courier_gets_the_client_of_an_order_that_he_carries(orders: str) -> None:
    assert posted(orders, "/clients", caller=SIM, order="4711") == (200, {"ring": "+380671234567"})
    for caller, order in ((OTHER_SIM, "4711"), (SIM, "4712"), (SIM, ""), ("+380671234567", "4711")):
        assert posted(orders, "/clients", caller=caller, order=order)[0] == 404


def test_another_address_knows_nothing(orders: str) -> None:
    assert posted(orders, "/elsewhere", order="4711", pin="1122")[0] == 404
