"""A menu that takes extensions waits for more digits only where more could come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.steps.typed import last_keys, parts

KEYS = "0123456789*#"


@pytest.mark.parametrize(
    ("extensions", "last"),
    [
        (["101", "102", "105"], "23456789*#"),
        (["101", "124"], "3456789*#"),
        (["10", "101"], "23456789*#"),
        (["12", "123"], "3456789*0#"),
        (["201", "301"], "1456789*#"),
    ],
)
def test_keys_after_which_nothing_can_come(extensions, last):
    assert set(last_keys(extensions)) == set(last)


@given(st.lists(st.text("0123456789", min_size=2, max_size=5), min_size=1, max_size=30))
def test_no_extension_is_cut_off(extensions):
    last = set(last_keys(extensions))
    for extension in extensions:
        assert not last & set(extension[:-1])
        if extension[-1] in last:
            assert not any(other != extension and other.startswith(extension) for other in extensions)


@pytest.mark.parametrize(
    ("extensions", "asked"),
    [
        (["101", "102"], [("", "1"), ("1", "01 02")]),
        (["201", "301"], [("", "2 3"), ("2", "01"), ("3", "01")]),
        (["10", "101"], [("", "1"), ("1", "0 01")]),
        (["22", "222"], [("", "22 222")]),
        (["101", "1015", "2001"], [("", "1 2"), ("1", "0"), ("10", "1 15"), ("2", "001")]),
        (["101", "1120"], [("", "1"), ("1", "0 1"), ("10", "1"), ("11", "20")]),
    ],
)
def test_what_is_asked_one_by_one(extensions, asked):
    assert [(part.typed, " ".join(part.choices)) for part in parts(extensions)] == asked


@given(st.lists(st.text("0123456789", min_size=2, max_size=5), min_size=1, max_size=30))
def test_every_extension_is_an_answer_and_nothing_else_is(extensions):
    asked = list(parts(extensions))
    whole = {part.typed for part in asked}
    answers = {part.typed + word for part in asked for word in part.choices}
    assert answers - whole <= set(extensions) <= answers
