"""A SIP user agent for what SIPp's words do not say: transfers, keys by INFO, late offers, Contacts that lie.

It registers, calls and is called over UDP, TCP or TLS, answers whatever comes in a dialog, and keeps every message with
its time.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import re
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import dialog, ports
from .dialog import ALLOW, EVENT, HOST, KEYS, URI, Call, sdp, written
from .lines import Datagrams, Line, Streams, family
from .sip import Message
from .waiting import until

_PARAMETER = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')


@dataclass
class Agent:
    """A phone of ``account``, or the carrier. ``answers_after_s``: None rings on; ``status``: refuses with it."""

    switch: tuple[str, int]
    account: str = "carrier"
    password: str = ""
    answers_after_s: float | None = 0.2
    status: int = 0
    #: Of answers to an INVITE: a Contact that is not where the agent is, more headers, whether keys go as events.
    contact: str = ""
    extra: tuple[str, ...] = ()
    events: bool = True
    port: int = 0
    #: Where it is, what it speaks (udp, tcp, tls), for TLS a file of key and certificate; of SDP: its keys for SRTP.
    host: str = HOST
    transport: str = "udp"
    certificate: Path | None = None
    crypto: tuple[str, ...] = ()
    #: Behind NAT: the address that it takes for its own, ``192.168.7.7:5060``; the switch sees another.
    private: str = ""
    log: list[Message] = field(default_factory=list)
    calls: dict[str, Call] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._is_own_port = not self.port
        self.line = self._bound()
        self.rtp = socket.socket(family(self.host), socket.SOCK_DGRAM)
        self.rtp.bind((self.host, 0))
        self.rtp.settimeout(0.5)
        self._at = self.private or f"{written(self.host)}:{self.port}"
        more = "" if self.transport == "udp" else f";transport={self.transport}"
        self.contact = self.contact or f"<sip:{self.account}@{self._at}{more}>"
        self._sent: dict[tuple[str, str], bytes] = {}
        self._count, self._running = itertools.count(time.time_ns()), True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self) -> Agent:
        return self

    def __exit__(self, *_: object) -> None:
        self.vanish()

    def _bound(self) -> Line:
        """Take its port; one of its own may have been taken by a program outside meanwhile, then another."""
        given = self.port
        while True:
            self.port = given or ports.free(2)
            try:
                return Datagrams(self.host, self.port) if self.transport == "udp" else self._streams()
            except OSError:
                if given:
                    raise

    def vanish(self) -> None:
        """Be gone without a word."""
        self._running = False
        self.line.close()
        self._thread.join(5)
        self.rtp.close()
        if self._is_own_port:
            ports.give_back(self.port, 2)

    @property
    def media(self) -> int:
        """Its RTP port."""
        return int(self.rtp.getsockname()[1])

    def offer(self, *attributes: str) -> str:
        """What it offers and answers with."""
        return sdp(
            self.media,
            events=self.events,
            attributes=attributes or ("a=sendrecv",),
            address=self.host,
            crypto=self.crypto,
        )

    def register(self, *headers: str, contact: str = "", seconds: int = 300) -> Message:
        """Register, with digest where it is asked for; gives the last answer."""
        lines = [f"Contact: {contact or self.contact}", f"Expires: {seconds}", *headers]
        return self._asked("REGISTER", f"sip:{written(self.host)}", self.account, self.account, lines, "")[1]

    def ask(self, method: str, *headers: str, to: str = "") -> Message:
        """A request outside calls, with digest where it is asked for; gives the last answer."""
        to = to or self.account
        uri = f"sip:{to}@{written(self.switch[0])}:{self.switch[1]}"
        answer = self._asked(method, uri, self.account, to, [f"Contact: {self.contact}", *headers], "")[1]
        assert answer
        return answer

    def call(self, to: str, *headers: str, body: str | None = None, sender: str = "", uri: str = "") -> Call:
        """Call a number: INVITE (again with digest when it is challenged) under way; see `answered`."""
        offer = self.offer() if body is None else body
        lines = [f"Contact: {self.contact}", ALLOW, *headers]
        target = uri or f"sip:{to}@{written(self.switch[0])}:{self.switch[1]}"
        return self._asked("INVITE", target, sender or self.account, to, lines, offer)[0]

    def answered(self, call: Call, seconds: float = 10, *, ack: bool = True) -> Message:
        """Wait for the final answer of a call; it is acknowledged, and the dialog knows the other side then."""
        final = self.final(call.id, call.cseq, "INVITE", seconds)
        call.remote = final.header("To")
        if found := URI.search(final.header("Contact")):
            call.target = found[1]
        if ack or final.start != "200":
            call.ack()
        return final

    def rung(self, seconds: float = 10) -> Call:
        """Wait until it is called; the latest call."""
        assert until(lambda: self.calls, seconds), f"{self.account} was not called"
        return list(self.calls.values())[-1]

    def received(self, start: str) -> list[Message]:
        """Requests of a method, or answers of a status, that came; retransmissions left out."""
        found = {}
        for each in self.log:
            if each.received and each.start == start:
                found.setdefault((each.header("Call-ID"), each.header("CSeq"), each.header("Via")), each)
        return list(found.values())

    def final(self, call_id: str, cseq: int, method: str, seconds: float = 10) -> Message:
        """Wait for the final answer to a request."""
        wanted = f"{cseq} {method}"
        found = until(lambda: next(self._finals(call_id, wanted), None), seconds)
        assert found, f"no final answer to {wanted} of {self.account}"
        return found

    def packets(self, seconds: float) -> int:
        """RTP packets that came within so long."""
        return sum(1 for _ in self.sounds(seconds))

    def sounds(self, seconds: float) -> Iterator[bytes]:
        """RTP packets that come within a time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(TimeoutError):
                yield self.rtp.recv(2048)

    def hears_key(self, key: str, seconds: float = 10) -> bool:
        """Whether a key comes within a time, as telephone-event."""
        wanted = EVENT, KEYS.index(key)
        return any((packet[1] & 0x7F, packet[12]) == wanted for packet in self.sounds(seconds))

    def send_request(
        self, call: Call, method: str, cseq: int, headers: Sequence[str], body: str, kind: str = "application/sdp"
    ) -> None:
        """One request of a dialog, on its way."""
        lines = [
            f"{method} {call.target} SIP/2.0",
            f"Via: SIP/2.0/{self.transport.upper()} {self._at};branch=z9hG4bK{next(self._count)};rport",
            f"From: {call.local}", f"To: {call.remote}", f"Call-ID: {call.id}", f"CSeq: {cseq} {method}",
            "Max-Forwards: 70", *headers,
        ]  # fmt: skip
        if method == "INVITE" and not any(line.startswith("Contact") for line in headers):
            lines.append(f"Contact: {self.contact}")
        self._send(dialog.message(lines, body, kind), call.peer)

    def respond(self, request: Message, peer: tuple[str, int], status: str, *headers: str, body: str = "") -> None:
        """Answer a request."""
        copied = [
            line for line in request.text.split("\n\n", 1)[0].splitlines()
            if re.match(r"(?i)(via|from|call-id|cseq|record-route):", line)
        ]  # fmt: skip
        to = request.header("To")
        to += "" if "tag=" in to else f";tag=a{self.port}"
        answer = dialog.message([f"SIP/2.0 {status}", *copied, f"To: {to}", *headers], body)
        self._sent[request.header("Via"), request.header("CSeq")] = answer
        self._send(answer, peer)

    def _asked(
        self, method: str, uri: str, sender: str, to: str, headers: Sequence[str], body: str
    ) -> tuple[Call, Message | None]:
        host = written(self.host)
        local = f"<sip:{sender}@{host}>;tag=t{next(self._count)}"
        call = Call(self, f"{next(self._count)}@{host}", local, f"<sip:{to}@{host}>", uri, self.switch)
        self.send_request(call, method, call.cseq, headers, body)
        wanted = f"{call.cseq} {method}"
        if not self.password:
            return call, None if method == "INVITE" else self.final(call.id, call.cseq, method)
        challenge = until(lambda: next(self._finals(call.id, wanted), None), 5)
        assert challenge, f"no answer to {wanted} of {self.account}"
        if challenge.start not in ("401", "407"):
            return call, challenge
        if method == "INVITE":
            call.ack()
        call.cseq += 1
        self.send_request(call, method, call.cseq, [*headers, self._credentials(challenge, method, uri)], body)
        return call, None if method == "INVITE" else self.final(call.id, call.cseq, method)

    def _credentials(self, challenge: Message, method: str, uri: str) -> str:
        proxy = challenge.start == "407"
        asked = challenge.header("Proxy-Authenticate" if proxy else "WWW-Authenticate")
        facts = {name: quoted or plain for name, quoted, plain in _PARAMETER.findall(asked)}
        secret = _md5(f"{self.account}:{facts['realm']}:{self.password}")
        response = _md5(f"{secret}:{facts['nonce']}:00000001:c:auth:{_md5(f'{method}:{uri}')}")
        name = "Proxy-Authorization" if proxy else "Authorization"
        return (
            f'{name}: Digest username="{self.account}", realm="{facts["realm"]}", nonce="{facts["nonce"]}", '
            f'uri="{uri}", response="{response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c"'
        )

    def _finals(self, call_id: str, cseq: str) -> Iterator[Message]:
        for each in list(self.log):
            answers = each.header("Call-ID") == call_id and each.header("CSeq") == cseq
            if answers and each.received and each.start.isdigit() and int(each.start) >= 200:
                yield each

    def _send(self, message: bytes, peer: tuple[str, int]) -> None:
        self.log.append(Message(time.time(), False, dialog.read(message)))
        self.line.send(message, peer)

    def _streams(self) -> Streams:
        return Streams(self.host, self.port, self.certificate if self.transport == "tls" else None)

    def _run(self) -> None:
        for data, peer in self.line.received():
            message = Message(time.time(), True, dialog.read(data))
            self.log.append(message)
            if not message.start.isdigit():
                self._request(message, peer)

    def _request(self, message: Message, peer: tuple[str, int]) -> None:
        if known := self._sent.get((message.header("Via"), message.header("CSeq"))):
            self._send(known, peer)
        elif message.start == "INVITE" and "tag=" not in message.header("To"):
            self._called(message, peer)
        elif message.start == "CANCEL":
            self.respond(message, peer, "200 OK")
            call_id = message.header("Call-ID")
            for invite in [each for each in self.received("INVITE") if each.header("Call-ID") == call_id][-1:]:
                self.respond(invite, peer, "487 Request Terminated")
        elif message.start == "INVITE":
            self.respond(message, peer, "200 OK", f"Contact: {self.contact}", body=self.offer())
        elif message.start != "ACK":
            self.respond(message, peer, "200 OK")

    def _called(self, message: Message, peer: tuple[str, int]) -> None:
        target = URI.search(message.header("Contact"))
        assert target
        call_id, local = message.header("Call-ID"), f"{message.header('To')};tag=a{self.port}"
        self.calls[call_id] = Call(self, call_id, local, message.header("From"), target[1], peer)
        if self.status:
            self.respond(message, peer, f"{self.status} Refused", *self.extra)
            return
        self.respond(message, peer, "180 Ringing", f"Contact: {self.contact}")
        if self.answers_after_s is not None:
            threading.Timer(self.answers_after_s, self.pick_up, (message, peer)).start()

    def pick_up(self, message: Message, peer: tuple[str, int]) -> None:
        """Answer a call that rings."""
        cancelled = any(each.header("Call-ID") == message.header("Call-ID") for each in self.received("CANCEL"))
        if self._running and not cancelled:
            self.respond(message, peer, "200 OK", f"Contact: {self.contact}", ALLOW, *self.extra, body=self.offer())


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
