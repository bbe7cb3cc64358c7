"""Renders and writes Kamailio's configuration, its lists of nodes and carriers, and its databases.

Rendering is pure (`render`); `write` writes temporary files and renames them. Kamailio reads the lists again without a
restart: ``kamcmd dispatcher.reload``, ``permissions.addressReload``.
"""

from __future__ import annotations

import ipaddress
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from routing.compile.templates import render_plain
from routing.proxy.drained import LIST, drained_of, marked
from routing.proxy.settings import CARRIERS_SET, PHONES_SET, ProxySettings, check, domain

CONFIGURATION = "kamailio.cfg"
#: Settings of their own that an operator adds; never written over.
LOCAL = "local.cfg"
#: What `accounts` must know of the proxy: its domain.
FACTS = "proxy.json"
#: Carriers' group of addresses in `kamailio.cfg.j2`.
CARRIERS_GROUP = 1
_LOCAL = "# Settings of your own for Kamailio; `routing proxy init` leaves this file as it is.\n"


def render(settings: ProxySettings) -> dict[str, str]:
    """Relative path -> text of every file. Raises ValueError for an invalid setting."""
    check(settings)
    values = asdict(settings) | {
        "domain": domain(settings),
        "tls_hosts": sorted({place.rpartition(":")[0] for place in settings.listen}),
    }
    facts = {"domain": domain(settings)}
    return {
        CONFIGURATION: render_plain("kamailio", f"{CONFIGURATION}.j2", **values),
        LIST: "".join(_destinations(settings)),
        "address.list": "".join(_addresses(settings)),
        FACTS: json.dumps(facts) + "\n",
    }


def write(home: Path, files: dict[str, str]) -> None:
    """Write the files below ``home``, readable by their owner and group only. Nodes that were drained stay so."""
    (home / "run").mkdir(parents=True, exist_ok=True, mode=0o750)
    files = files | {LIST: marked(files[LIST], drained_of(home))}
    for name, text in files.items():
        temporary = home / f".{name}.new"
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "w", encoding="utf-8") as file:
            file.write(text)
        temporary.rename(home / name)
    if not (home / LOCAL).exists():
        (home / LOCAL).write_text(_LOCAL, encoding="utf-8")


def command(home: Path) -> list[str]:
    """The arguments that start Kamailio in the foreground on this folder (after the program's name)."""
    return ["-f", str(home / CONFIGURATION), "-P", str(home / "run/kamailio.pid"), "-Y", str(home / "run"), "-DD", "-E"]


def _destinations(settings: ProxySettings) -> Iterator[str]:
    """`dispatcher.list`: set, place, flags, priority, attributes."""
    for node in settings.nodes:
        for number, port in ((PHONES_SET, node.sip_port), (CARRIERS_SET, node.external_port)):
            yield f"{number} sip:{node.address}:{port} 0 0 rweight={node.weight}\n"


def _addresses(settings: ProxySettings) -> Iterator[str]:
    """`address.list`: group, address, mask, port (0: any), tag."""
    for network in map(ipaddress.ip_network, settings.carriers):
        yield f"{CARRIERS_GROUP} {network.network_address} {network.prefixlen} 0 carrier\n"
