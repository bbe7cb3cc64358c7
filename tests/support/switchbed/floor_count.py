"""What became of the callers and clients of a call centre, by what its phones have seen. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from .crowd import Party

#: Calls that come, and phones that ring, closer than this to each other are in no order: messages cross, and which of
#: FreeSWITCH's threads comes to the queue first is the system's choice where both cores are busy.
TOGETHER_S, RING_TOGETHER_S = 0.3, 1.0
#: Nobody is passed by one who came so many calls later.
MOST_WAITING = 500
#: Two legs at one phone that overlap for less are no double offer: their messages crossed.
CROSSED_S = 0.1
#: Who picks up and is hung up on sooner was not reached: the person hung up before both talked.
REACHED_S = 0.5
#: The earliest next attempt: a busy client is rung again after three minutes.
NEXT_ATTEMPT_S = 170
#: What a caller did who passed another one; the header of an INVITE that came without an engine, and so in no order.
OVERTAKE, OVERTAKE_ALONE, ALONE_HEADER = "overtake", "overtake, no engine", "X-Alone"
_ALONE = re.compile(rf"^{ALONE_HEADER}:", re.MULTILINE)
_SHOWN = re.compile(r"sip:(\+?\d+)@")


@dataclass(frozen=True)
class Fault:
    """``what`` went wrong at a time, with words for who traces it."""

    what: str
    at_s: float
    words: str


def shown(phone: Party) -> str:
    """The caller whom a phone was shown."""
    found = _SHOWN.search(phone.caller)
    return found[1] if found else ""


def faults(callers: Iterable[Party], phones: Iterable[Party], clients: Iterable[str], now_s: float) -> Iterator[Fault]:
    """Everything that must not be. ``clients``: numbers that are called back."""
    callers, phones, clients = list(callers), list(phones), set(clients)
    rung: defaultdict[str, list[Party]] = defaultdict(list)
    for phone in phones:
        rung[shown(phone)].append(phone)
    yield from _lost(callers, rung)
    yield from _overtakes(callers, rung, now_s)
    yield from _doubles((phone for phone in phones if phone.number not in clients), now_s)
    yield from _torn(phones)
    yield from _rung_twice(phones, clients)


def _lost(callers: list[Party], rung: dict[str, list[Party]]) -> Iterator[Fault]:
    for caller in callers:
        if caller.ended_by_switch and not any(phone.picked_s for phone in rung.get(caller.caller, ())):
            yield Fault("caller lost", caller.ended_s, f"{caller.caller}: {caller.ended_by_switch}")


def _overtakes(callers: list[Party], rung: dict[str, list[Party]], now_s: float) -> Iterator[Fault]:
    """Each caller who rang a phone before somebody of the same queue who had come earlier."""
    by_queue: defaultdict[str, list[Party]] = defaultdict(list)
    for caller in callers:
        by_queue[caller.number].append(caller)
    for queue in by_queue.values():
        first = {each.call_id: rung[each.caller][0] for each in queue if rung.get(each.caller)}
        behind: list[tuple[Party, float]] = []  # who came before, and until when they waited
        for caller in sorted(queue, key=lambda each: each.began_s):
            phone = first.get(caller.call_id)
            behind.append((caller, phone.began_s if phone else caller.ended_s or now_s))
            if phone is None:
                continue
            passed = [
                each
                for each, until_s in reversed(behind[-MOST_WAITING:])
                if until_s > phone.began_s + RING_TOGETHER_S and each.began_s < caller.began_s - TOGETHER_S
            ]
            if passed:
                ahead_s = caller.began_s - min(each.began_s for each in passed)
                what = OVERTAKE_ALONE if _ALONE.search(phone.invite) else OVERTAKE
                words = f"{caller.caller} passed {len(passed)} who came up to {ahead_s:.2f} s before"
                yield Fault(what, phone.began_s, words)


def _doubles(phones: Iterable[Party], now_s: float) -> Iterator[Fault]:
    by_phone: defaultdict[str, list[Party]] = defaultdict(list)
    for phone in phones:
        by_phone[phone.number].append(phone)
    for legs in by_phone.values():
        for before, after in pairwise(legs):
            if after.began_s + CROSSED_S < (before.ended_s or now_s):
                yield Fault("double offer", after.began_s, f"{after.number}: {shown(after)} during {shown(before)}")


def _torn(phones: list[Party]) -> Iterator[Fault]:
    for phone in phones:
        if phone.ended_by_switch == "BYE" and phone.picked_s and not phone.number.startswith(("0672", "+380672")):
            yield Fault("talk torn", phone.ended_s, f"{phone.number} with {shown(phone)}")


def _rung_twice(phones: list[Party], clients: set[str]) -> Iterator[Fault]:
    """A client who was reached is not rung again, any other one not before the next attempt. What a dead switch cut
    counts as no attempt."""
    before: dict[str, Party] = {}
    for phone in phones:
        if phone.number not in clients or phone.cut:
            continue
        earlier = before.setdefault(phone.number, phone)
        if earlier is not phone and (_is_reached(earlier) or phone.began_s < earlier.began_s + NEXT_ATTEMPT_S):
            yield Fault("client rung twice", phone.began_s, phone.number)
        before[phone.number] = phone


def _is_reached(phone: Party) -> bool:
    return bool(phone.picked_s) and not 0 < phone.ended_s < phone.picked_s + REACHED_S
