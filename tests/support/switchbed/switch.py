"""A private FreeSWITCH for the tests: found, configured by the product's own templates, booted, ended by its pid."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from routing.node import files as node
from support.processes import launch

from . import ports
from .esl import Esl

#: Of the event socket.
PASSWORD = "switch-suite"
_PREFIX = Path("/usr/local/freeswitch")
_RTP_PORTS = 100
_PLACES = (
    "sip_port", "external_port", "esl_port", "tls_port", "tls_external_port", "rtp_start_port", "rtp_end_port"
)  # fmt: skip


def find() -> Path | None:
    """FreeSWITCH's program: on PATH, or under its default install prefix."""
    found = shutil.which("freeswitch") or shutil.which("freeswitch", path=_PREFIX / "bin")
    return Path(found) if found else None


@dataclass(eq=False)
class Switch:
    """A running switch on loopback. ``root`` is the release root that it reads."""

    home: Path
    root: Path
    changes: dict[str, object] = field(default_factory=dict)
    _ports: list[tuple[int, int]] = field(default_factory=list)

    def start(self) -> Switch:
        """Boot it and wait until it says that it is ready. Raises RuntimeError with the log's tail otherwise."""
        program = find()
        assert program is not None
        usual: dict[str, Any] = {
            "esl_password": PASSWORD,
            "sip_port": self._port(),
            "external_port": self._port(),
            "esl_port": self._port(),
            "tls_port": self._port(),
            "tls_external_port": self._port(),
            "loglevel": "debug",
        }
        if "rtp_start_port" not in self.changes:
            rtp = self._port(_RTP_PORTS)
            usual |= {"rtp_start_port": rtp, "rtp_end_port": rtp + _RTP_PORTS - 1}
        self.settings = node.Settings(home=self.home, root=self.root, **(usual | self.changes))
        node.write(self.home, node.render(self.settings))
        self.output = self.home / "output"
        with self.output.open("wb") as output:
            self.process = launch(
                # at everybody's priority: as root it would take a real-time class, and starve who tests beside it
                [program, "-np", *node.command(self.home)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.esl = self._wait_ready()
        return self

    def stop(self) -> None:
        """End it: asked, then made to. Nothing of it stays."""
        if esl := getattr(self, "esl", None):
            with contextlib.suppress(OSError), contextlib.closing(esl):
                esl.api("fsctl shutdown now")
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        shutil.rmtree(node.database_folder(self.home), ignore_errors=True)
        while self._ports:
            ports.give_back(*self._ports.pop())

    def kill(self) -> None:
        """End it as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def again(self) -> Switch:
        """A switch in its place after `kill`: the same folder and ports."""
        self.esl.close()
        return Switch(self.home, self.root, self.changes | self.places()).start()

    def places(self) -> dict[str, object]:
        """Its ports, as changes of another one's settings."""
        return {name: getattr(self.settings, name) for name in _PLACES}

    def channels(self) -> int:
        """How many channels (legs) are alive. FreeSWITCH counts them itself; its table `channels` lags behind."""
        found = re.search(r"^(\d+) session\(s\) - peak", self.esl.api("status"), re.MULTILINE)
        assert found, "FreeSWITCH says no count of sessions"
        return int(found[1])

    def reload(self) -> str:
        """Read the directory and the gateways of the current release again."""
        answer = self.esl.api("reloadxml")
        self.esl.api("sofia profile external rescan")
        return answer

    def add_profile(self, name: str, context: str, dialplan: str) -> int:
        """Start a profile like the gateways', whose calls are looked up in another dialplan; returns its port."""
        profiles, port = self.home / "conf" / "sip_profiles", self._port()
        text = (profiles / "external.xml").read_text()
        for pattern, new in (
            (r'profile name="\w+"', f'profile name="{name}"'),
            (r'(name="sip-port" value=)"\d+"', rf'\1"{port}"'),
            (r'(name="context" value=)"\w+"', rf'\1"{context}"'),
            (r'(name="dialplan" value=)"[^"]+"', rf'\1"{dialplan}"'),
            (r"(?s)<gateways>.*</gateways>", "<gateways/>"),
        ):
            text = re.sub(pattern, new, text)
        (profiles / f"{name}.xml").write_text(text)
        self.esl.api("reloadxml")
        self.esl.api(f"sofia profile {name} start")
        return port

    def log_tail(self, lines: int = 60) -> str:
        """The end of the switch's log and of what it printed."""
        log = self.home / "log" / "freeswitch.log"
        texts = [path.read_text(errors="replace") for path in (self.output, log) if path.exists()]
        return "\n".join("\n".join(text.splitlines()[-lines:]) for text in texts)

    def _port(self, count: int = 1) -> int:
        """The first of so many neighbouring ports, its own until it is stopped."""
        first = ports.free(count)
        self._ports.append((first, count))
        return first

    def _wait_ready(self) -> Esl:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError):
                esl = Esl(self.settings.esl_port, self.settings.esl_password)
                if _is_ready(esl):
                    return esl
            time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"FreeSWITCH did not come up in {self.home}:\n{self.log_tail()}")


def _is_ready(esl: Esl) -> bool:
    """Whether the switch and its SIP profiles are up; closes the connection when they are not."""
    ready = False
    try:
        running = re.findall(r"^\s*(internal|external)\s+profile\s.*RUNNING", esl.api("sofia status"), re.M)
        ready = "is ready" in esl.api("status") and set(running) == {"internal", "external"}
    finally:
        if not ready:
            esl.close()
    return ready
