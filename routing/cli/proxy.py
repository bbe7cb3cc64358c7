"""``routing proxy``: Kamailio before several nodes."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from routing.cli.errors import UserError
from routing.cli.options import FOLDER, HOST, LISTENER, NETWORK, NEW_FOLDER, NODE_PLACE, PORT, SERVER, root_option
from routing.proxy import accounts
from routing.proxy.drained import set_drained
from routing.proxy.files import command, render, write
from routing.proxy.settings import ProxySettings, node_of


@click.group()
def proxy() -> None:
    """Kamailio before several nodes."""


@proxy.command()
@click.argument("directory", type=NEW_FOLDER)
@click.option("--node", "nodes", type=NODE_PLACE, multiple=True, required=True,
              help="Address of a node, with its ports for phones and carriers and its weight: 10.0.0.1:5060/5080*1; "
              "repeatable.")  # fmt: skip
@click.option("--listen", type=LISTENER, multiple=True, default=("127.0.0.1:5060",), show_default=True,
              help="Where phones, carriers and nodes find it, by UDP and TCP; repeatable.")  # fmt: skip
@click.option("--domain", type=HOST, default="", help="SIP domain of the phones, as on the nodes.  "
              "[default: the first address of --listen]")  # fmt: skip
@click.option("--carrier", "carriers", type=NETWORK, multiple=True, help="Network of a carrier; repeatable.")
@click.option("--tls", type=FOLDER, help="Folder of the certificate: fullchain.pem and privkey.pem.")
@click.option("--tls-port", type=PORT, default=5061, show_default=True, help="Phones, by TLS.")
@click.option("--workers", type=click.IntRange(1, 256), default=4, show_default=True, help="Processes an address.")
@click.option("--requests-per-second", type=click.IntRange(1, 100_000), default=50, show_default=True,
              help="Of one address; above it is not answered for five minutes. Carriers are not counted.")  # fmt: skip
def init(directory: Path, nodes: tuple[str, ...], listen: tuple[str, ...], tls: Path | None, **options: Any) -> None:
    """Write a configuration for Kamailio 5.6 into DIRECTORY.

    A second run writes the files again; local.cfg, accounts and registrations stay. After a change of nodes or carriers
    alone `kamcmd dispatcher.reload` or `kamcmd permissions.addressReload` is enough.
    """
    home = directory.absolute()
    try:
        found = tuple(map(node_of, nodes))
        settings = ProxySettings(home, found, listen, tls=tls.absolute() if tls else None, **options)
        write(home, render(settings))
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None
    accounts.prepare(home)
    click.echo(f"who may register:  {shlex.join(['routing', 'proxy', 'accounts', str(directory)])}")
    click.echo(f"start it:  {shlex.join(['kamailio', *command(home)])}")


@proxy.command("accounts")
@click.argument("directory", type=FOLDER)
@root_option("Release root whose live release names the accounts.")
def accounts_command(directory: Path, root: Path) -> None:
    """Let the SIP accounts of the live release register at the proxy, and no others.

    Run it after each `routing publish`; Kamailio needs no reload.
    """
    try:
        count = accounts.store(directory, accounts.passwords(root))
    except accounts.NoAccounts as problem:
        raise UserError(str(problem)) from None
    click.echo(f"{count} accounts may register")


@proxy.command("drain")
@click.argument("directory", type=FOLDER)
@click.argument("node", type=SERVER)
def drain_command(directory: Path, node: str) -> None:
    """Send no new calls to the node at ADDRESS:PORT, its place for phones; its calls go on.

    It holds until `undrain`, over restarts of Kamailio and `proxy init` too. `routing node drain` does it by a node's
    name, at every proxy.
    """
    _steer(directory, node, drained=True)


@proxy.command("undrain")
@click.argument("directory", type=FOLDER)
@click.argument("node", type=SERVER)
def undrain_command(directory: Path, node: str) -> None:
    """Send calls to that node again, from its next answer to a ping on."""
    _steer(directory, node, drained=False)


def _steer(directory: Path, node: str, *, drained: bool) -> None:
    runs = set_drained(directory, node, drained=drained)
    how = "gets no new calls" if drained else "gets calls again as soon as it answers"
    click.echo(f"{node}: {how}" + ("" if runs else "; Kamailio does not run, it holds from its start"))
