"""The step `callback` on the real switch while engines are killed: whoever goes past the step has an order."""

import random
import signal
import time

import pytest

from routing.callbacks.store import CallbackStore
from routing.journal.database import open_database
from support.switchbed import ports
from support.switchbed.agent import Agent
from support.switchbed.callbacks import SCHEMES, CallbackLab
from support.switchbed.engines import serving

PROJECT, NUMBER = "lab", "+380800330919"
KILLS, CALLS = 8, 12
PROMISED = f"""
scheme: promised
numbers: ["{NUMBER}"]
steps:
  - callback: {{otherwise: [{{hangup: {{cause: USER_BUSY}}}}]}}
  - hangup: {{cause: CALL_REJECTED}}
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    place = tmp_path_factory.mktemp("promised")
    numbers = SCHEMES["company.yaml"].replace('"+380800330902"]', f'"+380800330902", "{NUMBER}"]')
    more = SCHEMES | {"company.yaml": numbers, "promised.yaml": PROMISED}
    running = CallbackLab(place, more=more, engine=f"127.0.0.1:{ports.free()}")
    open_database(str(place / "journal.db")).dispose()
    yield running
    running.stop()


def test_whoever_goes_past_the_step_has_an_order_though_engines_are_killed(lab):
    """ "603": ordered, the next step; "486": `otherwise`, where an order may have been written all the same."""
    chance, database, ends = random.Random(7), str(lab.place / "journal.db"), {}
    with Agent(lab.outside, "client") as client:
        for kill in range(KILLS):
            with serving(lab, "--listen", lab.engine, "--database", database) as engine:
                if kill:
                    time.sleep(chance.random() * 0.3)
                senders = [f"+38067124{kill:02}{at:02}" for at in range(CALLS)]
                begun = {sender: client.call(NUMBER, sender=sender) for sender in senders}
                if kill:
                    time.sleep(chance.random() * 0.8)
                    engine.send(signal.SIGKILL)
                ends |= {sender: client.answered(call).start for sender, call in begun.items()}
    engine = open_database(database)
    orders = {order.number for order in CallbackStore(engine).open(PROJECT)}
    engine.dispose()
    promised = {sender for sender, end in ends.items() if end == "603"}
    assert set(ends.values()) <= {"603", "486"} and promised <= orders, promised - orders
    assert len(promised) >= CALLS, "nobody was killed in the first round"
    print(
        f"{KILLS - 1} kills, {len(ends)} calls, {len(promised)} ordered, {len(orders - promised)} more in the database"
    )
