"""Patience from calls of which most were answered first: Kaplan and Meier's estimate by hand, and against truth."""

from __future__ import annotations

import math
import random

import pytest

from routing.simulate.survival import estimated


def test_by_hand():
    """Six callers: two hung up after 10 s, one was answered after 20 s, one hung up after 30 s, two answered later."""
    found = estimated([(10, True), (10, True), (20, False), (30, True), (40, False), (50, False)])
    assert found.lengths_ms == (10, 30)
    assert found.waiting == pytest.approx([4 / 6, 4 / 6 * 2 / 3])
    assert found.tail_ms == pytest.approx((10 + 10 + 20 + 30 + 40 + 50) / 3)
    assert [found.share_beyond(ms) for ms in (9, 10, 29, 30)] == pytest.approx([1, 4 / 6, 4 / 6, 4 / 9])
    assert [found.draw(chance) for chance in (0.0, 0.32, 0.34, 0.55)] == [10, 10, 30, 30]
    assert found.draw(0.6) > 30


def test_who_has_waited_longer_has_more_patience_than_they_waited():
    found = estimated([(10, True), (10, True), (20, False), (30, True), (40, False), (50, False)])
    assert found.draw(0.0, beyond_ms=10) == 30
    assert all(found.draw(chance / 100, beyond_ms=45) >= 45 for chance in range(100))


def test_nobody_ever_hung_up():
    assert estimated([(10, False), (20, False)]).draw(0.99, 5) is None
    assert estimated([]).draw(0.5) is None


def test_everybody_hung_up():
    found = estimated([(10, True), (20, True)])
    assert found.waiting == pytest.approx([0.5, 0.0])
    assert (found.draw(0.4), found.draw(0.6)) == (10, 20)
    assert found.draw(0.0, beyond_ms=20) >= 20


def test_it_finds_the_truth_behind_answered_calls():
    """Three calls in four are answered first: the mean of those that hung up is less than a third of the truth."""
    chance, mean_ms = random.Random(5).random, 90_000.0
    pairs = [(-math.log(1 - chance()) * mean_ms, -math.log(1 - chance()) * 30_000) for _ in range(20_000)]
    found = estimated((round(min(pair)), pair[0] < pair[1]) for pair in pairs)
    drawn = sorted(found.draw((place + 0.5) / 1000) for place in range(1000))
    for share in (0.25, 0.5, 0.75, 0.9):
        assert drawn[int(share * 1000)] == pytest.approx(-math.log(1 - share) * mean_ms, rel=0.1)
    assert sum(drawn) / 1000 == pytest.approx(mean_ms, rel=0.05)
    hung_up = [patience for patience, answered in pairs if patience < answered]
    assert sum(hung_up) / len(hung_up) < 0.3 * mean_ms
