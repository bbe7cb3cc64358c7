"""The rating of a talk (step `rate`): the score, whom it is about, and why nobody was asked. Pure.

The step runs twice: before somebody is rung it marks the caller's leg; after the talk it asks. FreeSWITCH begins an
A-leg's times anew with the transfer between the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from routing.journal.cdr import Cdr
from routing.journal.drafts import Draft
from routing.journal.record import LegRecord
from routing.journal.result import StepResult, undecided
from routing.model.caller_shown import WITH_OUTSIDE
from routing.model.rating import LOW, RATED_LEG, REQUESTED, SCORE, SCORES, TALKS, TOO_SHORT


def as_marked(nobody: Cdr, person: Cdr, client: Cdr | None) -> Cdr:
    """Nobody's leg of a callback, which the step has marked, with what became of the talk of both others."""
    facts = {name: client.get(name) for name in (RATED_LEG, LOW, "routing_notify", WITH_OUTSIDE)} if client else {}
    if person.get("routing_target").startswith("+"):
        facts[WITH_OUTSIDE] = "true"
    talked = person.get("bridge_uuid") if person.time("bridge") else ""
    return replace(nobody, variables={**nobody.variables, "bridge_uuid": talked, **facts})


def rating(a_leg: Cdr, legs: Sequence[LegRecord]) -> dict[str, Any]:
    """The fields of the call's record. ``rating_requested``: when the question began."""
    requested = _at(a_leg, REQUESTED)
    if not requested:
        return {}
    score, last = a_leg.get(SCORE), _last(a_leg, legs)
    is_score = score.isdecimal() and int(score) in SCORES
    return {
        "rating": int(score) if is_score else 0,
        "rating_requested": requested,
        "rated_person": last.person if last else "",
    }


def _at(a_leg: Cdr, variable: str) -> float:
    """When the leg set a variable to something; 0.0 for never."""
    if not a_leg.get(variable):
        return 0.0
    return next((app.at for app in a_leg.apps if variable in app.data and dict(app.settings()).get(variable)), 0.0)


def _last(a_leg: Cdr, legs: Sequence[LegRecord]) -> LegRecord | None:
    """The leg that talked last."""
    talked = [leg for leg in legs if not leg.why]
    known = [leg for leg in talked if leg.started]
    if known:
        return max(known, key=lambda leg: leg.started + leg.rang_s + leg.talk_s)
    return next((leg for leg in talked if leg.id == a_leg.get(RATED_LEG)), None)


def outcome(draft: Draft, legs: Sequence[LegRecord], call: Cdr) -> tuple[str, StepResult, str]:
    """Inputs, result and text of the step in the journal."""
    if RATED_LEG not in dict(draft.settings()):
        return "", StepResult.DONE, _marked(call)
    if call.get(TOO_SHORT):
        least = next((app.data for app in draft.apps if app.name == "limit" and TALKS in app.data), "")
        seconds = least.partition("1/")[2].partition(" ")[0]
        return "", StepResult.DONE, f"not asked: talked less than {seconds} s"
    if not call.get(REQUESTED):
        reason = draft.variable("routing_verdict").partition(" ")[2] or undecided(draft.variable)
        return "", StepResult.DONE, f"not asked: {reason}"
    if score := call.get(SCORE):
        return "asked", StepResult.CHOSEN, f"rated {score}"
    if call.get("sip_hangup_disposition") == "recv_bye":
        return "asked", StepResult.LEFT, "hung up"
    pressed = "wrong keys" if call.get(f"{SCORE}_invalid") else "nothing pressed"
    return "asked", StepResult.NO_CHOICE, pressed


def _marked(call: Cdr) -> str:
    if call.get(RATED_LEG):
        return "for after the talk"
    if call.get(WITH_OUTSIDE):
        return "not asked: the last talk was with an outside number"
    return "not asked: the caller hung up first" if call.get("bridge_uuid") else "not asked: nobody talked"
