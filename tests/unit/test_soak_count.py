"""What a long run of calls counts as wrong."""

import pytest

from support.soak_count import UNHEARD, growth_an_hour, growth_mb_an_hour, rows_wrong


def test_each_call_has_one_row():
    assert not any(rows_wrong(["+1", "+2"], {"+1": 1, "+2": 1}).values())
    assert rows_wrong(["+1", "+2", "+3"], {"+1": 1, "+2": 2, "+4": 1}) == {
        "calls without a row": 1, "calls with several rows": 1, "rows of nobody": 1, UNHEARD: 0
    }  # fmt: skip


def test_calls_that_died_with_freeswitch_may_be_unheard_of_but_not_counted_twice():
    wrong = rows_wrong(["+1", "+2", "+3"], {"+1": 1, "+3": 2}, cut=["+2", "+3"])
    assert wrong == {"calls without a row": 0, "calls with several rows": 1, "rows of nobody": 0, UNHEARD: 1}


@pytest.mark.parametrize(
    ("samples", "growth"),
    [
        ([(at, 1000) for at in range(0, 3600, 60)], 0),
        ([(at, 1000 + at) for at in range(0, 3600, 60)], 3600 / 1024),
        ([(0, 0), (600, 90_000), (900, 100_000), *((at, 100_000) for at in range(960, 3600, 60))], 0),  # it warms up
        ([(0, 1), (1200, 1), (2400, 1)], None),
        ([(at, 1000 + at) for at in range(0, 1500, 60)], None),  # all of it may be warming up
    ],
)
def test_growth_of_memory(samples, growth):
    assert growth_mb_an_hour(samples) == (growth if growth is None else pytest.approx(growth, abs=1))
    per_hour = growth_an_hour(samples)
    assert per_hour == (growth if growth is None else pytest.approx(growth * 1024, abs=1024))
