"""Runs a case on the real switch: phones register, the carrier calls, and what everybody saw is collected."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pytest

from routing.compile.numbers import entry_dialplan
from routing.model import dnd
from routing.model.parking import waiting_in
from routing.model.utterance import FOLDER as UTTERANCES
from routing.offline.phones import PhoneTransfer, ScriptedPhone
from routing.offline.switch import INBOUND
from routing.store.program import program
from support.redis_needed import WHY

from . import ports, sip
from .agent import HOST, Agent
from .attending import Attending, Phoning
from .calling import Calling
from .calling_back import CallingBack
from .cases import CLIENT, Case
from .company import BED, CHANGES, PROJECT, Company
from .handler import Handler
from .memory import forget, needs_redis, remembering
from .outcome import Outcome
from .people import wait_gone, wait_there
from .switch import Switch
from .trunk import Trunk
from .waiting import until


@dataclass
class Bed:
    """One switch with its company, the carrier's trunk, the customer's webhook handler and CRM, and the engine."""

    switch: Switch
    company: Company
    trunk: Trunk
    handler: Handler
    folder: Path
    engine: str
    #: Where the engine that watches this switch tells what it takes people for (``host:port``); empty: none does.
    status: str = ""
    #: Plays phones and callers message by message.
    agent_class: ClassVar[type[Agent]] = Agent
    _records: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()
        self._times: dict[str, int] = {}
        self._count = 0
        self.handler.crm_ids = self.company.crm_ids
        self.unlimited_port = self.switch.add_profile(
            "unlimited", INBOUND, entry_dialplan(self.switch.root, limited=False)
        )

    def run(self, case: Case) -> Outcome:
        """Carry the first call of a case to its end, and whatever the case says beside it."""
        return self.carry(case)[0]

    def carry(self, case: Case) -> list[Outcome]:
        """What came of every call of a case, in the order of `Case.calls`.

        Cases that share a person, a global, a lent number or what is published wait for each other.
        """
        if program() is None and needs_redis(case.calls(), self.company):
            pytest.skip(WHY)
        with contextlib.ExitStack() as stack:
            for name in sorted(self._shared(case)):
                stack.enter_context(self._lock(name))
            for name, value in case.globals_.items():
                self.switch.esl.api(f"global_setvar {name}={value}")
                stack.callback(self.switch.esl.api, f"global_setvar {name}=")
            people = self._people(case)
            stack.callback(self._told, case, False)
            turns = self.company.steps(case.to) if case.turns_anew else ()
            stack.enter_context(remembering(self.company.root, case.client, case.memory, people, turns))
            self._told(case, True)
            folder = self._folder(case)
            stack.callback(wait_gone, self.status, people=people)
            phones = self._known(case, folder, stack)
            if any(call.publish for call in case.calls()):
                stack.callback(self.publish, "")
            return list(self._calls(case, folder, phones, stack))

    def _people(self, case: Case) -> set[str]:
        """Whose phones ring in a case, and whose phones call: both make a person busy."""
        accounts = {call.account for call in case.calls()}
        calling = {target for target, account in self.company.accounts.items() if account in accounts}
        return {target.partition(".")[0] for target in {*case.phones, *calling}}

    def _folder(self, case: Case) -> Path:
        """A place of its own for each time that a case is carried."""
        name = "".join(letter if letter.isalnum() else "_" for letter in case.name)
        with self._guard:
            time = self._times[name] = self._times.get(name, 0) + 1
        return self.folder / (name if time == 1 else f"{name}_{time}")

    def _told(self, case: Case, away: bool) -> None:
        """Wait until the engine has told the switch who must not be disturbed, or may be again."""
        for person in case.memory.get("away", ()):
            question = f"global_getvar {dnd.variable(person)}"
            assert until(lambda asked=question: (self.switch.esl.api(asked).strip() == dnd.BUSY) is away), person

    def _shared(self, case: Case) -> set[str]:
        shared = {*self._people(case), *case.globals_}
        for call in case.calls():
            shared |= {word for word, wanted in (("pool", call.visitor), ("release", call.publish)) if wanted}
        return shared

    def _calls(
        self, case: Case, folder: Path, phones: dict[str, Phoning], stack: contextlib.ExitStack
    ) -> Iterator[Outcome]:
        """Calls one after another; those of ``meanwhile`` while the one before them is under way."""
        for at in range(case.times):
            under_way: list[Calling | CallingBack] = [self._begin(case, folder / f"call{at}", stack)]
            for place, other in enumerate(case.meanwhile):
                self._wait(other.once, under_way[-1])
                under_way += [
                    self._begin(other, folder / f"meanwhile{place}_{again}", stack) for again in range(other.times)
                ]
            for each in under_way:
                each.wait_over()
            yield from (each.outcome(phones) for each in under_way)
        for place, other in enumerate(case.then):
            yield from self._calls(other, folder / f"then{place}", phones, stack)

    def _wait(self, once: str, calling: Calling | CallingBack) -> None:
        """Until the call before has heard what the next one waits for, or somebody is parked in that place."""
        if not once.isdigit():
            return calling.wait_heard(once)
        assert until(lambda: "@" in self.switch.esl.api(f"global_getvar {waiting_in(once, BED)}"), 15)

    def _begin(self, case: Case, folder: Path, stack: contextlib.ExitStack) -> Calling | CallingBack:
        calling: Calling | CallingBack = CallingBack(self, case) if case.callback else Calling(self, case, folder)
        stack.callback(calling.stop)
        return calling

    def call(self, folder: Path, limited: bool = True, **words: Any) -> sip.Sipp:
        """A call from the carrier, under way; the words are those of ``sip.caller``."""
        remote = f"127.0.0.1:{self.switch.settings.external_port if limited else self.unlimited_port}"
        return sip.Sipp(sip.caller(**words), folder, remote, ["-m", "1"])

    def dial(
        self, folder: Path, account: str, to: str, password: str = "", sends: PhoneTransfer | None = None, **keys: Any
    ) -> sip.Sipp:  # fmt: skip
        """A call from a registered phone's account, under way; ``keys`` are those of ``sip.of_colleague``."""
        remote = "{}:{}".format(*self.phones_at())
        refer = (sends.to, sends.after_ms) if sends else None
        words = sip.colleague(account, password or self.company.password(account), to, refer, **keys)
        return sip.Sipp(words, folder, remote, ["-m", "1"])

    def phones_at(self) -> tuple[str, int]:
        """Where phones register and call."""
        return HOST, self.switch.settings.sip_port

    def knows_registrations(self) -> bool:
        """Whether the engine knows which phones are registered."""
        return True

    def record(self, call_id: str) -> dict[str, str]:
        """The CDR variables of the leg with this SIP Call-ID; waits until the switch has written it."""
        found = until(lambda: next((cdr for cdr in self.records() if cdr.get("sip_call_id") == call_id), None))
        assert found is not None, f"no CDR of call {call_id}"
        return found

    def forget(self) -> None:
        """Neither the engine nor the switch's records know of earlier calls, which have all ended."""
        forget(self.company.root)
        for path in (self.switch.home / "spool").glob("*.json"):
            path.unlink(missing_ok=True)
        self._records.clear()

    def records(self) -> Iterator[dict[str, str]]:
        """Variables of every leg finished so far."""
        for path in (self.switch.home / "spool").glob("*.json"):
            if path.name not in self._records:
                with contextlib.suppress(ValueError, OSError):
                    self._records[path.name] = json.loads(path.read_text(errors="replace"))["variables"]
        yield from list(self._records.values())

    def publish(self, change: str) -> bool:
        """Publish the company with a change (``back``: a rollback, none: as it was) by the product's own command."""
        settings, company = self.switch.settings, self.company
        command = [sys.executable, "-m", "routing", "rollback" if change == "back" else "publish"]
        command += ["--out", str(company.root), "--esl", f"127.0.0.1:{settings.esl_port}"]
        if change != "back":
            company.change(CHANGES / change if change else PROJECT)
            command += ["--schemes", str(company.folder), "--engine", self.engine]
        environment = os.environ | company.secrets | {"ROUTING_ESL_PASSWORD": settings.esl_password}
        return subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False).returncode == 0

    def _known(self, case: Case, folder: Path, stack: contextlib.ExitStack, scenario: str = "") -> dict[str, Phoning]:
        """The phones of a case, once the engine knows them; it knows that they are away again at the end."""
        lines = {target: self.company.accounts[target] for target in case.phones if target in self.company.accounts}
        registered = lines.values() if self.knows_registrations() else ()
        stack.callback(wait_gone, self.status, registered)
        phones = dict(self._phones(case, folder, stack, scenario))
        wait_there(self.status, {lines[target] for target in phones if target in lines} & {*registered})
        return phones

    def _phones(
        self, case: Case, folder: Path, stack: contextlib.ExitStack, scenario: str = ""
    ) -> Iterator[tuple[str, Phoning]]:
        for target, behaviour in case.phones.items():
            if behaviour.does == "unreachable":
                continue
            port = ports.free(2)
            if account := self.company.accounts.get(target):
                self.register(account, port)
                stack.callback(self.register, account, seconds=0)
            phone: Phoning
            if account and behaviour.sends and behaviour.sends.attended:
                facts = account, self.company.password(account), behaviour.after_ms / 1000
                phone = Attending(self.agent_class(self.phones_at(), *facts, port=port), behaviour)
            else:
                phone = sip.Sipp(scenario or self._scenario(target, behaviour), folder / target, port=port)
            stack.callback(phone.stop)
            phone.wait_listening()
            if number := (self.company.numbers | case.by_number).get(target):
                self.trunk.connect(number, phone.port)
                stack.callback(self.trunk.disconnect, number)
            yield target, phone

    @contextlib.contextmanager
    def ringing(self, target: str, behaviour: ScriptedPhone, scenario: str = "") -> Iterator[Phoning]:
        """One phone, there for as long as the block runs; ``scenario`` when words cannot say what it does."""
        self._count += 1
        case = Case(f"phone {self._count}", "", "", phones={target: behaviour})
        with self._lock(target), contextlib.ExitStack() as stack:
            yield self._known(case, self.folder / f"phone{self._count}", stack, scenario)[target]

    def register(self, account: str, port: int = 0, seconds: int = 300, password: str = "") -> None:
        """Register an account from a port that nobody has yet, as its phone would; 0 seconds removes it, from any."""
        with Agent(self.phones_at(), account, password or self.company.password(account), port=port) as agent:
            answer = agent.register(seconds=seconds)
        assert answer.start == "200", answer.text

    def recordings(self) -> list[Path]:
        """Every sound file that the switch has written; what callers said at speech menus the engine keeps."""
        written = (self.switch.home / "recordings").rglob("*.wav")
        return sorted(path for path in written if UTTERANCES not in path.parts)

    def _scenario(self, target: str, behaviour: ScriptedPhone) -> str:
        if behaviour.does == "redirects":
            elsewhere = f"sip:{next(iter(self.company.numbers.values()))}@127.0.0.1:{self.trunk.port}"
            return sip.phone(status=302, extra=f"Contact: <{elsewhere}>")
        presses = target in self.company.numbers or target == CLIENT or behaviour.refuses_ms is not None
        return sip.behaving(behaviour, presses)

    def _lock(self, name: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(name, threading.Lock())


__all__ = ["Bed", "Outcome", "ports", "until"]
