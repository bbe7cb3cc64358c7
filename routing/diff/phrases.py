"""Outcomes as text: one call as a few phrases, two calls as before and after. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from routing.diff.outcome import SAME_MS, Entry, Outcome

MOST_PHRASES = 4
#: Phrases that may come again and again together.
MOST_REPEATED = 6
BEEP = "beep.wav"


def phrases(outcome: Outcome) -> list[str]:
    """A call in order: rings with their times, sounds, and the end."""
    found: list[str] = []
    prompts: list[Entry] = []
    entries = [entry for entry in outcome.entries if entry.what not in ("answered", "records", "asks")]
    keys = {entry.subject: entry.how for entry in outcome.entries if entry.what == "asks"}
    index = 0
    while index < len(entries):
        entry = entries[index]
        if entry.what == "rings":
            together = _together(entries[index:])
            found += [*_played(prompts), _rings(together, keys)]
            prompts, index = [], index + len(together)
            continue
        if entry.what == "plays":
            if entry.subject != BEEP:
                prompts.append(entry)
        elif phrase := _phrase(entry, prompts, outcome):
            found += [*_played(prompts[:-1] if _greets(prompts, entry) else prompts), phrase]
            prompts = []
        index += 1
    return found + _played(prompts)


def _phrase(entry: Entry, prompts: Sequence[Entry], outcome: Outcome) -> str:
    match entry.what:
        case "talks":
            return f"talks with {entry.subject}"
        case "orders":
            return f"orders {entry.subject}"
        case "tags":
            return f"is labelled {entry.subject}"
        case "whispers":
            return f"whispers {entry.subject} to {entry.how}"
        case "voicemail":
            greeting = prompts[-1].subject if _greets(prompts, entry) else ""
            notifies = f", notifying {' and '.join(entry.how.split())}" if entry.how else ""
            return f"voicemail {entry.subject}" + (f" ({greeting})" if greeting else "") + notifies
        case "fault":
            return f"fault: {entry.subject}"
        case "ends" if not (outcome.talk or outcome.message) or entry.how:
            return f"hangs up {entry.subject}" + (f" ({entry.how.replace('_', ' ')})" if entry.how else "")
    return ""


def _greets(prompts: Sequence[Entry], entry: Entry) -> bool:
    """Whether the last prompt is the greeting of this voicemail."""
    return entry.what == "voicemail" and bool(prompts) and prompts[-1].step == entry.step


def _played(prompts: Sequence[Entry]) -> list[str]:
    return [f"plays {prompt.subject}" for prompt in prompts]


def _together(entries: Sequence[Entry]) -> list[Entry]:
    """The first ring and those that overlap with it."""
    found = [entries[0]]
    until = entries[0].at_ms + entries[0].lasted_ms
    for entry in entries[1:]:
        if entry.what != "rings" or (entry.at_ms >= until and entry.at_ms != found[0].at_ms):
            break
        found.append(entry)
        until = max(until, entry.at_ms + entry.lasted_ms)
    return found


def _rings(entries: Sequence[Entry], keys: Mapping[str, str]) -> str:
    start = entries[0].at_ms
    parts = []
    for (after, lasted, how), same in groupby(entries, key=lambda e: (_s(e.at_ms - start), _s(e.lasted_ms), e.how)):
        names = ", ".join(_with_confirm_key(target(entry), keys) for entry in same)
        phrase = f"{names} {how}" if how else f"{names} {lasted} s"
        parts.append(phrase + (f" after {after} s" if after else ""))
    return f"rings {' and '.join(parts)}"


def _with_confirm_key(who: str, keys: Mapping[str, str]) -> str:
    return f"{who} (must press {keys[who]})" if who in keys else who


def target(entry: Entry) -> str:
    """The target of a ring."""
    return entry.subject.partition(" ")[0]


def _s(milliseconds: int) -> int:
    return (milliseconds + 500) // 1000


def before_and_after(old: Outcome, new: Outcome) -> tuple[str, str]:
    """The part in which two calls differ, on both sides, without equal phrases before and after."""
    one, two = phrases(old), phrases(new)
    if one == two:
        return _hidden(old, new)
    first = next(at for at in range(max(len(one), len(two))) if one[at : at + 1] != two[at : at + 1])
    last = 0
    while last < min(len(one), len(two)) - first and one[-1 - last] == two[-1 - last]:
        last += 1
    was, now = one[first : len(one) - last], two[first : len(two) - last]
    if not was or not now:
        following = one[len(one) - last :][:1] or ["the call ends"]
        was, now = [*was, *following], [*now, *following]
    return _joined(was), _joined(now)


def _joined(part: Sequence[str]) -> str:
    part = _folded(part)
    if len(part) > MOST_PHRASES:
        part = [*part[: MOST_PHRASES - 1], "...", part[-1]]
    return ", then ".join(part)


def _folded(part: Sequence[str]) -> list[str]:
    """Phrases that come again and again in the same order, as those of a queue, said once with how often."""
    found: list[str] = []
    at = 0
    while at < len(part):
        length, times = max(
            ((length, _times(part[at:], length)) for length in range(1, MOST_REPEATED + 1)),
            key=lambda each: each[0] * (each[1] - 1),
        )
        once = ", then ".join(part[at : at + length])
        found.append(once if times == 1 else f"{times} times ({once})")
        at += length * times
    return found


def _times(part: Sequence[str], length: int) -> int:
    """How often the first ``length`` phrases come one after another."""
    times = 1
    while part[:length] == part[length * times : length * (times + 1)] and part[:length]:
        times += 1
    return times


def _hidden(old: Outcome, new: Outcome) -> tuple[str, str]:
    """Calls with equal phrases that still differ."""
    for what, state in (("records", "recorded"), ("answered", "answered")):
        counts = [sum(entry.what == what for entry in side.entries) for side in (old, new)]
        if counts[0] != counts[1]:
            return state if counts[0] else f"not {state}", state if counts[1] else f"not {state}"
    for one, two in zip(old.entries, new.entries, strict=False):
        if one.same(two):
            continue
        if (one.what, one.subject, one.how) == (two.what, two.subject, two.how):
            return _shifted(one, two)
        if one.what == "rings" == two.what:
            return f"rings {one.subject.replace(' ', ' over ')}", f"rings {two.subject.replace(' ', ' over ')}"
        return _bare(one), _bare(two)
    return f"silent for {old.silence_ms / 1000:.1f} s", f"silent for {new.silence_ms / 1000:.1f} s"


def _shifted(one: Entry, two: Entry) -> tuple[str, str]:
    """The same entry at another time, or with another duration."""
    name = {"answered": "the caller is answered", "ends": "the call ends", "records": "recorded"}.get(one.what, "")
    what = name or f"{one.what} {target(one)}"
    if abs(two.lasted_ms - one.lasted_ms) >= SAME_MS:
        return f"{what} {one.lasted_ms / 1000:.1f} s", f"{what} {two.lasted_ms / 1000:.1f} s"
    later = two.at_ms - one.at_ms
    return what, f"the same {abs(later) / 1000:.1f} s {'later' if later > 0 else 'earlier'}"


def _bare(entry: Entry) -> str:
    return f"{entry.what} {entry.subject} {entry.how}".strip()
