"""Refusals of floods on the real switch: who is refused, who passes, what ends them, all without an engine."""

import contextlib
import signal
import sys
import time

import pytest

from routing.journal import cdr, flood_book, parse
from routing.journal.database import opened_database
from routing.model.flood import HIDDEN, KNOWN, FloodRefusal, FloodSign
from routing.release import floods
from routing.release.known_callers import write_known
from support.processes import launch
from support.switchbed.lab import Lab, company_with, until

NUMBER, FREE_TO_CALL = "+380800330916", "380800330902"
STRANGER, CUSTOMER = "+380671234567", "+380501112233"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    more = {"company.yaml": company_with("floods: {mode: refuse}")}
    lab = Lab(tmp_path_factory.mktemp("floods"), {"account_rate": "0"}, more)
    write_known(lab.root, [CUSTOMER, "+380679994567"])
    with lab.phone("2002"):
        yield lab
    lab.stop()


@pytest.fixture(autouse=True)
def nobody_refused(guarded):
    yield
    floods.lift(guarded.switch.esl.api, NUMBER)
    assert guarded.quiet()


def answer(lab, sender, number=NUMBER, *headers):
    """What a caller is answered."""
    with lab.caller() as caller:
        caller.account = sender
        call = caller.call(number.removeprefix("+"), *headers, sender=sender)
        status = caller.answered(call).start
        if status == "200":
            call.hang_up()
        return status


def recorded(lab):
    """The last call as the journal has it."""
    found = []
    for path in (lab.switch.home / "spool").glob("*.json"):
        with contextlib.suppress(cdr.IncompleteCdr):
            found.append(parse.call(cdr.read(path.read_bytes()), {}, parse.ParseContext()))
    return max(found, key=lambda call: call.started)


def refuse(lab, *starts, seconds=600):
    now = time.time()
    floods.refuse(lab.switch.esl.api, FloodRefusal(NUMBER, starts, now + seconds, "test"), now)


def test_a_call_without_a_refusal_goes_on(guarded):
    assert answer(guarded, STRANGER) == "200"


def test_strangers_are_refused_and_known_callers_are_not(guarded):
    refuse(guarded, "")
    assert answer(guarded, STRANGER) == "603"
    assert answer(guarded, CUSTOMER) == "200"
    assert answer(guarded, STRANGER, FREE_TO_CALL) == "200"  # no number that the company pays for


@pytest.mark.parametrize(
    ("starts", "sender", "expected"),
    [
        (("38067123",), STRANGER, "603"),
        (("44", "38067123", "48"), STRANGER, "603"),
        (("44", "48"), STRANGER, "200"),
        (("671234567",), STRANGER, "200"),
        (("380671234567",), STRANGER, "603"),
        (("3806712345678",), STRANGER, "200"),
        ((HIDDEN,), STRANGER, "200"),
        ((HIDDEN, "38067"), STRANGER, "603"),
    ],
)
def test_a_refusal_concerns_numbers_that_begin_so(guarded, starts, sender, expected):
    refuse(guarded, *starts)
    assert answer(guarded, sender) == expected


@pytest.mark.parametrize("sender", ["380671234567", "0671234567", "00380671234567"])
def test_a_caller_in_another_form_is_the_same(guarded, sender):
    refuse(guarded, "38067123")
    assert answer(guarded, sender) == "603"


@pytest.mark.parametrize("sender", ["Sales", "12345", "anonymous"])
def test_a_sender_that_is_no_number_counts_as_hidden(guarded, sender):
    refuse(guarded, "44", HIDDEN, "48")
    assert answer(guarded, sender) == "603"
    refuse(guarded, "44", "48")
    assert answer(guarded, sender) == "200"


@pytest.mark.parametrize(("starts", "expected"), [((HIDDEN,), "603"), (("",), "603"), (("380",), "200")])
def test_callers_without_a_number(guarded, starts, expected):
    refuse(guarded, *starts)
    assert answer(guarded, STRANGER, NUMBER, "Privacy: id") == expected


def test_a_known_caller_passes_a_refusal_of_several_beginnings(guarded):
    refuse(guarded, "380", "44", "48")
    assert answer(guarded, CUSTOMER) == "200"


def test_the_journal_shows_a_refused_call_as_any_other(guarded):
    now = time.time()
    block = FloodRefusal(NUMBER, ("38067123",), now + 60, "test", FloodSign.BLOCK)
    floods.refuse(guarded.switch.esl.api, block, now)
    assert answer(guarded, STRANGER) == "603"
    assert guarded.quiet()
    call = recorded(guarded)
    assert (call.number, call.dialled, call.caller, call.client) == (NUMBER, NUMBER, STRANGER, STRANGER)
    assert (call.schemes, call.direction, call.status) == (("free",), "in", "refused as a flood")
    assert (call.answered, call.release) == (0.0, (guarded.root / "current").resolve().name)
    (step,) = call.steps
    assert step.outcome == "refused as a flood: many calls from one block of numbers"


def test_freeswitch_ends_a_refusal_by_itself(guarded):
    refuse(guarded, "", seconds=2)
    assert floods.standing(guarded.switch.esl.api)[NUMBER].starts == ("",)
    assert answer(guarded, STRANGER) == "603"
    assert until(lambda: not floods.standing(guarded.switch.esl.api))
    assert answer(guarded, STRANGER) == "200"


def test_a_longer_refusal_takes_the_place_of_a_shorter_one(guarded):
    refuse(guarded, "44", seconds=2)
    refuse(guarded, "", seconds=600)
    # FreeSWITCH lists a task a moment after it has taken it
    assert until(lambda: floods.standing(guarded.switch.esl.api)[NUMBER].until_s - time.time() > 500)


def test_a_person_lets_everybody_pass(guarded):
    floods.let_pass(guarded.switch.esl.api, NUMBER, 60)
    assert floods.standing(guarded.switch.esl.api)[NUMBER].text() == "everybody passes"
    assert answer(guarded, STRANGER) == "200"


def test_an_attack_is_refused_by_the_journal_that_watches(tmp_path):
    """Forty calls of one block, one after another; then the journal ends, and FreeSWITCH refuses on."""
    lab = Lab(tmp_path / "lab", more={"company.yaml": company_with("floods: {mode: refuse}")})
    command = [sys.executable, "-m", "routing", "journal", "--spool", lab.switch.home / "spool", "--root", lab.root]
    with lab.phone("2002"), (tmp_path / "journal.log").open("wb") as log:
        journal = launch(command, stdout=log, stderr=log)
        try:
            assert until(lambda: (lab.root / KNOWN).is_dir(), 60)
            answers = [answer(lab, f"+380671112{at:03}") for at in range(40)]
            with opened_database(str(lab.root / "journal.db")) as engine:
                refused = {NUMBER: answers.count("603")}
                assert until(lambda: flood_book.refused_calls(engine, {NUMBER}, 0) == refused, 30)
                (flood,) = flood_book.standing(engine, "lab", time.time())
                assert (flood.number, flood.sign, flood.state) == (NUMBER, "block", "refused")
        finally:
            journal.send_signal(signal.SIGTERM)
            journal.wait(20)
        assert answers[:8] == ["200"] * 8
        assert answers[12:] == ["603"] * 28
        assert answer(lab, "+380671112999") == "603"
        assert answer(lab, "+380971112999") == "200"
    assert lab.quiet()
    lab.stop()
    assert '"flood"' in (tmp_path / "journal.log").read_text()
