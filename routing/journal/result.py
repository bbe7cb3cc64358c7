"""What came of a step, as a fact: statuses and reports compare these; the words beside them are for people. Pure."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from routing.model.decision import UNDECIDED


class StepResult(StrEnum):
    """Kept in the journal by these values: a new one may be added, none may change its meaning."""

    #: It did what it does: played, rang nobody, went to a scheme.
    DONE = "done"
    #: A decision came and was obeyed, or said to go on.
    DECIDED = "decided"
    #: No decision came in time: the compiled fallback.
    UNDECIDED = "undecided"
    #: The caller hung up while somebody was asked.
    LEFT = "left"
    #: A key or an extension that means something.
    CHOSEN = "chosen"
    #: Nothing was pressed, or what means nothing.
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
    """Why no decision came, in words, by the variables that a step set."""
    return _WHY.get(variable(UNDECIDED), "the engine decided nothing in time")


def dictated_number(number: str, is_prompted: bool) -> tuple[StepResult, str]:
    """What came of asking a caller for their number (`routing.model.stated_number`)."""
    if not is_prompted:
        return StepResult.DONE, "told before" if number else "not asked: it is shown"
    if number.startswith("+"):
        return StepResult.CHOSEN, f"told {number}"
    return StepResult.NO_CHOICE, "nothing dialled" if number else "what was dialled is no number"
