"""Protection of numbers that the company pays for: the project's setting ``floods``, and what FreeSWITCH reads of it.

A refusal is a global variable of FreeSWITCH for the number, with the beginnings of the callers' numbers whom it
concerns (`FloodRefusal.value`). The dialplan of the number compares each caller with it, so a refusal holds without any
process of ours (`routing.compile.floods`). Callers who have talked with the company before pass: `KNOWN` holds them as
files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal

import phonenumbers
from pydantic import Field

from routing.model.fields import Fields, Whole

#: The variable of a number, by its digits; the table of a release; the folder of known callers below the release root.
PREFIX = "routing_flood_"
TABLE = "floods.json"
KNOWN = "known_callers"
#: Stands for all watched numbers together, where a number may stand.
ALL_NUMBERS = ""
#: Stands for callers without a number, among the beginnings of numbers.
HIDDEN = "anonymous"
#: Stands for all countries but the project's own, where a calling code may stand.
ABROAD = "abroad"
#: A country with a smaller part of a number's calls rarely calls it.
RARE = 0.01
#: How a value begins that refuses (`_` and a sign follow), and one by which a person lets everybody pass.
REFUSE, PASS = "refuse", "pass"
#: Some networks show a hidden caller's word as the keys that spell it: ANONYMOUS, RESTRICTED, UNAVAILABLE, BLOCKED,
#: UNKNOWN, PRIVATE. All hidden callers share such a number, so it never becomes known.
SPELT_NUMBERS = frozenset({"+266696687", "+7378742833", "+86282452253", "+2562533", "+8656696", "+7748283"})
#: Most beginnings of numbers in one refusal: FreeSWITCH compares each caller with all of them.
MOST_STARTS = 64
_START = re.compile(rf"\d{{0,15}}|{HIDDEN}")
#: The kind of the step that a refused call has in the journal, and the variable with the sign of the flood.
STEP, REFUSED = "flood", "routing_refused"
_REFUSED_TEXT = "refused as a flood: "


class FloodSign(StrEnum):
    """By what a flood was recognised. The journal and FreeSWITCH's variables hold these values: none may change."""

    CALLER = "caller"
    BLOCK = "block"
    COUNTRIES = "countries"
    HIDDEN = "hidden"
    SHORT = "short"
    TURNS = "turns"
    SPIKE = "spike"
    BUDGET = "budget"
    BY_HAND = "hand"


#: For people: what the refused calls have in common.
SIGNS = {
    FloodSign.CALLER: "many calls from one caller",
    FloodSign.BLOCK: "many calls from one block of numbers",
    FloodSign.COUNTRIES: "many calls from countries that rarely call",
    FloodSign.HIDDEN: "many calls without a number",
    FloodSign.SHORT: "many calls that end as soon as they are answered",
    FloodSign.TURNS: "callers who were answered and call again and again",
    FloodSign.SPIKE: "far more calls than usual, and far shorter ones",
    FloodSign.BUDGET: "the minutes of the day are used up",
    FloodSign.BY_HAND: "refused by a person",
}
_SIGN_OF = {f"{_REFUSED_TEXT}{text}": str(sign) for sign, text in SIGNS.items()}


def refused_text(sign: str) -> str:
    """What became of a refused call, for people."""
    return f"{_REFUSED_TEXT}{SIGNS[FloodSign(sign)]}" if sign in SIGNS else _REFUSED_TEXT.rstrip(": ")


def sign_of(outcome: str) -> str:
    """The sign in such a text; "" for none."""
    return _SIGN_OF.get(outcome, "")


class Floods(Fields):
    """Floods of calls to numbers that the company pays for are noticed, and refused before they cost anything."""

    mode: Literal["watch", "refuse"] = Field(
        "watch", description="`watch` only reports what it would refuse; `refuse` refuses it, for a while."
    )
    numbers: Literal["paid", "all"] = Field(
        "paid", description="Which numbers: those with `caller_pays: false`, or all."
    )
    minutes_a_day: Whole | None = Field(
        None,
        ge=1,
        description="Answered minutes of callers who are not known, for each number and day; after them only known "
        "callers get through until midnight.",
    )


@dataclass(frozen=True, slots=True)
class FloodRefusal:
    """``number``: E.164; ``starts``: how the refused callers' numbers begin, digits or `HIDDEN`; "" is every caller.
    ``until_s``: seconds since the epoch; ``why``: for people."""

    number: str
    starts: tuple[str, ...]
    until_s: float
    why: str
    sign: FloodSign = FloodSign.BY_HAND

    def __post_init__(self) -> None:
        assert self.starts and all(map(_START.fullmatch, self.starts)), self.starts

    @property
    def value(self) -> str:
        """The variable's value: ``refuse_block,3806712,44``, or ``refuse_short,`` for every caller."""
        return ",".join((f"{REFUSE}_{self.sign}", *self.starts[:MOST_STARTS]))

    def concerns(self, caller: str) -> bool:
        """Whether a caller (E.164 or `HIDDEN`) is among those whom it refuses, if they are not known."""
        return caller.removeprefix("+").startswith(self.starts)


@dataclass(frozen=True, slots=True)
class FloodPlan:
    """The table of a release: its project's setting, and the numbers (E.164) that are watched."""

    project: str
    country: str
    refuses: bool
    numbers: frozenset[str]
    minutes_a_day: int


def plan_of(facts: Mapping[str, Any]) -> FloodPlan:
    """The plan from the table. Raises KeyError and TypeError for what is none."""
    return FloodPlan(
        facts["project"], facts["country"], facts["mode"] == REFUSE, frozenset(facts["numbers"]),
        facts["minutes_a_day"] or 0,
    )  # fmt: skip


@lru_cache(maxsize=20_000)
def country_of(caller: str) -> str:
    """The calling code of a caller's country, or `HIDDEN`."""
    try:
        return str(phonenumbers.parse(caller).country_code)
    except phonenumbers.NumberParseException:
        return HIDDEN
