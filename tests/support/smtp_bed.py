"""A mail server on loopback that behaves as it is told: takes messages, refuses them, goes away in the middle."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Received:
    """A message that was accepted."""

    sender: str
    to: list[str]
    data: bytes

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.data, policy=policy.default)


@dataclass
class Behaviour:
    """``replies``: what is answered to a command instead of yes, or to ``RCPT`` of an address, or to the message
    (``.``). ``drops``: the command, or ``DATA`` in its middle, at which the next ``times`` connections end. ``tls``:
    the server's context. ``says``: what it can besides."""

    replies: dict[str, str] = field(default_factory=dict)
    drops: str = ""
    times: int = 0
    says: list[str] = field(default_factory=list)
    tls: object = None


class SmtpServer:
    """Listens on 127.0.0.1 while it is entered; ``received``: what it took; ``commands``: what it was told."""

    def __init__(self, port: int = 0, **behaviour) -> None:
        self.behaviour = Behaviour(**behaviour)
        self.received: list[Received] = []
        self.commands: list[str] = []
        self.connections = 0
        self._server = _Listener(("127.0.0.1", port), _Session)
        self._server.owner = self
        self.port = self._server.server_address[1]
        self.url = f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> SmtpServer:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = True


class _Session(socketserver.StreamRequestHandler):
    timeout = 10
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.owner: SmtpServer = self.server.owner
        self.owner.connections += 1
        with suppress(OSError), self._closed():
            if not self._is_over("CONNECT"):
                self._answer(self.owner.behaviour.replies.get("CONNECT", "220 fake"))
                self._talk()

    @contextmanager
    def _closed(self):
        """Closes what STARTTLS opened."""
        try:
            yield
        finally:
            if self.connection is not self.request:
                self.wfile.close()
                self.rfile.close()
                self.connection.close()

    def _talk(self) -> None:
        self.sender, self.to = "", []
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            word = line.split()[0].upper()
            self.owner.commands.append(line)
            if word != "DATA" and self._is_over(word):
                return
            if word == "EHLO":
                lines = ["fake", "SIZE 20000000", *self.owner.behaviour.says]
                for each in lines[:-1]:
                    self._answer(f"250-{each}")
                self._answer(f"250 {lines[-1]}")
            elif word == "DATA":
                if not self._data():
                    return
            elif word == "STARTTLS":
                self._start_tls()
            else:
                self._envelope(word, line)
            if word == "QUIT":
                return

    def _envelope(self, word: str, line: str) -> None:
        address = line.partition("<")[2].partition(">")[0]
        known = {"RCPT": address if address in self.owner.behaviour.replies else word}
        reply = self.owner.behaviour.replies.get(known.get(word, word), "250 yes")
        self._answer("221 bye" if word == "QUIT" and reply == "250 yes" else reply)
        if word == "MAIL":
            self.sender, self.to = address, []
        elif word == "RCPT" and reply.startswith("250"):
            self.to.append(address)

    def _data(self) -> bool:
        self._answer("354 go on")
        if self._is_over("DATA"):
            self.rfile.readline()
            return False
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        reply = self.owner.behaviour.replies.get(".", "250 taken")
        if reply.startswith("250"):
            self.owner.received.append(Received(self.sender, self.to, b"".join(lines)))
        if self._is_over("."):
            return False
        self._answer(reply)
        return True

    def _start_tls(self) -> None:
        self._answer("220 go")
        self.connection = self.owner.behaviour.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def _is_over(self, at: str) -> bool:
        behaviour = self.owner.behaviour
        if behaviour.drops == at and behaviour.times:
            behaviour.times -= 1
            return True
        return False

    def _answer(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
