"""What queueing theory says: Erlang C (nobody hangs up) and Erlang A (patience is exponential). Rates are per second.

Erlang C by the usual recursion of Erlang B. Erlang A as Mandelbaum and Zeltyn write it ("Service Engineering: The Palm/
Erlang-A Queue"), with the incomplete gamma function as a series. `erlang_a_chain` is the same queue as a chain of
births and deaths, summed state by state: the two share nothing but their assumptions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Theory:
    """``waits``: the share of calls that wait; ``mean_wait_s`` is over all calls; ``in_time``: within given seconds."""

    waits: float
    mean_wait_s: float
    occupancy: float
    abandoned: float = 0.0
    in_time: float = 0.0


def erlang_b(people: int, load: float) -> float:
    inverse = 1.0
    for each in range(1, people + 1):
        inverse = 1.0 + inverse * each / load
    return 1.0 / inverse


def erlang_c(people: int, calls_s: float, talk_s: float, within_s: float = 20.0) -> Theory:
    load = calls_s * talk_s
    blocked = erlang_b(people, load)
    waits = people * blocked / (people - load * (1 - blocked))
    spare = (people - load) / talk_s
    return Theory(waits, waits / spare, load / people, 0.0, 1 - waits * math.exp(-spare * within_s))


def erlang_a(people: int, calls_s: float, talk_s: float, patience_s: float) -> Theory:
    """From the building block A(x, y) = 1 + sum of y^j / ((x+1)...(x+j)) = x e^y / y^x * gamma(x, y)."""
    leaving, serving = 1 / patience_s, people / talk_s
    block = _series(serving / leaving, calls_s / leaving)
    blocked = erlang_b(people, calls_s * talk_s)
    waits = block * blocked / (1 + (block - 1) * blocked)
    load = calls_s / serving
    abandoned_if_waits = 1 / (load * block) + 1 - 1 / load
    abandoned = abandoned_if_waits * waits
    busy = calls_s * (1 - abandoned) * talk_s / people
    return Theory(waits, abandoned * patience_s, busy, abandoned)


def _series(x: float, y: float) -> float:
    term = total = 1.0
    place = 0
    while term > total * 1e-16:
        place += 1
        term *= y / (x + place)
        total += term
    return total


def erlang_a_chain(people: int, calls_s: float, talk_s: float, patience_s: float, states: int = 5000) -> Theory:
    weights = [1.0]
    for state in range(1, states):
        dying = min(state, people) / talk_s + max(state - people, 0) / patience_s
        weights.append(weights[-1] * calls_s / dying)
        if weights[-1] < 1e-250:
            break
    whole = sum(weights)
    waiting = sum(max(state - people, 0) * weight for state, weight in enumerate(weights)) / whole
    busy = sum(min(state, people) * weight for state, weight in enumerate(weights)) / whole / people
    waits = sum(weights[people:]) / whole
    return Theory(waits, waiting / calls_s, busy, waiting / patience_s / calls_s)
