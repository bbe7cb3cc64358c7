"""Sends notices of orders' lives: each event to the project's `webhook`, the end without a talk to the scheme's
`notify`.

An event leaves the outbox when everybody has accepted it. Of an order they are sent in their order; an address that
is away delays no other one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Event

from sqlalchemy import Engine

from routing.callbacks import events
from routing.callbacks.events import CallbackEvent
from routing.callbacks.facts import order_facts
from routing.journal.destinations import Destinations, is_reachable
from routing.journal.faults import text_of
from routing.journal.gather import Log
from routing.journal.sending import CLAIM_SECONDS, STALE_SECONDS, keep_sending, pause_at
from routing.model.addresses import EMAIL
from routing.model.callback import CallbackStatus
from routing.model.callback_plan import CallbackPlan
from routing.model.notice import CallbackNotice, Hooks, Later, Mail, NoticeRefused

#: The statuses of which the scheme's `notify` gets a notice: nobody has talked with the client.
UNREACHED = frozenset({CallbackStatus.GIVEN_UP, CallbackStatus.EXPIRED})


@dataclass
class CallbackNotices:
    """``project``, ``plan``: those of the live release, None while it calls nobody back; ``mail`` None: there is no
    mail server."""

    engine: Engine
    mail: Mail | None
    hooks: Hooks
    log: Log
    now: Callable[[], float]
    project: Callable[[], str]
    plan: Callable[[], CallbackPlan | None]
    stop: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self._destinations = Destinations(self.now)

    def run(self) -> None:
        """Send until `stop` is set."""
        keep_sending(self.work, self.stop, self._failed)

    def _failed(self, problem: Exception, again_s: float) -> None:
        self.log("error", "notices of callbacks cannot be sent", problem=text_of(problem), again_s=again_s)

    def work(self) -> int:
        """Send what is due; returns how many events left the outbox. Raises SQLAlchemyError."""
        done = 0
        while not self.stop.is_set():
            now = self.now()
            event = events.claim(self.engine, self.project(), now, now + CLAIM_SECONDS)
            if event is None:
                return done
            done += self._send(event)
        return done

    def _send(self, event: CallbackEvent) -> bool:
        """Whether an event is finished: everybody has it, or it is too old."""
        reached, missing, wait_s = list(event.reached), 0, 0.0
        for to in self._addressees(event):
            try:
                with self._destinations.conversation(to[0]):
                    self._tell(event, to)
                reached += to
            except Later as problem:
                missing += 1
                wait_s = min(wait_s or problem.after_s, problem.after_s)
        age_s = self.now() - event.at_s
        if not missing:
            events.sent(self.engine, event)
        elif age_s > STALE_SECONDS:
            self.log("error", "notice given up", order=event.order.id, status=event.status, reason="it is too old")
            events.sent(self.engine, event)
        else:
            pause_s = wait_s or pause_at(age_s)
            events.put_off(self.engine, event, self.now() + pause_s, tuple(reached))
            return False
        return True

    def _addressees(self, event: CallbackEvent) -> Iterator[tuple[str, ...]]:
        """Who does not have it yet: all e-mail addresses in one message, each web address by itself."""
        plan = self.plan()
        if plan is None:
            return
        scheme = plan.schemes.get(event.order.scheme)
        notified: Sequence[str] = scheme.notify if scheme and event.status in UNREACHED else ()
        missing = [name for name in notified if is_reachable(name) and name not in event.reached]
        mails = tuple(name for name in missing if EMAIL.fullmatch(name))
        if mails and self.mail:
            yield mails
        urls = dict.fromkeys([plan.webhook, *(name for name in missing if "://" in name)])
        yield from ((url,) for url in urls if url and url not in event.reached)

    def _tell(self, event: CallbackEvent, to: tuple[str, ...]) -> None:
        """One message. Raises Later."""
        order = event.order
        notice = CallbackNotice(
            order.project,
            order.id,
            event.n,
            event.status,
            event.at_s,
            order.number,
            order.scheme,
            order_facts(order),
            to,
        )
        try:
            if "://" in to[0]:
                self.hooks.tell(notice, to[0])
            elif self.mail:
                for address, reason in self.mail.send(notice).items():
                    self.log("warning", "addressee refused", order=order.id, address=address, reason=reason)
        except NoticeRefused as problem:
            self.log("error", "notice refused", order=order.id, reason=str(problem))
