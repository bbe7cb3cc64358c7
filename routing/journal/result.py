"""The result of a step as an enum: statuses and reports compare it; the texts are for people. Pure."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from routing.model.decision import UNDECIDED


class StepResult(StrEnum):
    """The journal stores these values: new ones may be added, none may change its meaning."""

    #: It was carried out: played, rang nobody, went to a scheme.
    DONE = "done"
    #: A decision came and was obeyed.
    DECIDED = "decided"
    #: No decision came in time: the compiled fallback.
    UNDECIDED = "undecided"
    #: The caller hung up before the decision.
    LEFT = "left"
    #: A valid key or extension.
    CHOSEN = "chosen"
    #: No key, or an invalid one.
    NO_CHOICE = "no_choice"
    #: A case of `match` fits, or a calendar's state was found.
    FOUND = "found"
    #: No case of `match` fits.
    NOT_FOUND = "not_found"
    TALKED = "talked"
    NO_TALK = "no_talk"
    RECORDED = "recorded"
    NO_MESSAGE = "no_message"
    #: The step ended the call.
    ENDED = "ended"


#: By what the engine leaves on a call that it refuses to decide.
_WHY = {"oversized": "the call carries more than the engine reads"}


def undecided(variable: Callable[[str], str]) -> str:
    """The text why no decision came, from the variables that a step set."""
    return _WHY.get(variable(UNDECIDED), "the engine decided nothing in time")


def stated_number(number: str, is_prompted: bool) -> tuple[StepResult, str]:
    """The result of asking a caller for their number (`routing.model.stated_number`)."""
    if not is_prompted:
        return StepResult.DONE, "entered before" if number else "not asked: the caller's number is shown"
    if number.startswith("+"):
        return StepResult.CHOSEN, f"entered {number}"
    return StepResult.NO_CHOICE, "nothing entered" if number else "the digits entered are not a number"
