"""The switch's side of a node: renders FreeSWITCH's base configuration and fixed dialplan, and writes it.

Rendering is pure (`render`); `write` puts files beside and renames them. Knows nothing of schemes: everything that
changes with a release is included from ROOT/current by the switch itself.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import secrets
import shlex
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import jinja2

import routing
from routing.app import timezones
from routing.compile.numbers import way_in

#: Files that hold a secret: readable by the owner alone.
EVENT_SOCKET = "event_socket.json"
SECRET_FILES = frozenset({EVENT_SOCKET, "conf/autoload_configs/event_socket.conf.xml"})
#: Run-time folders of the switch under the node's directory.
FOLDERS = ("log", "db", "run", "recordings", "storage", "cache", "spool", "tmp")

#: Of the templates: the rest is the compiler's.
_FOLDERS = ("conf/", "dialplan/", "adopt/")
_RATE = re.compile(r"0|[1-9]\d{0,5}/[1-9]\d{0,5}")
_PLAIN_PATH = re.compile(r"/[\w./+-]*")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")


@dataclass(frozen=True)
class Settings:
    """What a node is told. Rates are ``calls/seconds``, ``0`` is no limit; paths are absolute."""

    home: Path
    root: Path
    esl_password: str
    address: str = "127.0.0.1"
    public_address: str = ""
    domain: str = ""
    name: str = "routing"
    sip_port: int = 5060
    external_port: int = 5080
    esl_port: int = 8021
    rtp_start_port: int = 16384
    rtp_end_port: int = 32768
    carriers: tuple[str, ...] = ()
    codecs: tuple[str, ...] = ("PCMA", "PCMU")
    extra_modules: tuple[str, ...] = ()
    max_sessions: int = 1000
    sessions_per_second: int = 50
    sip_requests_per_second: int = 1000
    caller_rate: str = "10/60"
    caller_calls: int = 5
    anonymous_rate: str = "60/60"
    number_rate: str = "600/60"
    number_calls: int = 200
    account_rate: str = "30/60"
    account_calls: int = 5
    loglevel: str = "notice"


def render(settings: Settings) -> dict[str, str]:
    """Relative path -> text of every file of the node. Raises ValueError for a setting that no file can hold."""
    _check(settings)
    values = asdict(settings) | {
        "domain": settings.domain or settings.address,
        "spool": settings.home / "spool",
        "carriers": _carriers(settings),
        "caller_rate": _bound(settings.caller_rate),
        "anonymous_rate": _bound(settings.anonymous_rate),
        "number_rate": _bound(settings.number_rate),
        "account_rate": _bound(settings.account_rate),
        "way_in": way_in(settings.root, limited=_is_limited(settings)),
        "timezones": timezones.rules(),
        "tzdata_version": timezones.version(),
    }
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates()),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        keep_trailing_newline=True,
    )
    names = environment.list_templates(filter_func=_is_ours)
    files = {_target(name): environment.get_template(name).render(values) for name in names}
    files["adopt/dialplan.xml"] = files["conf/dialplan/routing.xml"]
    files[EVENT_SOCKET] = json.dumps({"port": settings.esl_port, "password": settings.esl_password}) + "\n"
    return files


def write(home: Path, files: dict[str, str]) -> None:
    """Write the node's files under ``home`` (secrets 0600) and make the folders that the switch fills."""
    for folder in FOLDERS:
        (home / folder).mkdir(parents=True, exist_ok=True, mode=0o750)
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        mode = 0o600 if name in SECRET_FILES else 0o644
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            file.write(text)
        beside.rename(path)


def templates() -> Path:
    """The folder ``freeswitch/``: inside the installed package, or beside it in a source tree."""
    package = Path(routing.__file__).parent
    installed = package / "freeswitch"
    return installed if installed.is_dir() else package.parent / "freeswitch"


def command(home: Path) -> list[str]:
    """The arguments that start FreeSWITCH in the foreground on this node's directory (after the program's name)."""
    places = {"conf": "conf", "log": "log", "db": "db", "run": "run", "recordings": "recordings"}
    places |= {"storage": "storage", "cache": "cache", "temp": "tmp"}
    arguments = [part for option, folder in places.items() for part in (f"-{option}", str(home / folder))]
    return ["-nf", "-nonat", "-nc", *arguments]


def _is_limited(settings: Settings) -> bool:
    """Whether every call from outside meets a flood limit."""
    rates = _bound(settings.caller_rate), _bound(settings.number_rate)
    return any((*rates, settings.caller_calls, settings.number_calls))


def _is_ours(template: str) -> bool:
    return template.startswith(_FOLDERS) and "/_" not in template


def _target(template: str) -> str:
    name = template.removesuffix(".j2")
    return f"conf/{name}" if name.startswith("dialplan/") else name


def _bound(rate: str) -> str:
    return "" if rate == "0" else rate


def _carriers(settings: Settings) -> tuple[str, ...]:
    """The carriers' networks; a node on loopback without any is a trial and hears the machine itself."""
    if not settings.carriers and ipaddress.ip_address(settings.address).is_loopback:
        return ("127.0.0.0/8",)
    return tuple(str(ipaddress.ip_network(cidr)) for cidr in settings.carriers)


def _check(settings: Settings) -> None:
    """Everything below lands in the switch's configuration: only plain text may."""
    for address in filter(None, (settings.address, settings.public_address)):
        ipaddress.ip_address(address)
    for path in (settings.home, settings.root):
        if not _PLAIN_PATH.fullmatch(str(path)):
            raise ValueError(f"{path} is not an absolute path of letters, digits and . _ + - alone")
    for name in (settings.domain or settings.address, settings.name):
        if not _PLAIN_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a plain host name")
    for rate in (settings.caller_rate, settings.anonymous_rate, settings.number_rate, settings.account_rate):
        if not _RATE.fullmatch(rate):
            raise ValueError(f"rate {rate!r} is not calls/seconds, such as 10/60, or 0")


@click.group()
def node() -> None:
    """The FreeSWITCH side of a node."""


@node.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--root", required=True, type=click.Path(file_okay=False, path_type=Path), help="Release root.")
@click.option("--address", default="127.0.0.1", show_default=True, help="Address of SIP and RTP.")
@click.option("--public-address", default="", help="The address that peers see, behind NAT.")
@click.option("--domain", default="", help="SIP domain of the phones (the address).")
@click.option("--carrier", "carriers", multiple=True, help="Network that a carrier calls from; several.")
@click.option("--sip-port", default=5060, show_default=True, help="Phones.")
@click.option("--external-port", default=5080, show_default=True, help="Gateways.")
@click.option("--esl-port", default=8021, show_default=True, help="Event socket, on loopback.")
@click.option("--rtp", nargs=2, type=int, default=(16384, 32768), show_default=True, help="First and last RTP port.")
@click.option("--max-sessions", default=1000, show_default=True)
@click.option("--sessions-per-second", default=50, show_default=True)
@click.option("--caller-rate", default="10/60", show_default=True, help="Calls/seconds of one caller; 0: no limit.")
@click.option("--caller-calls", default=5, show_default=True, help="Calls of one caller at a time; 0: no limit.")
def init(directory: Path, root: Path, rtp: tuple[int, int], **options: Any) -> None:
    """Write a FreeSWITCH configuration for the releases under ROOT into DIRECTORY.

    Run again it writes the same files anew and keeps the event socket's password.
    """
    home = directory.absolute()
    try:
        settings = Settings(
            home, root.absolute(), password(home), rtp_start_port=rtp[0], rtp_end_port=rtp[1], **options
        )
        write(home, render(settings))
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
