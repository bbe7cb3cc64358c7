"""The scheme's hours in a queue: out of hours nobody enters it, and who waits when they end goes on."""

from __future__ import annotations

from routing.steps.base import Emitter
from routing.steps.dialplan import Extension
from routing.steps.hours import ask_calendar

_SHUT = ("closed", "holiday")


def entrance(out: Emitter, here: Extension, path: str) -> Extension:
    """Where the queue begins: out of hours callers go on at once (``PATH.past``), and nobody is rung."""
    return _while_open(out, here, f"{path}.first", f"{path}.past")


def between_turns(out: Emitter, here: Extension, path: str) -> Extension:
    """Where the next turn begins; when the hours have ended, the wait is over (``PATH.over``)."""
    return _while_open(out, here, path, f"{path}.over")


def _while_open(out: Emitter, here: Extension, label: str, shut: str) -> Extension:
    if not out.hours:
        return here
    ask_calendar(out, here, out.hours, label)
    for state in _SHUT:
        out.context.extension(f"{label}.{state}").do("transfer", out.go(shut))
    return out.context.extension(f"{label}.open")


def after_it(out: Emitter, over: Extension, path: str) -> Extension:
    """Where callers go on who did not talk: also those who have never waited."""
    if not out.hours:
        return over
    over.do("transfer", out.go(f"{path}.past"))
    return out.context.extension(f"{path}.past")
