"""Sends clients' cards to the people who ask for them by keys in a talk: to their screens, and a notice that waits for
the journal in Redis.

Each request is handled in a greenlet of its own; a CRM that does not answer costs the card its link, no more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gevent.pool import Pool

from routing.decide.card import card_in, notice_of, pop_of_card
from routing.decide.ports import Step
from routing.decide.responsible import Responsible
from routing.engine import metrics
from routing.model.call import Call
from routing.model.card_request import CardRequest
from routing.model.lookup import Outcome, Owner
from routing.model.memory import Forgotten
from routing.model.notice import for_queue
from routing.model.pop import Pop
from routing.release.tables import ReleaseFault, Releases

#: Requests handled at once; more are dropped.
MOST_AT_ONCE = 50
#: How long one CRM may take: the person reads the card while they talk.
CRM_SECONDS = 4.0


class Anybody(Responsible):
    """Every owner will do: the card is wanted, whoever answers for the client."""

    def knows(self, owner: Owner) -> bool:
        """See Responsible."""
        return True


@dataclass
class Cards:
    """``crm``: see Ports; ``put``: queues a notice once (project, its name, its text), raises Forgotten; None without
    Redis. ``send_pop``: see Engine."""

    releases: Releases
    crm: Callable[[Step, Call, Responsible], Outcome]
    put: Callable[[str, str, str], None] | None
    send_pop: Callable[[str, Pop], None]
    log: Callable[..., None]
    now: Callable[[], float] = time.time
    _pool: Pool = field(default_factory=lambda: Pool(MOST_AT_ONCE))

    def __call__(self, request: CardRequest) -> None:
        """Somebody asks for a card. Does not block."""
        if self._pool.full():
            self._note(request, "lost", "too many at once")
            return
        self._pool.spawn(self._send, request)

    def _send(self, request: CardRequest) -> None:
        try:
            directory = self.releases.directory(request.call.release)
            card = card_in(self._answers(request.call, directory.card_crms))
            if directory.pops:
                self.send_pop(directory.pops, pop_of_card(request, card))
            self._queue(request, notice_of(request, card, directory.project, self.now()))
        except (Forgotten, ReleaseFault) as problem:
            self._note(request, "lost", str(problem))
        except Exception as problem:
            self._note(request, "lost", type(problem).__name__)
            self.log("error", "fault", call=request.call.uuid, problem=repr(problem)[:500])

    def _queue(self, request: CardRequest, notice: Any) -> None:
        if self.put is None:
            raise Forgotten("there is no Redis")
        self.put(notice.project, notice.id, for_queue(notice))
        self._note(request, "queued", "with a link" if notice.card else "no CRM knows the client")

    def _answers(self, call: Call, crms: tuple[Mapping[str, Any], ...]) -> Iterator[tuple[str, Outcome]]:
        """One CRM after another, as far as somebody reads on."""
        if not call.caller.startswith("+"):
            return
        for config in crms:
            yield str(config["system"]), self.crm({"crm": config, "timeout_s": CRM_SECONDS}, call, Anybody())

    def _note(self, request: CardRequest, outcome: str, reason: str) -> None:
        metrics.CARDS.labels(outcome).inc()
        level = "info" if outcome == "queued" else "warning"
        self.log(level, "card", call=request.call.uuid, person=request.person, outcome=outcome, reason=reason)
