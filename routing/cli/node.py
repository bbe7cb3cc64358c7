"""``routing node``: the FreeSWITCH side of a node."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import sysconfig
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from routing.cli.nodes import agent, drain, status, undrain
from routing.cli.options import (
    ADDRESS,
    COUNT,
    FOLDER,
    HOST,
    NETWORK,
    NEW_FOLDER,
    PORT,
    RATE,
    SERVER,
    check_ports,
    root_option,
)
from routing.doctor.machine import Linux
from routing.node import certificate, rights
from routing.node.files import command, password, render, write
from routing.node.settings import Settings, ports_of_sound

_SECONDS = click.IntRange(1, 24 * 3600)
#: Where FreeSWITCH's own build puts it; packages put it on the PATH.
BUILT = Path("/usr/local/freeswitch/bin/freeswitch")


def _host_name() -> str:
    """The machine's name as FreeSWITCH's configuration may hold it."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", socket.gethostname()).strip("-.") or Settings.name


@click.group()
def node() -> None:
    """The FreeSWITCH side of a node; several nodes: what they run, one drained."""


for _command in (status, drain, undrain, agent):
    node.add_command(_command)


@node.command()
@click.argument("directory", type=NEW_FOLDER)
@root_option("Release root.", kind=NEW_FOLDER)
@click.option("--address", type=ADDRESS, default="127.0.0.1", show_default=True, help="Address of SIP and RTP.")
@click.option("--external-address", type=ADDRESS, default="", help="Address for the gateways, if different.")
@click.option("--public-address", type=ADDRESS, default="", help="The public address, behind NAT.")
@click.option("--domain", type=HOST, default="", help="SIP domain of the phones (the address).")
@click.option("--carrier", "carriers", type=NETWORK, multiple=True, help="Network of a carrier; repeatable.")
@click.option("--proxy", type=SERVER, default="", help="The SIP proxy before this node, address and port: phones are "
              "registered there, calls come from there.")  # fmt: skip
@click.option("--node", "name", type=HOST, default=_host_name, help="Its name in journal, reports and notices.  "
              "[default: the machine's]")  # fmt: skip
@click.option("--sip-port", type=PORT, default=5060, show_default=True, help="Phones.")
@click.option("--external-port", type=PORT, default=5080, show_default=True, help="Gateways.")
@click.option("--tls", "tls", type=FOLDER, help="Folder of the certificate: fullchain.pem and privkey.pem.")
@click.option("--tls-port", type=PORT, default=5061, show_default=True, help="Phones, by TLS.")
@click.option("--tls-external-port", type=PORT, default=5081, show_default=True, help="Gateways, by TLS.")
@click.option("--tls-only/--no-tls-only", default=False, show_default=True, help="Phones by TLS alone.")
@click.option("--tls-verify/--no-tls-verify", default=True, show_default=True, help="Check carriers' certificates.")
@click.option("--esl-port", type=PORT, default=8021, show_default=True, help="Event socket, on loopback.")
@click.option("--rtp", nargs=2, type=PORT, default=(16384, 32766), show_default=True, help="First and last RTP port.")
@click.option("--max-sessions", type=click.IntRange(1, 1_000_000), default=1000, show_default=True)
@click.option("--sessions-per-second", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.option("--media-timeout", type=_SECONDS, default=300, show_default=True, help="Seconds without RTP end a call.")
@click.option("--hold-timeout", type=_SECONDS, default=1800, show_default=True, help="The same while on hold.")
@click.option("--transfers/--no-transfers", default=True, show_default=True, help="Let phones transfer (REFER).")
@click.option("--inline/--no-inline", default=False, show_default=True, help="Load mod_python3, for projects that "
              "decide inside FreeSWITCH.")  # fmt: skip
@click.option("--fixed-media", type=click.Choice(["none", "carriers", "all"]), default="none", show_default=True,
              help="Who sends sound from the address in their SDP, so that others' is dropped.")  # fmt: skip
@click.option(
    "--caller-rate", type=RATE, default="10/60", show_default=True, help="Calls/seconds of one caller; 0: no limit."
)
@click.option(
    "--caller-calls", type=COUNT, default=5, show_default=True, help="Calls of one caller at a time; 0: no limit."
)
@click.option("--group", default="", help="Shared group of the users of FreeSWITCH, engine, journal and publish.  "
              "[default: one user runs all]")  # fmt: skip
def init(directory: Path, root: Path, rtp: tuple[int, int], tls: Path | None, group: str, **options: Any) -> None:
    """Write a FreeSWITCH configuration for the releases under ROOT into DIRECTORY.

    A second run writes the files again and keeps the event socket's password.
    """
    check_ports(rtp, options)
    if not tls and click.get_current_context().get_parameter_source("tls_verify") is ParameterSource.COMMANDLINE:
        raise click.UsageError("without a certificate there is no TLS, and none to check (hint: --tls FOLDER)")
    home = directory.absolute()
    package = Path(sysconfig.get_path("purelib")) if options.pop("inline") else None
    try:
        shown = certificate.read(tls, options["domain"] or options["address"]) if tls else None
        settings = Settings(
            home, root.absolute(), password(home), rtp_start_port=rtp[0], rtp_end_port=rtp[1], tls=shown,
            package=package, **options,
        )  # fmt: skip
        number = rights.group_of(group) if group else None
        write(home, render(settings), number)
        if number is not None:
            rights.share(root.absolute(), number)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None
    if shared := Linux().given_ports().intersection(ports_of_sound(*rtp)):
        span = f"{min(shared)}-{max(shared)}"
        click.echo(
            f"note: the kernel gives other programs ports of --rtp, too ({span}): `routing doctor` says how to mend it"
        )
    click.echo(f"start it:  {shlex.join([_program(BUILT), *command(home)])}")
    click.echo(f"or add it to an existing FreeSWITCH:  {home / 'adopt' / 'README.rst'}")


def _program(built: Path) -> str:
    """FreeSWITCH's program as a shell finds it: by its name on the PATH, else where its own build puts it."""
    return str(built) if shutil.which("freeswitch") is None and os.access(built, os.X_OK) else "freeswitch"
