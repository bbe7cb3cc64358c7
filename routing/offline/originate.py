"""Ringing a dial string until somebody wins or all failed, as ``switch_ivr_originate`` of FreeSWITCH does.

Kept from FreeSWITCH 1.10.12: a group rings 60 s at most unless ``originate_timeout`` or
``call_timeout`` says otherwise, and that timeout also ends a ``|`` sequence; the losers of a race and
the legs of a caller who gave up are dropped.
"""

from __future__ import annotations

from contextlib import suppress

from routing.offline.attempt import Attempt
from routing.offline.dialstring import DialPart
from routing.offline.leg import CalledLeg
from routing.offline.line import CallerLine, Interrupted
from routing.offline.phones import ScriptedPhones
from routing.offline.world import Freed


class Originate:
    """One bridge attempt over all its parts. ``run`` returns the winning leg or the cause of the failure."""

    def __init__(
        self, line: CallerLine, parts: list[DialPart], phones: ScriptedPhones, call_timeout: str | None
    ) -> None:
        self.line = line
        self.attempts = [Attempt(line, part, phones, call_timeout) for part in parts]

    def run(self) -> CalledLeg | str:
        """Ring until a leg wins or all fail. Raises Transfer or HungUp when the caller's leg goes."""
        for attempt in self.attempts:
            attempt.next_group()
        try:
            while True:
                for attempt in self.attempts:
                    if winner := attempt.turn():
                        self._drop("LOSE_RACE", winner)
                        return winner
                moments = [moment for attempt in self.attempts if (moment := attempt.next_ms()) is not None]
                if not moments:
                    return self.attempts[-1].cause
                with suppress(Freed):
                    self.line.wait(min(moments))
        except Interrupted:
            self._drop("ORIGINATOR_CANCEL", None)
            raise

    def _drop(self, cause: str, winner: CalledLeg | None) -> None:
        for attempt in self.attempts:
            for leg in attempt.legs:
                if leg is not winner and leg.live:
                    attempt.end(leg, cause)
