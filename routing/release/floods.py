"""Refusals of floods on a node: a global variable of FreeSWITCH for each number, and a task of its scheduler that ends
it.

So a refusal holds, and ends, without any Python process. Every function takes a `Switch` and raises what it raises.
"""

from __future__ import annotations

from dataclasses import dataclass

from routing.model.flood import PASS, PREFIX, REFUSE, SIGNS, FloodRefusal, FloodSign
from routing.release.timed_variables import Switch, ends, put, values


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for a number: ``starts`` as in `FloodRefusal`, or none when everybody passes by hand. ``until_s``: 0
    when nothing ends it."""

    number: str
    starts: tuple[str, ...]
    until_s: float
    sign: FloodSign = FloodSign.BY_HAND

    def text(self) -> str:
        """Whom it concerns, for people."""
        if not self.starts:
            return "everybody passes"
        return "refuses " + ", ".join(
            f"{start}..." if start.isdigit() else start or "everybody" for start in self.starts
        )


def refuse(switch: Switch, refusal: FloodRefusal, now_s: float) -> None:
    """Refuse callers of a number until its end. Raises VariableRefused."""
    _put(switch, refusal.number, refusal.value, max(1.0, refusal.until_s - now_s))


def let_pass(switch: Switch, number: str, seconds: float) -> None:
    """Refuse nobody at a number for some seconds, whatever is noticed. Raises VariableRefused."""
    _put(switch, number, PASS, seconds)


def lift(switch: Switch, number: str) -> None:
    """Return a number to what is noticed from now on. Raises VariableRefused."""
    _put(switch, number, "", 0)


def standing(switch: Switch) -> dict[str, Standing]:
    """Number (E.164) -> what holds for it."""
    found = values(switch, PREFIX)
    end = ends(switch) if found else {}
    kinds = {digits: value.split(",") for digits, value in found.items()}
    return {
        f"+{digits}": Standing(f"+{digits}", tuple(starts), end.get(PREFIX + digits, 0), sign)
        for digits, (kind, *starts) in kinds.items()
        if (sign := _sign(kind))
    }


def _sign(kind: str) -> FloodSign | None:
    """By what a value refuses; None for one that is not ours."""
    what, _, sign = kind.partition("_")
    if kind == PASS:
        return FloodSign.BY_HAND
    return FloodSign(sign) if what == REFUSE and sign in SIGNS else None


def _put(switch: Switch, number: str, value: str, seconds: float) -> None:
    variable = PREFIX + number.removeprefix("+")
    put(switch, variable, value, variable, seconds)
