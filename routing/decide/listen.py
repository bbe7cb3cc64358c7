"""The listen step's decision: what a recogniser makes of the caller's words -> an option, unclear, or nothing said.

The engine, `routing trace` and scheme tests call the same ``answer``. Pure: the recogniser is a port. The reason names
the option alone: other words of the caller are kept nowhere.
"""

from __future__ import annotations

from routing.decide.ports import Ports, Step
from routing.decide.verdict import Verdict, failed
from routing.model.answers import Chosen, NoInput, Unclear
from routing.model.call import Call
from routing.model.recognition import BUDGET_SECONDS, RecogniserDown, option_of

#: The recording also holds the silence that ended it, and the sound that began it.
AROUND_SECONDS = 2.0


def answer(step: Step, call: Call, ports: Ports) -> Verdict:
    """Ask the recogniser of the call's language; without its answer in time the call goes on by keys."""
    language = call.language or str(step.get("language") or "")
    phrases = (step.get("phrases") or {}).get(language)
    recogniser = (step.get("recognisers") or {}).get(language)
    if not phrases or not recogniser:
        return failed(f"no recogniser or no phrases for the language {language!a}")
    longest_s = float(step.get("longest_s") or 0) + AROUND_SECONDS
    try:
        heard = ports.recognisers.recognise(recogniser, language, list(phrases), call.audio, longest_s, BUDGET_SECONDS)
    except RecogniserDown as problem:
        return failed(f"recogniser {recogniser}: {problem}")
    if not heard.text.strip():
        return Verdict(NoInput(), "decided", "no words")
    option, confidence = option_of(heard.text, phrases), f"confidence {heard.confidence:.2f}"
    if not option:
        return Verdict(Unclear(), "decided", f"no option, {confidence}")
    if heard.confidence < float(step.get("confidence") or 0):
        return Verdict(Unclear(), "decided", f"{option} with too low a {confidence}")
    return Verdict(Chosen(option), "decided", f"{option}, {confidence}")
