"""Which phones each step of a call rang, also in calls that go through the same step hundreds of times."""

from __future__ import annotations

import random
from dataclasses import replace

from routing.journal.explain import legs_of_steps
from routing.journal.record import CallRecord, LegRecord, StepRecord
from support.desk_bed import NOW
from support.desk_calls import call


class _Path(str):
    """A path that counts how often it is compared."""

    compared = 0
    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        _Path.compared += 1
        return str.__eq__(self, other)


def made(count: int, paths: int, chance: random.Random) -> CallRecord:
    steps = tuple(
        StepRecord(n, "kyiv", _Path(n % paths), "ring", NOW + n, 1.0, "", "", result="no_talk") for n in range(count)
    )
    legs = tuple(
        LegRecord(f"l{n}", _Path(chance.randrange(paths + 1)), "ivan.desk", "ivan",
                  chance.choice([0.0, NOW - 5, NOW + chance.uniform(0, count)]), 1.0, False, 0.0, "", "")
        for n in range(count)
    )  # fmt: skip
    return replace(call("c"), steps=steps, legs=legs)


def plainly(whole: CallRecord, step: StepRecord) -> list[str]:
    """The legs of a step: of those with its path, those that began after it and before the next one with this path."""
    found = []
    for leg in (leg for leg in whole.legs if leg.step == step.path):
        began = [each for each in whole.steps if each.path == step.path and each.started - 0.1 <= leg.started]
        if not leg.started or not began or began[-1].n == step.n:
            found.append(leg.id)
    return found


def test_each_leg_belongs_to_the_last_step_with_its_path_that_had_begun() -> None:
    for seed in range(20):
        whole = made(30, 1 + seed % 4, random.Random(seed))
        rang = legs_of_steps(whole)
        for step in whole.steps:
            assert [leg.id for leg in rang[step.n]] == plainly(whole, step), (seed, step.n)


def test_five_hundred_times_the_same_step_are_not_compared_with_each_other() -> None:
    whole = made(500, 1, random.Random(1))
    _Path.compared = 0
    assert len(legs_of_steps(whole)) == 500
    assert _Path.compared <= 3 * 500
