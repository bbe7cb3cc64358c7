"""The loop of the senders: it looks every second, pauses longer after each failure, and outlives any exception."""

from __future__ import annotations

from threading import Event

import pytest

from routing.journal.sending import keep_sending, pause_at


class Stop(Event):
    """Set after so many waits; ``waited``: seconds of each."""

    def __init__(self, waits: int) -> None:
        super().__init__()
        self.waits, self.waited = waits, []

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout)
        if len(self.waited) >= self.waits:
            self.set()
        return self.is_set()


def test_pauses_grow_to_half_a_minute_and_begin_anew_after_a_success():
    stop, said, outcomes = Stop(9), [], iter([*[ValueError] * 7, None, TypeError])

    def work() -> None:
        if problem := next(outcomes):
            raise problem

    keep_sending(work, stop, lambda problem, again_s: said.append((type(problem), again_s)))
    assert stop.waited == [1, 2, 4, 8, 16, 30, 30, 1, 1]
    assert said == [*((ValueError, pause) for pause in (1, 2, 4, 8, 16, 30, 30)), (TypeError, 1)]


@pytest.mark.parametrize(("age_s", "pause_s"), [(0, 60), (-5, 60), (600, 600), (86_400, 3600)])
def test_something_is_sent_again_when_it_is_twice_as_old_within_limits(age_s, pause_s):
    assert pause_at(age_s) == pause_s
