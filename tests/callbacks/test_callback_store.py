"""The store keeps the model's rules in SQL: one open order a client, one result an attempt, one who dials."""

import itertools
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, text

from routing.callbacks import leases
from routing.callbacks.schema import events, metadata
from routing.callbacks.store import CallbackStore, new_id
from routing.journal.database import open_database
from routing.model import callback
from routing.model.callback import CallbackSource, CallbackStatus, Consent, First
from routing.model.callback_causes import NOBODY, UNKNOWN
from support.callback_orders import CLIENT, NOW, PROJECT, an_order
from support.journal_bed import Fuse, Killed, mortal


def test_an_order_comes_back_as_it_was_written(store):
    order = an_order(
        source=CallbackSource.WIDGET, first=First.CLIENT, dialled="+380800330521", person="ivan", call_id="c1",
        entities={"region": "521"}, source_facts={"utm_source": "пошук"}, place_s=NOW - 5,
        consent=Consent("Call me", "https://shop.example/?a=1", NOW),
    )  # fmt: skip
    assert store.order(order) == order
    assert store.find("one") == order and store.open(PROJECT) == [order] and store.of_call(PROJECT, "c1") == order


def test_ids_are_words_of_urls_and_commands():
    assert re.fullmatch(r"[0-9a-f]{32}", new_id()) and new_id() != new_id()


def test_odd_texts_are_written_as_every_database_takes_them(store):
    store.order(an_order(entities={"a\x00": "\ud800" + "x" * 5000}, person="\x00"))
    assert store.find("one").entities == {"a": "?" + "x" * 1999} and store.find("one").person == ""


def test_a_second_order_of_a_client_renews_the_open_one(store):
    store.order(an_order())
    again = an_order(id="two", scheme="lviv", created_s=NOW + 60, not_before_s=NOW + 900)
    assert store.order(again) == replace(an_order(), scheme="lviv", not_before_s=NOW + 900)
    store.order(an_order(id="three", project="other"))
    store.cancel("one", NOW)
    assert store.order(again).id == "two"
    assert [order.id for order in store.latest(PROJECT, 9, CLIENT)] == ["two", "one"]
    assert [order.id for order in store.latest(PROJECT, 9, id_begins="tw")] == ["two"]


def test_a_call_orders_once_however_often_it_is_written(store):
    first = store.order(an_order(call_id="c1"))
    store.close_by_talk(PROJECT, CLIENT, NOW + 1)
    assert store.order(an_order(id="two", call_id="c1")).id == first.id
    assert store.open(PROJECT) == []


def test_due_are_those_whose_time_has_come_by_their_place(store):
    times = {"late": 50, "soon": -50, "place": -10, "later": 500}
    for n, (name, after_s) in enumerate(times.items()):
        place = NOW - 300 if name == "place" else None
        store.order(an_order(id=name, number=f"+38067123456{n}", not_before_s=NOW + after_s, place_s=place))
    store.order(an_order(id="old", number="+380670000000", expires_s=NOW + 10))
    assert [order.id for order in store.due(PROJECT, NOW + 60, 9)] == ["place", "soon", "late"]
    assert [order.id for order in store.due(PROJECT, NOW + 60, 1)] == ["place"]
    assert [order.id for order in store.expire(PROJECT, NOW + 60)] == ["old"] and store.expire(PROJECT, NOW + 61) == []
    assert store.put_off("soon", NOW + 99) and not store.put_off("old", NOW + 99)
    assert [order.id for order in store.due(PROJECT, NOW + 60, 9)] == ["place", "late"]


def test_how_many_are_open_and_how_long_the_oldest_waits(store):
    assert store.waiting(PROJECT, NOW) == (0, 0.0)
    store.order(an_order(not_before_s=NOW + 60))
    assert store.waiting(PROJECT, NOW) == (1, 0.0)
    store.order(an_order(id="two", number="+380671234568", not_before_s=NOW - 30))
    assert store.waiting(PROJECT, NOW) == (2, 30.0) and store.waiting("other", NOW) == (0, 0.0)


@pytest.fixture
def token(store) -> int:
    """The lease, for longer than any test takes."""
    return leases.take(store.engine, PROJECT, "engine-1", NOW, 1e6)


def test_an_attempt_from_its_start_to_its_result(store, token):
    store.order(an_order())
    assert store.start("one", "u1", token, NOW + 1) and len(store.under_way(PROJECT)) == 1
    assert not store.start("one", "u2", token, NOW + 1)
    assert store.unfinished(PROJECT, NOW) == [] and store.unfinished(PROJECT, NOW + 2) == [store.of_attempt("u1")]
    busy = store.finish("u1", "USER_BUSY", 0, NOW + 5)
    assert busy == store.find("one") == store.finish("u1", "NO_ANSWER", 7, NOW + 9)
    assert (busy.status, busy.tries_left, busy.not_before_s) == ("ordered", 2, NOW + 185)
    assert not store.start("one", "u2", token, NOW + 100) and store.start("one", "u2", token, NOW + 185)
    assert store.finish("u2", "NORMAL_CLEARING", 42, NOW + 300).status == "talked"
    assert store.talked_since(PROJECT, NOW) == 42 and store.talked_since(PROJECT, NOW + 200) == 0
    assert store.finish("nobody's", "NO_ANSWER", 0, NOW) is None and store.of_attempt("nobody's") is None
    with store.engine.connect() as connection:
        life = connection.execute(select(events.c.event).order_by(events.c.n)).scalars().all()
    assert life == ["ordered", "dialling", "ordered", "dialling", "talked"]


