"""``routing track`` and ``routing pops``: public HTTP servers."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Protocol

import click

from routing.cli.options import FOLDER, LISTENER, NEW_FILE
from routing.model.problem import UserFailure
from routing.process.memory import REDIS_VARIABLE
from routing.public import pops as screens
from routing.public import track as tracking
from routing.store.address import BadAddress
from routing.store.embedded import url


class Serve(Protocol):
    """Runs a public server: release root, its address, its status address, Redis, secrets file, trusted proxies."""

    def __call__(
        self, root: Path, listen: str, status: str, redis: str, secrets: Path | None, proxies: int
    ) -> None: ...


def public(name: str, port: int, about: str, serve: Serve) -> click.Command:
    """The command ``routing <name>``: the API is at ``port`` of loopback, /health and /metrics at the next port."""

    @click.command(name, help=f"{about}\n\nRedis is where ROUTING_REDIS says, else the engine's own.")
    @click.option("--root", type=FOLDER, required=True, help="Release root: what compile writes.")
    @click.option("--listen", type=LISTENER, default=f"127.0.0.1:{port}", show_default=True, help="Where the API is.")
    @click.option(
        "--http",
        "status",
        type=LISTENER,
        default=f"127.0.0.1:{port + 1}",
        show_default=True,
        help="Where /health, /metrics are.",
    )
    @click.option("--secrets", type=NEW_FILE, help="File of NAME=value lines, mode 0600.")
    @click.option(
        "--proxies", type=click.IntRange(0, 5), default=0, show_default=True, help="Trusted proxies in front."
    )
    def command(root: Path, listen: str, status: str, secrets: Path | None, proxies: int) -> None:
        try:
            serve(root, listen, status, os.environ.get(REDIS_VARIABLE) or url(root), secrets, proxies)
        except (UserFailure, BadAddress) as problem:
            click.echo(f"routing {name}: {problem}", err=True)
            sys.exit(1)

    return command


track = public(
    "track", 8087, "Serve the API of sites: numbers of pools for visitors, and orders to call back.", tracking.serve
)
pops = public(
    "pops",
    8089,
    "Show browsers who calls while a person's phone rings: server-sent events for pages of a CRM.",
    screens.serve,
)
