"""Which voicemail a phone plays next: the oldest of its person, which then counts as heard. Pure."""

from __future__ import annotations

from routing.decide.ports import Ports, Step
from routing.decide.verdict import Verdict, refused
from routing.model.call import Call
from routing.model.decision import Continue
from routing.model.messages import MESSAGE, MOST_AT_ONCE, NAME, NONE


def answer(step: Step, call: Call, ports: Ports) -> Verdict:
    """Take the next message of the person whose phone calls. Raises Forgotten."""
    if call.person not in ports.directory(call.release).phones:
        return refused("the phone belongs to no person")
    name = ports.memory.next_message(step["project"], call.person, call.uuid, ports.now())
    if len(call.question) > MOST_AT_ONCE:
        return Verdict(Continue(), "decided", f"{call.person} has heard {MOST_AT_ONCE}", {MESSAGE: NONE})
    if not NAME.fullmatch(name):
        return Verdict(Continue(), "decided", f"{call.person} has no messages", {MESSAGE: NONE})
    return Verdict(Continue(), "decided", f"{call.person} hears {name}", {MESSAGE: name})
