"""A scheme folder and the root of its releases."""

from __future__ import annotations

from pathlib import Path

from routing.compile.build import Release, build
from support.folders import AnyPassword

COMPANY = """
project: {name: p, timezone: UTC, country: UA}
people:
  ivan: {name: Ivan, phones: {desk: {sip: "1001"}}}
gateways:
  main: {proxy: sip.example, username: u}
"""
SCHEME = 'scheme: a\nnumbers: ["+380800330521"]\nsteps: [{ring: ivan}, hangup]\n'


class Folder:
    """A scheme folder and its release root."""

    def __init__(self, path: Path) -> None:
        self.schemes, self.root = path / "schemes", path / "root"
        self.schemes.mkdir()
        self.write("company.yaml", COMPANY)
        self.write("a.yaml", SCHEME)

    def write(self, name: str, text: str) -> None:
        (self.schemes / name).write_text(text, encoding="utf-8")

    def build(self, secrets: dict[str, str] | None = None) -> Release:
        return build(self.schemes, self.root, lambda _: secrets or AnyPassword())

    def changed(self, cause: str = "USER_BUSY") -> Release:
        self.write("a.yaml", SCHEME.replace("hangup", f"{{hangup: {cause}}}"))
        return self.build()
