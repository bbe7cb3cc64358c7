"""What recorded calls do to orders: a missed call makes one, any talk closes it, each once however often it is
settled."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from routing.callbacks.store import CallbackStore
from routing.journal import flood_book, settling
from routing.journal import store as journal
from routing.journal.database import open_database
from routing.journal.status import MISSED, NAMES
from routing.model.callback import CallbackSource
from routing.model.flood import FloodRefusal, FloodSign
from routing.recorder.callbacks import CallbackKeeper, live_plan, plans_in
from support.callback_orders import CLIENT, NOW, PROJECT, a_missed_call, a_plan, an_order
from support.folders import HERE, compiled, laid_out
from support.journal_bed import Fuse, Killed, mortal

MISSED_CALL = a_missed_call()


def talk(**words):
    facts = {"id": "c2", "started": NOW - 20, "bridged": NOW - 15, "ended": NOW, "talk_s": 10.0, "status": "answered"}
    return replace(MISSED_CALL, **(facts | words))


@pytest.fixture
def keep(store):
    """Records calls and settles them; returns the open orders."""
    log = []
    keeper = CallbackKeeper(store.engine, PROJECT, lambda *words, **facts: log.append(facts), lambda: NOW,
                            lambda release: a_plan() if release == "r1" else None)  # fmt: skip

    def record(*calls, settle=True):
        if calls:
            journal.record(store.engine, calls)
        if settle:
            keeper.settle()
        return store.open(PROJECT)

    return record


def test_a_missed_call_makes_one_order(keep, store):
    (order,) = keep(MISSED_CALL)
    assert (order.number, order.scheme, order.source) == (CLIENT, "sales", CallbackSource.MISSED)
    assert (order.dialled, order.call_id) == ("+380800330521", "c1")
    assert (order.entities, order.source_facts) == ({"region": "521"}, {"utm_source": "x"})
    assert (order.created_s, order.not_before_s, order.expires_s) == (NOW - 30, NOW, NOW + 86400)
    assert settling.unsettled(store.engine, 9) == []
    assert keep() == [order]


def test_who_called_with_a_flood_is_not_called_back(keep, store):
    """Whether it is refused or only watched: the callback would be the paid call that the attacker wants."""
    block = FloodRefusal("+380800330521", (CLIENT.removeprefix("+")[:-3],), NOW + 900, "test", FloodSign.BLOCK)
    flood_book.noted(store.engine, PROJECT, "n1", [block], flood_book.WATCHED, NOW - 40)
    assert keep(MISSED_CALL) == []
    assert len(keep(replace(MISSED_CALL, id="c2", client="+380502223344", caller="+380502223344"))) == 1


def test_who_has_talked_with_the_company_before_is_called_back_during_a_flood(keep, store):
    earlier = talk(id="c0", started=NOW - 2e5, bridged=NOW - 2e5, ended=NOW - 2e5 + 60, talk_s=60.0)
    everybody = FloodRefusal("+380800330521", ("",), NOW + 900, "test", FloodSign.SHORT)
    flood_book.noted(store.engine, PROJECT, "n1", [everybody], flood_book.REFUSED, NOW - 40)
    assert len(keep(earlier, MISSED_CALL)) == 1


def test_the_next_missed_call_of_a_client_renews_it(keep):
    (order,) = keep(MISSED_CALL)
    (again,) = keep(replace(MISSED_CALL, id="c2", ended=NOW - 1))
    assert (again.id, again.call_id) == (order.id, "c2")


@pytest.mark.parametrize(
    "facts",
    [
        {"client": "", "caller": "anonymous"},
        {"client": "101"},
        {"client": "+380671110000"},
        {"client": "+12125551234"},
        {"client": "+380900123456"},
        {"direction": "internal"},
        {"direction": "out", "status": "no answer"},
        {"direction": "callback", "status": "no answer from a customer"},
        {"schemes": ("front",)},
        {"schemes": ()},
        {"release": "gone"},
        {"ended": NOW - 86400},
        *({"status": status} for status in NAMES if status not in MISSED or status == "voicemail"),
    ],
)
def test_who_is_not_called_back(keep, facts):
    assert keep(replace(MISSED_CALL, **facts)) == []


def test_who_is_on_a_list_is_not_called_back(store):
    plan = a_plan(excluded=frozenset({CLIENT}))
    journal.record(store.engine, [MISSED_CALL])
    keeper = CallbackKeeper(store.engine, PROJECT, lambda *_, **__: None, lambda: NOW, lambda _: plan)
    assert keeper.settle() == 0 and store.open(PROJECT) == []


@pytest.mark.parametrize("direction", ["in", "out"])
@pytest.mark.parametrize("order", ["together", "missed first", "talk first"])
def test_who_was_reached_since_is_not_called_back(keep, direction, order):
    after = talk(direction=direction)
    if order == "together":
        assert keep(MISSED_CALL, after) == []
    else:
        first, second = (MISSED_CALL, after) if order == "missed first" else (after, MISSED_CALL)
        keep(first)
        assert keep(second) == []


def test_a_talk_before_the_missed_call_is_no_answer_to_it(keep):
    (order,) = keep(talk(id="c0", started=NOW - 300, bridged=NOW - 290, ended=NOW - 280), MISSED_CALL)
    assert order.call_id == "c1"


@pytest.mark.parametrize("direction", ["in", "out", "callback"])
def test_any_talk_closes_what_was_ordered_before_it_ended(keep, store, direction):
    store.order(an_order(created_s=NOW - 12))
    store.order(an_order(id="two", number="+380671234568"))
    assert [order.id for order in keep(talk(direction=direction))] == ["two"]
    assert store.find("one").status == "talked"


def test_what_is_ordered_after_the_talk_stays(keep, store):
    """As from the queue that the caller was sent to after a talk, with a key."""
    store.order(an_order(created_s=NOW - 4, call_id="c2"))
    assert [order.id for order in keep(talk())] == ["one"]


def test_a_call_that_has_ordered_by_itself_makes_no_other_order(keep, store):
    store.order(an_order(call_id="c1"))
    store.cancel("one", NOW)
    assert keep(MISSED_CALL) == []


def test_calls_from_before_the_upgrade_are_settled(keep, store):
    keep(MISSED_CALL, settle=False)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE calls SET to_settle = false"))
    assert keep() == []


@pytest.mark.thorough
def test_killed_at_every_statement_a_call_is_settled_once(tmp_path, database, store):
    ends, was_killed = set(), True
    while was_killed:
        with store.engine.begin() as connection:
            for table in ("calls", "callbacks", "callback_events"):
                connection.execute(text(f"DELETE FROM {table}"))
        journal.record(store.engine, [talk(id="c0", client="+380671234568"), MISSED_CALL])
        store.order(an_order(number="+380671234568", created_s=NOW - 60))
        fuse, was_killed = Fuse(len(ends)), False
        mine = mortal(open_database(database, migrate=False), fuse)
        keeper = CallbackKeeper(mine, PROJECT, lambda *_, **__: None, lambda: NOW, lambda _: a_plan())
        try:
            keeper.settle()
        except Killed:
            was_killed, fuse.left = True, -1
            CallbackKeeper(mine, PROJECT, lambda *_, **__: None, lambda: NOW, lambda _: a_plan()).settle()
        mine.dispose()
        assert [order.call_id for order in store.open(PROJECT)] == ["c1"]
        assert len(CallbackStore(store.engine).latest(PROJECT, 9)) == 2
        ends.add(len(ends))
    assert len(ends) > 15


def test_the_plan_of_a_release_is_read_from_it(tmp_path):
    release = compiled(laid_out(HERE / "good" / "callback", tmp_path / "schemes"), tmp_path / "root")
    root = tmp_path / "root"
    assert plans_in(root)(release.folder.name).project == "p" and plans_in(root)("gone") is None
    (root / "current").symlink_to(release.folder)
    assert plans_in(root)("gone").project == plans_in(root)("").project == live_plan(root).project == "p"
    assert plans_in(None)(release.folder.name) is None
    (root / "releases" / "odd").mkdir()
    assert plans_in(root)("odd") is None
    (root / "releases" / "odd" / "callbacks.json").write_text("[]", encoding="utf-8")
    assert plans_in(root)("odd") is None
