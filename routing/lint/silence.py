"""Where a caller who is connected hears nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from routing.lint.base import Lint
from routing.lint.findings import OneScheme
from routing.lint.ways import Ways
from routing.model.problem import Loc
from routing.steps.base import Complaint, Step
from routing.steps.dynamic import DynamicStep
from routing.steps.known import KnownQuestion
from routing.steps.match import MatchStep
from routing.steps.play import PlayStep
from routing.steps.ring import RingStep

#: After so long of nothing people ask whether anybody is there.
LONGEST_SECONDS = 2.0


class _Heard(NamedTuple):
    """Whether the call may be answered here, and for how long its caller may have heard nothing."""

    answered: bool = False
    silent_seconds: float = 0.0


class _SilentWait(Ways[_Heard]):
    def enter(self, step: Step, loc: Loc, state: _Heard) -> _Heard:
        if isinstance(step, RingStep) or step.answers:
            silence_s = _decision_seconds(step) if isinstance(step, PlayStep) else 0.0
            self._tell(loc, state, silence_s)
            return _Heard(state.answered or step.answers)
        silence_s = _decision_seconds(step)
        self._tell(loc, state, silence_s)
        return state._replace(silent_seconds=state.silent_seconds + silence_s)

    def _tell(self, loc: Loc, state: _Heard, silence_s: float) -> None:
        silent = state.silent_seconds + silence_s
        if state.answered and silence_s and silent > LONGEST_SECONDS >= state.silent_seconds:
            together = ", with the decisions before it" if state.silent_seconds else ""
            message = f"an answered caller may hear nothing for {silent:g} s while this is decided{together}"
            self.complaints_found.append((loc, message, "decide before anything is played, or shorten `timeout`"))

    def join(self, one: _Heard, other: _Heard) -> _Heard:
        return _Heard(one.answered or other.answered, max(one.silent_seconds, other.silent_seconds))


def _decision_seconds(step: Step) -> float:
    """How long the engine may be asked before anything else happens."""
    if isinstance(step, DynamicStep):
        return step.budget_seconds
    asks = (isinstance(step, MatchStep) and step.asks_memory) or (isinstance(step, PlayStep) and step.unless)
    return KnownQuestion().budget_seconds if asks else 0.0


class DeadAir(Lint):
    """A caller who is connected hears nothing for more than two seconds: they ask whether anybody is there, or leave.

    Before the answer they hear ringing while a decision is awaited, after it they do not; phones that ring are heard
    always. A whisper is for the person: the caller waits until it is over. A menu's wait for a key is not meant.

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
        """Decisions behind what answers, and whispers."""
        yield from _SilentWait(one).complaints(_Heard())
        for step, loc, _ in one.steps:
            seconds = one.folder.sounds.get(step.whisper, 0.0) if isinstance(step, RingStep) and step.whisper else 0.0
            if seconds > LONGEST_SECONDS:
                message = f"the caller hears nothing for {seconds:.0f} s while the person hears the whisper"
                yield (*loc, "whisper"), message, f"at most {LONGEST_SECONDS:g} s, or say it in `label`"
