"""One connection to a Redis on a gevent socket, so that waiting for Redis never blocks another call.

redis-py logs in, hiredis packs the commands and parses the replies. redis-py's own sockets, retries and pool are not
used: they block the process, and their timeout holds for each read. The caller sets the deadline (gevent.Timeout); the
connection is closed after it.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import gevent.socket
import gevent.ssl
from hiredis import Reader, pack_command
from redis.connection import Connection as RedisConnection
from redis.exceptions import ConnectionError as BrokenOff
from redis.exceptions import InvalidResponse

from routing.model.socket_path import short_path
from routing.store.address import RedisAddress, RedisEndpoint

Command = Sequence[str | int | float | bytes]
Reply = Any
CHUNK = 16 * 1024
#: The reader's result while a reply is incomplete.
_MORE = object()


class Connection(RedisConnection):
    """A lazy connection: the first command connects. ``fresh`` until a command has been answered."""

    _sock: Any

    def __init__(self, endpoint: RedisEndpoint, address: RedisAddress, for_sentinel: bool = False) -> None:
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
        """The replies to commands sent in one write; the error of a command takes its reply's place.

        Raises OSError or redis.exceptions.RedisError when the connection failed, and then it is closed.
        """
        packed = [pack_command(tuple(command)) for command in commands]  # type: ignore[arg-type]
        try:
            if not self._sock:
                self.connect_check_health(check_health=False)
            self._sock.sendall(b"".join(packed))
            replies = list(self._replies(len(packed)))
        except BaseException:
            self.drop()  # or a late reply would be read as that of the next command
            raise
        self.fresh = False
        return replies

    def drop(self) -> None:
        """Close; the next command connects again."""
        self.disconnect()  # type: ignore[no-untyped-call]

    def _replies(self, number: int) -> Iterator[Reply]:
        """So many replies. Raises an error of the connection; an error of a command is its reply."""
        reader = Reader(protocolError=InvalidResponse, replyError=self._get_parser().parse_error, notEnoughData=_MORE)
        for _ in range(number):
            while (reply := reader.gets()) is _MORE:
                received = self._sock.recv(CHUNK)
                if not received:
                    raise BrokenOff("Redis closed the connection")
                reader.feed(received)
            if isinstance(reply, BrokenOff):
                raise reply
            yield reply


def dial(endpoint: RedisEndpoint, tls: bool) -> Any:
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
