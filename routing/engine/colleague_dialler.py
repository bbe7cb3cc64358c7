"""Connects colleagues with the people they await, once both are free.

Each node does so for its own phones: no lease says who dials. An attempt is committed first, then FreeSWITCH is asked
for it once, as in `routing.engine.dialler`, which looks after attempts without a result.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from routing.decide.directory import Directory
from routing.engine.dialler import of_node
from routing.engine.dialler_ports import LiveRelease
from routing.engine.states import PROMISED_SECONDS
from routing.model.callback import CallbackOrder, CallbackStatus
from routing.model.callback_call import ColleagueCall

#: Two people who were dialled are dialled for nobody else, for so long.
UNDER_WAY_S = 60.0


class ColleagueBook(Protocol):
    """The orders of colleagues. Raises OrdersDown."""

    def awaiting(self, project: str, now: float) -> Sequence[CallbackOrder]: ...
    def start(self, order_id: str, uuid: str, token: int | None, now: float) -> bool: ...


class ColleagueSwitch(Protocol):
    """This node's FreeSWITCH. Raises SwitchFault."""

    def name(self) -> str:
        """See `routing.engine.dialler.CallbackSwitch`."""

    def connect(self, call: ColleagueCall) -> None:
        """Ask for a call, once; does not wait for it."""


class FreeColleagues(Protocol):
    """`routing.engine.free_people.FreePeople`."""

    def why_not(self, project: str, directory: Directory, people: Collection[str]) -> Mapping[str, str]: ...
    def is_here(self, directory: Directory, person: str) -> bool: ...
    def promise(self, person: str, call: str, seconds: float) -> None: ...


@dataclass
class ColleagueDialler:
    """``directory``: of a release's folder; ``now``: seconds since the epoch; the others as in `Dialler`."""

    book: ColleagueBook
    switch: ColleagueSwitch
    live: Callable[[], LiveRelease | None]
    directory: Callable[[str], Directory]
    free: FreeColleagues
    now: Callable[[], float]
    log: Callable[..., None]
    new_uuid: Callable[[], uuid.UUID] = uuid.uuid4
    stopping: Callable[[], bool] = lambda: False

    def turn(self) -> int:
        """Dial whom it is time to connect; returns how many calls were begun. Raises OrdersDown and SwitchFault."""
        release, now = self.live(), self.now()
        orders = self.book.awaiting(release.plan.project, now) if release else ()
        if release is None or not orders or self.stopping():
            return 0
        directory = self.directory(release.folder)
        people = {person for order in orders for person in (order.person, order.awaits)}
        why_not = self.free.why_not(release.plan.project, directory, people)
        under_way = {person for order in orders if is_under_way(order, now) for person in (order.person, order.awaits)}
        begun = 0
        for order in orders:
            pair = {order.person, order.awaits}
            is_time = order.is_due(now) and not pair & under_way and not any(why_not[person] for person in pair)
            if is_time and self.free.is_here(directory, order.person):
                under_way |= pair
                begun += self._dial(order, release.folder)
        return begun

    def _dial(self, order: CallbackOrder, folder: str) -> bool:
        """Begin an attempt: commit, then ask FreeSWITCH."""
        call = ColleagueCall(str(of_node(self.new_uuid(), self.switch.name())), order.person, order.awaits, folder)
        if not self.book.start(order.id, call.uuid, None, self.now()):
            return False
        self.log("info", "colleagues connected", order=order.id, call=call.uuid, person=order.person,
                 awaits=order.awaits)  # fmt: skip
        self.free.promise(order.person, call.uuid, PROMISED_SECONDS)
        self.switch.connect(call)
        return True

    def give_up_lease(self) -> None:
        """There is none."""


def is_under_way(order: CallbackOrder, now: float) -> bool:
    """Whether its people have just been dialled."""
    began_s = order.attempts[-1].began_s if order.attempts else 0.0
    return order.status is CallbackStatus.DIALLING and now - began_s < UNDER_WAY_S
