"""Silence for an answered caller."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from routing.lint.base import Lint
from routing.lint.findings import OneScheme
from routing.lint.ways import Ways
from routing.model.problem import Loc
from routing.steps.base import Complaint, Step
from routing.steps.dynamic import DynamicStep
from routing.steps.known import KnownLookup
from routing.steps.match import MatchStep
from routing.steps.play import PlayStep
from routing.steps.ring_people import RingPeopleStep
from routing.steps.say import SayStep

#: After this long in silence people ask whether anybody is there.
LONGEST_SECONDS = 2.0


class _Heard(NamedTuple):
    """Whether the call may be answered here, and how long its caller may have heard nothing."""

    answered: bool = False
    silent_seconds: float = 0.0


class _SilentWait(Ways[_Heard]):
    def enter(self, step: Step, loc: Loc, state: _Heard) -> _Heard:
        if isinstance(step, RingPeopleStep) or step.picks_up:
            silence_s = _decision_seconds(step) if isinstance(step, PlayStep) else 0.0
            self._tell(loc, state, silence_s)
            return _Heard(state.answered or step.picks_up)
        silence_s = _decision_seconds(step)
        self._tell(loc, state, silence_s)
        return state._replace(silent_seconds=state.silent_seconds + silence_s)

    def _tell(self, loc: Loc, state: _Heard, silence_s: float) -> None:
        silent = state.silent_seconds + silence_s
        if state.answered and silence_s and silent > LONGEST_SECONDS >= state.silent_seconds:
            together = ", with the decisions before it" if state.silent_seconds else ""
            message = f"an answered caller may hear nothing for {silent:g} s during this decision{together}"
            self.complaints_found.append((loc, message, "move it before the first sound, or shorten `timeout`"))

    def join(self, one: _Heard, other: _Heard) -> _Heard:
        return _Heard(one.answered or other.answered, max(one.silent_seconds, other.silent_seconds))


def _decision_seconds(step: Step) -> float:
    """How long the step may wait for a decision first."""
    if isinstance(step, DynamicStep):
        return step.budget_seconds
    if isinstance(step, SayStep):
        return step.decision_seconds
    asks = (isinstance(step, MatchStep) and step.asks_memory) or (isinstance(step, PlayStep) and step.unless)
    return KnownLookup().budget_seconds if asks else 0.0


class DeadAir(Lint):
    """An answered caller hears nothing for more than two seconds: they ask whether anybody is there, or hang up.

    During a decision callers hear ringing before the answer and silence after it; ringing phones are always heard.
    While a person hears a whisper, the caller hears nothing. A menu's timeout for a key does not count.

    Good::

        - webhook: {url: "https://x.example/", timeout: 4s, secret: KEY}
        - play: greeting.wav
        - ring: ivan
        - hangup

    Bad::

        - play: greeting.wav
        - webhook: {url: "https://x.example/", timeout: 4s, secret: KEY}
        - hangup

    Bad, together::

        - play: greeting.wav
        - sticky: both
        - crm: {system: bitrix24, timeout: 2s}
        - hangup

    Bad, a whisper of 25 seconds::

        - ring: {to: ivan, whisper: long.wav}
        - hangup
    """

    id = "dead-air"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Decisions after the answer, and whispers."""
        yield from _SilentWait(one).complaints(_Heard())
        for step, loc, _ in one.steps:
            seconds = (
                one.folder.usual_seconds(step.whisper) if isinstance(step, RingPeopleStep) and step.whisper else 0.0
            )
            if seconds > LONGEST_SECONDS:
                message = f"the caller hears nothing for {seconds:.0f} s while the person hears the whisper"
                yield (*loc, "whisper"), message, f"at most {LONGEST_SECONDS:g} s, or use `label`"
