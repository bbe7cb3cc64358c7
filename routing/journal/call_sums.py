"""Sums over calls, as prepared figures keep them: one column each. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from routing.model.rating import SCORES


@dataclass(slots=True)
class CallSums:
    """Sums over calls. Missed, answered and the waits are of incoming calls.

    Of a person: ``incoming`` rang their phone, of which ``answered`` are their talks; ``reached`` are missed calls of
    anybody whose clients they talked with next. Of a queue: ``incoming`` waited in it, ``missed`` hung up after more
    than a few seconds, ``short`` before that, ``went_on`` left it by a key or after its longest wait.
    """

    incoming: int = 0
    answered: int = 0
    missed: int = 0
    #: Answered within `IN_TIME_SECONDS`.
    in_time: int = 0
    #: Seconds until answered calls were answered, and the longest of them.
    wait_s: float = 0.0
    longest_s: float = 0.0
    talk_s: float = 0.0
    #: Missed calls whose clients talked with the company within a day, and the seconds until then.
    reached: int = 0
    reached_s: float = 0.0
    repeats: int = 0
    proper: int = 0
    outgoing: int = 0
    connected: int = 0
    out_talk_s: float = 0.0
    short: int = 0
    went_on: int = 0
    #: Callers who were asked for a rating, and how often each score was given: of a person, those about them.
    surveyed: int = 0
    scores_1: int = 0
    scores_2: int = 0
    scores_3: int = 0
    scores_4: int = 0
    scores_5: int = 0

    def add(self, other: CallSums) -> None:
        """Add the sums of other calls."""
        for name in SUMMED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.longest_s = max(self.longest_s, other.longest_s)

    @property
    def scores(self) -> Mapping[int, int]:
        """How often each score was given."""
        return {score: getattr(self, f"scores_{score}") for score in SCORES}

    @property
    def rated(self) -> int:
        """Callers who gave a score."""
        return sum(self.scores.values())

    @property
    def mean_rating(self) -> float:
        """The mean score; 0.0 without one."""
        return sum(score * times for score, times in self.scores.items()) / self.rated if self.rated else 0.0

    @property
    def missed_share(self) -> float:
        """Missed calls among the incoming ones, 0..1."""
        return self.missed / self.incoming if self.incoming else 0.0

    @property
    def in_time_share(self) -> float:
        """Answered in time among the answered ones, 0..1."""
        return self.in_time / self.answered if self.answered else 0.0

    @property
    def in_time_of_all(self) -> float:
        """Answered in time among all that waited, 0..1; who hung up at once never waited."""
        waited = self.answered + self.missed + self.went_on
        return self.in_time / waited if waited else 0.0

    @property
    def mean_wait_s(self) -> float:
        """Seconds until an answered call was answered."""
        return self.wait_s / self.answered if self.answered else 0.0

    @property
    def mean_talk_s(self) -> float:
        """Seconds of talk of an answered call."""
        return self.talk_s / self.answered if self.answered else 0.0

    @property
    def mean_reached_s(self) -> float:
        """Seconds until the client of a missed call was talked with."""
        return self.reached_s / self.reached if self.reached else 0.0

    @property
    def never_reached(self) -> int:
        """Missed calls whose clients nobody talked with within a day."""
        return max(self.missed - self.reached, 0)


SUMMED = tuple(each.name for each in fields(CallSums) if each.name != "longest_s")
