"""The plainest discipline of a simulation: who came first gets the first free person in the list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routing.model.queue import QueueSettings
from routing.simulate.discipline import PhoneOf


class FirstCome:
    """For one queue whose phones are always picked up, without wrap-up."""

    def __init__(self, phone_of: PhoneOf) -> None:
        self._phone_of = phone_of
        self._waiting: dict[int, QueueSettings] = {}

    def refuses(self, queue: QueueSettings, now_ms: int) -> bool:
        return False

    def joins(self, caller: int, queue: QueueSettings, since_ms: int, now_ms: int) -> None:
        self._waiting[caller] = queue

    def leaves(self, caller: int, now_ms: int) -> None:
        self._waiting.pop(caller, None)

    def rang_out(self, caller: int, people: Sequence[str], now_ms: int) -> None:
        raise AssertionError("nobody misses a call here")

    def talks(self, caller: int, person: str, now_ms: int) -> None:
        pass

    def offers(self, now_ms: int) -> Iterator[tuple[int, Sequence[str]]]:
        while self._waiting:
            caller, queue = next(iter(self._waiting.items()))
            person = next((each.person for each in queue.members if self._phone_of(each.person) == "free"), None)
            if person is None:
                return
            del self._waiting[caller]
            yield caller, [person]

    def wakes_ms(self, now_ms: int) -> int | None:
        return None
