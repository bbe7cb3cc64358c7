"""The company of the cases: its scheme folder with this run's ports filled in, compiled and published for the bed."""

from __future__ import annotations

import json
import shutil
import wave
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import yaml

from routing.app import publish as publishing
from routing.compile.build import Release, build

PROJECT = Path(__file__).parent.parent / "project"
#: What a case publishes: folders of files that take the place of the project's.
CHANGES = Path(__file__).parent.parent / "changes"
#: A port where nobody listens.
CLOSED_PORT = 9
SHORT_SOUND_S, LONG_SOUND_S = 0.5, 5.0
#: A list so long that a release keeps it by endings: odd numbers, 4567 among them.
MANY = range(1, 20_000, 2)


@dataclass
class Company:
    """``folder`` is made; ``root`` gets the releases. ``accounts`` and ``numbers`` say whose phone is what."""

    folder: Path
    root: Path
    trunk_port: int = CLOSED_PORT
    handler_port: int = CLOSED_PORT
    today: date = field(default_factory=date.today)
    accounts: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    crm_ids: dict[str, int] = field(default_factory=dict)
    schemes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "sounds").mkdir(parents=True)
        self.change(PROJECT)
        (self.folder / "lists").mkdir()
        (self.folder / "lists" / "few.txt").write_text("+380671230901  # a regular customer\n")
        (self.folder / "lists" / "many.txt").write_text("".join(f"+38050{9900000 + at:07}\n" for at in MANY))
        _silence(self.folder / "sounds" / "short.wav", SHORT_SOUND_S)
        _silence(self.folder / "sounds" / "long.wav", LONG_SOUND_S)
        for person, facts in yaml.safe_load((PROJECT / "company.yaml").read_text(encoding="utf-8"))["people"].items():
            if "fake" in facts.get("crm", {}):
                self.crm_ids[person] = facts["crm"]["fake"]
            for phone, line in facts["phones"].items():
                known = self.accounts if "sip" in line else self.numbers
                known[f"{person}.{phone}"] = line.get("sip") or line["number"]

    def change(self, source: Path) -> None:
        """Put the files of a folder into the company's, ports and days filled in."""
        words = {
            "TRUNK_PORT": self.trunk_port,
            "HANDLER_PORT": self.handler_port,
            "CLOSED_PORT": CLOSED_PORT,
            "TODAY": self.today,
            "TOMORROW": self.today + timedelta(days=1),
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
        return Company(place / "schemes", place / "root", self.trunk_port, self.handler_port, self.today)

    def password(self, account: str) -> str:
        """The SIP password of an account, fixed for the bed."""
        return f"password-{account}"

    @property
    def secrets(self) -> dict[str, str]:
        """Everything that the project takes from the environment."""
        passwords = {f"SIP_PASSWORD_{account}": self.password(account) for account in self.accounts.values()}
        return passwords | {"VENDOR_HOOK": "https://vendor.invalid/rest/"}

    def publish(self, engine: str) -> Release:
        """Compile for an engine at ``host:port`` and make the release current. Raises Problems."""
        release = build(self.folder, self.root, lambda _: self.secrets, engine)
        publishing.publish(self.root, release.name, None)
        self.schemes = {number: record.scheme for record in release.records for number, *_ in record.numbers}
        return release

    def asks_for_people(self, number: str) -> bool:
        """Whether a step of this number's scheme decides by who is there."""
        table = self.root / "current" / "schemes" / f"{self.schemes.get(number)}.json"
        steps = json.loads(table.read_text())["steps"].values() if table.exists() else ()
        return any(step["kind"] in ("ring", "sticky") for step in steps)


def _silence(path: Path, seconds: float) -> None:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(2 * int(8000 * seconds)))