def test_any_talk_closes_the_order_that_was_there_before_it(store, token):
    store.order(an_order())
    assert not store.close_by_talk(PROJECT, CLIENT, NOW - 1) and not store.close_by_talk("other", CLIENT, NOW + 5)
    store.start("one", "u1", token, NOW + 1)
    assert store.close_by_talk(PROJECT, CLIENT, NOW + 5) and not store.close_by_talk(PROJECT, CLIENT, NOW + 6)
    assert store.unfinished(PROJECT, NOW + 9)[0].status == "talked"
    ended = store.finish("u1", UNKNOWN, 0, NOW + 9)
    assert (ended.status, ended.attempts[0].cause) == ("talked", UNKNOWN)


def test_an_old_token_starts_nothing(store):
    store.order(an_order())
    old = leases.take(store.engine, PROJECT, "engine-1", NOW, 10)
    assert leases.take(store.engine, PROJECT, "engine-2", NOW + 9, 10) is None
    assert leases.take(store.engine, PROJECT, "engine-1", NOW + 5, 10) == old
    new = leases.take(store.engine, PROJECT, "engine-2", NOW + 16, 10)
    assert new > old and not store.start("one", "u1", old, NOW + 17)
    assert not store.start("one", "u1", new, NOW + 27), "the lease has ended"
    assert store.start("one", "u1", new, NOW + 18)
    leases.release(store.engine, PROJECT, old)
    assert leases.take(store.engine, PROJECT, "engine-1", NOW + 19, 10) is None
    leases.release(store.engine, PROJECT, new)
    assert leases.take(store.engine, PROJECT, "engine-1", NOW + 19, 10) > new


def test_forgotten_are_closed_orders_only(store, token):
    store.order(an_order())
    store.start("one", "u1", token, NOW)
    assert store.forget(NOW + 9) == 0
    store.finish("u1", "UNALLOCATED_NUMBER", 0, NOW + 1)
    assert store.forget(NOW) == 0 and store.forget(NOW + 9) == 1
    assert store.find("one") is None and store.of_attempt("u1") is None


#: What is done with an order, one transaction each.
LIFE = (
    lambda store: store.order(an_order(call_id="c1")),
    lambda store: store.order(an_order(id="two", call_id="c2", scheme="lviv")),
    lambda store: store.start("one", "u1", leases.take(store.engine, PROJECT, "engine-1", NOW, 1e6), NOW),
    lambda store: store.finish("u1", NOBODY, 0, NOW + 5),
    lambda store: store.start("one", "u2", leases.take(store.engine, PROJECT, "engine-1", NOW, 1e6), NOW + 400),
    lambda store: store.finish("u2", "NORMAL_CLEARING", 9, NOW + 500),
)


@pytest.mark.thorough
def test_killed_at_every_statement_and_done_again(tmp_path):
    """Whatever was not committed is not there, what was committed is done once: the end is always the same."""
    ends, was_killed = [], True
    while was_killed:
        engine = open_database(str(tmp_path / f"{len(ends)}.db"), migrate=False)
        metadata.create_all(engine)
        fuse, was_killed = Fuse(len(ends)), False
        store = CallbackStore(mortal(engine, fuse))
        for act in LIFE:
            try:
                act(store)
            except Killed:
                was_killed, fuse.left = True, -1
                act(store)
        fuse.left = -1
        order = store.find("one")
        assert len(order.attempts) == 2 and store.open(PROJECT) == []
        ends.append((order, _rows(engine)))
        engine.dispose()
    assert len(ends) > 40 and all(end == ends[0] for end in ends)


def _rows(engine):
    with engine.connect() as connection:
        return [connection.execute(text(f"SELECT * FROM {table.name}")).all() for table in metadata.sorted_tables]


EXAMPLES = itertools.count()


@given(data=st.data())
def test_the_store_says_what_the_model_says(store, data):
    project = f"shop{next(EXAMPLES)}"
    order, now = an_order(id=project, project=project, tries_left=2), NOW
    store.order(order)
    held = leases.take(store.engine, project, "engine-1", NOW, 1e9)
    for n in range(data.draw(st.integers(0, 8))):
        now += data.draw(st.sampled_from([0, 1, 200, 700, 90000]))
        last, new = order.attempts[-1].uuid if order.attempts else "none", f"{project}-{n}"
        match data.draw(st.sampled_from(["start", "start", "finish", "finish", "talk", "cancel", "expire"])):
            case "start":
                after = callback.started(order, new, now)
                assert store.start(project, new, held, now) == (after is not None)
            case "finish":
                cause = data.draw(st.sampled_from(["NO_ANSWER", NOBODY, "UNALLOCATED_NUMBER"]))
                after = callback.finished(order, last, cause, 0, now)
                store.finish(last, cause, 0, now)
            case "talk":
                after = callback.closed(order, CallbackStatus.TALKED, now)
                assert store.close_by_talk(project, CLIENT, now) == (after is not None)
            case "cancel":
                after = callback.closed(order, CallbackStatus.CANCELLED, now)
                assert store.cancel(project, now) == (after is not None)
            case _:
                is_late = order.expires_s <= now
                after = callback.closed(order, CallbackStatus.EXPIRED, now) if is_late else None
                assert len(store.expire(project, now)) == (after is not None)
        order = after or order
        assert store.find(project) == order


def test_a_statement_that_fails_leaves_nothing_of_its_transaction(store, token):
    store.order(an_order())

    def fail(connection, cursor, statement, *_):
        if "callback_events" in statement and statement.startswith("INSERT"):
            raise Killed

    event.listen(store.engine, "before_cursor_execute", fail)
    with pytest.raises(Killed):
        store.start("one", "u1", token, NOW)
    event.remove(store.engine, "before_cursor_execute", fail)
    assert store.find("one") == an_order() and store.of_attempt("u1") is None
