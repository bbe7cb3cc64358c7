"""When a call's recording was announced and masked, by the applications that ran on the leg that records. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routing.journal.cdr import App, Cdr
from routing.model.recording import ANNOUNCE, HEARD

_MASK, _UNMASK = "record_session_mask", "record_session_unmask"
_RECORD, _ENDS = "record_session", "stop_record_session"


def announced(a_leg: Cdr) -> float:
    """When the announcement had been heard to its end; 0: never, or there was none."""
    if a_leg.get(ANNOUNCE) != HEARD:
        return 0.0
    sets = (app for app in a_leg.apps if ANNOUNCE in app.data and app.name in ("set", "multiset"))
    return next((app.at for app in sets if (ANNOUNCE, HEARD) in app.settings()), 0.0)


def masked(a_leg: Cdr) -> str:
    """``12.5-40.1 60.0-``: seconds from the recording's beginning; the last one open when the talk ended masked."""
    return " ".join(_spans(a_leg.apps))


def _spans(apps: Sequence[App]) -> Iterator[str]:
    """A recording that keys have ended and begun again is one file: what lies between is not in it."""
    held, began, since = 0.0, 0.0, -1.0
    for app in apps if any(app.name == _RECORD for app in apps) else ():
        at = held + (max(app.at - began, 0.0) if began else 0.0)
        if app.name == _RECORD and not began:
            began = app.at
        elif app.name == _ENDS:
            held, began = at, 0.0
        elif app.name == _MASK and since < 0:
            since = at
        elif app.name == _UNMASK and since >= 0:
            yield f"{since:.1f}-{at:.1f}"
            since = -1.0
    if since >= 0:
        yield f"{since:.1f}-"


def spans(text: str) -> Iterator[tuple[float, float]]:
    """What `masked` wrote: since and until, in seconds; until 0 for the end."""
    for part in text.split():
        since, _, until = part.partition("-")
        yield float(since), float(until or 0)
