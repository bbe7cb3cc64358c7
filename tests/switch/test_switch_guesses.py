"""Passwords that are guessed, on the real switch: who guesses is refused, the rightful phone goes on."""

import re
import time

import pytest

from routing.model.guesses import MOST_OF_ACCOUNT, MOST_OF_ADDRESS, PREFIX, Refusal, address_key
from support.switchbed import ports
from support.switchbed.agent import HOST, Agent
from support.switchbed.engines import serving
from support.switchbed.lab import Lab, until

#: Addresses of this machine: where phones are, and where somebody guesses.
OFFICE, ELSEWHERE, FAR = HOST, "127.0.0.2", "127.0.0.3"


@pytest.fixture
def guarded(tmp_path):
    """A switch, and an engine that listens to it."""
    esl = ports.free()
    lab = Lab(tmp_path, {"esl_port": esl})
    with serving(lab, watches=esl) as engine:
        engine.wait_watching()
        yield lab, engine
    lab.stop()


def shows(lab, host, account="2002", password="guess", method="REGISTER", headers=()):
    """The answer to a password that somebody shows."""
    with Agent(lab.inside, account, password, host=host) as agent:
        if method == "INVITE":
            call = agent.call("103")
            return agent.answered(call).start
        if method == "REGISTER":
            answer = agent.register().start
            if answer == "200":
                agent.register(seconds=0)
            return answer
        return agent.ask(method, *headers).start


def refusals(lab):
    told = lab.switch.esl.api("global_getvar").splitlines()
    return {line.partition("=")[0].removeprefix(PREFIX) for line in told if line.startswith(PREFIX)}


def guess(lab, host, times, account="2002", method="REGISTER"):
    for _ in range(times):
        assert shows(lab, host, account, method=method) == "403"


@pytest.mark.parametrize("method", ["REGISTER", "INVITE"])
def test_who_guesses_one_account_is_refused_there_and_nowhere_else(guarded, method):
    lab, engine = guarded
    with lab.phone("2002") as phone:
        guess(lab, ELSEWHERE, MOST_OF_ACCOUNT, method=method)
        assert until(lambda: refusals(lab) == {f"{ELSEWHERE}/2002"})
        right = lab.password("2002")
        assert shows(lab, ELSEWHERE, password=right) == "403"  # he has found it: too late
        assert shows(lab, ELSEWHERE, password=right, method="INVITE") == "403"
        assert shows(lab, ELSEWHERE, "2003", lab.password("2003")) == "200"
        assert shows(lab, FAR, password=right) == "200"
        assert phone.register().start == "200"
        call = phone.call("103")
        assert phone.answered(call).start != "403"
        call.hang_up()
    assert lab.quiet()
    (line,) = engine.lines("guesses")
    assert (line["address"], line["account"]) == (ELSEWHERE, "2002")


def test_who_tries_many_accounts_is_refused_altogether_but_for_the_phones_that_are_there(guarded):
    lab, _ = guarded
    with lab.phone("2002", host=ELSEWHERE) as phone, lab.phone("2003"):
        for place in range(MOST_OF_ADDRESS):
            guess(lab, ELSEWHERE, 1, ("2001", "2004", f"nobody{place}", "2003", "root")[place % 5])
        assert until(lambda: refusals(lab) == {f"{ELSEWHERE}/"})
        assert shows(lab, ELSEWHERE, "2004", lab.password("2004")) == "403"
        assert phone.register().start == "200"
        guess(lab, ELSEWHERE, MOST_OF_ACCOUNT, "2002")  # spared, and counted for itself
        assert until(lambda: f"{ELSEWHERE}/2002" in refusals(lab))
        assert shows(lab, OFFICE, "2004", lab.password("2004")) == "200"


