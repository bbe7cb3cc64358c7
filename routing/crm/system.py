"""One CRM of the project, with the rules that all CRMs share: who is responsible for a caller.

Kinds are searched in parallel and judged in the step's order; the newest record wins whose owner is active and mapped
to a person. One deadline for the whole look-up, a circuit breaker, a rate limit, a cache, and the last answer while the
CRM fails. Never raises; reasons hold no names and tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from routing.crm.cache import FRESH_SECONDS, OWNER_SECONDS, TimedCache
from routing.crm.fault import Fault, Missing
from routing.crm.lookup import Auth, Lookup, Tasks
from routing.crm.phone import CallerNumber
from routing.crm.record import Adapter, CrmRecord
from routing.crm.throttle import Throttle
from routing.model.lookup import Failed, Kind, Knows, NoOwnerFound, Outcome, Owner, OwnerFound
from routing.model.web import Http

#: Exceptions of an adapter for an answer that is not in the vendor's documented format.
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError)
#: Most owners checked in one look-up: further records are too old to matter.
MOST_OWNERS = 5
REFRESH_SECONDS = 5.0


class CrmBreaker(Protocol):
    """A circuit breaker (routing.http.breaker.Breaker)."""

    def allows(self, url: str) -> bool: ...
    def succeeded(self, url: str) -> None: ...
    def failed(self, url: str) -> None: ...


@dataclass
class System:
    """``name`` as in the project's ``crm:``; ``clock``: monotonic seconds; ``fresh_s``: how long an answer is cached;
    ``home``: the project's country, for numbers without a country code."""

    name: str
    adapter: Adapter
    auth: Auth
    http: Http
    breaker: CrmBreaker
    throttle: Throttle
    tasks: Tasks
    clock: Callable[[], float]
    fresh_s: float = FRESH_SECONDS
    home: str = ""
    answers: TimedCache[OwnerFound | NoOwnerFound] = field(init=False)
    owners: TimedCache[Owner] = field(init=False)

    def __post_init__(self) -> None:
        self.answers = TimedCache(self.clock, fresh_s=self.fresh_s)
        self.owners = TimedCache(self.clock, fresh_s=OWNER_SECONDS)

    def lookup(
        self, caller: str, order: Sequence[Kind], knows: Knows, deadline_s: float, visitor: Mapping[str, str]
    ) -> Outcome:
        """Who is responsible for a caller (``+E.164`` or ``anonymous``), within ``deadline_s`` seconds.

        ``visitor``: the visitor's facts that the CRM's templates use; the cache keeps answers for each of them.
        """
        phone = CallerNumber.of(caller, self.home)
        if phone is None:
            return NoOwnerFound("the caller's number is hidden")
        key = (phone.e164, tuple(order), tuple(sorted(visitor.items())))
        remembered = self.answers.fresh(key)
        if remembered is not None and _still(remembered, knows):
            return remembered
        if not self.breaker.allows(self.name):
            return self._instead(key, knows, f"{self.name} failed several times in a row and is not asked for a while")
        lookup = self._lookup(phone, deadline_s, visitor)
        try:
            outcome = self._ask(lookup, order, knows)
        except Fault as problem:
            if not problem.ours:
                self.breaker.failed(self.name)
            return self._instead(key, knows, f"{self.name}: {problem}")
        finally:
            lookup.stop()
        self.breaker.succeeded(self.name)
        self.answers.put(key, outcome)
        return outcome

    def _instead(self, key: Hashable, knows: Knows, reason: str) -> Outcome:
        """The cached answer if there is one, else the failure."""
        earlier = self.answers.stale(key)
        if earlier is None or not _still(earlier, knows):
            return Failed(reason)
        return replace(earlier, stale=True)

    def _lookup(self, phone: CallerNumber, deadline_s: float, visitor: Mapping[str, str]) -> Lookup:
        until_s = self.clock() + deadline_s
        return Lookup(phone, self.http, self.auth, self.throttle, self.tasks, self.clock, until_s, visitor)

    def _ask(self, lookup: Lookup, order: Sequence[Kind], knows: Knows) -> OwnerFound | NoOwnerFound:
        self.throttle.check()
        kinds = [kind for kind in order if kind in self.adapter.kinds]
        searches = [lookup.begin(partial(self._records, kind, lookup)) for kind in kinds]
        passed: list[str] = []
        for search in searches:
            for record in search.get():
                owner = self._owner(record, lookup)
                if complaint := _unfit(owner, knows):
                    passed.append(f"{record.kind} {record.id}: {complaint}")
                    continue
                caller_name, card = record.caller_name, record.card_url
                return OwnerFound(record.kind, record.id, owner, caller_name, card, passed=tuple(passed))
        nothing = f"{self.name} has no {' or '.join(kinds) or 'such entity'} with this caller's number"
        return NoOwnerFound("; ".join(passed) or nothing, is_known=bool(passed))

    def _records(self, kind: Kind, lookup: Lookup) -> list[CrmRecord]:
        """A kind's records with the caller's number, newest first, one for each owner."""
        try:
            found = [each for each in self.adapter.find(kind, lookup) if _has(lookup.phone, each)]
        except MALFORMED:
            raise Fault("its answer has another form than its vendor's API") from None
        newest: dict[str, CrmRecord] = {}
        for record in sorted(found, key=lambda each: each.changed, reverse=True):
            newest.setdefault(record.owner_id, record)
        return list(newest.values())[:MOST_OWNERS]

    def _owner(self, record: CrmRecord, lookup: Lookup) -> Owner:
        """The record's owner; only with the id when the CRM does not answer with the details."""
        if record.owner is not None or not record.owner_id:
            return record.owner or Owner("", active=False)
        known = self.owners.stale(record.owner_id)
        if known is None:
            return self._look_up_owner(record.owner_id, lookup)
        if self.owners.fresh(record.owner_id) is None:
            later = self._lookup(lookup.phone, REFRESH_SECONDS, lookup.visitor)
            self.owners.put(record.owner_id, known)
            self.tasks.start(partial(self._look_up_owner, record.owner_id, later))
        return known

    def _look_up_owner(self, owner_id: str, lookup: Lookup) -> Owner:
        try:
            owner = self.adapter.owner(owner_id, lookup) or Owner(owner_id, active=False)
        except Missing:
            owner = Owner(owner_id, active=False)
        except (Fault, *MALFORMED):
            return self.owners.stale(owner_id) or Owner(owner_id)
        self.owners.put(owner_id, owner)
        return owner


def _has(phone: CallerNumber, record: CrmRecord) -> bool:
    return record.phones is None or phone.among(record.phones)


def _unfit(owner: Owner, knows: Knows) -> str:
    """Why nobody can be rung for an owner, or ""."""
    if not owner.id:
        return "it has no owner"
    if not owner.active:
        return f"owner {owner.id} is not active"
    return "" if knows(owner) else f"no person is mapped to owner {owner.id}"


def _still(answer: OwnerFound | NoOwnerFound, knows: Knows) -> bool:
    """Whether a cached answer still names a person of the project."""
    return isinstance(answer, NoOwnerFound) or knows(answer.owner)
