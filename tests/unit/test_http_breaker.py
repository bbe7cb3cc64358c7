"""The circuit breaker: when a handler is left alone, and when it is tried again."""

from __future__ import annotations

import pytest

from routing.http.breaker import FAILURES_TO_OPEN, PROBE_SECONDS, REST_SECONDS, Breaker

URL = "http://handler.example/route"


class Clock:
    seconds = 50.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(clock) -> Breaker:
    breaker = Breaker(clock)
    for _ in range(FAILURES_TO_OPEN):
        assert breaker.allows(URL)
        breaker.failed(URL)
    return breaker


def test_it_opens_after_failures_in_a_row_and_for_that_url_only(opened):
    assert not opened.allows(URL)
    assert opened.allows(URL + "/other")
    assert opened.open_count() == 1


def test_a_success_between_keeps_it_closed(clock):
    breaker = Breaker(clock)
    for _ in range(3):
        for _ in range(FAILURES_TO_OPEN - 1):
            breaker.failed(URL)
        breaker.succeeded(URL)
    assert breaker.allows(URL)


def test_after_the_rest_one_probe_goes_and_decides(opened, clock):
    clock.seconds += REST_SECONDS
    assert opened.state(URL) == "half-open"
    assert opened.allows(URL)
    assert not opened.allows(URL)
    opened.succeeded(URL)
    assert opened.allows(URL)
    assert opened.open_count() == 0


def test_a_failed_probe_opens_it_again(opened, clock):
    clock.seconds += REST_SECONDS
    assert opened.allows(URL)
    opened.failed(URL)
    assert not opened.allows(URL)
    clock.seconds += REST_SECONDS
    assert opened.allows(URL)


def test_a_probe_whose_caller_hung_up_does_not_block_for_ever(opened, clock):
    clock.seconds += REST_SECONDS
    assert opened.allows(URL)
    clock.seconds += PROBE_SECONDS
    assert opened.allows(URL)


def test_it_remembers_a_bounded_number_of_urls(clock, monkeypatch):
    monkeypatch.setattr("routing.http.breaker.MOST_URLS", 3)
    breaker = Breaker(clock)
    for number in range(10):
        breaker.failed(f"http://x/{number}")
    assert len(breaker.circuits) == 3
