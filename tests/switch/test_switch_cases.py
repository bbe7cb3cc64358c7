"""Every case on the real switch: who rang in which order, who talked, how it ended, and nothing is left behind."""

import pytest

from support.switchbed.bed import until
from support.switchbed.carried import AGAIN
from support.switchbed.cases import load
from support.switchbed.parts import PARTS

CASES = load()


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request):
    """One case."""
    return request.param


def test_case(case, carried, record_property):
    differs = carried.judged(case)
    if case.name in carried.again:
        record_property(AGAIN, carried.again[case.name])
    assert differs == []


@pytest.mark.parametrize("part", range(PARTS))
def test_no_channel_is_left_and_nothing_was_executed(carried, switch, part):
    for outcome in carried.first.values():
        outcome.exception()
    assert until(lambda: switch.channels() == 0)
    assert not list(switch.home.rglob("*PWNED*"))
