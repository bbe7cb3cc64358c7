"""Types of command-line options: a wrong value is refused before the command does anything.

Each type returns the text that the user wrote, checked; click reports what is wrong and which option, and exits with 2.
"""

from __future__ import annotations

import codecs
import ipaddress
import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import click

from routing.model.durations import parse_duration
from routing.proxy.settings import node_of
from routing.store.address import BadAddress, parse

_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_RATE = re.compile(r"0|[1-9]\d{0,5}/[1-9]\d{0,5}")


#: What a host and a port look like; an option's default is a better example.
PLACE = "127.0.0.1:8021"


class Value(click.ParamType[Any]):
    """Text checked by a function that raises ValueError with a message."""

    def __init__(self, name: str, look: Callable[[str], Any], example: str = PLACE) -> None:
        self.name = name
        self._look = look
        self._example = example

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See click; an empty value is none."""
        if value == "":
            return value
        try:
            self._look(str(value))
        except ValueError as problem:
            example = param.default if param is not None and isinstance(param.default, str) else ""
            self.fail(str(problem).replace(PLACE, example or self._example), param, ctx)
        return value


def _is_host(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return bool(_HOST.fullmatch(text)) and not re.fullmatch(r"[0-9.]+", text)
    return True


def _host(text: str) -> None:
    if not _is_host(text):
        raise ValueError(f"`{text}` is not a host name or address")


def _place(least: int) -> Callable[[str], None]:
    def look(text: str) -> None:
        host, _, port = text.rpartition(":")
        inner = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        if not _is_host(inner) or (":" in inner and inner == host) or not re.fullmatch(r"[0-9]{1,5}", port):
            raise ValueError(f"`{text}` is not HOST:PORT: write {PLACE}")
        if not least <= int(port) <= 65535:
            raise ValueError(f"`{text}`: a port is {least} to 65535")

    return look


def _ip(text: str) -> None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise ValueError(f"`{text}` is not an IP address") from None
    if address.is_unspecified or address.is_multicast:
        raise ValueError(f"`{text}` is not the address of one machine: write the address that others connect to")


def _network(text: str) -> None:
    try:
        ipaddress.ip_network(text)
    except ValueError as problem:
        raise ValueError(f"`{text}` is not a network: {problem}; write 203.0.113.0/24") from None


def _redis(text: str) -> None:
    try:
        parse(text)
    except BadAddress as problem:
        raise ValueError(str(problem)) from None


def _zone(text: str) -> None:
    try:
        ZoneInfo(text)
    except (OSError, ValueError, KeyError):
        raise ValueError(f"`{text}` is not a time zone of the tz database: write Europe/Kyiv") from None


def _clock(text: str) -> None:
    clock, _, zone = text.partition(" ")
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", clock):
        raise ValueError(f"`{text}` is not a time: write 15:00")
    if zone.strip():
        _zone(zone.strip())


def _rate(text: str) -> None:
    if not _RATE.fullmatch(text):
        raise ValueError(f"`{text}` is not calls/seconds: write 10/60, or 0 for no limit")


def _recogniser(text: str) -> None:
    name, equals, command = text.partition("=")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or not equals or not command.strip():
        raise ValueError(f"`{text}` is no recogniser: write NAME=COMMAND, the name as in the project's `recognisers`")
    try:
        shlex.split(command)
    except ValueError:
        raise ValueError("a quotation mark of the command is not closed") from None


#: Address of a server; address to listen on (port 0: any free one).
def _export(text: str) -> None:
    if not re.fullmatch(r"(ga4|webhooks)\.[a-z][a-z0-9_]*", text):
        raise ValueError(f"`{text}` is not the name of an export: write `ga4.NAME` or `webhooks.NAME`")


def _encoding(text: str) -> None:
    try:
        codecs.lookup(text)
        b"text".decode(text)
    except (LookupError, UnicodeError, ValueError):
        raise ValueError(f"`{text}` is no encoding of text: write utf-8 or cp1251") from None


def _collector(text: str) -> None:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"`{text}` is no URL of a collector: write http://127.0.0.1:4318/v1/traces")


SERVER = Value("host:port", _place(1))
ENGINE = Value("host:port", _place(1), example="127.0.0.1:8084")
LISTENER = Value("host:port", _place(0))
HOST = Value("host", _host)
ADDRESS = Value("address", _ip)
#: Where OpenTelemetry spans are sent.
COLLECTOR = Value("collector", _collector)
#: A recogniser of speech: its name and command.
RECOGNISER = Value("recogniser", _recogniser)
NETWORK = Value("network", _network)
#: A node behind the proxy.
NODE_PLACE = Value("node", node_of)
REDIS = Value("url", _redis)
ZONE = Value("zone", _zone)
CLOCK = Value("time", _clock)
ENCODING = Value("encoding", _encoding)
EXPORT = Value("export", _export)
RATE = Value("rate", _rate)
DURATION = Value("duration", parse_duration)
PORT = click.IntRange(1, 65535)
COUNT = click.IntRange(0, 1_000_000)
#: A release root or a folder of schemes that exists.
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
#: A file that exists.
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
#: A folder or a file that may not exist yet.
NEW_FOLDER = click.Path(path_type=Path, file_okay=False)
NEW_FILE = click.Path(path_type=Path, dir_okay=False)
#: Variables of the environment: places of a node, so that no command needs them.
ROOT, SECRETS, ESL = "ROUTING_ROOT", "ROUTING_SECRETS", "ROUTING_ESL"

#: Fewer are useless: a call takes four ports.
LEAST_RTP_PORTS = 20


def check_ports(rtp: tuple[int, int], options: Mapping[str, Any]) -> None:
    """Conflicting ports are a usage error. ``options``: those of ``node init``."""
    if rtp[1] - rtp[0] < LEAST_RTP_PORTS:
        raise click.BadParameter(
            f"from {rtp[0]} to {rtp[1]}: the last must be at least {LEAST_RTP_PORTS} above the first",
            param_hint="--rtp",
        )
    seen: dict[int, str] = {}
    for name in ("sip_port", "external_port", "esl_port", "tls_port", "tls_external_port"):
        option, port = f"--{name.replace('_', '-')}", options[name]
        if port in seen:
            raise click.BadParameter(f"{port} is also the port of {seen[port]}", param_hint=option)
        seen[port] = option


def redis_option(about: str, default: str = "its own") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--redis``; ``default``: the Redis that is used without it, in words."""
    shown = f"{about}  [env: ROUTING_REDIS; default: {default}]"
    return click.option("--redis", type=REDIS, envvar="ROUTING_REDIS", default="", help=shown)


def root_option(
    about: str = "Release root: what compile writes.", required: bool = True, kind: click.Path = FOLDER
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--root``, of a release root that exists, or as ``kind`` says."""
    return click.option("--root", type=kind, required=required, envvar=ROOT, help=f"{about}  [env: {ROOT}]")


def secrets_option(
    about: str = "File of NAME=value lines, mode 0600.", default: str = ""
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--secrets``; ``default``: what holds without it, in words."""
    shown = f"{about}  [env: {SECRETS}{f'; default: {default}' if default else ''}]"
    return click.option("--secrets", type=NEW_FILE, envvar=SECRETS, help=shown)


def esl_option(about: str = "FreeSWITCH's event socket.", default: str = "127.0.0.1:8021") -> Callable[..., Any]:
    """``--esl`` of the node; its password is in ROUTING_ESL_PASSWORD."""
    shown = f"{about}  [env: {ESL}; default: {default}]"
    return click.option("--esl", type=SERVER, envvar=ESL, default="127.0.0.1:8021", help=shown)


def database_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--database``: the journal of a command with ``--root``."""
    where = "The journal: file or URL.  [default: journal.db in the root]"
    return click.option("--database", envvar="ROUTING_DATABASE", default="", help=where)(command)
