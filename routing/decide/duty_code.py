"""The decision of a phone's code for its person's work in queues. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from routing.decide.ports import Ports, Step
from routing.decide.verdict import Verdict, refused
from routing.model.call import Call
from routing.model.decision import Continue
from routing.model.queue import DUTY, Duties

#: State -> what is stored: duties, project, person, seconds since the epoch.
STATES: Mapping[str, Callable[[Duties, str, str, float], None]] = {
    "sign_in": lambda duties, project, person, now_s: duties.sign(project, person, is_in=True),
    "sign_out": lambda duties, project, person, now_s: duties.sign(project, person, is_in=False),
    "pause": lambda duties, project, person, now_s: duties.pause(project, person, now_s),
    "ready": lambda duties, project, person, now_s: duties.ready(project, person, now_s),
}


def answer(step: Step, call: Call, ports: Ports) -> Verdict:
    """Store what the person of the calling phone sets. Raises Forgotten."""
    if call.person not in ports.directory(call.release).phones:
        return refused("the phone belongs to no person")
    state = str(step["state"])
    STATES[state](ports.duties, str(step["project"]), call.person, ports.now())
    return Verdict(Continue(), "decided", f"{call.person}: {state}", {DUTY: state})
