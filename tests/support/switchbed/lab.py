"""A switch of its own for what single SIP messages do: a small company whose phones and carrier are agents."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from routing.compile.build import build
from routing.model.spoken import SILENT, Voices
from routing.release import publish as publishing

from . import ports
from .agent import HOST, Agent, Call
from .company import _silence
from .dialog import written
from .sip import Message
from .switch import Switch
from .waiting import until

#: Dialled from outside, it rings 2002.
NUMBER = "380800330902"
FOLDER = Path(__file__).parents[2] / "switch" / "lab"
GATEWAY_PASSWORD = "the-carrier-knows"


def company_with(settings: str) -> str:
    """The company's file with further settings of its project."""
    text = (FOLDER / "company.yaml").read_text(encoding="utf-8")
    assert text.count("secrets: env}") == 1
    return text.replace("secrets: env}", f"secrets: env, {settings}}}")


@dataclass
class Lab:
    """The switch, started for the company of ``lab/``. ``carrier`` is where the gateway sends calls.

    ``more``: further files of the company, by name; ``sounds``: its sound files; ``secrets``: theirs. ``host``:
    everybody's address; ``pem``: the certificate of everybody who speaks TLS, a file with its key.
    """

    place: Path
    changes: Mapping[str, object] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)
    sounds: Mapping[str, bytes] = field(default_factory=dict, kw_only=True)
    secrets: Mapping[str, str] = field(default_factory=dict)
    host: str = HOST
    pem: Path | None = None
    #: What speaks the company's texts.
    voices: Voices = field(default=SILENT, kw_only=True)
    #: Where an engine will be; nobody is there unless a test starts one.
    engine: str = f"{HOST}:9"

    def __post_init__(self) -> None:
        self.carrier = Agent((self.host, 0), "carrier", host=self.host)
        self.root = self.place / "root"
        schemes, root = self.place / "schemes", self.root
        (schemes / "sounds").mkdir(parents=True)
        _silence(schemes / "sounds" / "short.wav", 0.5)
        for name, content in self.sounds.items():
            (schemes / "sounds" / name).write_bytes(content)
        texts = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.yaml")}
        for name, text in (texts | dict(self.more)).items():
            (schemes / name).write_text(
                text.replace(f"{HOST}:CARRIER_PORT", f"{written(self.host)}:{self.carrier.port}"), encoding="utf-8"
            )
        self.published(root, self.engine)
        settings: dict[str, object] = {
            "address": self.host,
            "carriers": ("127.0.0.1/32", "::1/128"),
            "caller_rate": "0",
            "caller_calls": 0,
            "account_rate": "0",
        }
        self.switch = Switch(self.place / "node", root, settings | dict(self.changes)).start()
        self.outside = (self.host, self.switch.settings.external_port)
        self.inside = (self.host, self.switch.settings.sip_port)
        self.carrier.switch = self.outside

    def published(self, root: Path, engine: str) -> Path:
        """The company's release for an engine, live in a root."""
        secrets = {f"SIP_PASSWORD_{account}": self.password(account) for account in ("2001", "2002", "2003", "2004")}
        secrets |= {"GATEWAY_PASSWORD_MAIN": GATEWAY_PASSWORD, **self.secrets}
        release = build(self.place / "schemes", root, lambda _: secrets, engine, voices=self.voices)
        publishing.publish(root, release.name, None)
        return root

    def stop(self) -> None:
        """End everything."""
        self.switch.stop()
        self.carrier.vanish()

    @staticmethod
    def password(account: str) -> str:
        """Of a SIP account."""
        return f"password-{account}"

    @contextlib.contextmanager
    def phone(self, account: str, *, registers: bool = True, **words: Any) -> Iterator[Agent]:
        """A phone of an account, registered for as long as the block runs."""
        secure = words.get("transport") == "tls"
        inside = (self.host, self.switch.settings.tls_port) if secure else self.inside
        facts = {"host": self.host, "certificate": self.pem} | words
        with Agent(inside, account, self.password(account), **facts) as agent:
            if registers:
                answer = agent.register()
                assert answer.start == "200", answer.text
                assert until(lambda: self.is_registered(account, agent)), f"{account} is not registered"
            try:
                yield agent
            finally:
                if registers:
                    agent.register(seconds=0)

    @contextlib.contextmanager
    def caller(self, **words: Any) -> Iterator[Agent]:
        """Somebody outside, who calls by way of the carrier."""
        self.carrier.calls.clear()
        with Agent(self.outside, "+380671234567", **({"host": self.host} | words)) as agent:
            yield agent

    @contextlib.contextmanager
    def talk(self, *, both_end: bool = False) -> Iterator[tuple[Call, Call, Agent]]:
        """Somebody outside talks with 2002: the caller's side, the phone's side, the phone. Nothing is left of it.

        ``both_end``: the phone is in the talk to its end, and hears of it.
        """
        with self.phone("2002") as phone, self.caller() as caller:
            call = caller.call(NUMBER)
            assert caller.answered(call).start == "200"
            assert until(lambda: phone.received("ACK") and self.is_joined("2002"))
            yield call, phone.rung(), phone
            call.hang_up()
            assert not both_end or until(phone.rung().is_over)
        assert self.quiet()

    def is_registered(self, account: str, agent: Agent) -> bool:
        """Whether the switch has an account's phone, at its own port or at that of its connection; it writes
        registrations down one after another."""
        found = self.switch.esl.api(f"sofia status profile internal user {account}@{self.host}")
        return agent.contact[1:-1].partition(";")[0].partition("@")[2] in found or (
            agent.transport != "udp" and f"transport={agent.transport}" in found
        )

    def uuids(self, legs: int = 2) -> list[str]:
        """So many legs, the caller's first, once FreeSWITCH has written them into its table: that lags behind calls."""
        rows = until(lambda: found if len(found := self._channels()) == legs else None)
        assert rows, f"not {legs} legs: {self._channels()}"
        return [row["uuid"] for row in rows]

    def runs(self, application: str) -> bool:
        """Whether a leg is in this application."""
        return any(row["application"] == application for row in self._channels())

    def asks_keys(self) -> bool:
        """Whether a leg is asked for keys now, by its own word: the table of `runs` may show the last question."""
        asked = (self.switch.esl.api(f"uuid_getvar {row['uuid']} current_application") for row in self._channels())
        return any(each.strip() == "play_and_get_digits" for each in asked)

    def talks_with(self, phone: str) -> bool:
        """Whether a leg knows that it talks with this phone: some milliseconds after the phone's ACK."""
        targets = (self.switch.esl.api(f"uuid_getvar {uuid} routing_target").strip() for uuid in self._called())
        return phone in targets

    def is_joined(self, account: str) -> bool:
        """Whether FreeSWITCH has joined a leg of this account with another: some time after the phone's ACK."""
        rows = json.loads(self.switch.esl.api("show calls as json")).get("rows", [])
        return any(str(row.get(name, "")).endswith(f"/{account}") for row in rows for name in ("name", "b_name"))

    def _called(self) -> list[str]:
        return [row["uuid"] for row in self._channels() if row["direction"] == "inbound"]

    def _channels(self) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = json.loads(self.switch.esl.api("show channels as json")).get("rows", [])
        return rows

    def quiet(self) -> bool:
        """Wait until no call is left."""
        return bool(until(lambda: self.switch.channels() == 0, 15))

    def record(self, call: Call) -> dict[str, str]:
        """The CDR variables of the leg with this dialog's Call-ID, once the switch has written it."""

        def find() -> dict[str, str] | None:
            for path in (self.switch.home / "spool").glob("*.json"):
                with contextlib.suppress(ValueError, OSError):
                    variables = json.loads(path.read_text(errors="replace"))["variables"]
                    if variables.get("sip_call_id") == call.id:
                        return dict(variables)
            return None

        found = until(find, 15)
        assert found, f"no CDR of {call.id}"
        return found


__all__ = ["GATEWAY_PASSWORD", "NUMBER", "Agent", "Call", "Lab", "Message", "ports", "time", "until"]
