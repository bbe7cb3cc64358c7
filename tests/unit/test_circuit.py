"""The circuit breaker of one peer: when it is not asked, and what closes it again."""

from __future__ import annotations

import pytest

from routing.model.circuit import Circuit


def test_it_opens_after_failures_in_a_row():
    circuit = Circuit(limit=2)
    circuit.failed()
    circuit.succeeded()
    circuit.failed()
    assert circuit.allows()
    circuit.failed()
    assert not circuit.allows()


def test_without_a_rest_only_a_success_closes_it():
    circuit = Circuit(limit=2)
    circuit.failed(is_certain=True)
    assert [circuit.state(now_s) for now_s in (0, 1e9)] == ["open", "open"]
    circuit.succeeded()
    assert circuit.state() == "closed"


@pytest.mark.parametrize("start_s", [0.0, 50.0])
def test_after_the_rest_one_probe_goes_however_young_the_clock(start_s):
    circuit = Circuit(limit=1, rest_s=0.0, probe_s=10.0)
    circuit.failed(start_s)
    assert [circuit.allows(start_s + later_s) for later_s in (0, 9.9, 10, 10.1)] == [True, False, True, False]
    circuit.failed(start_s + 11)
    assert circuit.failures == 2
