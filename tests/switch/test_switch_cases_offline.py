"""Every case on the offline switch, by the same expectations: it is held to what the real one does."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from switchbed.cases import load
from switchbed.company import Company
from switchbed.offline_bed import ENGINE, OfflineBed
from switchbed.outcome import differences

CASES = load()
NOON = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Kyiv"))


@pytest.fixture(scope="module")
def bed(tmp_path_factory):
    """The company of the cases on the offline switch."""
    place = tmp_path_factory.mktemp("offline")
    company = Company(place / "schemes", place / "root", today=NOON.date())
    company.publish(ENGINE)
    return OfflineBed(company, NOON, place)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case, bed):
    for call, outcome in zip(case.calls(), bed.carry(case), strict=True):
        assert differences(call, outcome) == []
