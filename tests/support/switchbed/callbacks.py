"""Callbacks on a switch of its own: the lab's company, whose carrier is the clients' phones too."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from routing.journal.gather import Gatherer
from routing.journal.parse import ParseContext
from routing.journal.record import CallRecord
from routing.journal.spool import Spool
from routing.model.callback_call import CallbackCall

from .lab import FOLDER, Agent, Lab, until

CLIENT, NUMBER = "+380671234567", "+380800330902"
_COMPANY = (FOLDER / "company.yaml").read_text(encoding="utf-8")
_CALLBACKS = (
    'tracking: {origins: ["https://shop.example"], entities: {region: region}}, '
    "callbacks: {quiet: no, at_once: 40, minutes_a_day: 10000}"
)
#: Schemes of this company beside the lab's.
SCHEMES = {
    "company.yaml": _COMPANY.replace("secrets: env", f"secrets: env, {_CALLBACKS}").replace(
        '["+380800330900"]', '["+380800330900", "+380800330902"]'
    ),
    "spoken.yaml": """
scheme: spoken
numbers: ["+380800330917"]
steps:
  - play: short.wav
  - menu: {prompt: short.wav, options: {"1": [{hangup: USER_BUSY}]}, otherwise: [{ring: {to: sales, for: 5s}}]}
  - ring: {to: support, for: 8s}
  - voicemail: {box: sales, greeting: short.wav}
""",
}  # fmt: skip


class CallbackLab(Lab):
    """`Lab` with callbacks: `order` begins one, `record` is what the journal makes of it."""

    def call(self, first: str = "person", scheme: str = "office", client: str = CLIENT, number: str = NUMBER) -> str:
        """Begin a callback as the engine does; its uuid."""
        assert self.quiet()
        for left in (self.switch.home / "spool").glob("*.json"):
            left.unlink()
        release = str((self.root / "current").resolve())
        asked = CallbackCall(str(uuid4()), first, client, number, scheme, release)
        mark = self.switch.esl.api("global_getvar routing_leg").strip()
        answer = self.switch.esl.api(asked.originate(mark))
        assert answer.startswith("+OK"), answer
        return asked.uuid

    def restart(self) -> None:
        """Kill the switch, and start it again where it was."""
        self.switch.kill()
        self.switch = self.switch.again()

    def again(self, uuid: str) -> str:
        """What the switch says to a second originate with a uuid."""
        asked = CallbackCall(uuid, "person", CLIENT, NUMBER, "office", str((self.root / "current").resolve()))
        mark = self.switch.esl.api("global_getvar routing_leg").strip()
        return self.switch.esl.api(asked.originate(mark))

    def journal(self, uuid: str, seconds: float = 15) -> CallRecord:
        """The record of a callback, once its files are there; nothing of it is left in the spool."""
        now = time.time
        spool = Spool(self.switch.home / "spool")
        gatherer = Gatherer(spool, ParseContext(), lambda *_, **__: None, now)
        found = until(lambda: gatherer.call(uuid), seconds)
        assert found, f"no record of {uuid}: {sorted(path.name for path in spool.root.glob('*'))}"
        gatherer.remove(found.files)
        assert not list(spool.root.glob("*.json"))
        return found.call

    @contextmanager
    def client(self, **does: object) -> Iterator[Agent]:
        """The client's phone, which does this for as long as the block runs: `Agent`."""
        before = {name: getattr(self.carrier, name) for name in does}
        self.carrier.calls.clear()
        self.carrier.log.clear()
        for name, value in does.items():
            setattr(self.carrier, name, value)
        try:
            yield self.carrier
        finally:
            for name, value in before.items():
                setattr(self.carrier, name, value)

    def are_joined(self) -> bool:
        """Whether two legs talk with each other, and nobody's leg has ended."""
        return self.switch.esl.api("show calls count").split()[:1] == ["1"]

    @staticmethod
    def invited(agent: Agent) -> int:
        """How often an agent was called."""
        return len(agent.received("INVITE"))


def from_number(agent: Agent) -> str:
    """The number that an agent was called from, by its last call."""
    found = re.search(r"<sip:([^@]+)@", agent.received("INVITE")[-1].header("From"))
    return found[1] if found else ""


__all__ = ["CLIENT", "NUMBER", "SCHEMES", "CallbackLab", "from_number", "until"]
