"""A switch that decides by itself, by mod_python3 with our script: its Redis, and an engine for everything else."""

from __future__ import annotations

import contextlib
import json
import sysconfig
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from routing.compile.build import Release, build
from routing.model.memory import Talk
from routing.release import publish as publishing
from routing.store.memory import RedisMemory
from support.redis_server import Server, free_port

from . import redises, sip
from .engines import Engine, serving
from .ports import RTP
from .switch import Switch, find
from .waiting import until

NUMBER = "+380800330521"
PROJECT = """\
project: {{name: bed, timezone: Europe/Kyiv, country: UA, destinations: [UA], engine: {{transport: {transport}}}}}
people: {{ivan: {{name: Ivan, phones: {{desk: {{sip: "1001"}}}}}}}}
gateways: {{main: {{proxy: "127.0.0.1:9", ping: false, numbers: ["{number}"]}}}}
"""
#: A known caller is refused (603), everybody else is told that we are busy (486), or what a test writes.
SCHEME = """\
scheme: known
numbers: ["{number}"]
steps:
  - match: [{{when: {{known: true}}, steps: [{{hangup: CALL_REJECTED}}]}}]
  - hangup: {{cause: {cause}}}
"""
#: The same without a decision.
STATIC = """\
scheme: known
numbers: ["{number}"]
steps:
  - hangup: {{cause: {cause}}}
"""
#: The final status of a known caller and of an unknown one, or of any who could not be looked up.
KNOWN, UNKNOWN = "603", "486"
NO_LIMITS = {"caller_rate": "0", "caller_calls": 0, "number_rate": "0", "number_calls": 0, "sessions_per_second": 1000}
#: The folder of installed packages with ours in it.
PACKAGE = Path(sysconfig.get_path("purelib"))


def has_module() -> bool:
    """Whether FreeSWITCH was built with mod_python3."""
    program = find()
    return program is not None and (program.resolve().parent.parent / "mod" / "mod_python3.so").exists()


needs_module = pytest.mark.skipif(not has_module(), reason="FreeSWITCH has no mod_python3")


@dataclass
class Inlined:
    """``package``: the folder from which FreeSWITCH imports us."""

    folder: Path
    package: Path | None = PACKAGE
    changes: dict[str, Any] = field(default_factory=dict)
    _calls: int = 0

    @contextlib.contextmanager
    def running(self) -> Iterator[Inlined]:
        """A Redis, an engine and the switch; the release that decides inside is published."""
        self.root = self.folder / "root"
        self.root.mkdir(parents=True)
        self.redis = Server(self.folder / "redis", free_port(), "--save", "")
        self.url = f"redis://127.0.0.1:{self.redis.port}"
        with contextlib.ExitStack() as stack:
            stack.callback(self.redis.stop)
            self.engine: Engine = stack.enter_context(serving(self, "--redis", self.url))
            self.publish("inline")
            sound = dict(zip(("rtp_start_port", "rtp_end_port"), RTP, strict=True))
            settings = NO_LIMITS | sound | {"carriers": ("127.0.0.1/32",), "package": self.package} | self.changes
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("ROUTING_REDIS", self.url)
                self.switch = Switch(self.folder / "node", self.root, settings).start()
            stack.callback(self.switch.stop)
            yield self

    def publish(self, transport: str, cause: str = "USER_BUSY", scheme: str = SCHEME) -> Release:
        """Publish the scheme, its decisions by this transport."""
        schemes = self.folder / "schemes"
        schemes.mkdir(exist_ok=True)
        (schemes / "project.yaml").write_text(PROJECT.format(transport=transport, number=NUMBER))
        (schemes / "known.yaml").write_text(scheme.format(number=NUMBER, cause=cause))
        release = build(schemes, self.root, lambda _: {"SIP_PASSWORD_1001": "x"}, self.engine.address)
        publishing.publish(self.root, release.name, None)
        return release

    def remember(self, caller: str) -> None:
        """Somebody has talked with this caller."""
        with contextlib.closing(redises.store_at(self.url)) as store:
            RedisMemory(store).remember("bed", caller, Talk("ivan", time.time() - 600, 60, "in"))

    def calls(self, count: int, rate: int, sender: str = "+48601[call_number]00", **words: Any) -> sip.Sipp:
        """So many calls under way, so many a second."""
        self._calls += 1
        options = ("-r", str(rate), "-l", str(count), "-m", str(count))
        remote = f"127.0.0.1:{self.switch.settings.external_port}"
        scenario = sip.caller(to=NUMBER, sender=sender, **words)
        return sip.Sipp(scenario, self.folder / f"calls{self._calls}", remote, options)

    def finals(self, calls: sip.Sipp, seconds: float = 60) -> Counter[str]:
        """The calls by their final status, once all are over."""
        return Counter(status for status, _ in self.answers(calls, seconds))

    def answers(self, calls: sip.Sipp, seconds: float = 60) -> list[tuple[str, float]]:
        """Of every call, once all are over, its final status and the seconds to it."""
        try:
            assert calls.wait(seconds) == 0
            began: dict[str, float] = {}
            ended: dict[str, tuple[str, float]] = {}
            for each in calls.messages():
                call = each.header("Call-ID")
                if not each.received:
                    began.setdefault(call, each.at)
                elif each.is_final_of("INVITE"):
                    ended.setdefault(call, (each.start, each.at - began[call]))
            return list(ended.values())
        finally:
            calls.stop()

    def ended(self, sender: str) -> str:
        """The final status of one call."""
        (status,) = self.finals(self.calls(1, 1, sender))
        return status

    def state(self) -> dict[str, Any]:
        """What the script says of itself; what keeps it from serving as ``problem``."""
        text = self.switch.esl.api("python routing_inline").strip()
        with contextlib.suppress(ValueError):
            return dict(json.loads(text))
        return {"problem": text}

    def decided(self) -> int:
        """How many calls were decided inside."""
        return int(self.state().get("decisions", 0))

    def wait_ready(self) -> Inlined:
        """Wait until calls are decided inside."""
        assert until(lambda: self.switch.esl.api("global_getvar routing_inline").strip() == "true"), self.state()
        return self


__all__ = ["KNOWN", "NUMBER", "UNKNOWN", "Inlined", "needs_module"]
