"""A client who presses the key for no more calls: their order ends, and nobody orders another one for them but they."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from routing.callbacks import events, leases, refusals
from routing.callbacks.facts import order_facts
from routing.callbacks.report import report
from routing.journal import store as journal
from routing.model.callback import CallbackSource, CallbackStatus, CallsUnwanted, Consent
from routing.recorder.callbacks import CallbackKeeper
from support.callback_orders import CLIENT, NOW, PROJECT, a_missed_call, a_plan, an_order

CONSENT = Consent("routing-1 uk", "https://shop.example/", NOW - 9)


@pytest.fixture
def withdrawn(store):
    """The store, after a client has pressed the key."""
    store.order(an_order(entities={"region": "521"}, source_facts={"utm_source": "x"}, consent=CONSENT))
    store.start("one", "u1", leases.take(store.engine, PROJECT, "engine", NOW, 1e6), NOW)
    assert store.finish("u1", "UNWANTED", 0.0, NOW + 20).status is CallbackStatus.WITHDRAWN
    return store


def test_what_is_kept_of_them(withdrawn):
    """That they consented and withdrew; nothing else of their visit."""
    order = withdrawn.find("one")
    assert (order.consent, order.entities, order.source_facts, order.closed_s) == (CONSENT, {}, {}, NOW + 20)
    with withdrawn.engine.connect() as connection:
        ((project, digest, at_s),) = connection.execute(text("SELECT project, digest, at_s FROM callback_refusals"))
    assert (project, at_s) == (PROJECT, NOW + 20)
    assert len(digest) == 64 and CLIENT[-7:] not in digest
    assert withdrawn.forget(NOW + 99) == 1
    with pytest.raises(CallsUnwanted):
        withdrawn.order(an_order(id="two"))


def test_webhooks_and_reports_are_told(withdrawn):
    seen = []
    while event := events.claim(withdrawn.engine, PROJECT, NOW + 99, NOW + 999):
        seen.append((event.status, order_facts(event.order)["status"]))
        events.sent(withdrawn.engine, event)
    assert [status for status, _ in seen] == ["ordered", "dialling", "withdrawn"]
    figures = report(withdrawn.engine, PROJECT, 0.0).total
    assert (figures.withdrawn, figures.lost, figures.cancelled) == (1, 0, 0)


@pytest.mark.parametrize(
    "source", [CallbackSource.API, CallbackSource.WIDGET, CallbackSource.MISSED, CallbackSource.CLI]
)
def test_nobody_else_orders_for_them(withdrawn, source):
    with pytest.raises(CallsUnwanted, match="has asked not to be called back"):
        withdrawn.order(an_order(id="two", source=source, created_s=NOW + 30))
    assert withdrawn.order(an_order(id="other", number="+380671234568", source=source)).id == "other"


@pytest.mark.parametrize("source", [CallbackSource.STEP, CallbackSource.QUEUE])
def test_by_a_call_of_their_own_they_are_called_again(withdrawn, source):
    assert withdrawn.order(an_order(id="two", source=source)).id == "two"
    withdrawn.cancel("two", NOW + 40)
    assert withdrawn.order(an_order(id="three", source=CallbackSource.API)).id == "three"


def test_an_operator_lifts_it(withdrawn):
    with withdrawn.engine.begin() as connection:
        assert refusals.lift(connection, PROJECT, CLIENT) and not refusals.lift(connection, PROJECT, CLIENT)
    assert withdrawn.order(an_order(id="two")).id == "two"


def test_their_missed_call_orders_none(withdrawn):
    log = []
    keeper = CallbackKeeper(
        withdrawn.engine, PROJECT, lambda *words, **facts: log.append(words), lambda: NOW + 60, lambda release: a_plan()
    )
    journal.record(withdrawn.engine, [a_missed_call(ended=NOW + 30)])
    assert (keeper.settle(), log) == (0, [])
