"""Hangup causes: one table, from which every layer takes its names, statuses and words."""

from __future__ import annotations

import pytest

from routing.journal.dialled import why
from routing.model.causes import BUSY, CAUSES, OFFERED, UNTAKEN, cause_of_status
from routing.offline.argument import cause_named
from routing.offline.ladder import ENDINGS


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (486, "USER_BUSY"),
        (600, "USER_BUSY"),
        (404, "UNALLOCATED_NUMBER"),
        (413, "INTERWORKING"),
        (415, "SERVICE_NOT_IMPLEMENTED"),
        (428, "NO_IDENTITY"),
        (438, "INVALID_IDENTITY"),
        (499, "NORMAL_UNSPECIFIED"),
    ],
)
def test_a_status_is_a_cause(status, cause):
    assert cause_of_status(status) == cause


def test_no_status_stands_twice_and_every_name_is_known():
    statuses = [status for cause in CAUSES.values() for status in cause.statuses]
    assert sorted(set(statuses)) == sorted(statuses)
    assert OFFERED | BUSY | UNTAKEN | set(ENDINGS) - {"answered"} <= set(CAUSES)


@pytest.mark.parametrize(
    ("word", "cause"), [("user_busy", "USER_BUSY"), ("17", "USER_BUSY"), ("21", "NORMAL_CLEARING")]
)
def test_a_word_is_a_cause(word, cause):
    assert cause_named(word) == cause


def test_a_cause_without_words_is_told_by_its_name():
    assert why("USER_BUSY", False, "") == "busy"
    assert why("SRTP_READ_ERROR", False, "") == "srtp read error"
    assert why("A_CAUSE_TO_COME", False, "") == "a cause to come"
