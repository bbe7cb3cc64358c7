"""The engine's port of orders: into the database, in a thread; a database that is away is a reason, not an error."""

import pytest

from routing.callbacks.store import CallbackStore
from routing.engine.callbacks import StoredCallbacks
from routing.journal.database import opened_database
from routing.model.callback import OrdersDown
from routing.release.tables import Releases
from support.callback_orders import PROJECT, an_order


@pytest.fixture
def releases(tmp_path):
    return Releases(tmp_path)


@pytest.mark.process
def test_an_order_is_in_the_database_when_the_engine_says_so(tmp_path, releases):
    port = StoredCallbacks(releases, str(tmp_path / "new.db"))
    port.warm()
    assert (tmp_path / "new.db").exists()
    order = port.order(an_order(id="", call_id="c1"))
    assert len(order.id) == 32 and port.order(an_order(id="", call_id="c1")) == order
    with opened_database(str(tmp_path / "new.db")) as engine:
        assert CallbackStore(engine).open(PROJECT) == [order]


@pytest.mark.parametrize(
    ("database", "why"),
    [
        ("", "the engine has no database"),
        ("mysql://x/y", "no database `mysql`"),
        ("/proc/none/j.db", "the database cannot be opened"),
    ],
)
def test_no_database_is_a_reason(releases, database, why):
    port = StoredCallbacks(releases, database)
    port.warm()
    with pytest.raises(OrdersDown, match=why):
        port.order(an_order())


def test_a_release_without_callbacks_is_a_reason(releases):
    with pytest.raises(OrdersDown, match="is not below the release root"):
        StoredCallbacks(releases, "").plan("/elsewhere")
