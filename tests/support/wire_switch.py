"""The event socket of a FreeSWITCH, for whoever connects to it: login, API commands, tables, events."""

from __future__ import annotations

import contextlib
import json

import gevent
import gevent.server

from routing.esl.protocol import EventSocket

VARIABLES = {("leg-1", "routing_target"): "ivan.desk", ("leg-1", "originator"): "call-1"}


class Switch:
    """The event socket of a FreeSWITCH with one ringing phone; ``tell`` sends an event."""

    def __init__(self, password: str = "right") -> None:
        self.password = password
        self.channels = [{"uuid": "leg-1"}, {"uuid": "call-1"}]
        self.accounts = ["1001", "1002"]
        self.asked: list[str] = []
        self.socks: list = []
        self.server = gevent.server.StreamServer(("127.0.0.1", 0), self.serve)
        self.server.start()

    def serve(self, sock, _) -> None:
        with contextlib.suppress(OSError):  # the test is over
            self._serve(sock)

    def _serve(self, sock) -> None:
        self.socks.append(sock)
        sock.sendall(b"Content-Type: auth/request\n\n")
        buffer = b""
        while received := sock.recv(65536):
            buffer += received
            while b"\n\n" in buffer:
                command, _, buffer = buffer.partition(b"\n\n")
                self.asked.append(command.decode())
                sock.sendall(self.reply(command.decode()))

    def reply(self, command: str) -> bytes:
        word, _, rest = command.partition(" ")
        if word == "auth":
            said = "+OK accepted" if rest == self.password else "-ERR invalid"
            return f"Content-Type: command/reply\nReply-Text: {said}\n\n".encode()
        if word == "event":
            early = self.event("CHANNEL_DESTROY", **{"Unique-ID": "nobody"})
            return b"Content-Type: command/reply\nReply-Text: +OK\n\n" + early
        body = self.api(rest).encode()
        return b"Content-Type: api/response\nContent-Length: %d\n\n" % len(body) + body

    def api(self, command: str) -> str:
        if command == "show channels as json":
            return json.dumps({"row_count": 2, "rows": self.channels} if self.channels else {"row_count": 0})
        if command == "show registrations as json":
            return json.dumps({"row_count": 2, "rows": [{"reg_user": account} for account in self.accounts]})
        _, uuid, name = command.split()
        return VARIABLES.get((uuid, name), "_undef_")

    def event(self, name: str, **headers: str) -> bytes:
        text = "".join(f"{key}: {value}\n" for key, value in {"Event-Name": name, **headers}.items()) + "\n"
        return f"Content-Length: {len(text)}\nContent-Type: text/event-plain\n\n{text}".encode()

    def tell(self, name: str, **headers: str) -> None:
        self.socks[-1].sendall(self.event(name, **headers))


class Remembering(Switch):
    """An event socket of a FreeSWITCH that keeps global variables; a restart forgets ours."""

    def __init__(self) -> None:
        super().__init__()
        self.globals = {"hostname": "here", "dnd_old": "x", "hours_office": "closed"}

    def api(self, command: str) -> str:
        word, _, rest = command.partition(" ")
        if word == "global_setvar":
            name, _, value = rest.partition("=")
            self.globals.pop(name, None)
            self.globals |= {name: value} if value else {}
            return "+OK\n"
        if word == "show":
            return super().api(command)
        return "".join(f"{name}={value}\n" for name, value in self.globals.items()) + "\n"

    def restart(self) -> None:
        self.globals = {"hostname": "here"}
        for sock in self.socks:
            sock.close()


def where(switch: Remembering) -> EventSocket:
    return EventSocket("127.0.0.1", switch.server.server_port, "right")
