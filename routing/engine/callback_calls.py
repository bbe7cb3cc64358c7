"""FreeSWITCH as the dialler of callbacks uses it, over one connection of its event socket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from gevent.event import Event

from routing.engine.dialler_ports import LiveRelease
from routing.esl.client import EventSocketClient
from routing.esl.watch import rows
from routing.model.callback import OrdersDown
from routing.model.callback_call import CallbackCall, ColleagueCall, begun, was_begun

#: Between two turns; after the database has failed.
TURN_SECONDS, FAULT_SECONDS = 1.0, 5.0
#: Columns of FreeSWITCH's list of channels with a number of the other party.
_NUMBERS = ("cid_num", "initial_cid_num", "dest", "initial_dest", "callee_num")
#: Digits that a number has at least.
_LEAST_DIGITS = 7


class DiallerTurns(Protocol):
    """`routing.engine.dialler.Dialler`, `routing.engine.colleague_dialler.ColleagueDialler`."""

    def turn(self) -> int: ...
    def give_up_lease(self) -> None: ...


class NodesSwitch:
    """`routing.engine.dialler.CallbackSwitch`."""

    def __init__(self, client: EventSocketClient) -> None:
        self._client = client
        self._name, self._leg_mark = (
            reply.strip() for reply in client.ask("api switchname", "api global_getvar routing_leg")
        )

    def name(self) -> str:
        """See CallbackSwitch."""
        return self._name

    def numbers(self) -> set[str]:
        """See CallbackSwitch."""
        (listed,) = self._client.ask("api show channels as json")
        digits = {"".join(filter(str.isdigit, str(row.get(name)))) for row in rows(listed) for name in _NUMBERS}
        return {each for each in digits if len(each) >= _LEAST_DIGITS}

    def originate(self, call: CallbackCall) -> None:
        """See CallbackSwitch."""
        self._client.ask(f"bgapi {call.originate(self._leg_mark)}")

    def connect(self, call: ColleagueCall) -> None:
        """See `routing.engine.colleague_dialler.ColleagueSwitch`."""
        self._client.ask(f"bgapi {call.originate(self._leg_mark)}")

    def has_begun(self, uuid: str) -> bool:
        """See CallbackSwitch."""
        exists, count = self._client.ask(f"api uuid_exists {uuid}", f"api {begun(uuid)}")
        return exists.strip() == "true" or was_begun(count)


def keep_dialling(
    client: EventSocketClient,
    live: Callable[[], LiveRelease | None],
    diallers_of: Callable[[NodesSwitch], Sequence[DiallerTurns]],
    is_drained: Callable[[], bool],
    stop: Event,
    log: Callable[..., None],
) -> None:
    """Dial until ``stop``, once a release calls clients back. The lease is given back at the end, and while the node is
    drained, so that another engine dials. Raises SwitchFault when FreeSWITCH is lost."""
    while live() is None:
        if stop.wait(TURN_SECONDS):
            return
    diallers, problem = diallers_of(NodesSwitch(client)), ""
    while not stop.is_set():
        pause_s = TURN_SECONDS
        try:
            for dialler in diallers:
                if is_drained():
                    dialler.give_up_lease()
                else:
                    dialler.turn()
            problem = ""
        except OrdersDown as down:
            if str(down) != problem:
                log("error", "callbacks not dialled", problem=str(down))
            problem, pause_s = str(down), FAULT_SECONDS
        stop.wait(pause_s)
    try:
        for dialler in diallers:
            dialler.give_up_lease()
    except OrdersDown as down:
        log("error", "lease of callbacks not given back", problem=str(down))
