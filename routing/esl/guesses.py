"""Watches FreeSWITCH's event socket for right and wrong passwords of phones, and has guessers refused.

A judge decides whom to refuse. FreeSWITCH obeys global variables (`routing.model.guesses`) even while no engine runs;
expired ones are removed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from routing.esl.client import RETRY_SECONDS, EventSocketClient, stay_connected
from routing.esl.globals import variables
from routing.esl.protocol import EventSocket, Message
from routing.esl.time_limit import time_limit
from routing.esl.watch import rows
from routing.model.guesses import PREFIX, Refusal, over

EVENTS = "CUSTOM sofia::register_attempt"
#: How often expired variables are removed.
SWEEP_SECONDS = 60.0
_RIGHT, _WRONG = ("SUCCESS", "RENEWED"), "FORBIDDEN"
#: FreeSWITCH's name for an account before it has checked a password, when the sender's address is not proven.
_UNREAD = "unknown"


class Judge(Protocol):
    """Judges the passwords of phones (`routing.model.guesses.Guesses`)."""

    def right(self, account: str, address: str) -> None:
        """A right password."""

    def wrong(self, account: str, address: str, at_s: float) -> Refusal | None:
        """A wrong one; returns the refusal that follows from it, if any."""


def refuse(
    where: EventSocket, judge: Judge, now: Callable[[], float],
    report: Callable[[Refusal], None], retry_s: float = RETRY_SECONDS,
) -> None:  # fmt: skip
    """Have FreeSWITCH refuse whom the judge names, and ``report`` each refusal; ends when its greenlet is killed.

    Does not report a lost connection: `routing.esl.watch` does.
    """
    stay_connected(where, lambda client: _listen(client, judge, now, report), retry_s=retry_s)


def _listen(
    client: EventSocketClient, judge: Judge, now: Callable[[], float], report: Callable[[Refusal], None]
) -> None:
    _, registered = client.ask(f"event plain {EVENTS}", "api show registrations as json")
    for row in rows(registered):
        judge.right(str(row.get("reg_user")), str(row.get("network_ip")))
    swept_s = 0.0
    while True:
        if not 0 <= now() - swept_s < SWEEP_SECONDS:
            _sweep(client, now())
            swept_s = now()
        refusal = None
        with time_limit(SWEEP_SECONDS):
            refusal = _judged(client.event(), judge, now())
        if refusal:
            client.ask(f"api global_setvar {refusal.variable}={refusal.value}")
            report(refusal)


def _judged(event: Message, judge: Judge, at_s: float) -> Refusal | None:
    account, address, result = (event.get(name) or "" for name in ("username", "network-ip", "auth-result"))
    if result in _RIGHT:
        judge.right(account, address)
    elif result == _WRONG and account != _UNREAD:
        return judge.wrong(account, address, at_s)
    return None


def _sweep(client: EventSocketClient, at_s: float) -> None:
    if gone := over(variables(client, PREFIX), at_s):
        client.ask(*(f"api global_setvar {name}=" for name in gone))
