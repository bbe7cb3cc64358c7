"""The switch's side of a node: renders FreeSWITCH's base configuration and fixed dialplan, and writes it.

Rendering is pure (`render`); `write` puts files beside and renames them. Knows nothing of schemes: everything that
changes with a release is included from ROOT/current by the switch itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shlex
import socket
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from routing.app import certificate, rights, timezones
from routing.app.options import ADDRESS, COUNT, FOLDER, HOST, NETWORK, NEW_FOLDER, PORT, RATE, check_ports
from routing.app.settings import Settings, bound, carriers, check, is_limited
from routing.compile.numbers import way_in
from routing.compile.templates import names, render_lines
from routing.model import ringback

#: Files that hold a secret: readable by the owner alone.
EVENT_SOCKET = "event_socket.json"
_LEG_MARK = ("conf/vars.xml", "conf/dialplan/routing.xml", "adopt/dialplan.xml")
_KEY, _TRUSTED = f"conf/tls/{certificate.AGENT}", f"conf/tls/{certificate.TRUSTED}"
SECRET_FILES = frozenset({EVENT_SOCKET, "conf/autoload_configs/event_socket.conf.xml", _KEY, *_LEG_MARK})
#: Run-time folders of the switch under the node's directory.
FOLDERS = ("log", "db", "run", "recordings", "storage", "cache", "spool", "tmp")

#: A file system in memory (Linux).
MEMORY = Path("/dev/shm")  # noqa: S108 - the switch's databases live there, see `database_folder`

#: Of the templates: the rest is the compiler's.
_FOLDERS = ("conf/", "dialplan/", "adopt/")
_RATE = re.compile(r"0|[1-9]\d{0,5}/[1-9]\d{0,5}")
_PLAIN_PATH = re.compile(r"/[\w./+-]*")
_SECONDS = click.IntRange(1, 24 * 3600)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")


def _host_name() -> str:
    """The machine's name as FreeSWITCH's configuration may hold it."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", socket.gethostname()).strip("-.") or Settings.name


def render(settings: Settings) -> dict[str, str]:
    """Relative path -> text of every file of the node. Raises ValueError for a setting that no file can hold."""
    check(settings)
    values = asdict(settings) | {
        "domain": settings.domain or settings.address,
        "spool": settings.home / "spool",
        "carriers": carriers(settings),
        "caller_rate": bound(settings.caller_rate),
        "anonymous_rate": bound(settings.anonymous_rate),
        "number_rate": bound(settings.number_rate),
        "account_rate": bound(settings.account_rate),
        "hold_music": ringback.HOLD,
        "leg_mark": f"leg_{hashlib.sha256(f'leg:{settings.esl_password}'.encode()).hexdigest()[:24]}",
        "way_in": way_in(settings.root, limited=is_limited(settings)),
        "timezones": timezones.rules(),
        "tzdata_version": timezones.version(),
    }
    files = {_target(name): render_lines(name, **values) for name in filter(_is_ours, names())}
    files["adopt/dialplan.xml"] = files["conf/dialplan/routing.xml"]
    if settings.tls:
        files |= {_KEY: settings.tls.agent, _TRUSTED: settings.tls.trusted}
    files[EVENT_SOCKET] = json.dumps({"port": settings.esl_port, "password": settings.esl_password}) + "\n"
    return files


def write(home: Path, files: dict[str, str], group: int | None = None) -> None:
    """Write the node's files under ``home`` and make the folders that the switch fills: nobody else's, or a group's.

    ``group`` is an id; secrets are readable by their owner alone, or by the group too.
    """
    for folder in FOLDERS:
        (home / folder).mkdir(parents=True, exist_ok=True, mode=0o750)
        rights.give(home / folder, group)
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        mode = 0o644 if name not in SECRET_FILES else 0o600 if group is None else 0o640
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            file.write(text)
            if group is not None and name in SECRET_FILES:
                os.fchown(file.fileno(), -1, group)
        beside.rename(path)


def command(home: Path) -> list[str]:
    """The arguments that start FreeSWITCH in the foreground on this node's directory (after the program's name)."""
    places = {"conf": "conf", "log": "log", "run": "run", "recordings": "recordings"}
    places |= {"storage": "storage", "cache": "cache", "temp": "tmp"}
    arguments = [part for option, folder in places.items() for part in (f"-{option}", str(home / folder))]
    return ["-nf", "-nonat", "-nc", *arguments, "-db", str(database_folder(home))]


