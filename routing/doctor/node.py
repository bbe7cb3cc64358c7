"""The node as checks see it: ports to FreeSWITCH, the engine, Redis and the machine."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from routing.release.node_options import engine_of

USUAL = "127.0.0.1:8084"
_LOOPBACK = re.compile(r"127\.|::1$|::ffff:127\.")


class NoAnswer(Exception):
    """FreeSWITCH, the engine or Redis did not answer; the text says why."""


class Machine(Protocol):
    """The machine that the node runs on."""

    def listening(self) -> frozenset[tuple[str, int]]:
        """Addresses and TCP ports on which a process listens."""

    def given_ports(self) -> frozenset[int]:
        """Ports that the kernel gives to programs which ask for any."""

    def free_bytes(self, path: Path) -> int:
        """Free bytes of the path's file system. Raises OSError."""

    def has_program(self, name: str) -> bool:
        """Whether a program is installed: a name on PATH, or a path."""

    def answers_sip(self, place: str) -> bool:
        """Whether a SIP server at ``address:port`` answers OPTIONS over UDP within a second or two."""

    def program(self, pid: int) -> str:
        """The name of the program that a process runs; "" where there is no such process."""

    def owner(self, pid: int) -> tuple[int, frozenset[int]]:
        """User and groups of a process. Raises OSError."""

    def now(self) -> datetime:
        """The time, with a zone."""


@dataclass
class CheckedNode:
    """Ports to the node. ``switch``: API command -> answer, ``http``: path of the engine's status -> body. Both raise
    NoAnswer.
    """

    root: Path
    switch: Callable[[str], str]
    http: Callable[[str], str]
    redis: Callable[[], str]
    opens: Callable[[str], bool]
    machine: Machine
    #: The engine's address as given by the user; else the release's.
    given_engine: str = ""
    #: A release that is to be live, to be looked at instead of the live one.
    coming: Path | None = None
    _answers: dict[str, str] = field(default_factory=dict)

    def ask(self, command: str) -> str:
        """FreeSWITCH's answer to an API command, requested once. Raises NoAnswer."""
        if command not in self._answers:
            self._answers[command] = self.switch(command).strip()
        return self._answers[command]

    def settings(self, name: str) -> Mapping[str, str]:
        """The ``param``s of a configuration as FreeSWITCH has loaded it, ``switch.conf``. Raises NoAnswer."""
        found = parsed(self.ask(f"xml_locate configuration configuration name {name}"))
        params = [] if found is None else found.iter("param")
        return {str(param.get("name")): str(param.get("value")) for param in params}

    @cached_property
    def variables(self) -> Mapping[str, str]:
        """FreeSWITCH's global variables. Raises NoAnswer."""
        pairs = (line.partition("=") for line in self.ask("global_getvar").splitlines())
        return {name: value for name, _, value in pairs}

    def listeners(self, port: int) -> list[str]:
        """Addresses on which this machine listens at a TCP port, sorted."""
        return sorted(ip for ip, number in self.machine.listening() if number == port)

    @cached_property
    def release(self) -> Path | None:
        """The live release's folder, or the coming one's; None when there is none."""
        if self.coming:
            return self.coming
        current = self.root / "current"
        return current.resolve() if current.is_dir() else None

    @cached_property
    def table(self) -> Mapping[str, Any]:
        """The live release's table; empty when there is none."""
        try:
            found: Mapping[str, Any] = json.loads((self.root / "current" / "table.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return found

    @cached_property
    def compiled_engine(self) -> str:
        """The engine's address in the live release; empty without a dynamic step."""
        return engine_of(self.release) if self.release else ""

    @property
    def engine(self) -> str:
        """Where the engine listens."""
        return self.given_engine or self.compiled_engine or USUAL

    @cached_property
    def lists(self) -> Mapping[str, list[str]]:
        """The numbers that carriers send, by gateway, as the live release lists them."""
        try:
            found: Mapping[str, list[str]] = json.loads((self.root / "current/gateways/numbers.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return found

    @cached_property
    def pid(self) -> int | None:
        """FreeSWITCH's process, when it is seen from here.

        In another container it has a number of that container's, which may be anybody's here.
        """
        file = Path(self.variables.get("run_dir", "/nowhere")) / "freeswitch.pid"
        try:
            found = re.match(r"\d+", file.read_text(encoding="ascii").strip())
        except (OSError, UnicodeDecodeError):
            return None
        return int(found[0]) if found and "freeswitch" in self.machine.program(int(found[0])) else None


def is_loopback(ip: str) -> bool:
    """Whether only this machine can connect to an address."""
    return bool(_LOOPBACK.match(ip))


def parsed(text: str) -> ET.Element | None:
    """XML of FreeSWITCH's answer; None when it is not XML, such as ``-ERR``."""
    try:
        return ET.fromstring(text)  # noqa: S314  # from our own switch
    except ET.ParseError:
        return None
