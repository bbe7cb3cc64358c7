"""What the caller and the people notice of a call, as entries to compare two releases. Pure.

Names of schemes and steps, and causes of outcomes, are omitted: a scheme that was only rewritten behaves the same.
Times that differ by less than half a second are equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from routing.offline.events import Event, ended, longest_silence_ms, talked
from routing.offline.ladder import ENDINGS

SAME_MS = 500
SILENCE_MS = 1_000
#: Causes that follow from a phone's script; the dialplan is the reason for others.
SCRIPTED = frozenset({"ALLOTTED_TIMEOUT", "NO_ANSWER", "LOSE_RACE", "ORIGINATOR_CANCEL", "answered"})


@dataclass(frozen=True)
class Entry:
    """One thing to notice: ``what``, its subject, start and duration, how it ended, and the step."""

    at_ms: int
    what: str
    subject: str
    lasted_ms: int = 0
    how: str = ""
    step: str = ""

    def same(self, other: Entry) -> bool:
        """Whether nobody would notice a difference."""
        alike = (self.what, self.subject, self.how) == (other.what, other.subject, other.how)
        return alike and abs(self.at_ms - other.at_ms) < SAME_MS and abs(self.lasted_ms - other.lasted_ms) < SAME_MS


@dataclass(frozen=True)
class Outcome:
    """The whole call. ``talk``: the target with whom the caller talked; ``message``: they could leave one."""

    entries: tuple[Entry, ...]
    talk: str
    message: bool
    faults: int
    silence_ms: int
    total_ms: int

    def same(self, other: Outcome) -> bool:
        """Whether nobody would notice a difference between the calls."""
        if len(self.entries) != len(other.entries) or abs(self.silence_ms - other.silence_ms) >= SILENCE_MS:
            return False
        return all(one.same(two) for one, two in zip(self.entries, other.entries, strict=True))


def outcome(events: Sequence[Event]) -> Outcome:
    """The outcome of a call."""
    entries = tuple(_entries(events))
    talk = talked(events) or ""
    return Outcome(
        entries,
        talk,
        any(event.kind == "voicemail" for event in events),
        sum(entry.what == "fault" for entry in entries),
        longest_silence_ms(events),
        ended(events).at_ms,
    )


def _entries(events: Sequence[Event]) -> Iterator[Entry]:
    ends = _endings(events)
    variables = {"routing_notify": "", "routing_end": ""}
    for index, event in enumerate(events):
        at_ms, subject = event.at_ms, event.subject
        match event.kind:
            case "ring":
                end = ends.get(index)
                lasted, cause = (end.lasted_ms, end.detail) if end else (0, "")
                how = "" if cause in SCRIPTED else ENDINGS.get(cause, cause)
                yield Entry(at_ms, "rings", f"{subject} {event.detail}", lasted, how)
            case "confirm":
                yield Entry(at_ms, "asks", subject, how=event.detail)
            case "play" | "whisper":
                what = "plays" if event.kind == "play" else "whispers"
                sound = f'"{event.text}"' if event.text else subject.rpartition("/")[2]
                yield Entry(at_ms, what, sound, event.lasted_ms, event.detail, event.step)
            case "decision" if event.detail.partition(" ")[0] == "ordered":
                yield Entry(at_ms, "orders", "a call back")
            case "talk":
                yield Entry(at_ms, "talks", subject)
            case "tag":
                yield Entry(at_ms, "tags", subject)
            case "answered":
                yield Entry(at_ms, "answered", "")
            case "record" if event.detail == "session":
                yield Entry(at_ms, "records", "")
            case "variable":
                name, _, value = subject.partition("=")
                variables |= {name: value} if name in variables else {}
            case "record":
                # the caller decides the length of a message; its box is the folder
                yield Entry(
                    at_ms, "voicemail", subject.split("/")[-2], how=variables["routing_notify"], step=event.step
                )
            case "error" | "missing" if not _unknown(event):
                yield Entry(at_ms, "fault", subject)
            case "end":
                limit = variables["routing_end"] if variables["routing_end"] != "voicemail" else ""
                yield Entry(at_ms, "ends", subject, how=limit or _who(event.detail))


def _endings(events: Sequence[Event]) -> dict[int, Event]:
    """The end of every ring, by the index of the ring."""
    waiting: dict[str, list[int]] = {}
    found = {}
    for index, event in enumerate(events):
        if event.kind == "ring":
            waiting.setdefault(event.subject, []).append(index)
        elif event.kind == "ring_end" and waiting.get(event.subject):
            found[waiting[event.subject].pop(0)] = event
    return found


def _unknown(event: Event) -> bool:
    """Whether a number is unknown to the release: not a fault, the end of the call shows it."""
    return event.kind == "missing" and "/numbers/" in event.subject


def _who(detail: str) -> str:
    return "" if detail in ("caller", "person", "dialplan", "no route") or "." in detail else detail
