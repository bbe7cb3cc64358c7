"""The shared cases with a real Kamailio before the node: schemes do the same for callers who come through it."""

from __future__ import annotations

import os
import sys
import zlib
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from support.switchbed.bed import until
from support.switchbed.carried import AGAIN, Carried
from support.switchbed.cases import Case, load
from support.switchbed.outcome import Outcome
from support.switchbed.proxied import missing
from support.switchbed.proxied_bed import ProxiedBed, proxied_bed

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"not found: {missing()}")
#: A node behind a proxy does not see that a phone is not registered: it is offered the caller, and fails at once.
_SEES_WHO_IS_THERE = frozenset({
    "rate, nobody takes a caller of the queue", "queue, nobody works in it and the caller goes on unanswered",
})  # fmt: skip
#: Kamailio refuses a From that is no SIP URI (400), which a node alone takes for a caller who withholds their number.
_REFUSED = frozenset({"a hostile number runs nothing"})
#: Those of the usual engine, without callbacks, whose clients the carrier's trunk rings past the proxy.
_ALL = [case for case in load() if case.engine == "" and case.limited and not case.callback
        and case.name not in _SEES_WHO_IS_THERE | _REFUSED]  # fmt: skip
#: Quarters of them, the same ones each time: ``0123`` is all of them.
_QUARTERS = os.environ.get("ROUTING_PROXIED_QUARTERS", "0")
CASES = [case for case in _ALL if str(zlib.crc32(case.name.encode()) % 4) in _QUARTERS]
_AT_ONCE = 16


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory):
    tones = f"english={sys.executable} {Path(__file__).parents[2] / 'tools/recogniser_tones.py'}"
    with proxied_bed(tmp_path_factory.mktemp("proxied"), "--recogniser", tones) as running:
        yield running


@pytest.fixture(scope="module")
def behind(request: pytest.FixtureRequest, bed: ProxiedBed) -> Carried:
    """What came of the calls of every chosen case."""
    chosen = {}
    for item in request.session.items:
        spec = getattr(item, "callspec", None)
        if spec and "case" in spec.params and "behind" in getattr(item, "fixturenames", ()):
            chosen[spec.params["case"].name] = spec.params["case"]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found: dict[str, Future[list[Outcome]]] = {name: pool.submit(bed.carry, case) for name, case in chosen.items()}
    return Carried(found, bed.carry)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_behind_kamailio(case: Case, behind: Carried, record_property):
    differs = behind.judged(case)
    if case.name in behind.again:
        record_property(AGAIN, behind.again[case.name])
    assert differs == []


def test_no_channel_is_left(behind, bed):
    for outcome in behind.first.values():
        outcome.exception()
    assert until(lambda: bed.switch.channels() == 0)