def test_a_phone_that_is_there_is_not_locked_out_by_its_neighbours_nor_by_a_forged_address(guarded):
    """Behind one NAT everybody has one address, and over UDP anybody may write another's on packets."""
    lab, _ = guarded
    right = lab.password("2002")
    with lab.phone("2002") as phone:
        guess(lab, OFFICE, MOST_OF_ACCOUNT - 1)
        phone.password = "guess"
        assert phone.register().start == "403"
        phone.password = right
        assert until(lambda: refusals(lab) == {f"{OFFICE}/2002"})
        assert phone.register().start == "200"
        call = phone.call("103")
        assert phone.answered(call).start != "403"
        call.hang_up()
        for method in ("REGISTER", "INVITE"):
            assert shows(lab, OFFICE, password=right, method=method) == "403"
    assert shows(lab, OFFICE, password=right) == "403"  # it has gone: its port is anybody's
    assert lab.quiet()


@pytest.mark.parametrize(
    ("method", "event"), [("SUBSCRIBE", "as-feature-event"), ("SUBSCRIBE", "message-summary"), ("MESSAGE", "")]
)
def test_no_other_request_tells_a_right_password_from_a_wrong_one(lab, method, event):
    """FreeSWITCH compares it and writes nothing down; only a phone that is registered there may show one."""
    headers = ("Event: " + event,) if event else ()
    answers = {
        shows(lab, ELSEWHERE, password=password, method=method, headers=headers)
        for password in ("guess", lab.password("2002"))
    }
    assert answers in ({"401"}, {"403"}, {"405"})
    with lab.phone("2002") as phone:
        assert phone.ask(method, *headers).start in ("200", "202", "405")


def test_a_refusal_ends_by_itself(lab):
    for until_s, answer in ((time.time() + 600, "403"), (time.time() - 1, "200")):
        refusal = Refusal(ELSEWHERE, "", until_s)
        lab.switch.esl.api(f"global_setvar {refusal.variable}={refusal.value}")
        assert shows(lab, ELSEWHERE, password=lab.password("2002")) == answer
    lab.switch.esl.api(f"global_setvar {refusal.variable}=")


def test_what_is_refused_outlives_the_engine_and_is_swept_by_the_next(guarded):
    lab, engine = guarded
    guess(lab, ELSEWHERE, MOST_OF_ACCOUNT)
    assert until(lambda: refusals(lab))
    engine.end()
    assert shows(lab, ELSEWHERE, password=lab.password("2002")) == "403"
    over = Refusal(FAR, "", time.time() - 1)
    lab.switch.esl.api(f"global_setvar {over.variable}={over.value}")
    with serving(lab, watches=lab.switch.settings.esl_port):
        assert until(lambda: refusals(lab) == {f"{ELSEWHERE}/2002"}, 20)


def test_a_trusted_network_is_never_refused(tmp_path):
    esl = ports.free()
    lab = Lab(tmp_path, {"esl_port": esl})
    with serving(lab, "--trust", f"{ELSEWHERE}/32", watches=esl) as engine:
        engine.wait_watching()
        guess(lab, ELSEWHERE, MOST_OF_ACCOUNT)
        guess(lab, FAR, MOST_OF_ACCOUNT)
        assert until(lambda: refusals(lab) == {f"{FAR}/2002"})
    lab.stop()


@pytest.mark.parametrize("address", [
    "192.0.2.7", "2001:db8::1", "2001:db8:0:1::", "2001:db8:0:1:2:3:4:5", "::1", "::", "fe80::1:2:3:4",
    "::ffff:192.0.2.7", "2001:DB8:00a:1::7", "1::2:3:4:5:6:7", "1:2:3::8",
])  # fmt: skip
def test_the_switch_and_the_engine_name_an_address_alike(lab, address):
    script = (lab.switch.home / "conf" / "scripts" / "guesses.lua").read_text()
    function = re.search(r"^local function key.*?^end$", script, re.M | re.S)
    assert function
    code = f"{' '.join(function[0].split())} stream:write(key('{address}'))"
    assert lab.switch.esl.api(f"lua ~{code}").strip() == address_key(address)
