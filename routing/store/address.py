"""The address of Redis, parsed from a URL. Knows no sockets.

``redis://[user:password@]host[:port][/db]``, ``rediss://`` with TLS, ``unix:///path``, and of several hosts
``redis+sentinel://host:port,host:port/name[?db=1]``, ``redis+cluster://host:port,host:port`` (``rediss+``: TLS).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qs, unquote

PORT = 6379
SENTINEL_PORT = 26379
_URL = re.compile(
    r"(?P<tls>redis|rediss)(?:\+(?P<kind>sentinel|cluster))?://"
    r"(?:(?P<user>[^:@/]*):(?P<password>[^@/]*)@)?(?P<hosts>[^/?@]+)(?:/(?P<path>[^?]*))?(?:\?(?P<query>.*))?"
)
_HOST = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


class BadAddress(ValueError):
    """The URL is not valid; the text says what is wrong and holds no password."""


@dataclass(frozen=True)
class RedisEndpoint:
    """A host and port, or with port 0 the path of a unix socket."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}" if self.port else self.host


@dataclass(frozen=True)
class RedisAddress:
    """A Redis, or several. ``name``: Sentinel's name of the master; the repr hides passwords."""

    kind: Literal["single", "sentinel", "cluster"]
    hosts: tuple[RedisEndpoint, ...]
    tls: bool = False
    username: str = ""
    password: str = field(default="", repr=False)
    db: int = 0
    name: str = ""
    #: Sentinel's own password.
    sentinel_password: str = field(default="", repr=False)

    def __str__(self) -> str:
        return ",".join(map(str, self.hosts))


def parse(url: str) -> RedisAddress:
    """The address in a URL. Raises BadAddress."""
    if url.startswith("unix://"):
        path, _, options = url.removeprefix("unix://").partition("?")
        if not path.startswith("/"):
            raise BadAddress("unix:// needs an absolute path")
        return RedisAddress("single", (RedisEndpoint(unquote(path), 0),), db=_db(parse_qs(options).get("db", ["0"])[0]))
    found = _URL.fullmatch(url)
    if not found:
        raise BadAddress(
            "not redis://host:port, rediss://, redis+sentinel://host:port/name, redis+cluster:// or unix:///path"
        )
    kind = found["kind"] or "single"
    query = {name: values[-1] for name, values in parse_qs(found["query"] or "").items()}
    hosts = tuple(_host(each, SENTINEL_PORT if kind == "sentinel" else PORT) for each in found["hosts"].split(","))
    if kind == "single" and len(hosts) > 1:
        raise BadAddress("several hosts need redis+sentinel:// or redis+cluster://")
    path = found["path"] or ""
    return RedisAddress(
        kind=kind,  # type: ignore[arg-type]
        hosts=hosts,
        tls=found["tls"] == "rediss",
        username=unquote(found["user"] or ""),
        password=unquote(found["password"] or ""),
        db=_db(query.get("db", "0") if kind != "single" else path or "0"),
        name=_master(path) if kind == "sentinel" else "",
        sentinel_password=query.get("sentinel_password", ""),
    )


def _host(text: str, port: int) -> RedisEndpoint:
    found = _HOST.fullmatch(text)
    if not found or int(found["port"] or port) not in range(1, 65536):
        raise BadAddress(f"{text!a} is not a host and a port")
    return RedisEndpoint(found["host"].strip("[]"), int(found["port"] or port))


def _db(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text):
        raise BadAddress(f"{text[:20]!a} is not the number of a database")
    return int(text)


def _master(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise BadAddress("redis+sentinel:// ends with the name of the master: /mymaster")
    return text
