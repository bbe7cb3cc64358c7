"""Missed calls on the real switch: one order of each, dialled by the engine; a talk in or out closes it."""

import pytest
from click.testing import CliRunner

from routing.callbacks.store import CallbackStore
from routing.cli.journal import journal
from routing.journal.database import open_database
from routing.model.callback import CallbackSource, CallbackStatus
from support.switchbed.agent import Agent
from support.switchbed.callbacks import CLIENT, SCHEMES, CallbackLab, until
from support.switchbed.engines import serving

PROJECT, NUMBER = "lab", "+380800330919"
MISSED = f"""
scheme: missed
numbers: ["{NUMBER}"]
callback: missed
steps: [{{ring: {{to: support, for: 3s}}}}, {{hangup: NO_ANSWER}}]
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    numbers = SCHEMES["company.yaml"].replace('"+380800330902"]', f'"+380800330902", "{NUMBER}"]')
    running = CallbackLab(
        tmp_path_factory.mktemp("missed"), more=SCHEMES | {"company.yaml": numbers, "missed.yaml": MISSED}
    )
    yield running
    running.stop()


@pytest.fixture
def store(lab, tmp_path):
    engine = open_database(str(tmp_path / "journal.db"))
    for left in (lab.switch.home / "spool").glob("*.json"):
        left.unlink()
    yield CallbackStore(engine)
    engine.dispose()


def recorded(lab, store, count):
    """`routing journal --once` until it has so many calls; the open orders then."""
    words = [
        "--spool",
        str(lab.switch.home / "spool"),
        "--root",
        str(lab.root),
        "--database",
        database_of(store),
        "--once",
    ]

    def work():
        assert CliRunner().invoke(journal, words, catch_exceptions=False).exit_code == 0
        with store.engine.connect() as connection:
            return connection.exec_driver_sql("SELECT count(*) FROM calls").scalar() >= count

    assert until(work, 20)
    return store.open(PROJECT)


def database_of(store):
    return str(store.engine.url.database)


def misses(lab, caller=CLIENT, number=NUMBER):
    """Somebody calls and reaches nobody."""
    with Agent(lab.outside, caller) as client:
        assert client.final(client.call(number).id, 1, "INVITE").start == "480"


def test_who_was_missed_is_called_back_and_the_talk_closes_the_order(lab, store):
    misses(lab)
    (order,) = recorded(lab, store, 1)
    assert (order.number, order.scheme, order.dialled, order.source) == (
        CLIENT,
        "missed",
        NUMBER,
        CallbackSource.MISSED,
    )
    database = database_of(store)
    watched = lab.switch.settings.esl_port
    with lab.phone("2002") as phone, lab.client() as client, serving(lab, "--database", database, watches=watched):
        assert until(lambda: phone.received("ACK") and client.received("ACK") and lab.are_joined(), 30)
        client.rung().hang_up()
    assert recorded(lab, store, 2) == []
    assert store.find(order.id).status is CallbackStatus.TALKED


def test_a_talk_meanwhile_is_enough(lab, store):
    misses(lab)
    assert len(recorded(lab, store, 1)) == 1
    with lab.phone("2002") as phone, Agent(lab.outside, CLIENT) as client:
        call = client.call(NUMBER)
        client.answered(call)
        assert until(lambda: phone.received("ACK"), 10)
        call.hang_up()
    assert recorded(lab, store, 2) == []


@pytest.mark.parametrize(
    ("caller", "number"), [("anonymous", NUMBER), ("+12125551234", NUMBER), (CLIENT, "+380800330902")]
)
def test_who_is_not_called_back(lab, store, caller, number):
    misses(lab, caller, number)
    assert recorded(lab, store, 1) == []
