"""Reads who calls which number as the dialplan does, for the guard against floods."""

from __future__ import annotations

import re
from collections.abc import Callable

from routing.model import numbers
from routing.model.flood import HIDDEN, FloodPlan
from routing.model.plans import code_of

_NUMBERED = re.compile(r"\+[0-9]{7,15}")
Switch = Callable[[str], str]


def answer_of(switch: Switch, command: str) -> str:
    """A one-line answer; "" for an error or none."""
    try:
        answer = switch(command).strip()
    except OSError:
        return ""
    return "" if answer.startswith(("-", "+")) else answer


def caller_of(text: str, country: str) -> str:
    """As the dialplan reads a caller: E.164, or HIDDEN for whoever has no number."""
    try:
        who = numbers.caller(text, country or None)
    except ValueError:
        return HIDDEN
    return who if _NUMBERED.fullmatch(who) else HIDDEN


def home_of(plan: FloodPlan) -> str:
    """The calling code of the project's country; "" without one."""
    return code_of(plan.country) if plan.country else ""


def number_of(text: str, country: str) -> str:
    """A number as E.164; "" for none."""
    try:
        return numbers.called(text, country or None)
    except ValueError:
        return ""
