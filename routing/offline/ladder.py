"""A call's events as lines for people: what rings, how it ends, what the engine answers, in times from the INVITE.

Pure: events in, rows out; the command adds colours and widths.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from routing.model.causes import CAUSES
from routing.model.rating import TALKS
from routing.model.spoken import LANGUAGE
from routing.offline.events import TOGETHER, Event, ended, longest_silence_ms
from routing.offline.limited import by_limit

#: How a leg ended, as text; the hangup cause where there is none.
ENDINGS = {"answered": "answers", **{cause.name: cause.trace for cause in CAUSES.values() if cause.trace}}
CALLER = {
    "ringing": "hears ringing",
    "early_media": "hears the switch, not answered",
    "answered": "is answered",
}
_ENDED = ("ring_end", "undisturbed")
HIDDEN = frozenset({"hears", "step"})


@dataclass(frozen=True)
class LadderRow:
    """One line: milliseconds, scheme and step, the event's kind, a word for it, its text."""

    at_ms: int
    place: str
    kind: str
    word: str
    text: str


def ladder(events: Sequence[Event], everything: bool = False) -> list[LadderRow]:
    """The rows of a call; ``everything``: variables and transfers too."""
    rows: list[LadderRow] = []
    for event in events:
        if not everything and _hidden(event):
            continue
        row = _row(event, everything)
        if rows and row.word == "hours" == rows[-1].word and row.place == rows[-1].place:
            rows.pop()
        if rows and row.kind in TOGETHER and _where(row) == _where(rows[-1]):
            row = replace(row, text=f"{rows.pop().text}, {row.text}")
        rows.append(row)
    return _merged(rows)


def _where(row: LadderRow) -> tuple[str, int, str]:
    return row.kind, row.at_ms, row.place


def _row(event: Event, everything: bool) -> LadderRow:
    word, text = _word_and_text(event)
    if event.kind == "ring" and not everything:
        text = event.subject
    return LadderRow(event.at_ms, _place(event), event.kind, word, text)


def summary(events: Sequence[Event]) -> str:
    """The last line: the call's length, and the caller's longest silence."""
    silence = longest_silence_ms(events) / 1000
    return f"{ended(events).at_ms / 1000:.1f} s in all; the caller heard nothing for at most {silence:.1f} s"


def _hidden(event: Event) -> bool:
    if event.kind == "variable":
        return not event.subject.startswith(("routing_hours=", f"{LANGUAGE}="))
    if event.kind == "transfer":
        return event.detail != "watchdog"
    if event.kind == "limit":
        return not event.reason
    return event.kind in HIDDEN or (event.kind == "record" and event.detail != "session")


def _place(event: Event) -> str:
    return "/".join(part for part in (event.scheme, event.step) if part)


def _sound(event: Event) -> str:
    return f'"{event.text}"' if event.text else event.subject.rpartition("/")[2]


def _word_and_text(event: Event) -> tuple[str, str]:
    seconds = f"{event.lasted_ms / 1000:.1f} s"
    subject, detail = event.subject, event.detail
    match event.kind:
        case "call":
            return "call", f"{subject} {detail}"
        case "variable" if subject.startswith("routing_hours="):
            return "hours", subject.partition("=")[2]
        case "variable" if subject.startswith(f"{LANGUAGE}="):
            return "language", subject.partition("=")[2]
        case "ringing" | "early_media" | "answered":
            return "caller", CALLER[event.kind]
        case "play":
            return "play", f"{_sound(event)} ({seconds})"
        case "whisper":
            return "whisper", f"{_sound(event)} to {detail} ({seconds})"
        case "digits":
            return "digits", _digits(detail)
        case "decision" | "late" | "fallback":
            return "engine", _answered(event)
        case "transfer":
            return "watchdog" if detail == "watchdog" else "transfer", f"goes to {subject}"
        case "limit" if event.reason:
            return "rate" if subject.startswith(TALKS) else "refused", by_limit(subject, detail)
        case "record":
            return "record", "the talk is recorded" if detail == "session" else subject
        case "record_end":
            return "record", "the recording ends"
        case "mask":
            return "record", "the recording is masked" if detail == "on" else "the recording holds sound again"
        case "voicemail":
            return "message", f"{subject} ({seconds})"
        case "end":
            return "end", f"{subject} ({_who(detail)})"
    return _of_phones(event)


def _of_phones(event: Event) -> tuple[str, str]:
    """Events of phones, and kinds that need no text of their own."""
    seconds = f"{event.lasted_ms / 1000:.1f} s"
    subject, detail = event.subject, event.detail
    match event.kind:
        case "card":
            return "card", f"{subject} asks for the client's card"
        case "confirm":
            return "confirm", f"{subject} picks up, must press {detail}"
        case "missing":
            nobody = " (no scheme or pool has this number)" if "/numbers/" in f"/{subject}" else ""
            return "missing", f"{subject}{nobody}"
        case "undisturbed":
            return "ended", f"{subject}: skipped, on do-not-disturb"
        case "brought_back":
            return (
                "carrier",
                f"{subject} is this project's: the carrier returns it as a new call from the company's number",
            )
        case "ring_end":
            after = f" after {seconds}" if event.lasted_ms else ""
            return "ended", f"{subject}: {ENDINGS.get(detail, detail)}{after}"
        case "talk_end":
            return "ended", f"talk with {subject}, {seconds}, {_who(detail)}"
        case "transferred" | "consults" | "taken_back":
            return "transfer", _sent(event)
    return event.kind, f"{subject} {detail}".strip()


def _sent(event: Event) -> str:
    match event.kind:
        case "consults":
            return f"{event.subject} holds the talk and calls {event.detail}"
        case "taken_back":
            return f"{event.subject} is back in the talk: {ENDINGS.get(event.detail, event.detail)}"
    return f"{event.subject} sends the caller to {event.detail}"


def _answered(event: Event) -> str:
    match event.kind:
        case "late":
            return f"too late, after {event.lasted_ms / 1000:.1f} s: {event.detail}"
        case "decision" if event.lasted_ms:
            return f"{event.detail} ({event.lasted_ms} ms)"
    return event.detail


def _digits(detail: str) -> str:
    if detail == "-":
        return "nothing typed"
    return f"{detail[1:]} is not a choice" if detail.startswith("!") else detail


def _who(detail: str) -> str:
    if detail in ("person", "caller"):
        return f"{detail} hangs up"
    return {"transfer": "sent on", "keys": "by a key"}.get(detail, detail)


def _merged(rows: Iterable[LadderRow]) -> list[LadderRow]:
    """Merge phones that end alike at the same moment into one row."""
    merged: list[LadderRow] = []
    for row in rows:
        last = merged[-1] if merged else None
        if last and row.kind == last.kind and row.kind in _ENDED and row.at_ms == last.at_ms:
            who, colon, how = row.text.partition(":")
            before, _, same = last.text.partition(":")
            if how == same:
                merged[-1] = replace(row, text=f"{before}, {who}{colon}{how}")
                continue
        merged.append(row)
    return merged


def plain(rows: Iterable[LadderRow]) -> Iterator[str]:
    """The rows as text without colours."""
    for row in rows:
        yield f"{row.at_ms / 1000:7.1f}  {row.place:<16} {row.word:<9} {row.text}"
