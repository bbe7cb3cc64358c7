"""Whether a call went as its example says: what is expected happens in that order, more may stand between. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from routing.offline.events import Event

#: Kinds that are facts of the call rather than moments of it: they may be told anywhere.
ANY_TIME = frozenset({"notify"})


@dataclass(frozen=True)
class Expectation:
    """One line of `expect`: a kind and its words; several words are a set of phones, in any order."""

    kind: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind}: {', '.join(self.words)}"


def webhook_words(event: Event) -> str:
    """What came of asking the engine: ``scheme lviv``, ``ring person ivan``, ``continue``, ``silent``, ``refused``."""
    if event.kind == "fallback":
        return "silent" if "silent" in event.detail else "refused" if "not answer" in event.detail else "closed"
    return event.detail.partition(" ")[0].replace(":", " ")


def _subject(kind: str) -> Callable[[Event, str], bool]:
    return lambda event, word: event.kind == kind and event.subject == word


def _phone(kind: str) -> Callable[[Event, str], bool]:
    """A person's name stands for any of his phones."""
    return lambda event, word: event.kind == kind and word in (event.subject, event.subject.partition(".")[0])


def _variable(name: str) -> Callable[[Event, str], bool]:
    return lambda event, word: (
        event.kind == "variable"
        and word in event.subject.removeprefix(f"{name}=").split()
        and (event.subject.startswith(f"{name}="))
    )


#: Kind of expectation -> whether an event meets one of its words.
KINDS: dict[str, Callable[[Event, str], bool]] = {
    "scheme": _subject("scheme"),
    "hours": _variable("routing_hours"),
    "ring": _phone("ring"),
    "confirm": _phone("confirm"),
    "talk": _phone("talk"),
    "play": lambda event, word: event.kind == "play" and event.subject.endswith(f"/{word}"),
    "digits": lambda event, word: event.kind == "digits" and event.detail == word,
    "webhook": lambda event, word: event.kind in ("decision", "fallback") and webhook_words(event) == word,
    "voicemail": lambda event, word: event.kind == "voicemail" and f"/voicemail/{word}/" in event.subject,
    "notify": _variable("routing_notify"),
    "answered": lambda event, word: event.kind == "answered",
    "end": _subject("end"),
}


def failures(
    events: Sequence[Event], expect: Sequence[Expectation], never: Sequence[Expectation], within_s: int | None
) -> Iterator[str]:
    """What did not go as it should, in words; nothing when all did."""
    at = 0
    for expectation in expect:
        start = 0 if expectation.kind in ANY_TIME else at
        found = [_next(events, start, expectation.kind, word) for word in expectation.words]
        if None in found:
            yield f"expected {expectation}"
        elif expectation.kind not in ANY_TIME:
            at = max(index for index in found if index is not None)
    for expectation in never:
        if any(_next(events, 0, expectation.kind, word) is not None for word in expectation.words):
            yield f"must not happen: {expectation}"
    for event in events:
        if event.kind == "error":
            yield f"the compiled plan is wrong: {event.subject} {event.detail}"
    if within_s is not None and (ms := arrived_ms(events)) > within_s * 1000:
        yield f"took {ms / 1000:.1f} s, at most {within_s} s were allowed"


def _next(events: Sequence[Event], start: int, kind: str, word: str) -> int | None:
    """Where the first event from ``start`` on stands that meets the word."""
    meets = KINDS[kind]
    return next((index for index in range(start, len(events)) if meets(events[index], word)), None)


def arrived_ms(events: Sequence[Event]) -> int:
    """From the INVITE until the caller talks, leaves a message, or the call ends."""
    return next(
        event.at_ms for event in events if event.kind in ("talk", "record", "end") and event.detail != "session"
    )
