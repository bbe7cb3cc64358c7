"""Runs a case on the offline switch: the same company, the engine's own decisions, a memory that calls share."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from routing.app import publish as publishing
from routing.decide.request import parameters
from routing.decide.responsible import Responsible
from routing.decide.verdict import Answer, Failure
from routing.model import dnd
from routing.model.decision import Call as Facts
from routing.model.entities import Visitor
from routing.model.lookup import Outcome as Looked
from routing.model.problem import Problems
from routing.offline.answering import InProcess, canned
from routing.offline.decider import Reply, refused
from routing.offline.events import Event, ended
from routing.offline.files import Directory
from routing.offline.limits import Limits
from routing.offline.phones import Caller, Phones, parse
from routing.offline.published import Published
from routing.offline.switch import Call, login

from . import clients
from .cases import Case
from .company import CHANGES, Company
from .invite import invited
from .office import Office
from .outcome import Outcome

ENGINE = "127.0.0.1:9"
MESSAGE_MS = 3_000
_HEARD = {"rings": ("ringing", "answered"), "talks": ("answered",)}
_TOLD = {"ringing": 180, "early_media": 183}
Told = tuple[Outcome, list[Event]]


@dataclass
class OfflineBed:
    """A company published where nobody but the offline switch reads it. ``noon``: when every case begins."""

    company: Company
    noon: datetime
    folder: Path
    _told: dict[str, list[Told]] = field(default_factory=dict, init=False)

    def carry(self, case: Case) -> list[Outcome]:
        """What came of every call of a case, in the order of `Case.calls`."""
        return [outcome for outcome, _ in self.told(case)]

    def told(self, case: Case) -> list[Told]:
        """`carry`, with what happened on every call; a case is carried once, however many tests look at it."""
        if case.name not in self._told:
            self._told[case.name] = self._carried(case)
        return self._told[case.name]

    def _carried(self, case: Case) -> list[Told]:
        company = self.company
        if any(call.publish for call in case.calls()):
            company = company.copy(self.folder / "".join(each if each.isalnum() else "_" for each in case.name))
            company.publish(ENGINE)
        return list(_Carried(company, case, self.noon).calls(case, self.noon))


@dataclass
class _Carried:
    """The calls of one case and what they share."""

    company: Company
    case: Case
    noon: datetime
    limits: Limits = field(default_factory=Limits)
    count: int = 0

    def __post_init__(self) -> None:
        self.office = Office(self.case, self.company, self.noon)
        self.clients = clients.Offline(self.company.crm_ids)

    def calls(self, case: Case, at: datetime) -> Iterator[Told]:
        """A call, those made meanwhile, and those made when it is over."""
        over = at
        for _ in range(case.times):
            yield (first := self._call(case, over))
            began, over = over, over + _since(first[1], "end")
            for other in case.meanwhile:
                began += _since(first[1], *_HEARD[other.once])
                for _ in range(other.times):
                    # whatever it publishes has been published: `_call`
                    for told in self.calls(replace(other, times=1, publish=""), began):
                        over = max(over, began + _since(told[1], "end"))
                        yield told
        for other in case.then:
            for told in self.calls(other, over):
                over += _since(told[1], "end")
                yield told

    def _call(self, case: Case, at: datetime) -> Told:
        self.count += 1
        published = self._publish(case.publish) if case.publish else True
        asked: list[Mapping[str, Any]] = []
        release = Published(self.company.root, limited=case.limited)
        if changes := [other.publish for other in case.meanwhile if other.publish]:
            release.files = _Moving(self.company.root, lambda: self._publish(changes[0]))
        events = release.run(
            _made(case, at, self.count, self.company.root / "current", release.accounts),
            Phones(case.phones | self._by_number(case), parse("unreachable")),
            _caller(case),
            self._decider(case, asked),
            case.globals_ | {dnd.variable(person): dnd.BUSY for person in case.memory.get("away", ())},
            self.limits,
        )
        self.office.saw(at, events)
        return self._outcome(case, events, asked, published), events

    def _publish(self, change: str) -> bool:
        try:
            if change == "back":
                publishing.rollback(self.company.root, None)
            else:
                self.company.change(CHANGES / change)
                self.company.publish(ENGINE)
        except Problems:
            return False
        return True

    def _decider(self, case: Case, asked: list[Mapping[str, Any]]) -> Any:
        if case.engine == "absent":
            return refused
        told = case.visitor or {}
        visitor = Visitor({**told.get("entities", {}), **told.get("page", {})}, told.get("source", {}))
        answer = canned(_words(case.webhook))

        def handler(step: Mapping[str, Any], call: Facts) -> tuple[Answer | Failure, int]:
            asked.append(parameters(step, call))
            return answer(step, call)

        known = visitor if case.visitor is not None and case.engine != "forgetful" else None
        self.clients.words, self.clients.asked = case.crm or "nobody", asked

        def crm(step: Mapping[str, Any], call: Facts, people: Responsible) -> tuple[Looked, int]:
            return self.clients.look_up(step, call, people, self.office.moment)

        engine = InProcess(Directory(self.company.root), handler, known, self.office, crm)

        def decide(address: str, variables: Mapping[str, str], patience_ms: int) -> Reply:
            self.office.moment = int(variables["asked_us"]) / 1_000_000
            return engine(address, variables, patience_ms)

        return decide

    def _by_number(self, case: Case) -> dict[str, Any]:
        numbers = self.company.numbers
        return {numbers[target]: phone for target, phone in case.phones.items() if target in numbers}

    def _outcome(
        self, case: Case, events: list[Event], asked: list[Mapping[str, Any]], published: bool
    ) -> Outcome:  # fmt: skip
        owners = {number: target for target, number in self.company.numbers.items()}
        rung = [
            (event.at_ms / 1000, owners.get(event.subject, event.subject)) for event in events if event.kind == "ring"
        ]
        answered = next((event.at_ms / 1000 for event in events if event.kind == "answered"), None)
        end = ended(events)
        variables = dict(event.subject.split("=", 1) for event in events if event.kind == "variable")
        return Outcome(
            rung=[each for each in rung if each[1] in case.phones and case.phones[each[1]].does != "unreachable"],
            status=0 if answered is None else 200,
            answered_s=answered,
            ended_s=end.at_ms / 1000,
            talked=next((event.subject for event in reversed(events) if event.kind == "talk"), None),
            call=variables | {"hangup_cause": end.subject},
            seen=None,
            files=[Path(event.subject) for event in events if _keeps(event)],
            asked=asked,
            told=tuple(dict.fromkeys(_TOLD[event.kind] for event in events if event.kind in _TOLD)),
            published=published,
        )


class _Moving(Directory):
    """A release root where somebody publishes as soon as a call has entered."""

    def __init__(self, root: Path, publish: Any) -> None:
        super().__init__(root)
        self._publish = publish

    def read(self, path: str) -> str | None:
        """See Files."""
        text = super().read(path)
        if path.endswith("/current/entry.xml"):
            self._publish()
        return text


def _made(case: Case, at: datetime, count: int, release: Path, phones: Mapping[str, str]) -> Call:
    uuid = str(UUID(int=count))
    if case.account:
        known = login(case.account, phones[case.account])
        return Call(case.to, case.account, at, context="routing_internal", uuid=uuid, variables=known)
    return invited(case, at, uuid, release)


def _caller(case: Case) -> Caller:
    after_ms = None if case.hangs_up_after_s is None or case.speaks else round(case.hangs_up_after_s * 1000)
    return Caller(case.digits, after_ms, message_ms=MESSAGE_MS, sends=case.sends)


def _since(events: list[Event], *kinds: str) -> timedelta:
    return timedelta(milliseconds=next(event.at_ms for event in events if event.kind in kinds))


def _keeps(event: Event) -> bool:
    return event.kind == "voicemail" or (event.kind == "record" and event.detail == "session")


def _words(webhook: Any) -> str:
    if webhook is None:
        return '{"continue": true}'
    return webhook if isinstance(webhook, str) else str(webhook) if isinstance(webhook, int) else json.dumps(webhook)
