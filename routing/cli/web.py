"""``routing track`` and ``routing pops``: public HTTP servers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from routing.cli.options import LISTENER, redis_option, root_option, secrets_option
from routing.model.problem import UserFailure
from routing.process.memory import DATABASE_VARIABLE
from routing.public import pops as screens
from routing.public import track as tracking
from routing.store.address import BadAddress
from routing.store.embedded import url

#: Runs a public server: release root, its address, its status address, Redis, secrets file, trusted proxies, and what
#: options of its own say.
Serve = Callable[..., None]


def public(name: str, ports: tuple[int, int], about: str, serve: Serve, *options: Callable[..., Any]) -> click.Command:
    """The command ``routing <name>``. ``ports``: of loopback, of the API and of /health and /metrics; ``options``: its
    own ones."""

    @click.command(name, help=about)
    @root_option()
    @click.option(
        "--listen", type=LISTENER, default=f"127.0.0.1:{ports[0]}", show_default=True, help="Where the API is."
    )
    @click.option(
        "--http",
        "status",
        type=LISTENER,
        default=f"127.0.0.1:{ports[1]}",
        show_default=True,
        help="Where /health, /metrics are.",
    )
    @secrets_option()
    @click.option(
        "--proxies", type=click.IntRange(0, 5), default=0, show_default=True, help="Trusted proxies in front."
    )
    @redis_option("The engine's Redis.", "the root's own")
    def command(
        root: Path, listen: str, status: str, secrets: Path | None, proxies: int, redis: str, **more: Any
    ) -> None:
        try:
            serve(root, listen, status, redis or url(root), secrets, proxies, **more)
        except (UserFailure, BadAddress) as problem:
            click.echo(f"routing {name}: {problem}", err=True)
            sys.exit(1)

    for option in options:
        command = option(command)
    return command


track = public(
    "track",
    (8087, 8088),
    "Serve the API of sites: numbers of pools for visitors, and orders to call back.",
    tracking.serve,
    click.option("--database", envvar=DATABASE_VARIABLE, default="",
                 help="The journal, where calls back are ordered: file or URL.  [default: journal.db in the root]"),
)  # fmt: skip
pops = public(
    "pops",
    (8089, 8092),
    "Show browsers who calls while a person's phone rings: server-sent events for pages of a CRM.",
    screens.serve,
)
