"""A scripted FreeSWITCH: the socket application's side of outbound ESL, with a connect reply as a real one sends.

``connect_reply.txt`` is the reply of FreeSWITCH 1.10.12 to ``connect`` on an unanswered call, its values made
neutral. Runs on gevent in the test's own thread.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import gevent
import gevent.socket

from support.waiting import within

REPLY = (Path(__file__).parents[1] / "wire" / "connect_reply.txt").read_text()
FACTS = {
    "uuid": "3740e285-2bb6-4782-99e3-8733cc7924f0",
    "release": "/var/lib/routing/releases/abcdef012345",
    "scheme": "kharkiv",
    "step": "3",
    "number": "+380800111222",
    "caller": "+380501112233",
    "caller_pays": "true",
}
OK = b"Content-Type: command/reply\nReply-Text: +OK\n\n"
GOODBYE = (
    b"Content-Type: text/disconnect-notice\nControlled-Session-UUID: x\nContent-Disposition: disconnect\n"
    b"Content-Length: 67\n\nDisconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n"
)


def connect_reply(extra: str = "", **facts: str) -> bytes:
    """The reply to ``connect``; facts as channel variables, ``extra`` header lines put first."""
    text = REPLY
    for name, value in {**FACTS, **facts}.items():
        text = text.replace("{" + name + "}", quote(value, safe="/;,?@&=+$-_.!~*'()").replace("+", "%2B"))
    return (extra + text.strip() + "\n\n").encode()


class Peer:
    """One connection to the engine."""

    def __init__(self, port: int) -> None:
        self.sock = gevent.socket.create_connection(("127.0.0.1", port))

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def expect_connect(self) -> Peer:
        """Read the engine's ``connect``."""
        with within():
            assert self.sock.recv(9) == b"connect\n\n"
        return self

    def send(self, data: bytes) -> Peer:
        self.sock.sendall(data)
        return self

    def until_closed(self) -> bytes:
        """All that the engine sends until it closes."""
        got = b""
        with within():
            try:
                while received := self.sock.recv(65536):
                    got += received
            except ConnectionResetError:
                pass
        return got

    def decision(self, **facts: str) -> dict[str, str]:
        """Play a whole call as FreeSWITCH does; the variables that the engine set."""
        got = self.expect_connect().send(connect_reply(**facts)).until_closed()
        self.send(OK + GOODBYE)
        self.sock.close()
        return variables_of(got)


def variables_of(commands: bytes) -> dict[str, str]:
    """What one ``multiset`` sets; nothing else was said."""
    multiset, rest = commands.decode().split("\n\n")
    assert rest == ""
    head, argument = multiset.split("\nexecute-app-arg: ^^;")
    assert head == "sendmsg\ncall-command: execute\nexecute-app-name: multiset"
    return dict(pair.split("=", 1) for pair in argument.split(";"))
