"""A switch of its own with calls that have gone on, each in another way, while their engine is still to speak.

Every scheme asks a webhook first; what follows is what the call does when the engine speaks late. A round carries many
calls, looks at every one of them, and ends them.
"""

from __future__ import annotations

import json
import random
import re
import time
import wave
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from routing.compile.build import build, needed
from routing.compile.secrets import generated_secrets
from routing.release.publish import publish

from .crowd import Crowd, Party
from .switch import Switch
from .waiting import until

TALKER, RINGER = "+380501110001", "+380501110002"
#: number -> (steps after the webhook, whether the caller is answered then, the state of the phone that it rings)
KINDS = {
    "talk": ("+380800330001", "{ring: {to: talker, for: 120s}}, hangup", True, "talking"),
    "ringing": ("+380800330002", "{ring: {to: ringer, for: 280s}}, hangup", False, "ringing"),
    "voicemail": ("+380800330003", "{voicemail: {box: office, greeting: long.wav}}", True, ""),
    "menu": ("+380800330004", '{menu: {prompt: long.wav, options: {"1": [hangup]}}}, hangup', True, ""),
}
PROJECT = """\
project: {{name: late, timezone: Europe/Kyiv, country: UA, destinations: [UA]}}
people:
  talker: {{name: T, phones: {{mobile: {{number: "{talker}"}}}}}}
  ringer: {{name: R, phones: {{mobile: {{number: "{ringer}"}}}}}}
gateways: {{main: {{proxy: "127.0.0.1:{port}", ping: false, numbers: {numbers}, caller_id: caller}}}}
"""


_SHOWN = re.compile(r"sip:\+?(\d+)@")


@dataclass
class Late:
    """The bed. ``handler`` is the port of the webhook's handler, which a product's engine asks."""

    folder: Path
    rtp: tuple[int, int]
    handler: int = 9

    def start(self) -> Late:
        """Boot; nothing is published yet."""
        self.crowd = Crowd((TALKER[-9:],))
        self.root = self.folder / "root"
        self._write()
        numberless = {"caller_rate": "0", "number_rate": "0", "caller_calls": 0, "number_calls": 0}
        ports = {"rtp_start_port": self.rtp[0], "rtp_end_port": self.rtp[1], "loglevel": "warning"}
        self.publish("127.0.0.1:9")
        self.switch = Switch(self.folder / "node", self.root, numberless | ports).start()
        for command in ("fsctl sps 10000", "fsctl max_sessions 5000"):
            self.switch.esl.api(command)
        return self

    def stop(self) -> None:
        """End it."""
        self.switch.stop()
        self.crowd.stop()

    def publish(self, engine: str) -> None:
        """The schemes, asking this engine."""
        secrets = generated_secrets(needed(self.folder / "schemes"), {})
        publish(self.root, build(self.folder / "schemes", self.root, lambda _: secrets, engine).name, None)

    def round(self, kinds: Sequence[str], calls: int, a_second: float, settle_s: float) -> Counter[str]:
        """Carry calls, and look at them ``settle_s`` after the last began."""
        begun = self.begin(kinds, calls, a_second)
        time.sleep(settle_s)
        return self.ended(begun)

    def begin(self, kinds: Sequence[str], calls: int, a_second: float) -> list[tuple[str, Party]]:
        """Calls under way, of one kind after another."""
        self.crowd.forget()
        return [self._call(kinds[at % len(kinds)], a_second) for at in range(calls)]

    def looked_at(self, begun: list[tuple[str, Party]]) -> Counter[str]:
        """How many calls are well, torn, stranded, once all are well: a busy machine takes its time to ring."""
        found: Counter[str] = Counter()
        for _ in range(100):
            legs, rung = self._legs(), self._rung()
            found = Counter(self._state(kind, party, legs, rung) for kind, party in begun)
            if set(found) == {"well"}:
                break
            time.sleep(0.2)
        return found

    def decided(self, begun: list[tuple[str, Party]]) -> list[str]:
        """The engine's decision that each call has taken."""
        legs = self._legs()
        found = [legs[party.caller.lstrip("+")]["uuid"] for _, party in begun]
        return [self.switch.esl.api(f"uuid_getvar {uuid} routing_decision").strip() for uuid in found]

    def ended(self, begun: list[tuple[str, Party]]) -> Counter[str]:
        """`looked_at`; then all calls are ended."""
        found = self.looked_at(begun)
        self.switch.esl.api("hupall normal_clearing")
        left = "the switch still shows channels"  # its list lags behind when millions of events are under way
        assert until(lambda: self.switch.channels() == 0, 120), left
        return found

    def _call(self, kind: str, a_second: float) -> tuple[str, Party]:
        time.sleep(random.expovariate(a_second))
        number = f"+38067{random.randrange(10**7):07d}"
        return kind, self.crowd.call(KINDS[kind][0], number, self.switch.settings.external_port)

    def _rung(self) -> dict[str, list[Party]]:
        """The phones that were rung, by the caller that they were shown."""
        found: dict[str, list[Party]] = {}
        for phone in list(self.crowd.phones.values()):
            found.setdefault(_SHOWN.findall(phone.caller)[-1], []).append(phone)
        return found

    @staticmethod
    def _state(kind: str, caller: Party, legs: dict[str, dict[str, str]], rung: dict[str, list[Party]]) -> str:
        """``well``, or what is wrong with a call that should be where its scheme has brought it."""
        leg = legs.get(caller.caller.lstrip("+"))
        if leg is None or caller.ended_by_switch:
            return f"{kind} torn: {caller.ended_by_switch or 'gone'}"
        phones = rung.get(caller.caller.lstrip("+"), [])
        _, _, answered, wanted = KINDS[kind]
        if wanted and [phone.state for phone in phones] != [wanted]:
            return f"{kind} {'torn' if phones else 'stranded'}: phones {[phone.state for phone in phones]}, {_at(leg)}"
        # the application shown is the last one begun, a late `set` too: what tells is whether the leg is executed at
        # all, and whether it was answered, as nobody is who still waits for the engine
        if leg["state"] != "CS_EXECUTE" or answered != (leg["callstate"] == "ACTIVE"):
            return f"{kind} stranded: {_at(leg)}"
        return "well"

    def _legs(self) -> dict[str, dict[str, str]]:
        """The callers' legs by caller."""
        rows = json.loads(self.switch.esl.api("show channels as json")).get("rows", [])
        return {row["cid_num"].lstrip("+"): row for row in rows if row["direction"] == "inbound"}

    def _write(self) -> None:
        schemes = self.folder / "schemes"
        (schemes / "sounds").mkdir(parents=True)
        with wave.open(str(schemes / "sounds" / "long.wav"), "wb") as sound:
            sound.setparams((1, 2, 8000, 0, "NONE", ""))
            sound.writeframes(bytes(16_000 * 100))
        numbers = json.dumps([number for number, *_ in KINDS.values()])
        text = PROJECT.format(talker=TALKER, ringer=RINGER, port=self.crowd.port, numbers=numbers)
        (schemes / "project.yaml").write_text(text)
        webhook = f'{{webhook: {{url: "http://127.0.0.1:{self.handler}/", timeout: 1s}}}}'
        for kind, (number, after, *_) in KINDS.items():
            steps = f'scheme: {kind}\nnumbers: "{number}"\nsteps: [{webhook}, {after}]\n'
            (schemes / f"{kind}.yaml").write_text(steps)


def _at(leg: dict[str, str]) -> str:
    return f"{leg['state']} {leg['callstate']} {leg['application']}".strip()