def database_folder(home: Path) -> Path:
    """Where the switch keeps registrations and channels: in memory, so that phones register while the disk is full, and
    under a name that nobody guesses. A restart of FreeSWITCH keeps them; after one of the machine phones register anew.
    """
    try:
        mark = hashlib.sha256(f"{home}:{password(home)}".encode()).hexdigest()[:20]
    except (OSError, ValueError, KeyError):
        return home / "db"
    return MEMORY / f"freeswitch-{mark}" if (home / EVENT_SOCKET).exists() and MEMORY.is_dir() else home / "db"


def _is_ours(template: str) -> bool:
    return template.startswith(_FOLDERS) and "/_" not in template


def _target(template: str) -> str:
    name = template.removesuffix(".j2")
    return f"conf/{name}" if name.startswith("dialplan/") else name


@click.group()
def node() -> None:
    """The FreeSWITCH side of a node."""


@node.command()
@click.argument("directory", type=NEW_FOLDER)
@click.option("--root", required=True, type=NEW_FOLDER, help="Release root.")
@click.option("--address", type=ADDRESS, default="127.0.0.1", show_default=True, help="Address of SIP and RTP.")
@click.option("--external-address", type=ADDRESS, default="", help="That of the gateways, where it is another.")
@click.option("--public-address", type=ADDRESS, default="", help="The address that peers see, behind NAT.")
@click.option("--domain", type=HOST, default="", help="SIP domain of the phones (the address).")
@click.option("--carrier", "carriers", type=NETWORK, multiple=True, help="Network that a carrier calls from; several.")
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
@click.option("--rtp", nargs=2, type=PORT, default=(16384, 32768), show_default=True, help="First and last RTP port.")
@click.option("--max-sessions", type=click.IntRange(1, 1_000_000), default=1000, show_default=True)
@click.option("--sessions-per-second", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.option("--media-timeout", type=_SECONDS, default=300, show_default=True, help="Seconds without RTP end a call.")
@click.option("--hold-timeout", type=_SECONDS, default=1800, show_default=True, help="The same while on hold.")
@click.option("--transfers/--no-transfers", default=True, show_default=True, help="Let phones transfer (REFER).")
@click.option("--caller-rate", type=RATE, default="10/60", show_default=True, help="Calls/seconds of one; 0: any.")
@click.option("--caller-calls", type=COUNT, default=5, show_default=True, help="Calls of one at a time; 0: any.")
@click.option("--group", default="", help="Group of those that FreeSWITCH, engine, journal and publishing run as.  "
              "[default: they are one user]")  # fmt: skip
def init(directory: Path, root: Path, rtp: tuple[int, int], tls: Path | None, group: str, **options: Any) -> None:
    """Write a FreeSWITCH configuration for the releases under ROOT into DIRECTORY.

    Run again it writes the same files anew and keeps the event socket's password.
    """
    check_ports(rtp, options)
    if not tls and click.get_current_context().get_parameter_source("tls_verify") is ParameterSource.COMMANDLINE:
        raise click.UsageError(
            "without a certificate nobody speaks TLS, and there is none to check (hint: --tls FOLDER)"
        )
    home = directory.absolute()
    try:
        shown = certificate.read(tls, options["domain"] or options["address"]) if tls else None
        settings = Settings(
            home, root.absolute(), password(home), rtp_start_port=rtp[0], rtp_end_port=rtp[1], tls=shown, **options
        )
        number = rights.group_of(group) if group else None
        write(home, render(settings), number)
        if number is not None:
            rights.share(root.absolute(), number)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None
    click.echo(f"start it:  freeswitch {shlex.join(command(home))}")
    click.echo(f"or add it to a FreeSWITCH that is already there:  {home / 'adopt' / 'README.rst'}")


def password(home: Path) -> str:
    """The node's event socket password: the one it has, or a new one."""
    try:
        known = json.loads((home / EVENT_SOCKET).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return secrets.token_urlsafe(24)
    return str(known["password"])
