"""Numbers of the project that a call dials through a gateway. Pure.

FreeSWITCH sends them to the carrier like any other number; the carrier returns them as a new incoming call from the
company's number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from routing.offline.events import Event

_OUTSIDE = ("sofia/gateway/", "sofia/external/")


def with_own_numbers(events: Sequence[Event], is_ours: Callable[[str], bool]) -> Iterator[Event]:
    """The events; after the phones that begin to ring at a moment, a ``brought_back`` for each own number of them."""
    waiting: list[Event] = []
    for event in events:
        if waiting and (event.kind, event.at_ms) != ("ring", waiting[0].at_ms):
            yield from waiting
            waiting = []
        yield event
        dialled = event.subject, event.detail.rpartition("/")[2]
        if event.kind == "ring" and event.detail.startswith(_OUTSIDE) and any(map(is_ours, dialled)):
            waiting.append(replace(event, kind="brought_back", detail=""))
    yield from waiting
