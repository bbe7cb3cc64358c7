"""Accounts with letters, which phones write as they like: FreeSWITCH lets `alice` in for `Alice`."""

import contextlib

import pytest

from routing.model.guesses import MOST_OF_ACCOUNT, PREFIX
from support.switchbed import ports
from support.switchbed.agent import Agent
from support.switchbed.engines import serving
from support.switchbed.lab import FOLDER, Lab, until

WRITTEN = ("Alice", "alice", "ALICE")
FREE = "380800330955"
SCHEME = """\
scheme: letters
numbers: ["+380800330955"]
steps: [{ring: {to: store, only: free, for: 8s}}, {hangup: NO_ANSWER}]
"""
NEIGHBOUR = "127.0.0.2"


@pytest.fixture(scope="module")
def letters(tmp_path_factory):
    """A switch and an engine; the store's account is `Alice`."""
    esl, engine = ports.free(), f"127.0.0.1:{ports.free()}"
    company = (FOLDER / "company.yaml").read_text().replace('sip: "2003"', 'sip: "Alice"')
    lab = Lab(
        tmp_path_factory.mktemp("letters"), {"esl_port": esl}, {"company.yaml": company, "letters.yaml": SCHEME},
        {"SIP_PASSWORD_ALICE": Lab.password("Alice")}, engine=engine,
    )  # fmt: skip
    with serving(lab, "--listen", engine, watches=esl) as running:
        running.wait_watching()
        yield lab
    lab.stop()


def phone(lab, written, host="127.0.0.1"):
    """A phone that writes its account so."""
    return Agent(lab.inside, written, Lab.password("Alice"), host=host)


@pytest.mark.parametrize("written", WRITTEN)
def test_a_phone_rings_however_it_writes_its_account(letters, written):
    with phone(letters, written) as store, letters.phone("2002") as other:
        assert store.register().start == "200"
        for caller, number in ((other, "103"), (other, "Alice"), (letters.caller(), FREE)):
            with caller if number == FREE else contextlib.nullcontext(caller) as agent:
                call = agent.call(number)
                assert agent.answered(call).start == "200"
                call.hang_up()
                assert letters.quiet()
        assert store.register(seconds=0).start == "200"
        call = other.call("103")
        assert other.answered(call).start == "480", "it is away"
    assert letters.quiet()


@pytest.mark.parametrize("written", WRITTEN)
def test_a_phone_calls_as_its_person_however_it_writes_its_account(letters, written):
    with phone(letters, written) as store, letters.phone("2002"):
        call = store.call("102")
        assert store.answered(call).start == "200"
        call.hang_up()
        assert letters.record(call)["routing_phone"] == "store.desk"
    assert letters.quiet()


def test_guesses_of_an_account_count_however_it_is_written_and_its_phone_goes_on(letters):
    with phone(letters, "alice", NEIGHBOUR) as store:
        assert store.register().start == "200"
        for place in range(MOST_OF_ACCOUNT):
            with Agent(letters.inside, WRITTEN[place % 3], "guess", host=NEIGHBOUR) as guessing:
                assert guessing.register().start == "403"
        assert until(lambda: f"{PREFIX}{NEIGHBOUR}/alice=" in letters.switch.esl.api("global_getvar"))
        for written in WRITTEN:
            with phone(letters, written, NEIGHBOUR) as right:
                assert right.register().start == "403"
        assert store.register().start == "200"
        store.register(seconds=0)
