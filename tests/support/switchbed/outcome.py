"""What came of a call on either switch, and how that differs from what its case expects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from routing.offline.published import PublishedRelease

from .cases import Case, grouped

#: FreeSWITCH counts whole seconds, 4 s can be 5; messages take their time, and phones note theirs themselves.
EARLY_S, LATE_S = 0.3, 1.8


@dataclass
class Outcome:
    """What happened. ``rung`` are (seconds since the INVITE, target); ``call`` are the A-leg's CDR variables.

    ``told``: the provisional statuses that the caller got, each once.
    ``asked``: what the webhook handler was told. ``seen``: the INVITE that a phone got, by target; None where there
    is no SIP, as ``status`` then is 200 for an answered call and 0 for another.
    """

    rung: list[tuple[float, str]]
    status: int
    answered_s: float | None
    ended_s: float
    talked: str | None
    call: Mapping[str, str]
    seen: Mapping[str, Any] | None
    files: list[Path] = field(default_factory=list)
    told: tuple[int, ...] = ()
    asked: Sequence[Mapping[str, Any]] = ()
    published: bool = True
    opening: str = ""


def opening(root: Path, call: Mapping[str, str]) -> str:
    """The language and the words of the opening that a call has said last, by the release below ``root``."""
    played = call.get("routing_opening", "")
    found = [said for file in played.split("!") if (said := PublishedRelease(root).spoken.at(file))]
    return f"{found[0][1]}: {' '.join(text for text, _ in found)}" if found else ""


def differences(case: Case, outcome: Outcome) -> list[str]:
    """One line for each thing that went otherwise than expected."""
    return [
        f"{what}: expected {expected!r}, got {found!r}"
        for what, expected, found in _compared(case, outcome)
        if expected != found
    ]


def _compared(case: Case, outcome: Outcome) -> Iterator[tuple[str, Any, Any]]:
    targets = [target for _, target in outcome.rung]
    yield "rung", [sorted(group) for group in case.rung], [sorted(each) for each in grouped(targets, case.rung)]
    began = {target: at_s for at_s, target in reversed(outcome.rung)} | {"end": outcome.ended_s}
    for target, at_s in case.at.items():
        found = round(began.get(target, 0) - outcome.rung[0][0], 1)
        yield f"{target} at", at_s, at_s if -EARLY_S <= found - at_s <= LATE_S else found
    yield "talked", case.talked, outcome.talked
    yield "cause", case.cause, outcome.call.get("hangup_cause")
    if case.opening:
        yield "opening", case.opening, outcome.opening
    if case.told is not None:
        yield "told", case.told, outcome.told
    yield "published", case.published, outcome.published
    for name, value in case.variables.items():
        yield name, value, outcome.call.get(name)
    kept = {kind for kind, is_there in (("message", case.message), ("recording", case.recording)) if is_there}
    yield "files", kept, {"message" if "voicemail" in path.parts else "recording" for path in outcome.files}
    for name, value in case.asked.items():
        yield f"asked {name}", [value], [question.get(name) for question in outcome.asked]
    if outcome.seen is None:
        yield "answered", case.status == 200, outcome.status == 200
        return
    yield "status", case.status, outcome.status
    for target, headers in case.seen.items():
        for name, pattern in headers.items():
            found = outcome.seen[target].header(name)
            yield f"{name} of {target}", pattern, pattern if re.search(pattern, found) else found
