"""A shared case that went otherwise beside the others is carried once more, alone, and the second time decides."""

from concurrent.futures import Future

import pytest

from support.switchbed.carried import Carried
from support.switchbed.cases import Case
from support.switchbed.outcome import Outcome
from support.switchbed.parts import PARTS, part_of

pytestmark = pytest.mark.thorough

CASE = Case("a case", "+380800330001", "+380671230000", rung=(frozenset(["ivan.desk"]),))


def outcome(*rung):
    return Outcome([(0.1, target) for target in rung], 200, 0.5, 1.0, None, {"hangup_cause": "NORMAL_CLEARING"}, None)


def carried(first, second=()):
    """The first time's outcomes, or what it raised; the second time's, in turn."""
    done = Future()
    (done.set_exception if isinstance(first, Exception) else done.set_result)(first)
    later = [list(second)] if second else []
    return Carried({CASE.name: done}, lambda case: later.pop(0))


def test_a_case_that_went_as_expected_is_carried_once():
    tried = carried([outcome("ivan.desk")])
    assert tried.judged(CASE) == []
    assert tried.again == {}


@pytest.mark.parametrize(
    "first", [[outcome()], AssertionError("no CDR of call 1"), []], ids=["differs", "raised", "few"]
)
def test_the_second_time_decides_and_the_first_is_told(first):
    tried = carried(first, [outcome("ivan.desk")])
    assert tried.judged(CASE) == []
    assert tried.judged(CASE) == []
    assert len(tried.again[CASE.name]) > 10


def test_a_case_that_goes_otherwise_twice_has_failed_however_often_it_is_asked():
    tried = carried([outcome()], [outcome("olena.desk")])
    first = tried.judged(CASE)
    assert "olena.desk" in first[0]
    assert tried.judged(CASE) == first


def test_every_part_looks_for_channels_that_are_left():
    assert {part_of(f"test_no_channel_is_left[{part}]") for part in range(PARTS)} == set(range(PARTS))
