"""From dial strings and B-legs to the phones of a step, and what happened to each of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from routing.journal.cdr import Cdr
from routing.journal.record import LegRecord
from routing.model import confirming, dnd
from routing.model.causes import CAUSES

_TARGET = "routing_target="
_CLOSE, _NEXT = re.compile(r"[\]}]"), re.compile(r"[,|]|\Z")
#: Cause and reason of a leg that was never created.
UNREGISTERED = ("USER_NOT_REGISTERED", "not registered")
DO_NOT_DISTURB = ("USER_BUSY", "on do-not-disturb")
_DELAY = re.compile(r"leg_delay_start=([0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class DialledPhone:
    """A phone in a dial string: its target, its turn (0 is the first), its delay in the turn, its dialled address."""

    target: str
    turn: int
    after_s: int
    destination: str


@dataclass(frozen=True, slots=True)
class Bridge:
    """A ``bridge`` that ran: its step (index and path), its time, for how long it rang, its phones.

    ``is_last``: the call ended in it, ringing or talking.
    """

    step: int
    path: str
    at: float
    took_s: float
    is_last: bool
    phones: tuple[DialledPhone, ...]


def phones(dial_string: str) -> tuple[DialledPhone, ...]:
    """Every phone of a compiled dial string, in order, in linear time for any text."""
    found, turn, at = [], 0, 0
    while (begin := dial_string.find(_TARGET, at)) >= 0 and (close := _CLOSE.search(dial_string, begin)):
        turn += dial_string.count("|", at, begin)
        target, _, more = dial_string[begin + len(_TARGET) : close.start()].partition(",")
        at = _NEXT.search(dial_string, close.end()).start()  # type: ignore[union-attr]
        if target and (destination := dial_string[close.end() : at]):
            delay = _DELAY.search(more)
            found.append(DialledPhone(target, turn, int(delay[1]) if delay else 0, destination))
    return tuple(found)


def person_of(target: str) -> str:
    """``ivan`` of ``ivan.desk``; "" for an outside number."""
    return "" if target.startswith("+") else target.partition(".")[0]


def legs(call: Cdr, b_legs: Mapping[str, Cdr], bridges: Sequence[Bridge]) -> list[tuple[int, LegRecord]]:
    """(step index, leg) of every phone that rang or could not be reached, in ringing order."""
    causes = dict(entry.partition(";")[::2] for entry in call.array("originate_causes"))
    left = [list(bridge.phones) for bridge in bridges]
    found: list[list[LegRecord]] = [[] for _ in bridges] or [[]]
    now, own = 0, set()
    for entry in call.array("originated_legs"):
        uuid, _, rest = entry.partition(";")
        own.add(uuid)
        b_leg = b_legs.get(uuid)
        now, phone = _take(left, now, b_leg, rest.rpartition(";")[2])
        path = bridges[now].path if bridges else ""
        found[now].append(_leg(call, uuid, phone.target if phone else "", path, b_leg, causes.get(uuid, "")))
    # originated by another call, which handed the talk over (attended transfer)
    others = [leg for uuid, leg in b_legs.items() if uuid not in own and leg.time("bridge")]
    found[-1] += [from_cdr(leg, bridges[-1].path if bridges else "") for leg in others]
    for index, bridge in enumerate(bridges):
        found[index] += _unreached(bridge, left[index], found[index])
    return [(bridges[index].step if bridges else -1, leg) for index, each in enumerate(found) for leg in each]


def _take(
    left: list[list[DialledPhone]], now: int, b_leg: Cdr | None, destination: str
) -> tuple[int, DialledPhone | None]:
    """The bridge of a leg, never before the last one found, and its phone there, which is removed from ``left``."""
    target = b_leg.get("routing_target") if b_leg else ""
    for index in range(now, len(left)):
        for phone in left[index]:
            if phone.target == target if target else phone.destination.endswith(destination):
                left[index].remove(phone)
                return index, phone
    return now, None


def _leg(call: Cdr, uuid: str, target: str, path: str, b_leg: Cdr | None, cause: str) -> LegRecord:
    if b_leg is not None:
        return from_cdr(b_leg, path, target, cause)
    talked = uuid == call.get("bridge_uuid") and call.time("bridge") > 0
    talk_s = max((call.time("talk_end") or call.time("end")) - call.time("bridge"), 0.0) if talked else 0.0
    reason = "" if talked else why(cause, False, "")
    return LegRecord(uuid, path, target, person_of(target), 0.0, 0.0, talked, round(talk_s, 3), cause, reason)


def from_cdr(b_leg: Cdr, path: str = "", target: str = "", cause: str = "") -> LegRecord:
    """A leg from its own file; ``cause``: what the A-leg knows of its end."""
    target = target or b_leg.get("routing_target")
    ringing, picked, bridged, ended = (b_leg.time(name) for name in ("progress", "answer", "bridge", "end"))
    ringing = ringing or picked
    cause = b_leg.get("hangup_cause") or cause
    rang_s = max((picked or ended) - ringing, 0.0) if ringing else 0.0
    reason = "" if bridged else why(cause, picked > 0, key_of(b_leg))
    talk_s = max((b_leg.time("talk_end") or ended) - bridged, 0.0) if bridged else 0.0
    return LegRecord(
        b_leg.uuid, path, target, person_of(target), ringing or b_leg.time("start"), round(rang_s, 3), picked > 0,
        round(talk_s, 3), cause, reason,
    )  # fmt: skip


def key_of(b_leg: Cdr) -> str:
    """The confirm key of a leg, `exec` where an extension asks for another key, or ""."""
    return b_leg.get(confirming.KEY) or b_leg.get("group_confirm_key")


def _unreached(bridge: Bridge, left: Sequence[DialledPhone], rung: Sequence[LegRecord]) -> list[LegRecord]:
    """Phones without a leg although it was their turn: not registered, or on do-not-disturb."""
    turns = {phone.target: phone.turn for phone in bridge.phones}
    reached = max((turns.get(leg.target, 0) for leg in rung), default=0)
    cut_short = bridge.is_last or any(not leg.why for leg in rung)
    missing = []
    for phone in left:
        if cut_short and (phone.turn > reached or phone.after_s > bridge.took_s or (phone.turn and phone.after_s)):
            continue  # the ringing ended before this phone's turn
        name = f"-{bridge.step}.{phone.target}"
        cause, reason = DO_NOT_DISTURB if phone.destination.startswith(dnd.BUSY) else UNREGISTERED
        missing.append(
            LegRecord(
                name, bridge.path, phone.target, person_of(phone.target), bridge.at, 0.0, False, 0.0, cause, reason
            )
        )
    return missing


def why(cause: str, picked_up: bool, key: str) -> str:
    """Why a leg ended without being connected to the caller.

    ``cause``: its hangup cause; ``key``: its confirm key ("" for none).
    """
    known = CAUSES.get(cause)
    reason = known.journal if known and known.journal else cause.lower().replace("_", " ")
    if not picked_up:
        return reason
    if cause in ("ORIGINATOR_CANCEL", "LOSE_RACE", "PICKED_OFF"):
        return f"picked up, {reason} first"
    if key and cause == "CALL_REJECTED":
        return "picked up and rejected"
    is_key = key not in ("", confirming.RUNS_EXTENSION)
    return f"picked up and did not press {key}" if is_key else "picked up and was not connected"
