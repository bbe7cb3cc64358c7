"""Judges a call: the expected events happen in order, with others allowed between them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from routing.offline.events import TOGETHER, Event, longest_silence_ms
from routing.testing.kinds import ANY_TIME, KINDS, NOTICED, Expectation, describe, is_kind, met


@dataclass(frozen=True)
class Expected:
    """Everything that a test expects; times in seconds."""

    expect: Sequence[Expectation] = ()
    exactly: Sequence[Expectation] = ()
    never: Sequence[Expectation] = ()
    within_s: int | None = None
    silence_s: int | None = None


@dataclass(frozen=True)
class Mismatch:
    """One difference from the expectations. ``before``: the index at which an event is missing; ``wrong``: indexes of
    events that came instead or must not happen; ``key``: the limit that is exceeded."""

    text: str
    expectation: Expectation | None = None
    before: int | None = None
    wrong: tuple[int, ...] = ()
    key: str = ""

    def __str__(self) -> str:
        return self.text


#: Kind of event -> the kind that holds its length.
_ENDS = {"ring": "ring_end", "talk": "talk_end"}


def judge(events: Sequence[Event], expected: Expected) -> list[Mismatch]:
    """All differences from the expectations; empty when the call meets them."""
    found = _in_order(events, expected.expect) + _exactly(events, expected.exactly)
    for expectation in expected.never:
        if wrong := tuple(index for index, event in enumerate(events) if met(event, expectation)):
            found.append(Mismatch(f"must not happen: {expectation}", expectation, wrong=wrong))
    for index, event in enumerate(events):
        if event.kind == "error":
            text = f"the compiled dialplan is wrong: {event.subject} {event.detail}"
            found.append(Mismatch(text, wrong=(index,)))
    took_ms = arrived_ms(events)
    if expected.within_s is not None and took_ms > expected.within_s * 1000:
        text = f"took {took_ms / 1000:.1f} s, at most {expected.within_s} s were allowed"
        found.append(Mismatch(text, key="within"))
    silent_ms = longest_silence_ms(events)
    if expected.silence_s is not None and silent_ms > expected.silence_s * 1000:
        text = f"the caller heard nothing for {silent_ms / 1000:.1f} s, at most {expected.silence_s} s were allowed"
        found.append(Mismatch(text, key="silence"))
    return found


def settled(events: Sequence[Event]) -> list[Event]:
    """The events without a state of a calendar that the dialplan overwrites at once: it first sets `closed`."""
    return [
        event
        for event, following in zip(events, [*events[1:], None], strict=True)
        if not (is_kind(event, "hours") and following and is_kind(following, "hours"))
    ]


def _in_order(events: Sequence[Event], expect: Sequence[Expectation]) -> list[Mismatch]:
    failures: list[Mismatch] = []
    used: set[int] = set()
    at = 0
    for expectation in expect:
        free = [index for index in range(at, len(events)) if index not in used]
        if expectation.kind in ANY_TIME:
            free = list(range(len(events)))
        indexes = [_first(events, free, expectation, word) for word in expectation.values]
        if None in indexes:
            last = len(events) - 1 if expectation.kind in ANY_TIME else max(used, default=-1) + 1
            missing = _missing(events, free, expectation, min(last, len(events) - 1))
            failures.append(replace(missing, text=missing.text + _met_before(events, used, expectation, indexes)))
        elif expectation.kind not in ANY_TIME:
            found = {index for index in indexes if index is not None}
            used |= found
            at = _together(events, max(found))
    return failures


def _together(events: Sequence[Event], index: int) -> int:
    """The index of the first phone that begins to ring, or label that is set, together with this one."""
    kind, at_ms = events[index].kind, events[index].at_ms
    while kind in TOGETHER and index and (events[index - 1].kind, events[index - 1].at_ms) == (kind, at_ms):
        index -= 1
    return index


def _missing(events: Sequence[Event], free: Sequence[int], expectation: Expectation, after: int) -> Mismatch:
    """A missing event, with the nearest one: the same at another time, or the next of its kind."""
    text = f"expected {expectation}"
    nearest = [index for index in free if met(events[index], expectation)]
    nearest += [index for index in free if is_kind(events[index], expectation.kind)]
    if not nearest or expectation.kind == "hears":
        return Mismatch(text, expectation, before=after)
    index = nearest[0]
    event, lasted_ms = events[index], _lasted_ms(events, index) if expectation.lasts else None
    lasted = f" for {lasted_ms / 1000:.1f} s" if lasted_ms is not None else ""
    text = f"{text}, got {describe(event, expectation.kind)}{lasted} at {event.at_ms / 1000:.1f} s"
    return Mismatch(text, expectation, before=index, wrong=(index,))


def _met_before(
    events: Sequence[Event], used: set[int], expectation: Expectation, indexes: Sequence[int | None]
) -> str:
    """Names that are missing here because an earlier line has them: ``[{ring: ivan}, {ring: [ivan, olena]}]``."""
    missing = [word for word, index in zip(expectation.values, indexes, strict=True) if index is None]
    found = [(word, _first(events, sorted(used), expectation, word)) for word in missing]
    names = [f"{word} at {events[index].at_ms / 1000:.1f} s" for word, index in found if index is not None]
    return f" ({', '.join(names)} is what a line before expects)" if names else ""


def _exactly(events: Sequence[Event], exactly: Sequence[Expectation]) -> list[Mismatch]:
    """As `expect`; no other noticeable event, and none of a kind in the list, may happen."""
    failures = _in_order(events, exactly)
    if failures or not exactly:
        return failures
    unexpected = _unexpected(events, [expectation for expectation in exactly if expectation.kind not in ANY_TIME])
    if not unexpected:
        return []
    first = events[unexpected[0]]
    kind = first.subject if first.kind in ("decision", "fallback") else first.kind
    what = f"{kind} {describe(first, first.kind)} at {first.at_ms / 1000:.1f} s"
    return [Mismatch(f"not expected: {what}", wrong=tuple(unexpected))]


def _unexpected(events: Sequence[Event], exactly: list[Expectation]) -> list[int]:
    """Indexes of noticeable events that are not in the list."""
    kinds = NOTICED.union(expectation.kind for expectation in exactly)
    found: list[int] = []
    rest, current = list(exactly), None
    left: set[str] = set()
    moment_ms = -1
    for index, event in enumerate(events):
        if not any(is_kind(event, kind) for kind in kinds):
            continue
        if not left and rest and met(event, rest[0]):
            current = rest.pop(0)
            left = set(current.values)
        met_now = {word for word in left if current and KINDS[current.kind](event, word)}
        if met_now:
            left, moment_ms = left - met_now, event.at_ms
        elif not (current and event.at_ms == moment_ms and met(event, current)):  # a person's second phone
            found.append(index)
    return found


def _first(events: Sequence[Event], free: Sequence[int], expectation: Expectation, word: str) -> int | None:
    """The index of the first event that meets the value, at its time and for its length."""
    meets, lasts = KINDS[expectation.kind], dict(expectation.lasts).get(word)
    for index in free:
        event = events[index]
        if not meets(event, word) or (expectation.at and not expectation.at.holds(event.at_ms)):
            continue
        lasted_ms = _lasted_ms(events, index) if lasts else None
        if lasts is None or (lasted_ms is not None and lasts.holds(lasted_ms)):
            return index
    return None


def _lasted_ms(events: Sequence[Event], index: int) -> int | None:
    """The length of a ring, a talk or a sound."""
    event = events[index]
    closing = _ENDS.get(event.kind)
    if closing is None:
        return event.lasted_ms
    ends = (each for each in events[index:] if each.kind == closing and each.subject == event.subject)
    return next((end.lasted_ms for end in ends), None)


def arrived_ms(events: Sequence[Event]) -> int:
    """From the INVITE until the caller talks, leaves a message, or the call ends."""
    return next(
        event.at_ms for event in events if event.kind in ("talk", "record", "end") and event.detail != "session"
    )
