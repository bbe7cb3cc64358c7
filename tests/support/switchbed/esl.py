"""A few commands over FreeSWITCH's event socket, as an operator would type them."""

from __future__ import annotations

import socket
import threading


class Esl:
    """One authenticated connection; ``api`` returns the command's text. Raises OSError when the switch is gone."""

    def __init__(self, port: int, password: str) -> None:
        self._lock = threading.Lock()
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._file = self._socket.makefile("rb")
        try:
            self._read()
            if "+OK" not in self._send(f"auth {password}")[0].get("reply-text", ""):
                raise OSError("the switch refused the event socket's password")
        except OSError:
            self.close()
            raise

    def api(self, command: str) -> str:
        """Run one API command and return what it printed."""
        with self._lock:
            return self._send(f"api {command}")[1]

    def close(self) -> None:
        """Close the connection."""
        self._file.close()
        self._socket.close()

    def _send(self, line: str) -> tuple[dict[str, str], str]:
        self._socket.sendall(f"{line}\n\n".encode())
        return self._read()

    def _read(self) -> tuple[dict[str, str], str]:
        headers: dict[str, str] = {}
        while True:
            line = self._file.readline()
            if not line:
                raise OSError("the switch closed the event socket")
            if line == b"\n":
                break
            name, _, value = line.decode().rstrip("\n").partition(": ")
            headers[name.lower()] = value
        length = int(headers.get("content-length", "0"))
        return headers, self._file.read(length).decode() if length else ""
