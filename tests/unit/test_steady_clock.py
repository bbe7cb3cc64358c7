"""The clock of the queues: waits and wrap-ups last as long as they should while the system's clock is set."""

from __future__ import annotations

import pytest

from routing.engine.steady_clock import SteadyClock


class Machine:
    """Both of its clocks."""

    def __init__(self) -> None:
        self.wall_s, self.monotonic_s = 1_000_000.0, 50.0
        self.clock = SteadyClock(lambda: self.wall_s, lambda: self.monotonic_s)

    def after(self, seconds: float, jump_s: float = 0.0) -> float:
        self.wall_s, self.monotonic_s = self.wall_s + seconds + jump_s, self.monotonic_s + seconds
        return self.clock()


@pytest.fixture
def machine():
    return Machine()


def test_it_is_the_system_s_time(machine):
    assert machine.clock() == 1_000_000.0
    assert machine.after(30) == 1_000_030.0


@pytest.mark.parametrize("jump_s", [60.0, -60.0])
def test_ten_seconds_last_ten_seconds_when_the_clock_is_set_meanwhile(machine, jump_s):
    before = machine.clock()
    assert machine.after(10, jump_s) - before == pytest.approx(10, abs=1.001)


@pytest.mark.parametrize("jump_s", [60.0, -60.0, 0.3])
def test_it_never_goes_back_and_is_right_again_after_a_while(machine, jump_s):
    said = [machine.clock(), machine.after(0, jump_s), *(machine.after(1) for _ in range(700))]
    assert said == sorted(said)
    assert said[-1] == pytest.approx(machine.wall_s)


@pytest.mark.parametrize("jump_s", [86_400.0, -86_400.0])
def test_a_clock_that_was_never_right_is_left_at_once(machine, jump_s):
    assert machine.after(1, jump_s) == machine.wall_s
