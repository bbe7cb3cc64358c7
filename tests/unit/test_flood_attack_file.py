"""The file of an attack for `routing floods replay`, as people and programs write it."""

import pytest

from routing.cli.errors import UserError
from routing.cli.flood_replay import attack_of
from routing.model.flood import HIDDEN, FloodPlan

NUMBER = "+380800330916"
PLAN = FloodPlan("lab", "UA", refuses=True, numbers=frozenset({NUMBER}), minutes_a_day=0)
HEAD = "started,number,caller,answered,ended\n"
GOOD = "2026-11-30T12:00:00+02:00,0800330916,{caller},,2026-11-30T12:00:05+02:00\n"


def read(tmp_path, text):
    file = tmp_path / "attack.csv"
    file.write_text(text, encoding="utf-8")
    return attack_of(file, PLAN)


@pytest.mark.parametrize("caller", ["", " ", HIDDEN])
def test_a_caller_without_a_number(tmp_path, caller):
    (call,) = read(tmp_path, HEAD + GOOD.format(caller=caller))
    assert (call.number, call.caller, call.answered) == (NUMBER, HIDDEN, 0.0)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "9999-12-31T23:59:59-12:00,0800330916,,,2026-11-30T12:00:05+02:00",
            ":2: started: `9999-12-31T23:59:59",
        ),
        (
            "0001-01-01T00:00:00+14:00,0800330916,,,2026-11-30T12:00:05+02:00",
            ":2: started: `0001-01-01T00:00:00",
        ),
        (",0800330916,,,2026-11-30T12:00:05+02:00", ":2: started: `` is not a time: write 2026-11-30T12:00:00+02:00"),
        ("2026-11-30T12:00:00,0800330916,,,", ":2: started: `2026-11-30T12:00:00` has no zone"),
        ("2026-11-30T12:00:00+02:00,0800330916,x,,2026-11-30T12:00:05+02:00", ":2: caller: "),
        ("2026-11-30T12:00:00+02:00,nobody,,,2026-11-30T12:00:05+02:00", ":2: number: "),
        (f"{'9' * 200_000},0800330916,,,", ":2: field larger than field limit"),
        ("2026-11-30T12:00:00+02:00,0800330916", ":2: ended: `` is not a time"),
    ],
)
def test_what_is_wrong_is_told_by_line_and_column(tmp_path, line, told):
    with pytest.raises(UserError) as problem:
        read(tmp_path, f"{HEAD}{line}\n")
    assert told in str(problem.value)
