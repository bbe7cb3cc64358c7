"""Runs a case on the real switch: phones register, the carrier calls, and what everybody saw is collected."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from routing.offline.phones import Phone

from . import ports, sip
from .cases import Case
from .company import Company
from .handler import Handler
from .switch import Switch
from .trunk import Trunk

_LONGEST_CALL_S = 60


@dataclass
class Outcome:
    """What happened. ``rung`` are (seconds since the INVITE, target); ``call`` are the A-leg's CDR variables."""

    rung: list[tuple[float, str]]
    status: int
    answered_s: float | None
    ended_s: float
    talked: str | None
    call: dict[str, str]
    seen: dict[str, sip.Message]
    files: list[Path] = field(default_factory=list)


@dataclass
class Bed:
    """One switch with its company, the carrier's trunk and the customer's webhook handler."""

    switch: Switch
    company: Company
    trunk: Trunk
    handler: Handler
    folder: Path

    def __post_init__(self) -> None:
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()
        self._count = 0

    def run(self, case: Case) -> Outcome:
        """Carry the case's call to its end. Cases that share a phone or a global wait for each other."""
        with contextlib.ExitStack() as stack:
            for name in sorted({*case.phones, *case.globals_}):
                stack.enter_context(self._lock(name))
            for name, value in case.globals_.items():
                self.switch.esl.api(f"global_setvar {name}={value}")
                stack.callback(self.switch.esl.api, f"global_setvar {name}=")
            if case.webhook is not None:
                self.handler.answers[case.caller] = case.webhook
            folder = self.folder / "".join(letter if letter.isalnum() else "_" for letter in case.name)
            phones = dict(self._phones(case, folder, stack))
            return self._call(case, folder, phones, stack)

    def call(self, folder: Path, **words: Any) -> sip.Sipp:
        """A call from the carrier, under way; the words are those of ``sip.caller``."""
        remote = f"127.0.0.1:{self.switch.settings.external_port}"
        return sip.Sipp(sip.caller(**words), folder, remote, ["-m", "1"])

    def record(self, call_id: str) -> dict[str, str]:
        """The CDR variables of the leg with this SIP Call-ID; waits until the switch has written it."""
        found = until(lambda: next((cdr for cdr in self.records() if cdr.get("sip_call_id") == call_id), None))
        assert found is not None, f"no CDR of call {call_id}"
        return found

    def records(self) -> Iterator[dict[str, str]]:
        """Variables of every leg finished so far."""
        for path in (self.switch.home / "spool").glob("*.json"):
            with contextlib.suppress(ValueError, OSError):
                yield json.loads(path.read_text(errors="replace"))["variables"]

    def _phones(
        self, case: Case, folder: Path, stack: contextlib.ExitStack, scenario: str = ""
    ) -> Iterator[tuple[str, sip.Sipp]]:
        registered = {}
        for target, behaviour in case.phones.items():
            if behaviour.does == "unreachable":
                continue
            phone = sip.Sipp(scenario or sip.behaving(behaviour, target in self.company.numbers), folder / target)
            stack.callback(phone.stop)
            phone.wait_listening()
            if target in self.company.accounts:
                registered[self.company.accounts[target]] = phone.port
            else:
                self.trunk.connect(self.company.numbers[target], phone.port)
                stack.callback(self.trunk.disconnect, self.company.numbers[target])
            yield target, phone
        if registered:
            self.register(folder / "register", registered)
            stack.callback(self.register, folder / "unregister", registered, 0)

    @contextlib.contextmanager
    def ringing(self, target: str, behaviour: Phone, scenario: str = "") -> Iterator[sip.Sipp]:
        """One phone, there for as long as the block runs; ``scenario`` when words cannot say what it does."""
        self._count += 1
        case = Case(f"phone {self._count}", "", "", phones={target: behaviour})
        with self._lock(target), contextlib.ExitStack() as stack:
            yield dict(self._phones(case, self.folder / f"phone{self._count}", stack, scenario))[target]

    def register(
        self, folder: Path, accounts: dict[str, int], seconds: int = 300, password: str = ""
    ) -> None:  # fmt: skip
        """Register accounts at ports of this machine, with digest; 0 seconds removes them."""
        secret = self.company.password
        rows = [
            f"{account};[authentication username={account} password={password or secret(account)}];{port};{seconds}"
            for account, port in accounts.items()
        ]
        folder.mkdir(parents=True)
        (folder / "accounts.csv").write_text("\n".join(["SEQUENTIAL", *rows, ""]))
        options = ["-inf", str(folder / "accounts.csv"), "-m", str(len(accounts))]
        remote = f"127.0.0.1:{self.switch.settings.sip_port}"
        registration = sip.Sipp(sip.REGISTER.read_text(), folder, remote, options)
        try:
            assert registration.wait(20) == 0, (folder / "errors").read_text()
        finally:
            registration.stop()

    def _call(
        self, case: Case, folder: Path, phones: dict[str, sip.Sipp], stack: contextlib.ExitStack
    ) -> Outcome:  # fmt: skip
        caller = self.call(folder / "caller", **sip.of_case(case))
        stack.callback(caller.stop)
        caller.wait(_LONGEST_CALL_S)
        messages = caller.messages()
        began = messages[0].at
        record = self.record(messages[0].header("Call-ID"))
        heard = {target: phone.messages() for target, phone in phones.items()}
        seen = {target: each[0] for target, each in heard.items() if each}
        rung = sorted(
            (message.at - began, target)
            for target, each in heard.items()
            for message in each
            if message.received and message.start == "INVITE"
        )
        finals = [each for each in messages if each.received and each.is_final_of("INVITE")]
        answered = [each.at - began for each in finals if each.start == "200"]
        return Outcome(
            rung=rung,
            status=int(finals[0].start) if finals else 0,
            answered_s=answered[0] if answered else None,
            ended_s=messages[-1].at - began,
            talked=self._talked(record),
            call=record,
            seen=seen,
            files=[path for path in self.recordings() if record["uuid"] in path.name],
        )

    def recordings(self) -> list[Path]:
        """Every sound file that the switch has written."""
        return sorted((self.switch.home / "recordings").rglob("*.wav"))

    def _talked(self, record: dict[str, str]) -> str | None:
        """Whom the caller was connected with: the target of the leg he was bridged to."""
        other = record.get("bridge_uuid")
        if not other or record.get("bridge_epoch", "0") == "0":
            return None
        leg = until(lambda: next((cdr for cdr in self.records() if cdr.get("uuid") == other), None))
        assert leg is not None, f"no CDR of leg {other}"
        return leg.get("routing_target", "?")

    def _lock(self, name: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(name, threading.Lock())


def until(found: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Ask again and again until there is something; the last answer otherwise."""
    deadline = time.monotonic() + seconds
    while not (answer := found()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer


__all__ = ["Bed", "Outcome", "ports", "until"]
