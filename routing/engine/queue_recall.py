"""The calls that are in queues, as FreeSWITCH knows them: what a worker asks that takes over, before any offer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routing.esl.client import EventSocketClient
from routing.esl.protocol import Message
from routing.esl.watch import rows
from routing.model.decision import WAITS

#: So many questions are asked at once: FreeSWITCH answers them one after another.
_AT_ONCE = 200


def queued_calls(client: EventSocketClient) -> Iterator[Message]:
    """What FreeSWITCH knows of each call that waits in a queue, rings or talks. Raises SwitchFault."""
    (listed,) = client.ask("api show channels as json")
    uuids = [str(row["uuid"]) for row in rows(listed)]
    states = _ask(client, [f"api uuid_getvar {uuid} {WAITS}" for uuid in uuids])
    waiting = [uuid for uuid, state in zip(uuids, states, strict=True) if _is_set(state)]
    for dump in _ask(client, [f"api uuid_dump {uuid}" for uuid in waiting]):
        yield Message(b"\n" + dump.encode())


def _ask(client: EventSocketClient, questions: Sequence[str]) -> list[str]:
    starts = range(0, len(questions), _AT_ONCE)
    return [answer for start in starts for answer in client.ask(*questions[start : start + _AT_ONCE])]


def _is_set(answer: str) -> bool:
    text = answer.strip()
    return bool(text) and text != "_undef_" and not text.startswith("-ERR")
