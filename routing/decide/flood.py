"""Notices floods of calls to numbers that the company pays for, and says whom to refuse. Pure: times are arguments.

Callers who are known never count. Many calls of others alone are no flood: an advertisement brings them too. A flood is
many calls of which most are alike in a way that the number's own callers are not (`routing.decide.flood_signs`). Only
such callers are refused. Each further flood of a number is refused for twice as long.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from routing.decide.flood_signs import FLOOD_SIGNS, NOTHING, WINDOW_SECONDS, Calls, Found, UsualCalls, WatchedCall
from routing.model.flood import ALL_NUMBERS, MOST_STARTS, FloodRefusal, FloodSign

#: How long calls are remembered: the longest window of a sign.
LONGEST_WINDOW = max(sign.window_s for sign in FLOOD_SIGNS)
#: How long a first refusal lasts, the longest, and the time after which a number counts as new.
FIRST_SECONDS, LONGEST_SECONDS, CALM_SECONDS = 900.0, 86_400.0, 7 * 86_400.0
#: Who refuses all strangers, as an attacker may want, does it for so long at the most.
EVERYBODY_SECONDS = 3600.0
#: A clock that is set back by more makes all calls before it forgotten: they would stay in the window.
SET_BACK_SECONDS = 5.0
#: A flood that goes on is refused anew so long before the refusal ends.
RENEWED_SECONDS = 60.0
#: Calls in memory of one number; more are a flood by any measure.
MOST_CALLS = 2_000


@dataclass
class _Number:
    calls: deque[WatchedCall] = field(default_factory=lambda: deque(maxlen=MOST_CALLS))
    refusal: FloodRefusal | None = None
    refused: int = 0
    day: str = ""
    spent_s: float = 0.0


@dataclass
class FloodJudge:
    """Judges the calls of every number, and of all ``numbers`` together: a flood that goes to many of them is refused
    at each. ``minutes_a_day``: 0 is no limit; ``zone``: in which a day ends."""

    usual: UsualCalls
    zone: tzinfo
    minutes_a_day: int = 0
    numbers: Collection[str] = ()
    _numbers: dict[str, _Number] = field(default_factory=dict)
    _calls: deque[WatchedCall] = field(default_factory=lambda: deque(maxlen=MOST_CALLS))

    def came(self, number: str, caller: str, at_s: float) -> Sequence[FloodRefusal]:
        """A call has come from a caller (E.164 or `HIDDEN`); returns the refusals that follow."""
        if self.usual.is_known(caller, at_s):
            return ()
        held = self.refusal_of(number, at_s)
        call = WatchedCall(number, caller, at_s, was_refused=held is not None and held.concerns(caller))
        for calls in (self._numbers.setdefault(number, _Number()).calls, self._calls):
            if calls and calls[-1].at_s > at_s + SET_BACK_SECONDS:
                calls.clear()
            calls.append(call)
        return self._judged(number, at_s)

    def ended(self, number: str, caller: str, at_s: float, answered_s: float) -> Sequence[FloodRefusal]:
        """A call has ended, which was answered for so many seconds (0: it was not)."""
        if self.usual.is_known(caller, at_s):
            return ()
        one = self._today(number, at_s)
        for call in reversed(one.calls):
            if call.caller == caller and call.answered_s is None:
                call.answered_s = answered_s
                break
        one.spent_s += answered_s
        return self._over_budget(number, one, at_s) or self._judged(number, at_s)

    def refusal_of(self, number: str, at_s: float) -> FloodRefusal | None:
        """What holds for a number."""
        one = self._numbers.get(number)
        return one.refusal if one and one.refusal and at_s < one.refusal.until_s else None

    def stands(
        self, number: str, starts: tuple[str, ...], until_s: float, at_s: float, sign: FloodSign = FloodSign.BY_HAND
    ) -> None:
        """What FreeSWITCH really refuses at a number: nobody for no ``starts``. A person may have changed it."""
        held = self.refusal_of(number, at_s)
        if not starts and held is None:
            return
        one = self._numbers.setdefault(number, _Number())
        if not starts:
            one.refusal, one.refused = None, max(0, one.refused - 1)  # it held for nobody
        elif held is None or set(held.starts[:MOST_STARTS]) != set(starts):
            one.refusal = FloodRefusal(number, starts, until_s, held.why if held else "by hand", sign)

    def forget_refusals(self) -> None:
        """Nothing is refused any more: calls that were count again."""
        for one in self._numbers.values():
            one.refusal = None

    def spent(self, number: str, seconds: float, at_s: float) -> Sequence[FloodRefusal]:
        """The answered seconds of the day at a number, of callers who are not known, are at least so many: other nodes
        have some, and this process may have begun during the day."""
        one = self._today(number, at_s)
        one.spent_s = max(one.spent_s, seconds)
        return self._over_budget(number, one, at_s)

    def _today(self, number: str, at_s: float) -> _Number:
        one = self._numbers.setdefault(number, _Number())
        if one.day != (today := datetime.fromtimestamp(at_s, self.zone).date().isoformat()):
            one.day, one.spent_s = today, 0.0
        return one

    def _over_budget(self, number: str, one: _Number, at_s: float) -> Sequence[FloodRefusal]:
        held = self.refusal_of(number, at_s)
        if not self.minutes_a_day or one.spent_s <= 60 * self.minutes_a_day or (held and "" in held.starts):
            return ()
        midnight = day_of(at_s, self.zone) + timedelta(days=1)
        why = f"more than {self.minutes_a_day} minutes a day"
        one.refusal = FloodRefusal(number, ("",), midnight.timestamp(), why, FloodSign.BUDGET)
        return (one.refusal,)

    def _judged(self, number: str, at_s: float) -> Sequence[FloodRefusal]:
        one = self._numbers[number]
        found = self._alike(number, self._open(one.calls, at_s), at_s)
        if found[0]:
            return (self._refused(number, one, found, at_s),)
        calls = self._open(self._calls, at_s)
        if (called := len({call.number for call in calls})) < 2:
            return ()
        starts, sign, why = self._alike(ALL_NUMBERS, calls, at_s)
        if not starts:
            return ()
        everywhere = sorted({*self.numbers, *self._numbers})
        found = (starts, sign, f"{why}, to {called} numbers")
        return [self._refused(each, self._numbers.setdefault(each, _Number()), found, at_s) for each in everywhere]

    def _open(self, calls: deque[WatchedCall], at_s: float) -> list[WatchedCall]:
        """The calls of the longest window that nothing refuses, or not for long any more."""
        while calls and at_s - calls[0].at_s > LONGEST_WINDOW:
            calls.popleft()
        return [call for call in calls if not self._is_refused(call, at_s + RENEWED_SECONDS)]

    def _is_refused(self, call: WatchedCall, at_s: float) -> bool:
        held = self._numbers[call.number].refusal
        return held is not None and at_s < held.until_s and held.concerns(call.caller)

    def _alike(self, number: str, calls: Calls, at_s: float) -> Found:
        """Whom to refuse, and why; nobody while calls are as many as usual, or have nothing in common."""
        usual_a_second = self.usual.per_minute(number, at_s) / 60
        for sign in FLOOD_SIGNS:
            since_s = at_s - sign.window_s
            # a longer window would show a flood that is over, and was refused, as one of everybody
            is_long = sign.window_s > WINDOW_SECONDS
            some = [call for call in calls if call.at_s >= since_s and not (is_long and call.was_refused)]
            if len(some) < max(sign.least_calls, sign.times_usual * usual_a_second * sign.window_s):
                continue
            starts, what, why = sign.alike(some, number, self.usual)
            if starts:
                return starts, what, f"{len(some)} calls in {sign.window_s:.0f} s {why}"
        return NOTHING

    @staticmethod
    def _refused(number: str, one: _Number, found: Found, at_s: float) -> FloodRefusal:
        (starts, sign, why), before = found, one.refusal
        if before and at_s - before.until_s > CALM_SECONDS:
            one.refused = 0
        if before and at_s < before.until_s:  # another part of the same flood
            starts = tuple(dict.fromkeys((*before.starts, *starts)))[-MOST_STARTS:]
        lasts_s = min(FIRST_SECONDS * 2.0 ** min(one.refused, 10), LONGEST_SECONDS)
        if "" in starts:
            lasts_s = min(lasts_s, EVERYBODY_SECONDS)
        one.refused += 1
        until_s = max(at_s + lasts_s, before.until_s if before else 0.0)
        one.refusal = FloodRefusal(number, ("",) if "" in starts else starts, until_s, why, sign)
        return one.refusal


def day_of(at_s: float, zone: tzinfo) -> datetime:
    """When the day of a moment began."""
    return datetime.fromtimestamp(at_s, zone).replace(hour=0, minute=0, second=0, microsecond=0)
