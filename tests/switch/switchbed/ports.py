"""Ports on loopback for one test run, each handed out once."""

from __future__ import annotations

import random
import socket
import threading

_FIRST, _LAST = 19100, 19999
_lock = threading.Lock()
_taken: set[int] = set()


def free(count: int = 1) -> int:
    """The first of ``count`` neighbouring ports that are free for UDP and TCP."""
    with _lock:
        for _ in range(2000):
            first = random.randrange(_FIRST, _LAST - count, 2)
            block = range(first, first + count)
            if _taken.isdisjoint(block) and all(is_free(port) for port in block):
                _taken.update(block)
                return first
    raise RuntimeError(f"no {count} free ports between {_FIRST} and {_LAST}")


def give_back(first: int, count: int = 1) -> None:
    """The ports may be handed out again."""
    with _lock:
        _taken.difference_update(range(first, first + count))


def is_free(port: int) -> bool:
    """Whether nothing on loopback has this port."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:  # a line that is gone keeps no port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
