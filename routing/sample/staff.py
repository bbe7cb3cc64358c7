"""How the phones of a sample month behave: people get better at answering, talk for minutes, have lunch. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random

from routing.offline.phones import ScriptedPhone, ScriptedPhones

#: Whether a person answers a ringing desk phone: on the first day of the month, and on the last.
AT_FIRST, AT_LAST = 0.42, 0.9
#: A talk: median and spread of a log-normal distribution.
TALK_SECONDS, TALK_SPREAD = 95.0, 0.75
LUNCH = 13


class Staff:
    """The people of a company and their phones, by name. ``accounts``: SIP account -> phone."""

    def __init__(self, people: Mapping[str, Sequence[str]], accounts: Mapping[str, str], random: Random) -> None:
        self._people, self._accounts, self._random = people, accounts, random
        self._diligence = {person: random.uniform(0.75, 1.15) for person in people}

    def phones(self, at: datetime, progress: float) -> ScriptedPhones:
        """Every phone at a moment; ``progress``: how much of the month is over, 0..1."""
        found = {}
        for person, labels in self._people.items():
            answers = self._answers(person, at, progress)
            for label in labels:
                found[f"{person}.{label}"] = self._phone(label, answers)
        return ScriptedPhones(found, self._outside(), self._accounts)

    def _answers(self, person: str, at: datetime, progress: float) -> bool:
        chance = (AT_FIRST + (AT_LAST - AT_FIRST) * progress) * self._diligence[person]
        if at.hour == LUNCH:
            chance *= 0.6
        if at.hour < 8 or at.hour >= 20 or at.weekday() == 6:
            chance *= 0.15
        return self._random.random() < chance

    def _phone(self, label: str, answers: bool) -> ScriptedPhone:
        random = self._random
        if random.random() < 0.04:
            return ScriptedPhone(random.choice(("busy", "unreachable", "rejects")))
        is_desk = label != "mobile"
        if not answers or (not is_desk and random.random() < 0.35):
            return ScriptedPhone() if is_desk or random.random() < 0.6 else ScriptedPhone("voicemail", 22_000)
        return ScriptedPhone("answer", round(random.uniform(2_500, 14_000)), self._talks_ms())

    def _outside(self) -> ScriptedPhone:
        """A client who is called."""
        if self._random.random() < 0.25:
            return ScriptedPhone()
        return ScriptedPhone("answer", round(self._random.uniform(4_000, 16_000)), self._talks_ms())

    def _talks_ms(self) -> int:
        return round(1000 * TALK_SECONDS * self._random.lognormvariate(0, TALK_SPREAD))
