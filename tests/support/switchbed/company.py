"""The company of the cases: its scheme folder with this run's ports filled in, compiled and published for the bed."""

from __future__ import annotations

import array
import json
import math
import re
import shutil
import sys
import wave
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from routing.compile.build import Release, build
from routing.decide.registry import DECIDERS
from routing.model.callback_call import CallbackCall
from routing.model.entities import Visitor, variables
from routing.release import publish as publishing
from support import voice

from .cases import Case
from .local_day import LocalDay, midday

PROJECT = Path(__file__).parents[2] / "switch" / "project"
#: What a case publishes: folders of files that take the place of the project's.
CHANGES = Path(__file__).parents[2] / "switch" / "changes"
#: A port where nobody listens.
CLOSED_PORT = 9
SHORT_SOUND_S, LONG_SOUND_S, DIGIT_SOUND_S = 0.5, 5.0, 0.2
#: The project's name.
BED = "bed"
#: Phones of the group `crowd`, accounts 6000 and on.
CROWD = 127
#: Of ``polish.wav``, so long that a caller can hang up in it.
ANNOUNCEMENT_S = 3.0
#: Of ``tone.wav``.
TONE_HZ = 700
#: A list so long that a release keeps it by endings: odd numbers, 4567 among them.
MANY = range(1, 20_000, 2)


@dataclass
class Company:
    """``folder`` is made; ``root`` gets the releases. ``accounts`` and ``numbers`` say whose phone is what."""

    folder: Path
    root: Path
    trunk_port: int = CLOSED_PORT
    handler_port: int = CLOSED_PORT
    day: LocalDay = field(default_factory=lambda: midday(datetime.now(UTC)))
    accounts: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    crm_ids: dict[str, int] = field(default_factory=dict)
    schemes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "sounds").mkdir(parents=True)
        self.change(PROJECT)
        (self.folder / "crowd.yaml").write_text(yaml.safe_dump(_crowd()))
        (self.folder / "lists").mkdir()
        (self.folder / "lists" / "few.txt").write_text("+380671230901  # a regular customer\n")
        (self.folder / "lists" / "many.txt").write_text("".join(f"+38050{9900000 + at:07}\n" for at in MANY))
        _silence(self.folder / "sounds" / "short.wav", SHORT_SOUND_S)
        _silence(self.folder / "sounds" / "long.wav", LONG_SOUND_S)
        _sound(self.folder / "sounds" / "tone.wav", 2.0, TONE_HZ)
        (self.folder / "sounds" / "digits").mkdir()
        for digit in range(10):
            _silence(self.folder / "sounds" / "digits" / f"{digit}.wav", DIGIT_SOUND_S)
        _silence(self.folder / "sounds" / "german.wav", SHORT_SOUND_S)
        _silence(self.folder / "sounds" / "polish.wav", ANNOUNCEMENT_S)
        people = yaml.safe_load((PROJECT / "company.yaml").read_text(encoding="utf-8"))["people"]
        for person, facts in (people | _crowd()["people"]).items():
            if "fake" in facts.get("crm", {}):
                self.crm_ids[person] = facts["crm"]["fake"]
            for phone, line in facts["phones"].items():
                known = self.accounts if "sip" in line else self.numbers
                known[f"{person}.{phone}"] = line.get("sip") or line["number"]
        self.numbers["emergency"] = "112"

    def change(self, source: Path) -> None:
        """Put the files of a folder into the company's, ports and days filled in."""
        words = {
            "TRUNK_PORT": self.trunk_port,
            "HANDLER_PORT": self.handler_port,
            "CLOSED_PORT": CLOSED_PORT,
            "VOICE": f"{_escaped(sys.executable)} {_escaped(voice.__file__)}",
            "DAY_ZONE": self.day.zone,
            "TODAY": self.day.date,
            "TOMORROW": self.day.date + timedelta(days=1),
        }
        for file in source.glob("*.yaml"):
            text = file.read_text(encoding="utf-8")
            for word, value in words.items():
                text = text.replace(word, str(value))
            (self.folder / file.name).write_text(text, encoding="utf-8")

    def copy(self, place: Path) -> Company:
        """The same company in another place, with what was compiled here, not yet published there."""
        for part in ("cache", "store"):
            shutil.copytree(self.root / part, place / "root" / part)
        return Company(place / "schemes", place / "root", self.trunk_port, self.handler_port, self.day)

    def password(self, account: str) -> str:
        """The SIP password of an account, fixed for the bed."""
        return f"password-{account}"

    @property
    def secrets(self) -> dict[str, str]:
        """Everything that the project takes from the environment."""
        passwords = {f"SIP_PASSWORD_{account}": self.password(account) for account in self.accounts.values()}
        trunks = {
            f"GATEWAY_PASSWORD_{name}": "trunk" for name in ("SAID_TO", "SAID_CALLED", "SAID_DIVERSION", "SAID_HISTORY")
        }
        return passwords | trunks | {"VENDOR_HOOK": "https://vendor.invalid/rest/", "BOARD_PIN": "1234"}

    def publish(self, engine: str) -> Release:
        """Compile for an engine at ``host:port`` and make the release current. Raises Problems."""
        release = build(self.folder, self.root, lambda _: self.secrets, engine)
        publishing.publish(self.root, release.name, None)
        self.schemes = {number: record.scheme for record in release.records for number, *_ in record.numbers}
        return release

    def calls_back(self, case: Case, uuid: str) -> CallbackCall:
        """The call of a case of callbacks, in the live release."""
        release = str((self.root / "current").resolve())
        visitor = case.visitor or {}
        facts = variables(Visitor({**visitor.get("entities", {})}, visitor.get("source", {})))
        return CallbackCall(uuid, case.callback, case.caller, case.to, self.schemes[case.to], release, facts)

    def steps(self, number: str) -> list[tuple[str, str]]:
        """Scheme and step of everything that the engine decides for calls to a number."""
        return [(scheme, step) for scheme, step, _ in self._decided(number)]

    def asked(self, number: str) -> set[str]:
        """The ports that decisions of calls to a number ask."""
        return {port for _, _, kind in self._decided(number) for port in DECIDERS[kind].asks}

    def _decided(self, number: str) -> list[tuple[str, str, str]]:
        """Scheme, step and its kind."""
        scheme = self.schemes.get(number, "")
        table = self.root / "current" / "schemes" / f"{scheme}.json"
        steps = json.loads(table.read_text())["steps"] if table.exists() else {}
        return [(scheme, name, step["kind"]) for name, step in steps.items()]


def _crowd() -> dict[str, Any]:
    """Three people with as many phones as FreeSWITCH rings at once."""
    accounts = [f"6{place:03}" for place in range(CROWD)]
    phones = [{f"p{account}": {"sip": account} for account in accounts[part::3]} for part in range(3)]
    people = {f"crowd{part}": {"name": f"Crowd {part}", "phones": own} for part, own in enumerate(phones)}
    return {"people": people, "groups": {"crowd": list(people)}}


def _silence(path: Path, seconds: float) -> None:
    _sound(path, seconds, 0)


def _sound(path: Path, seconds: float, hertz: int) -> None:
    samples = (round(8000 * math.sin(2 * math.pi * hertz * at / 8000)) for at in range(int(8000 * seconds)))
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(array.array("h", samples).tobytes())


def _escaped(path: str) -> str:
    """A path as a word of a command in YAML, where a quotation mark would begin a text."""
    return re.sub(r"([^\w/.-])", r"\\\1", path)
