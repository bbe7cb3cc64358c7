"""Numbers whose owner pays: only steps that their own calls can come to count, through `match: {number: ...}`."""

from __future__ import annotations

from pathlib import Path

import pytest

from routing.model.problem import Problems
from support.folders import compiled, laid_out

FREE, PAID, OTHER = "+380441234567", "+380800330521", "+380800330522"
RING = "{ring: ivan}, hangup"
HIDDEN = ", anonymous: true"
NUMBERS = f'numbers: ["{FREE}", {{number: "{PAID}", caller_pays: false}}, {{number: "{OTHER}", caller_pays: false}}]\n'
GREET = "{play: greeting.wav}"


def told(tmp_path: Path, *schemes: str) -> list[str]:
    source = tmp_path / "source"
    source.mkdir()
    for index, steps in enumerate(schemes):
        name = "abc"[index]
        (source / f"{name}.yaml").write_text(f"scheme: {name}\n{NUMBERS if not index else ''}steps: {steps}\n")
    try:
        compiled(laid_out(source, tmp_path / "schemes"), tmp_path / "root")
    except Problems as problems:
        return [problem.message.rpartition(" ")[2] for problem in problems.problems]
    return []


def when(number: str, *steps: str, more: str = "") -> str:
    return f'{{when: {{number: "{number}"{more}}}, steps: [{", ".join(steps)}]}}'


@pytest.mark.parametrize(
    ("schemes", "paid"),
    [
        ([f"[{{match: [{when(FREE, GREET)}]}}, {RING}]"], []),
        ([f"[{{match: [{when(FREE, GREET, more=HIDDEN)}]}}, {RING}]"], []),
        ([f"[{{match: [{when(PAID, GREET)}]}}, {RING}]"], [PAID]),
        ([f"[{{match: [{when(OTHER, GREET)}]}}, {RING}]"], [OTHER]),
        # taken before: what follows is for the free number
        ([f"[{{match: [{when(PAID, 'hangup')}, {when(OTHER, 'hangup')}]}}, {GREET}, hangup]"], []),
        ([f"[{{match: [{when(PAID, 'hangup')}]}}, {GREET}, hangup]"], [OTHER]),
        ([f"[{{match: [{when(PAID, '{ring: ivan}')}, {when(OTHER, 'hangup')}]}}, {GREET}, hangup]"], [PAID]),
        ([f"[{{match: [{when(PAID, 'hangup', more=HIDDEN)}, {when(OTHER, 'hangup')}]}}, {GREET}, hangup]"],
         [PAID]),
        ([f"[{{match: {{cases: [{when(PAID, 'hangup')}, {when(OTHER, 'hangup')}], otherwise: [{GREET}]}}}}, hangup]"],
         []),
        ([f"[{{match: {{cases: [{when(PAID, '{ring: ivan}')}], otherwise: [hangup]}}}}, {GREET}, hangup]"], [PAID]),
        ([f"[{{match: {{cases: [{when(FREE, '{ring: ivan}')}], otherwise: [hangup]}}}}, {GREET}, hangup]"], []),
        ([f"[{{match: [{when(FREE, f'{{match: [{when(PAID, GREET)}]}}')}]}}, {RING}]"], []),
        ([f"[{{hours: {{calendar: office, closed: [{{match: [{when(FREE, GREET)}]}}]}}}}, {RING}]"], []),
        # through other schemes
        ([f"[{{match: [{when(FREE, '{scheme: b}')}]}}, {RING}]", f"[{GREET}, hangup]"], []),
        (["[{scheme: b}]", f"[{{match: [{when(FREE, GREET)}]}}, {RING}]"], []),
        (["[{scheme: b}]", f"[{{match: [{when(FREE, GREET)}]}}, {{scheme: c}}]", f"[{GREET}, hangup]"], [PAID]),
        ([f"[{{match: [{when(OTHER, '{scheme: b}')}]}}, {RING}]", f"[{GREET}, hangup]"], [OTHER]),
    ],
)  # fmt: skip
def test_only_steps_that_a_paid_call_comes_to_count(schemes: list[str], paid: list[str], tmp_path: Path) -> None:
    assert told(tmp_path, *schemes) == paid
