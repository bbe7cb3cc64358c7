"""The ports of decisions: everything that they need besides the step and the call.

The engine connects them to Redis, FreeSWITCH, HTTP handlers and CRMs, the offline switch to the settings of a trace or
test. registry.py says who decides a kind, and by which ports. A port raises only what is documented here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from routing.decide.directory import Directory
from routing.decide.responsible import Responsible
from routing.decide.verdict import HandlerFailure, HandlerReply
from routing.model.call import Call
from routing.model.callback import CallbackOrder
from routing.model.callback_plan import CallbackPlan
from routing.model.entities import Visitor
from routing.model.lookup import Outcome
from routing.model.memory import Memory, Presence
from routing.model.question import Guessing
from routing.model.queue import Duties
from routing.model.rating import Ratings
from routing.model.recognition import Recognisers
from routing.model.spoken import Phrase


class CallbackOrders(Protocol):
    """Where calls back are ordered. Every method raises OrdersDown."""

    def plan(self, release: str) -> CallbackPlan:
        """How a release calls clients back."""

    def order(self, new: CallbackOrder) -> CallbackOrder:
        """Write an order, which gets its id here; returns what is in the database now, committed."""

    def no_longer_awaiting(self, project: str, person: str, awaits: str, now: float) -> int:
        """Cancel a colleague's order for a person, or all of theirs for ""; returns how many there were."""


class Voice(Protocol):
    """Speaks a text into a file for a call that waits for it."""

    def __call__(self, phrase: Phrase, command: str, deadline_s: float) -> str:
        """Run the command of a language's voice; returns the file's name (`spoken_file.FILE_NAME`). Raises
        VoiceFault, at the deadline too."""


#: A dynamic step as it stands in a release's ``schemes/<id>.json``.
Step = Mapping[str, Any]

DEFAULT_STEP_SECONDS = 2.0
LONGEST_STEP_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Ports:
    """All ports.

    ``directory(release)``; ``responsible(release, system)``: the persons mapped to owners of a CRM; ``webhook(step,
    call)``: the handler's answer; ``crm(step, call, responsible)``: the result of the CRM look-up; ``holder(project,
    pool, number, now)``: the visitor to whom a number is lent, raises LeasesDown; ``memory`` and ``duties`` raise
    Forgotten; ``presence(call's uuid)``: who is free; ``callbacks``: orders to call clients back; ``guesses``: what
    callers look up in vain; ``ratings``: who was asked for one; ``voice``: speaks texts; ``recognisers``: of speech;
    ``now``: seconds since the epoch; ``chance``: 0 <= x < 1.
    """

    directory: Callable[[str], Directory]
    responsible: Callable[[str, str], Responsible]
    webhook: Callable[[Step, Call], HandlerReply | HandlerFailure]
    crm: Callable[[Step, Call, Responsible], Outcome]
    holder: Callable[[str, str, str, float], Visitor | None]
    memory: Memory
    duties: Duties
    presence: Callable[[str], Presence]
    callbacks: CallbackOrders
    guesses: Guessing
    ratings: Ratings
    voice: Voice
    recognisers: Recognisers
    now: Callable[[], float]
    chance: Callable[[], float]


def step_seconds(step: Step) -> float:
    """The timeout of the handler or CRM that a step asks, in seconds."""
    value = step.get("timeout_s")
    seconds = float(value) if isinstance(value, int | float) else DEFAULT_STEP_SECONDS
    return min(max(seconds, 0.1), LONGEST_STEP_SECONDS)
