"""One connection to a Redis on a gevent socket, so that waiting for Redis never stops another call.

redis-py reads the replies and logs in; its own sockets, retries and pool are not used: they block
the process, and their patience is counted per read. Whoever uses a connection sets the deadline (gevent.Timeout), after
which redis-py has closed it.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import gevent.socket
import gevent.ssl
from redis.connection import Connection as RedisConnection
from redis.exceptions import ResponseError

from routing.store.address import Address, Endpoint

Command = Sequence[str | int | float | bytes]
Reply = Any
#: A unix socket's path may not be longer than this (sun_path); a longer one is reached through its folder.
LONGEST_PATH = 100


class Connection(RedisConnection):
    """A lazy connection: the first command dials. ``fresh`` until a command has been answered."""

    def __init__(self, endpoint: Endpoint, address: Address, for_sentinel: bool = False) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            host=endpoint.host,
            port=endpoint.port,
            db=0 if for_sentinel else address.db,
            username=None if for_sentinel else address.username or None,
            password=(address.sentinel_password if for_sentinel else address.password) or None,
            protocol=2,
            driver_info=None,
        )
        self.fresh = True
        self._dial: Callable[[], Any] = lambda: dial(endpoint, address.tls)

    def _connect(self) -> Any:
        return self._dial()

    def ask(self, commands: Iterable[Command]) -> list[Reply]:
        """The replies to commands sent in one write; an error of one command stands in its place.

        Raises OSError or redis.exceptions.RedisError when the connection failed, and then it is closed.
        """
        commands = list(commands)
        self.send_packed_command([b"".join(map(packed, commands))], check_health=False)  # type: ignore[no-untyped-call]
        replies = [self._reply() for _ in commands]
        self.fresh = False
        return replies

    def drop(self) -> None:
        """Close; the next command dials again."""
        self.disconnect()  # type: ignore[no-untyped-call]

    def _reply(self) -> Reply:
        try:
            return self.read_response()
        except ResponseError as problem:
            return problem


def packed(command: Command) -> bytes:
    """A command on the wire; redis-py's own packing costs three times as much."""
    words = [word if isinstance(word, bytes) else str(word).encode() for word in command]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)


def dial(endpoint: Endpoint, tls: bool) -> Any:
    """A connected gevent socket. Raises OSError."""
    if not endpoint.port:
        return _dial_path(endpoint.host)
    sock = gevent.socket.create_connection((endpoint.host, endpoint.port))
    sock.setsockopt(gevent.socket.IPPROTO_TCP, gevent.socket.TCP_NODELAY, 1)
    if not tls:
        return sock
    context = gevent.ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    try:
        return context.wrap_socket(sock, server_hostname=endpoint.host)
    except BaseException:
        sock.close()
        raise


def _dial_path(path: str) -> Any:
    sock = gevent.socket.socket(gevent.socket.AF_UNIX, gevent.socket.SOCK_STREAM)
    try:
        with short_path(path) as short:
            sock.connect(short)
    except BaseException:
        sock.close()
        raise
    return sock


@contextmanager
def short_path(path: str) -> Iterator[str]:
    """A path of a unix socket that is not too long for one: through its folder's descriptor where it is."""
    if len(os.fsencode(path)) <= LONGEST_PATH:
        yield path
        return
    folder = os.open(os.path.dirname(path), os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{os.path.basename(path)}"
    finally:
        os.close(folder)
