"""Digits at `ask` as telephone-events, INFO and tones; secret ones are in no file that the switch leaves."""

import pytest

from routing.journal import cdr, parse
from support.switchbed.dialog import media_port, speak
from support.switchbed.lab import until
from support.switchbed.pressed import packets
from support.switchbed.tones import tone

NUMBER, ORDER, PIN = "380800330957", "4711", "73829164"
RELAY = "application/dtmf-relay"


class Typist:
    """A caller who is asked; ``way``: how the keys travel."""

    def __init__(self, lab, caller, way):
        self.lab = lab
        self.call = caller.call(NUMBER)
        self.answer = caller.answered(self.call)
        assert self.answer.start == "200"
        self.way, self.count = way, 0
        speak(caller.rtp, media_port(self.answer), 0.2)

    def types_order(self):
        """The order, until the switch has it: it asks for the PIN then."""
        self.types(ORDER)
        (uuid,) = self.lab.uuids(1)
        assert until(lambda: self.lab.switch.esl.api(f"uuid_getvar {uuid} routing_ask_order").strip() == ORDER)

    def types(self, keys):
        for key in keys:
            self._press(key)
            self.count += 1

    def _press(self, key):
        port = media_port(self.answer)
        match self.way:
            case "info":
                self.call.press(key)
            case "events":
                for packet in packets(key, self.count):
                    self.call.agent.rtp.sendto(packet, ("127.0.0.1", port))
                speak(self.call.agent.rtp, port, 0.1)
            case "tones":
                speak(self.call.agent.rtp, port, 0.24, tone(key))
                speak(self.call.agent.rtp, port, 0.1)


@pytest.fixture(params=["events", "info", "tones"])
def typist(lab, request):
    with lab.caller(events=request.param != "tones") as caller:
        yield Typist(lab, caller, request.param)
    assert lab.quiet()


def files_with(lab, text):
    """The files below the switch's folder that hold a text: call records, logs, databases."""
    found = [path for path in lab.switch.home.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
    return [str(path.relative_to(lab.switch.home)) for path in found]


def test_they_are_heard_and_secret_ones_kept_nowhere(lab, typist):
    typist.types_order()
    typist.types(f"{PIN[:7]}#")
    assert until(typist.call.is_over, 20)
    record = lab.record(typist.call)
    assert (record["routing_ask_order"], record["hangup_cause"]) == (ORDER, "CALL_REJECTED")
    assert files_with(lab, ORDER)  # the search finds what is there
    assert files_with(lab, PIN[:7]) == []
    assert files_with(lab, 'secret_ask_pin"') == []


def test_one_digit_during_the_prompt_and_then_none_keeps_nobody_waiting(lab, typist):
    typist.types(ORDER[0])
    assert until(typist.call.is_over, 60)
    record = lab.record(typist.call)
    assert (record["hangup_cause"], record.get("routing_ask_order", "")) == ("CALL_REJECTED", "")


@pytest.mark.parametrize("typed", [f"{PIN[:3]}#{PIN}", PIN[:7], f"{PIN[:7]}*{PIN[:7]}"])
def test_a_caller_who_hangs_up_in_the_middle_leaves_none(lab, typist, typed):
    typist.types_order()
    typist.types(typed)
    typist.call.hang_up()
    record = lab.record(typist.call)
    assert record["routing_ask_order"] == ORDER
    assert [name for name in record if "secret" in name and record[name]] == []
    assert files_with(lab, PIN[:7]) == []


def test_the_journal_says_what_was_asked_and_nothing_secret(lab, typist):
    typist.types_order()
    typist.types(PIN)
    assert until(typist.call.is_over, 20)
    lab.record(typist.call)
    legs = [cdr.read(path.read_bytes()) for path in (lab.switch.home / "spool").glob("a_*.json")]
    leg = next(leg for leg in legs if leg.get("sip_call_id") == typist.call.id)
    steps = [step for step in parse.call(leg, {}, parse.ParseContext()).steps if step.kind == "ask"]
    assert [(step.inputs, step.outcome) for step in steps] == [("order", f"entered {ORDER}"), ("pin", "secret")]
    assert PIN not in repr(steps)
