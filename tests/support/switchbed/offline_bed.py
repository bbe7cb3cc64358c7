"""Runs a case on the offline switch: the same company, the engine's own decisions, a memory that calls share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from routing.decide.request import parameters
from routing.decide.responsible import Responsible
from routing.decide.verdict import HandlerFailure, HandlerReply
from routing.model import dnd
from routing.model.call import Call as Facts
from routing.model.entities import Visitor
from routing.model.local_guesses import LocalGuesses
from routing.model.lookup import Outcome as Looked
from routing.model.parking import waiting_in
from routing.model.problem import Problems
from routing.offline.answering import InProcess, canned
from routing.offline.decider import refused
from routing.offline.duties import OfflineDuties
from routing.offline.events import Event, ended
from routing.offline.files import DirectoryFiles
from routing.offline.limits import Limits
from routing.offline.phones import ScriptedCaller, ScriptedPhones, parse
from routing.offline.published import PublishedRelease
from routing.offline.queues import OfflineQueues
from routing.offline.switch import OfflineCall, callback, login
from routing.release import publish as publishing

from . import clients, remembered
from .cases import Case
from .company import BED, CHANGES, Company
from .invite import invited
from .outcome import Outcome, opening
from .watched import Watched

ENGINE = "127.0.0.1:9"
MESSAGE_MS = 3_000
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
        return _Carried(company, case, self.noon).calls()


@dataclass
class _Calling:
    """A call that has begun; ``told`` is what came of it, when it is over."""

    uuid: str
    told: Told | None = None


@dataclass
class _Carried:
    """The calls of one case, on one virtual clock, and what they share."""

    company: Company
    case: Case
    noon: datetime
    limits: Limits = field(default_factory=lambda: Limits(in_order=True))
    _told: list[Told] = field(default_factory=list)
    _count: int = 0

    def __post_init__(self) -> None:
        self.world = Watched(round(self.noon.timestamp() * 1000))
        self.office = remembered.office(self.case, self.company, self.world, self.noon)
        self.guesses = LocalGuesses(lambda: 0.0)
        self.clients = clients.Offline(self.company.crm_ids)
        self.queues = OfflineQueues(
            self.office, self.office.anybody, self.office.chance, OfflineDuties.of(self.office.states)
        )

    def calls(self) -> list[Told]:
        """What came of all of them, in the order of `Case.calls`."""
        self.world.begin(self.world.now_ms, lambda: self._direct(self.case))
        self.world.run()
        return self._told

    def _direct(self, case: Case) -> None:
        """A call, those made meanwhile, and those made when all of these are over."""
        for _ in range(case.times):
            under_way = [self._begin(case)]
            for other in case.meanwhile:
                self._wait_heard(under_way[-1], other.once)
                under_way += [self._begin(other) for _ in range(other.times)]
            self._told += self._over(under_way)
        for other in case.then:
            self._direct(other)

    def _over(self, under_way: list[_Calling]) -> list[Told]:
        """What came of calls, when all of them are over."""
        self.world.until(lambda: all(each.told for each in under_way))
        return [each.told for each in under_way if each.told]

    def _wait_heard(self, calling: _Calling, what: str) -> None:
        if what.isdigit():
            return self.world.until(lambda: "@" in self.world.globals.get(waiting_in(what, BED), ""))
        heard = self.world.heard.setdefault(calling.uuid, set())
        self.world.until(lambda: what in heard or calling.told is not None)
        assert what in heard, f"{self.case.name}: no phone {what} for the call before"

    def _begin(self, case: Case) -> _Calling:
        self._count += 1
        calling = _Calling(str(UUID(int=self._count)))
        published = self._publish(case.publish) if case.publish else True
        self.world.begin(self.world.now_ms, lambda: self._carry(calling, case, published))
        return calling

    def _carry(self, calling: _Calling, case: Case, published: bool) -> None:
        asked: list[Mapping[str, Any]] = []
        release = PublishedRelease(self.company.root, limited=case.limited)
        at = datetime.fromtimestamp(self.world.now_ms / 1000, self.noon.tzinfo)
        events = release.run(
            _made(case, at, calling.uuid, self.company, release.accounts),
            ScriptedPhones(case.phones | self._by_number(case), parse("unreachable")),
            _caller(case),
            self._decider(case, asked),
            case.globals_ | {dnd.variable(person): dnd.BUSY for person in case.memory.get("away", ())},
            self.limits,
            self.world,
        )
        calling.told = self._outcome(case, events, asked, published), events
        self.world.tell()

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

        def handler(step: Mapping[str, Any], call: Facts) -> tuple[HandlerReply | HandlerFailure, int]:
            asked.append(parameters(step, call))
            return answer(step, call)

        known = visitor if case.visitor is not None and case.engine != "forgetful" else None

        def crm(step: Mapping[str, Any], call: Facts, people: Responsible) -> tuple[Looked, int]:
            self.clients.words, self.clients.asked = case.crm or "nobody", asked
            return self.clients.look_up(step, call, people, self.office.now(call))

        decider = InProcess(
            DirectoryFiles(self.company.root), handler, known, self.office, crm, self.queues, case.engine == "mute"
        )
        decider.guesses = self.guesses
        return decider

    def _by_number(self, case: Case) -> dict[str, Any]:
        numbers = self.company.numbers | case.by_number
        return {numbers[target]: phone for target, phone in case.phones.items() if target in numbers}

    def _outcome(
        self, case: Case, events: list[Event], asked: list[Mapping[str, Any]], published: bool
    ) -> Outcome:  # fmt: skip
        owners = {number: target for target, number in (self.company.numbers | case.by_number).items()}
        rung = [
            (event.at_ms / 1000, owners.get(event.subject, event.subject)) for event in events if event.kind == "ring"
        ]
        named = {number: target for target, number in case.by_number.items()}
        talked = next((event.subject for event in reversed(events) if event.kind == "talk"), "")
        answered = next((event.at_ms / 1000 for event in events if event.kind == "answered"), None)
        end = ended(events)
        variables = dict(event.subject.split("=", 1) for event in events if event.kind == "variable")
        variables = {name: value for name, value in variables.items() if value}  # FreeSWITCH removes an empty one
        return Outcome(
            rung=[each for each in rung if each[1] in case.phones and case.phones[each[1]].does != "unreachable"],
            status=0 if answered is None and not case.callback else 200,
            answered_s=answered,
            ended_s=end.at_ms / 1000,
            talked=named.get(talked, talked) or None,
            call=variables | {"hangup_cause": end.subject},
            seen=None,
            files=[Path(event.subject) for event in events if _keeps(event)],
            asked=asked,
            told=tuple(dict.fromkeys(_TOLD[event.kind] for event in events if event.kind in _TOLD)),
            published=published,
            opening=opening(self.company.root, variables),
        )


def _made(case: Case, at: datetime, uuid: str, company: Company, phones: Mapping[str, str]) -> OfflineCall:
    release = company.root / "current"
    if case.callback:
        return callback(company.calls_back(case, uuid), at)
    if case.account:
        known = login(case.account, phones[case.account])
        return OfflineCall(case.to, case.account, at, context="routing_internal", uuid=uuid, variables=known)
    return invited(case, at, uuid, release)


def _caller(case: Case) -> ScriptedCaller:
    after_ms = None if case.hangs_up_after_s is None or case.speaks else round(case.hangs_up_after_s * 1000)
    presses = tuple((key, round(at_s * 1000)) for key, at_s in case.presses)
    return ScriptedCaller(
        case.digits, after_ms, message_ms=MESSAGE_MS, sends=case.sends, presses=presses, says=case.says
    )


def _keeps(event: Event) -> bool:
    return event.kind == "voicemail" or (event.kind == "record" and event.detail == "session")


def _words(webhook: Any) -> str:
    if webhook is None:
        return '{"continue": true}'
    return webhook if isinstance(webhook, str) else str(webhook) if isinstance(webhook, int) else json.dumps(webhook)
