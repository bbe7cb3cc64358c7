"""The bed of the shared cases with a real Kamailio before its node: phones register there, the carrier calls there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from routing.proxy import accounts
from routing.proxy.settings import ProxiedNode

from . import ports, sip
from .agent import HOST, Agent
from .bed import Bed
from .company import Company
from .engines import serving
from .handler import Handler
from .proxied import CARRIER_HOST, Proxy, RoutedAgent
from .switch import Switch
from .trunk import Trunk
from .waiting import until

#: Every phone that is rung takes a port for sound, also one that is not registered: only the proxy knows that.
_RTP_PORTS = 600


@dataclass
class ProxiedBed(Bed):
    """``proxy`` is where everybody calls; what a node knows of registrations is not there to be waited for."""

    proxy: Proxy = field(kw_only=True)
    agent_class: ClassVar[type[Agent]] = RoutedAgent

    def call(self, folder: Path, limited: bool = True, **words: Any) -> sip.Sipp:
        """See Bed; from an address that Kamailio knows as a carrier's."""
        return sip.Sipp(sip.caller(**words), folder, f"{HOST}:{self.proxy.port}", ["-m", "1"], address=CARRIER_HOST)

    def phones_at(self) -> tuple[str, int]:
        """See Bed."""
        return HOST, self.proxy.port

    def knows_registrations(self) -> bool:
        """See Bed."""
        return False

    def publish(self, change: str) -> bool:
        """See Bed; the accounts of the release may register at the proxy."""
        done = super().publish(change)
        accounts.store(self.proxy.home, accounts.passwords(self.company.root))
        return done


@contextmanager
def proxied_bed(place: Path, *options: str) -> Iterator[ProxiedBed]:
    """One node with its engine, Kamailio before it, the company of the cases. ``options``: the engine's."""
    trunk, handler, esl = Trunk(), Handler(), ports.free()
    port = ports.free()
    company = Company(place / "schemes", place / "root", trunk.port, handler.port)
    company.root.mkdir()
    with serving(company, *options, watches=esl) as engine:
        company.publish(engine.address)
        sound = ports.free(_RTP_PORTS)
        settings = {
            "carriers": (f"{HOST}/32",), "esl_port": esl, "address": HOST, "proxy": f"{HOST}:{port}",
            "rtp_start_port": sound, "rtp_end_port": sound + _RTP_PORTS - 1,
        }  # fmt: skip
        switch = Switch(place / "node", company.root, settings).start()
        node = ProxiedNode(HOST, switch.settings.sip_port, switch.settings.external_port)
        proxy = Proxy(place / "proxy", company.root, port, {"requests_per_second": 10_000}).start([node])
        try:
            assert until(lambda: proxy.active() == 2, 20), proxy.ask("dispatcher.list")
            yield ProxiedBed(
                switch, company, trunk, handler, place / "cases", engine.address, engine.status, proxy=proxy
            )
        finally:
            proxy.stop()
            switch.stop()
            ports.give_back(sound, _RTP_PORTS)
            trunk.stop()
            handler.stop()


__all__ = ["ProxiedBed", "proxied_bed"]
