"""Whether a caller is asked for a rating: not twice within the step's time.

The engine, `routing trace` and scheme tests call the same ``answer``. Who hides their number could be asked after each
call, so they are not asked; nor is anybody while the memory does not answer.
"""

from __future__ import annotations

from routing.decide.ports import Ports, Step
from routing.decide.verdict import Verdict
from routing.model.call import Call
from routing.model.decision import AskRating, Continue
from routing.model.durations import spoken, written

_DAY_S = 86_400


def answer(step: Step, call: Call, ports: Ports) -> Verdict:
    """Ask, or end the call. Raises Forgotten."""
    if not call.caller.startswith("+"):
        return Verdict(Continue(), "continued", "the caller hides their number")
    now_s, within_s = ports.now(), int(step["once_in_s"])
    last = ports.ratings.ask(str(step["project"]), call.caller, within_s, now_s)
    if last is None:
        return Verdict(AskRating(), "decided", f"not asked within {written(within_s)}")
    ago_s = max(0, round(now_s - last))
    ago = f"{ago_s // _DAY_S} d" if ago_s >= _DAY_S else spoken(ago_s)
    return Verdict(Continue(), "continued", f"asked {ago} ago, less than {written(within_s)}")
