"""The listen step's decision: what a recogniser makes of the caller's words -> an option, unclear, or nothing said.

The engine, `routing trace` and scheme tests call the same ``answer``. Pure: the recogniser is a port. The reason names
the option alone: other words of the caller are kept nowhere, unless the project keeps utterances.
"""

from __future__ import annotations

from dataclasses import replace

from routing.decide.ports import Ports, Step
from routing.decide.verdict import Verdict, failed
from routing.model.answers import Chosen, NoInput, Unclear
from routing.model.call import Call
from routing.model.recognition import BUDGET_SECONDS, Recognised, RecogniserDown, option_of
from routing.model.utterance import LONGEST_TEXT
from routing.model.utterance_facts import UtteranceFacts

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
    option = option_of(heard.text, phrases)
    verdict = _verdict(step, heard, option)
    if not (keep_s := float(step.get("keep_s") or 0)):
        return verdict
    now = ports.now()
    facts = UtteranceFacts(
        now, now + keep_s, heard.text.strip()[:LONGEST_TEXT], round(heard.confidence, 3), option, recogniser, language,
        call.scheme, call.step,
    )  # fmt: skip
    why_not = ports.recognisers.keep(call.audio, heard.samples, facts)
    return replace(verdict, reason=f"{verdict.reason}, {f'not kept: {why_not}' if why_not else 'kept'}")


def _verdict(step: Step, heard: Recognised, option: str) -> Verdict:
    """``option``: the one whose phrase was heard, or ""."""
    confidence = f"confidence {heard.confidence:.2f}"
    if not heard.text.strip():
        return Verdict(NoInput(), "decided", "no words")
    if not option:
        return Verdict(Unclear(), "decided", f"no option, {confidence}")
    if heard.confidence < float(step.get("confidence") or 0):
        return Verdict(Unclear(), "decided", f"{option} with too low a {confidence}")
    return Verdict(Chosen(option), "decided", f"{option}, {confidence}")
