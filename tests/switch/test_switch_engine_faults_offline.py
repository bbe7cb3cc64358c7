"""The same failing engines asked by the offline switch over TCP: the same fallback, within the same time."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from routing.node import files as node
from routing.offline.events import rung, talked
from routing.offline.files import DirectoryFiles
from routing.offline.phones import ScriptedPhones, parse
from routing.offline.socket_peer import SocketPeer
from routing.offline.switch import OfflineCall, run
from support.switchbed.faulty import BUDGET_S, FAULTS, NUMBERS, Engine

pytestmark = pytest.mark.thorough

NOON = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Kyiv"))
#: How long a silent engine is listened to in real time; the virtual clock goes on to the watchdog.
PATIENCE_S = 0.05


@pytest.fixture(scope="module")
def dialplan(offline_bed):
    """The fixed dialplan of a node that runs the company."""
    root = offline_bed.company.root
    return node.render(node.Settings(root.parent, root, "unused"))["conf/dialplan/routing.xml"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("fault", FAULTS)
def test_fault(fault, number, offline_bed, dialplan):
    engine = Engine(FAULTS[fault]())
    try:
        events = run(
            OfflineCall(NUMBERS[number], "+380672000001", NOON),
            DirectoryFiles(offline_bed.company.root),
            dialplan,
            ScriptedPhones({"danylo.desk": parse("answers after 200ms, talks 300ms")}, parse("unreachable")),
            decider=SocketPeer(engine.address, PATIENCE_S),
            globals_={"domain": "127.0.0.1", "recordings_dir": "/recordings"},
        )
    finally:
        engine.stop()
    assert talked(events) == "danylo.desk"
    assert rung(events) == ["danylo.desk"]
    rang = next(event for event in events if event.kind == "ring")
    greeted_ms = sum(event.lasted_ms for event in events if event.kind == "play" and event.at_ms < rang.at_ms)
    assert rang.at_ms - greeted_ms <= BUDGET_S * 1000
