"""A mobile that its carrier diverts to our own number: the loop ends by itself, flood limits being off."""

import pytest

from support.switchbed.lab import until

NUMBER, MOBILE = "380800330911", "+380501120001"
OURS, CALLER = "+380800330900", "+380671234567"
BACK = {
    "Diversion": (f"Diversion: <sip:{MOBILE}@127.0.0.1>;reason=unconditional",),
    "History-Info": (f"History-Info: <sip:{MOBILE}@127.0.0.1>;index=1, <sip:+{NUMBER}@127.0.0.1>;index=1.1",),
    "no word of it": (),
}
#: How often the mobile rings: the call itself, and those that come back.
ROUNDS = {"Diversion": 2, "History-Info": 2, "no word of it": 4}


def divert(lab, headers, sender):
    """Bring every call to the mobile back to our number, until one is refused; the calls, and what refused the last."""
    back, answer = [], ""
    while len(back) < 12:
        seen = len(back)
        assert until(lambda count=seen: len(lab.carrier.received("INVITE")) > count)
        with lab.caller() as carrier:
            carrier.account = sender
            back.append(carrier.call(NUMBER, *headers, sender=sender))
            call = back[-1]
            refused = until(lambda agent=carrier, of=call: _status(agent, of), 10)
            if refused != "180":
                return len(back), refused
    return len(back), answer


def _status(agent, call):
    """What a call is told first, 100 left out."""
    found = [each.start for each in agent.log if each.received and each.header("Call-ID") == call.id]
    return next((each for each in found if each.isdigit() and each != "100"), None)


# who shows the first caller and says nothing of it is anybody to us: flood limits bound that
@pytest.mark.parametrize(
    ("way", "sender"),
    [
        ("Diversion", OURS),
        ("Diversion", CALLER),
        ("History-Info", OURS),
        ("History-Info", CALLER),
        ("no word of it", OURS),
    ],
)
def test_a_call_that_comes_back_ends(lab, way, sender):
    lab.carrier.log.clear()
    lab.carrier.answers_after_s = None
    try:
        with lab.caller() as caller:
            call = caller.call(NUMBER)
            rounds, answer = divert(lab, BACK[way], sender)
            assert answer == "483"
            assert rounds == ROUNDS[way]
            assert len(lab.carrier.received("INVITE")) == rounds
            caller.send_request(call, "CANCEL", call.cseq, (), "")
    finally:
        lab.carrier.answers_after_s = 0.2
        lab.switch.esl.api("hupall NORMAL_CLEARING")
    assert lab.quiet()


def test_diverted_calls_of_different_callers_arrive(lab):
    header = "Diversion: <sip:+380441234567@127.0.0.1>;reason=unconditional"
    with lab.phone("2002", answers_after_s=None), lab.caller() as first, lab.caller() as second:
        calls = [
            (agent, agent.call("380800330902", header, sender=f"+38067123450{place}"))
            for place, agent in enumerate((first, second))
        ]
        assert [until(lambda agent=agent, call=call: _status(agent, call)) for agent, call in calls] == ["180", "180"]
        lab.switch.esl.api("hupall NORMAL_CLEARING")
    assert lab.quiet()
