"""The calls that are in queues, as FreeSWITCH knows them: what a worker asks that takes over, before any offer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import gevent

from routing.decide.queue_turn import offered_in
from routing.esl.client import EventSocketClient
from routing.esl.facts import UUID
from routing.esl.protocol import Message
from routing.esl.watch import TARGET, rows
from routing.model.decision import ID, WAITS
from routing.model.queue import TALKS

#: The leg with which a call is bridged.
OTHER_LEG = "bridge_uuid"
#: So many questions are asked at once: FreeSWITCH answers them one after another.
_AT_ONCE = 200
_TABLE = "api show channels as json"
_SESSIONS = re.compile(r"^(\d+) session\(s\) - peak", re.MULTILINE)
#: How often the table is looked at until it has as many legs as FreeSWITCH counted, and at what interval.
_LOOKS, _LOOK_SECONDS = 10, 0.1


def queued_calls(client: EventSocketClient) -> Iterator[Message]:
    """What FreeSWITCH knows of each call that waits in a queue, rings or talks. Raises SwitchFault."""
    uuids = _legs(client)
    states = ask_all(client, [f"api uuid_getvar {uuid} {WAITS}" for uuid in uuids])
    waiting = [uuid for uuid, state in zip(uuids, states, strict=True) if _is_set(state)]
    for dump in ask_all(client, [f"api uuid_dump {uuid}" for uuid in waiting]):
        yield Message(b"\n" + dump.encode())


def _legs(client: EventSocketClient) -> list[str]:
    """Every leg that there was at first. FreeSWITCH's table of them is behind, by more when it has just started; its
    count of them is not."""
    status, listed = client.ask("api status", _TABLE)
    counted = _SESSIONS.search(status)
    for _ in range(_LOOKS):
        if not counted or len(rows(listed)) >= int(counted[1]):
            break
        gevent.sleep(_LOOK_SECONDS)
        (listed,) = client.ask(_TABLE)
    return [str(row["uuid"]) for row in rows(listed)]


def talk_in(client: EventSocketClient, call: Message) -> tuple[str, int] | None:
    """The person of a call's talk and since when, ms since the epoch; None when nobody talks. Raises SwitchFault."""
    people = offered_in(call.get("variable_routing_decision") or "")
    began = call.get("Caller-Channel-Bridged-Time") or ""
    if call.get(f"variable_{WAITS}") != TALKS or not began.isdigit() or not int(began):
        return None
    leg = call.get(f"variable_{OTHER_LEG}") or ""
    target = client.ask(f"api uuid_getvar {leg} {TARGET}")[0] if UUID.fullmatch(leg) else ""
    answered = target.strip().partition(".")[0]
    if answered not in people and not people:  # it rang them by itself
        people = (answered,) if ID.fullmatch(answered) else ()
    return (answered if answered in people else people[0], int(began) // 1000) if people else None


def ask_all(client: EventSocketClient, questions: Sequence[str]) -> list[str]:
    """The answers to many commands. Raises SwitchFault."""
    starts = range(0, len(questions), _AT_ONCE)
    return [answer for start in starts for answer in client.ask(*questions[start : start + _AT_ONCE])]


def _is_set(answer: str) -> bool:
    text = answer.strip()
    return bool(text) and text != "_undef_" and not text.startswith("-ERR")
