"""The company of the cases: its scheme folder with this run's ports filled in, compiled and published for the bed."""

from __future__ import annotations

import os
import wave
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from routing.compile.build import build

PROJECT = Path(__file__).parent.parent / "project"
SHORT_SOUND_S = 0.5
#: The vendor's CRM as far as a release knows it; where it is in truth is the word of the engine that asks it.
VENDOR = "http://127.0.0.1:9/rest/1/none/"
#: A list so long that a release keeps it by endings: odd numbers, 4567 among them.
MANY = range(1, 20_000, 2)


@dataclass
class Company:
    """``folder`` is made; ``root`` gets the releases. ``accounts`` and ``numbers`` say whose phone is what."""

    folder: Path
    root: Path
    trunk_port: int = 9
    handler_port: int = 9
    accounts: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "sounds").mkdir(parents=True)
        for source in PROJECT.glob("*.yaml"):
            text = source.read_text(encoding="utf-8")
            text = text.replace("TRUNK_PORT", str(self.trunk_port)).replace("HANDLER_PORT", str(self.handler_port))
            (self.folder / source.name).write_text(text, encoding="utf-8")
        (self.folder / "lists").mkdir()
        (self.folder / "lists" / "few.txt").write_text("+380671230901  # a regular customer\n")
        (self.folder / "lists" / "many.txt").write_text("".join(f"+38050{9900000 + at:07}\n" for at in MANY))
        with wave.open(str(self.folder / "sounds" / "short.wav"), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(bytes(2 * int(8000 * SHORT_SOUND_S)))
        for person, facts in yaml.safe_load((PROJECT / "company.yaml").read_text(encoding="utf-8"))["people"].items():
            for phone, line in facts["phones"].items():
                known = self.accounts if "sip" in line else self.numbers
                known[f"{person}.{phone}"] = line.get("sip") or line["number"]

    def password(self, account: str) -> str:
        """The SIP password of an account, fixed for the bed."""
        return f"password-{account}"

    def publish(self, engine: str) -> Path:
        """Compile for an engine at ``host:port`` and make the release current; returns its folder."""
        secrets = {f"SIP_PASSWORD_{account}": self.password(account) for account in self.accounts.values()}
        secrets["VENDOR_HOOK"] = VENDOR
        release = build(self.folder, self.root, lambda _: secrets, engine)
        beside = self.root / "current.new"
        beside.unlink(missing_ok=True)
        beside.symlink_to(release.folder.relative_to(self.root.resolve()))
        os.replace(beside, self.root / "current")
        return release.folder
