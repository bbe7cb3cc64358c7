"""Every case on the offline switch, by the same expectations: it is held to what the real one does."""

import pytest

from support.switchbed.cases import load
from support.switchbed.outcome import differences

pytestmark = pytest.mark.thorough

CASES = load()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case, offline_bed):
    for call, outcome in zip(case.calls(), offline_bed.carry(case), strict=True):
        assert differences(call, outcome) == []
