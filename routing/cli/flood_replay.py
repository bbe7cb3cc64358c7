"""What `routing floods replay` reads and prints."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TypeVar

from routing.cli.errors import UserError
from routing.cli.listed import printable
from routing.journal.flood_history import PastCall
from routing.model import numbers
from routing.model.flood import HIDDEN, FloodPlan
from routing.model.problem import counted, did_you_mean
from routing.recorder.flood_replay import Replayed

_Read = TypeVar("_Read")
#: Of the file with an attack; times with their zone, no caller is a hidden one.
COLUMNS = ("started", "number", "caller", "answered", "ended")
#: No call is later, in seconds since the epoch: the year 9999.
_LATEST = 253_370_764_800.0


def shown(found: Replayed, zone: tzinfo) -> str:
    """For people: each refusal, and what it would have done."""
    lines = [f"{counted(found.calls, 'call')} of the journal, {counted(found.attacks, 'call')} of the attack"]
    for at_s, refusal in found.refusals:
        until = f"{datetime.fromtimestamp(refusal.until_s, zone):%Y-%m-%d %H:%M:%S}"
        whom = ", ".join(f"+{start}..." if start.isdigit() else start or "everybody" for start in refusal.starts)
        lines.append(f"{datetime.fromtimestamp(at_s, zone):%Y-%m-%d %H:%M:%S} {refusal.number}: refuse {whom} "
                     f"until {until}: {refusal.why}")  # fmt: skip
    refused = len(found.refused) - found.attacks_refused
    lines.append(f"refused: {refused} of the journal, {found.attacks_refused} of the attack; "
                 f"{found.saved_s / 60:.1f} answered minutes saved")  # fmt: skip
    if found.attacks:
        lines.append(f"the attack's answered time before it was refused: {found.spent_s:.0f} s")
    callers = Counter(call.caller for call, _ in found.refused)
    lines += [f"  {printable(caller)}: {counted(count, 'call')}" for caller, count in callers.most_common(10)]
    return "\n".join(lines)


def facts(found: Replayed) -> dict[str, object]:
    """For programs."""
    return {
        "calls": found.calls,
        "attacks": found.attacks,
        "attacks_refused": found.attacks_refused,
        "attacks_answered_s": round(found.spent_s, 1),
        "saved_s": round(found.saved_s, 1),
        "refused": [{"number": call.number, "caller": call.caller, "started": call.started, "why": why}
                    for call, why in found.refused],
        "refusals": [{"at": at_s, "number": each.number, "callers": each.starts, "until": each.until_s,
                      "why": each.why} for at_s, each in found.refusals],
    }  # fmt: skip


def attack_of(file: Path, plan: FloodPlan) -> list[PastCall]:
    """The calls of a file, sorted. Raises UserError."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise UserError(
            f"{file} cannot be read: {getattr(problem, 'strerror', None) or 'it is no UTF-8 text'}"
        ) from None
    rows = csv.DictReader(io.StringIO(text))
    try:
        if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
            raise UserError(f"{file}:1: column {missing[0]} is missing (hint: the first line is {','.join(COLUMNS)})")
        found = [_past_call(file, at, row, plan) for at, row in enumerate(rows, 2)]
    except csv.Error as problem:
        raise UserError(f"{file}:{rows.line_num + 1}: {problem}") from None
    return sorted(found, key=lambda call: call.started)


def _past_call(file: Path, line: int, row: dict[str, str | None], plan: FloodPlan) -> PastCall:
    def column(name: str, read: Callable[[str], _Read]) -> _Read:
        try:
            return read((row[name] or "").strip())
        except ValueError as problem:
            raise UserError(f"{file}:{line}: {name}: {problem}") from None

    number = column("number", lambda text: numbers.normalise(text, plan.country or None))
    caller = column("caller", lambda text: _caller(text, plan))
    started, ended = (column(name, _moment) for name in ("started", "ended"))
    answered = column("answered", lambda text: _moment(text) if text else 0.0)
    if number not in plan.numbers:
        raise UserError(
            f"{file}:{line}: {number} is not watched ({did_you_mean(number, plan.numbers) or 'caller_pays'})"
        )
    if not started <= ended or (answered and not started <= answered <= ended):
        raise UserError(f"{file}:{line}: a call begins, is answered (empty: it is not), and ends, in this order")
    return PastCall(number, caller, started, answered, ended)


def _caller(text: str, plan: FloodPlan) -> str:
    """E.164; `HIDDEN` for nothing. Raises ValueError."""
    return HIDDEN if text in ("", HIDDEN) else numbers.normalise(text, plan.country or None)


def _moment(text: str) -> float:
    """Seconds since the epoch of a time with its zone. Raises ValueError."""
    try:
        at = datetime.fromisoformat(text)
        seconds = at.timestamp() if at.tzinfo else None
    except (ValueError, OverflowError):
        raise ValueError(f"`{text[:40]}` is not a time: write 2026-11-30T12:00:00+02:00") from None
    if seconds is None:
        raise ValueError(f"`{text}` has no zone: write 2026-11-30T12:00:00+02:00")
    if not 0 < seconds < _LATEST:
        raise ValueError(f"`{text}` is no time of a call")
    return seconds
