"""Rings a dial string until a leg wins or all fail, as ``switch_ivr_originate`` of FreeSWITCH does.

As in FreeSWITCH 1.10.12: a group rings for 60 s unless ``originate_timeout`` or ``call_timeout`` is set, and that
timeout also ends a ``|`` sequence; legs that lose the race, and those of a caller who hangs up, are ended.
"""

from __future__ import annotations

from contextlib import suppress

from routing.offline.attempt import Attempt
from routing.offline.confirm_prompt import ConfirmPrompt
from routing.offline.dialstring import DialPart
from routing.offline.leg import CalledLeg
from routing.offline.line import CallerLine, Interrupted
from routing.offline.phones import ScriptedPhones
from routing.offline.world import Freed


class Originate:
    """One originate over all its parts. ``run`` returns the winning leg or the cause of the failure."""

    def __init__(
        self,
        line: CallerLine,
        parts: list[DialPart],
        phones: ScriptedPhones,
        call_timeout: str | None,
        prompt: ConfirmPrompt | None = None,
    ) -> None:
        self.line = line
        self.attempts = [Attempt(line, part, phones, call_timeout, prompt) for part in parts]

    def run(self) -> CalledLeg | str:
        """Ring until a leg wins or all fail. Raises Transfer or HungUp when the caller's leg leaves."""
        for attempt in self.attempts:
            attempt.next_group()
        try:
            while True:
                for attempt in self.attempts:
                    if winner := attempt.turn():
                        self._end_others("LOSE_RACE", winner)
                        return winner
                moments = [moment for attempt in self.attempts if (moment := attempt.next_ms()) is not None]
                if not moments:
                    return self.attempts[-1].cause
                with suppress(Freed):
                    self.line.wait(min(moments))
        except Interrupted:
            self._end_others("ORIGINATOR_CANCEL", None)
            raise

    def _end_others(self, cause: str, winner: CalledLeg | None) -> None:
        for attempt in self.attempts:
            for leg in attempt.legs:
                if leg is not winner and leg.live:
                    attempt.end(leg, cause)
