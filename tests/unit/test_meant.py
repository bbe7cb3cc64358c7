"""What is written as people write it elsewhere, and what they are told to write."""

import pytest

from routing.model import meant


@pytest.mark.parametrize(
    ("reads", "written", "wanted"),
    [
        (meant.period, "9:00-18:00", "09:00-18:00"), (meant.period, "9-18", "09:00-18:00"),
        (meant.period, "9am–5.30pm", "09:00-17:30"), (meant.period, "12am-12pm", "00:00-12:00"),
        (meant.period, "“9:00 – 18:00”", "09:00-18:00"), (meant.period, "18:00", ""), (meant.period, "25:00-26:00", ""),
        (meant.period, "9-9", ""), (meant.period, 5, ""),
        (meant.days, "Monday", "mon"), (meant.days, "Mon – Fri", "mon-fri"), (meant.days, "SAT, Sun", "sat,sun"),
        (meant.days, "weekend", ""), (meant.days, "пн", ""), (meant.days, "mon-", ""),
        (meant.day, "24.12.2026", "2026-12-24"), (meant.day, "2026/2/3", ""), (meant.day, "2026-2-3", "2026-02-03"),
        (meant.day, "12/24/2026", "2026-12-24"), (meant.day, "10/12/2026", ""), (meant.day, "31.02.2026", ""),
        (meant.length, "20 sec", "20s"), (meant.length, "2000ms", "2s"), (meant.length, "300 ms", "1s"),
        (meant.length, "1,5 min", "90s"), (meant.length, "2 hours", "2h"), (meant.length, "1:30", "90s"),
        (meant.length, "0:00", ""), (meant.length, "0.0s", ""), (meant.length, "1 month", ""),
        (meant.length, "soon", ""),
        (meant.flag, "no", "false"), (meant.flag, "ON", "true"), (meant.flag, "True", "true"),
        (meant.flag, "maybe", ""), (meant.flag, None, ""), (meant.flag, 1, ""),
        (meant.name, "Olena Koval", "olena_koval"), (meant.name, "olena-k", "olena_k"), (meant.name, "9live", ""),
        (meant.name, "Олена", ""), (meant.name, None, ""), (meant.name, "x" * 65, ""),
        (meant.unquoted, "“101”", "101"), (meant.unquoted, "«так»", "так"), (meant.unquoted, "plain", ""),
        (meant.unquoted, 5, ""), (meant.unquoted, "", ""), (meant.unquoted, "“”", ""),
        (meant.odd_letters, "hоurs", "`о` in it is CYRILLIC SMALL LETTER O"), (meant.odd_letters, "hours", ""),
    ],
)  # fmt: skip
def test_what_to_write(reads, written, wanted):
    assert reads(written) == wanted


def test_a_missing_space_behind_a_colon():
    assert meant.key("to:ivan", ["to", "for"]) == "to: ivan"
    assert meant.key("too:ivan", ["to"]) == meant.key("to", ["to"]) == meant.key("to:", ["to"]) == ""
