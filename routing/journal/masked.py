"""Which leg records a call, where to, when that was announced and masked, and until when the client talked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from routing.journal.cdr import TALK_END, App, Cdr
from routing.model.recording import ANNOUNCE, CLIENT_LEG, HEARD, INTO
from routing.model.tags import TAGS

_MASK, _UNMASK = "record_session_mask", "record_session_unmask"
_RECORD, _ENDS = "record_session", "stop_record_session"
#: The end of a recording's name; what a speech menu hears has another.
_SOUND = ".wav"


def recorder(a_leg: Cdr, b_legs: Iterable[Cdr]) -> Cdr:
    """The client's leg: the calling one, or the called one when a person has made the call."""
    into = a_leg.get(INTO)
    return next((leg for leg in b_legs if into and _file(leg) == into), a_leg)


def with_client_end(a_leg: Cdr, b_legs: Iterable[Cdr]) -> Cdr:
    """The leg of a person who has called a client and has left the talk: the call ends with the client's leg."""
    later = [leg for leg in b_legs if leg.get(CLIENT_LEG) and leg.time("end") > a_leg.time("end")]
    if not later:
        return a_leg
    last = max(later, key=lambda leg: leg.time("end"))
    ends = {name: last.get(name) for name in ("end_uepoch", TALK_END) if last.get(name)}
    return replace(a_leg, variables={**a_leg.variables, **ends})


def with_client_labels(a_leg: Cdr, b_legs: Iterable[Cdr]) -> Cdr:
    """The leg of a person who has called a client: labels that keys have given to the client's leg are the call's."""
    labels = "".join(leg.get(TAGS) for leg in b_legs if leg.get(CLIENT_LEG))
    return replace(a_leg, variables={**a_leg.variables, TAGS: a_leg.get(TAGS) + labels}) if labels else a_leg


def file(leg: Cdr) -> str:
    """The path of what a leg, or the room that it was in, has recorded; it may not be there."""
    return _file(leg) or leg.get("conference_recording") or leg.get(INTO)


def _file(leg: Cdr) -> str:
    return next((app.data for app in leg.apps if app.name == _RECORD and app.data.endswith(_SOUND)), "")


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
    sounds = [app for app in apps if app.name not in (_RECORD, _ENDS) or app.data.endswith(_SOUND)]
    for app in sounds if any(app.name == _RECORD for app in sounds) else ():
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
