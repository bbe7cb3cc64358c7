"""An engine that is late in every way: what it does at one position of the protocol, and after how long.

One thread serves any number of calls. A position is the moments at which it says something; between them it is silent.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Iterable

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter
Position = Callable[[Reader, Writer, float], Awaitable[None]]
MANY = 2_000


async def silent(reader: Reader, writer: Writer, late_s: float) -> None:
    """Says nothing, then closes."""
    await asyncio.sleep(late_s)


async def silent_after_connect(reader: Reader, writer: Writer, late_s: float) -> None:
    """Reads the connect reply, then closes."""
    await _connected(reader, writer)
    await asyncio.sleep(late_s)


async def decides(reader: Reader, writer: Writer, late_s: float) -> None:
    """Reads the connect reply, decides late and closes."""
    await _connected(reader, writer)
    await asyncio.sleep(late_s)
    _decide(writer)


async def decides_and_waits(reader: Reader, writer: Writer, late_s: float) -> None:
    """Decides late and closes its side, as the product's engine does, then reads to the end."""
    await decides(reader, writer, late_s)
    writer.write_eof()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(reader.read(), 1)


async def connects_late(reader: Reader, writer: Writer, late_s: float) -> None:
    """Says connect late, decides at once."""
    await asyncio.sleep(late_s)
    await decides_and_waits(reader, writer, 0.01)


async def says_connect_and_closes_late(reader: Reader, writer: Writer, late_s: float) -> None:
    """Says connect late, closes a little later without a word."""
    await asyncio.sleep(late_s)
    writer.write(b"connect\n\n")
    await asyncio.sleep(random.choice((0, 0.02, 0.2)))


async def sets_much(reader: Reader, writer: Writer, late_s: float) -> None:
    """Sets two thousand variables one by one, is silent, then closes."""
    await _connected(reader, writer)
    for at in range(MANY):
        writer.write(_execute("set", f"routing_nothing_{at % 10}={at}"))
        await writer.drain()
    await asyncio.sleep(late_s)


async def breaks(reader: Reader, writer: Writer, late_s: float) -> None:
    """The connection is reset late, as when the machine's kernel ends a killed process with unread words."""
    await _connected(reader, writer)
    await asyncio.sleep(late_s)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def exits(reader: Reader, writer: Writer, late_s: float) -> None:
    """Says exit late."""
    await _connected(reader, writer)
    await asyncio.sleep(late_s)
    writer.write(b"exit\n\n")


POSITIONS: dict[str, Position] = {
    "silent, closes": silent,
    "silent after connect, closes": silent_after_connect,
    "decides, closes": decides,
    "decides, half-closes": decides_and_waits,
    "connects late, decides": connects_late,
    "connects late, closes": says_connect_and_closes_late,
    "2,000 sets, silent, closes": sets_much,
    "reset": breaks,
    "exit": exits,
}


def about_the_watchdog() -> float:
    """Seconds: mostly about the moment at which the watchdog of a step of 1 s fires, some at any time after it."""
    return random.uniform(1.9, 3.3) if random.random() < 0.6 else random.uniform(0.1, 9)


class LateEngine:
    """Serves ``address``: each call another one of ``positions``, in turn, late by what ``late_s()`` gives."""

    def __init__(self, positions: Iterable[str] = POSITIONS, late_s: Callable[[], float] = about_the_watchdog) -> None:
        self.positions, self.late_s = itertools.cycle(positions), late_s
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="late engine", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close everything."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, sock=self._listener))
        self._loop.run_forever()
        server.close()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left))
        self._loop.run_until_complete(asyncio.sleep(0))  # their connections are closed in the loop
        self._loop.close()

    async def _serve(self, reader: Reader, writer: Writer) -> None:
        with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
            await POSITIONS[next(self.positions)](reader, writer, self.late_s())
        writer.close()


async def _connected(reader: Reader, writer: Writer) -> bytes:
    writer.write(b"connect\n\n")
    return await asyncio.wait_for(reader.readuntil(b"\n\n"), 5)


def _decide(writer: Writer) -> None:
    said = "routing_decision=1:continue;routing_answered=x;routing_label=Late;routing_ring_for=5"
    writer.write(_execute("multiset", f"^^;{said}"))


def _execute(application: str, argument: str) -> bytes:
    head = f"sendmsg\ncall-command: execute\nexecute-app-name: {application}\n"
    return f"{head}execute-app-arg: {argument}\n\n".encode()
