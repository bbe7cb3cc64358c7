"""How many phones a step may ring: what FreeSWITCH would drop is refused, what it takes is not."""

import pytest

from routing.model.people import Phone
from routing.steps.capacity import MOST_LEGS, exceeded
from routing.steps.targets import Leg, Turn


def turns(count, phones=1):
    """People with some phones each."""
    legs = tuple(Leg(f"p.x{at}", Phone(sip=f"{at}x")) for at in range(phones))
    return [Turn(f"p{at}", legs) for at in range(count)]


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("is_dynamic", [True, False])
def test_what_the_switch_takes_is_taken(together, is_dynamic):
    assert not [*exceeded(turns(100), together, is_dynamic)]
    assert not [*exceeded(turns(2, 63), together, is_dynamic)]


@pytest.mark.parametrize(
    ("found", "together", "is_dynamic", "told"),
    [
        (turns(MOST_LEGS + 1), True, False, "128 phones ring together; FreeSWITCH rings 127 at most"),
        (turns(2, 64), True, True, "128 phones ring together; FreeSWITCH rings 127 at most"),
        (turns(1, 128), False, True, "128 phones ring together; FreeSWITCH rings 127 at most"),
        (turns(MOST_LEGS + 1), False, False, "128 turns in one order; FreeSWITCH takes 127 at most"),
        (turns(101), False, True, "more than 100 people in one dynamic order"),
    ],
)
def test_what_it_would_drop_is_refused(found, together, is_dynamic, told):
    assert [message for message, _ in exceeded(found, together, is_dynamic)] == [told]
