"""The command line of ``routing serve``."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from routing.cli.options import (
    COLLECTOR,
    LISTENER,
    NETWORK,
    RECOGNISER,
    esl_option,
    redis_option,
    root_option,
    secrets_option,
)
from routing.engine.serve import ServeFault, ServeOptions, run
from routing.engine.trace_option import is_installed


@click.command()
@root_option()
@click.option("--listen", type=LISTENER, default="127.0.0.1:8084", show_default=True, help="Where FreeSWITCH connects.")
@click.option("--http", type=LISTENER, default="127.0.0.1:8086", show_default=True, help="Where /health, /metrics are.")
@click.option("--workers", type=click.IntRange(1, 64), help="Worker processes.  [default: one a core]")
@click.option(
    "--drain", type=click.FloatRange(0, 300), default=10.0, show_default=True, help="Seconds for open calls at the end."
)
@secrets_option()
@click.option("--allow-link-local", is_flag=True, help="Allow webhooks to link-local addresses.")
@redis_option("redis://, rediss://, redis+sentinel://, redis+cluster:// or unix://.")
@esl_option("FreeSWITCH's event socket; ROUTING_ESL_PASSWORD.")
@click.option("--database", envvar="ROUTING_DATABASE", default="", help="The journal, where calls back are ordered: "
              "file or URL.  [default: journal.db in the root]")  # fmt: skip
@click.option(
    "--trust", "trusted", type=NETWORK, multiple=True, metavar="NETWORK",
    help="Never blocked for wrong passwords: your SIP proxy; repeatable.",
)  # fmt: skip
@click.option(
    "--recogniser",
    "recognisers",
    type=RECOGNISER,
    multiple=True,
    metavar="NAME=COMMAND",
    help="The command of one of the project's recognisers of speech; repeatable.",
)
@click.option(
    "--traces", type=COLLECTOR, default="", help="Send decisions to an OpenTelemetry collector: OTLP over HTTP."
)
def serve(
    root: Path,
    listen: str,
    http: str,
    workers: int | None,
    drain: float,
    secrets: Path | None,
    allow_link_local: bool,
    redis: str,
    esl: str,
    trusted: tuple[str, ...],
    recognisers: tuple[str, ...],
    database: str,
    traces: str,
) -> None:
    """Run the engine: decide the dynamic steps of calls that FreeSWITCH brings."""
    count = workers or os.cpu_count() or 1
    options = ServeOptions(root, listen, http, count, drain, secrets, allow_link_local, redis, esl, trusted)
    options = replace(options, database=database or str((root / "journal.db").absolute()))
    options = replace(options, recognisers=dict(each.split("=", 1) for each in recognisers))
    options = replace(options, traces=_collector(traces))
    try:
        run(options)
    except ServeFault as problem:
        click.echo(f"routing serve: {problem}", err=True)
        sys.exit(1)


def _collector(url: str) -> str:
    """Raises BadParameter without the libraries."""
    if url and not is_installed():
        hint = "pip install 'routing[traces]'"
        raise click.BadParameter(f"OpenTelemetry is not installed: {hint}", param_hint="--traces")
    return url
