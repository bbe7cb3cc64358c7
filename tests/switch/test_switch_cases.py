"""Every case on the real switch: who rang in which order, who talked, how it ended, and nothing is left behind."""

import re

import pytest
from switchbed.bed import until
from switchbed.cases import grouped, load

CASES = load()


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request):
    """One case."""
    return request.param


def test_case(case, outcomes, switch):
    outcome = outcomes[case.name].result()
    assert grouped([target for _, target in outcome.rung], case.rung) == list(case.rung)
    assert outcome.talked == case.talked
    if case.cause != "NO_ANSWER" or outcome.answered_s is None:
        assert (outcome.status, outcome.call["hangup_cause"]) == (expected_status(case), case.cause)
    for name, value in case.variables.items():
        assert outcome.call.get(name) == value
    for target, headers in case.seen.items():
        for name, pattern in headers.items():
            assert re.search(pattern, outcome.seen[target].header(name)), outcome.seen[target].text
    assert {kind_of(path) for path in outcome.files} == expected_files(case)
    assert all(path.stat().st_size > 8000 for path in outcome.files)


def test_no_channel_is_left_and_nothing_was_executed(outcomes, switch):
    for outcome in outcomes.values():
        outcome.exception()
    assert until(lambda: switch.channels() == 0)
    assert not list(switch.home.rglob("*PWNED*"))


def expected_status(case):
    return {"NO_ANSWER": 480}.get(case.cause, case.status)


def kind_of(path):
    return "message" if "voicemail" in path.parts else "recording"


def expected_files(case):
    return {kind for kind, is_there in (("message", case.message), ("recording", case.recording)) if is_there}
