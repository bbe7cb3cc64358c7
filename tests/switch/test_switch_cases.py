"""Every case on the real switch: who rang in which order, who talked, how it ended, and nothing is left behind."""

import pytest
from switchbed.bed import until
from switchbed.cases import load
from switchbed.outcome import differences

CASES = load()


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request):
    """One case."""
    return request.param


def test_case(case, outcomes, switch):
    for call, outcome in zip(case.calls(), outcomes[case.name].result(), strict=True):
        assert differences(call, outcome) == []
        assert all(path.stat().st_size > 8000 for path in outcome.files)


def test_no_channel_is_left_and_nothing_was_executed(outcomes, switch):
    for outcome in outcomes.values():
        outcome.exception()
    assert until(lambda: switch.channels() == 0)
    assert not list(switch.home.rglob("*PWNED*"))
