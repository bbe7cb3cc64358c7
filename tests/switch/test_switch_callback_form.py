"""From a click on a page to two phones that talk: the form in Chromium, `routing track`, engine and the real switch."""

import json
import os
import subprocess
import sys

import pytest

from routing.callbacks.store import CallbackStore
from routing.journal.database import open_database
from routing.model.callback import CallbackSource, CallbackStatus
from routing.track.script import texts
from support.browser import Driver, missing
from support.callback_stub import Site
from support.callback_visitor import NUMBER, SHOWN, FormVisitor
from support.processes import launch
from support.switchbed.callbacks import CLIENT, SCHEMES, CallbackLab, from_number, until
from support.switchbed.engines import serving

pytestmark = [pytest.mark.switch, pytest.mark.skipif(bool(missing()), reason=missing())]
#: Visitors of one region are for one branch.
BRANCHES = """
scheme: site
numbers: ["+380800330918"]
steps:
  - match: {when: {entity.region: "521"}, steps: [{ring: {to: support, for: 10s}}, hangup]}
  - ring: {to: sales, for: 10s}
  - hangup
"""


@pytest.fixture
def site():
    server = Site("")
    server.fill["MARKS"] = 'data-callback="button"'
    yield server
    server.end()


@pytest.fixture
def lab(site, tmp_path):
    orders = f'callbacks: {{origins: "{site.origin}", scheme: site, '
    company = SCHEMES["company.yaml"].replace("callbacks: {", orders, 1)
    running = CallbackLab(tmp_path, more={**SCHEMES, "company.yaml": company, "site.yaml": BRANCHES})
    yield running
    running.stop()


@pytest.fixture
def database(lab, site):
    """The journal's database, written by `routing track`, which serves the site."""
    file = str(lab.place / "journal.db")
    command = [sys.executable, "-m", "routing", "track", "--root", str(lab.root)]
    command += ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]
    with launch(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "ROUTING_DATABASE": file}) as process:
        site.fill["API"] = f"http://{json.loads(process.stderr.readline())['listen']}"
        yield file
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture
def visitor(site, database, tmp_path):
    driver = Driver(tmp_path / "browser")
    yield FormVisitor(driver.browser(), site)
    driver.close()


def test_an_order_of_a_page_rings_the_branch_of_the_visitors_region_and_then_the_visitor(lab, database, visitor):
    watches = lab.switch.settings.esl_port
    with lab.phone("2002") as phone, lab.client() as client, serving(lab, "--database", database, watches=watches):
        visitor.comes()
        visitor.run("window.region = '521'")
        visitor.opens()
        visitor.orders(NUMBER)
        visitor.is_told(texts()["uk"]["soon"].format(number=SHOWN))
        assert until(lambda: phone.received("ACK") and client.received("ACK") and lab.are_joined(), 30)
        assert from_number(phone) == CLIENT
        assert f"sip:{CLIENT}@" in client.received("INVITE")[0].text
        client.rung().hang_up()
        assert until(phone.rung().is_over)
    engine = open_database(database, migrate=False)
    (order,) = CallbackStore(engine).latest("lab", 10)
    engine.dispose()
    assert (order.number, order.source, order.entities) == (CLIENT, CallbackSource.WIDGET, {"region": "521"})
    assert order.status is CallbackStatus.DIALLING, "the call's record closes it"
    assert len(order.attempts) == 1
