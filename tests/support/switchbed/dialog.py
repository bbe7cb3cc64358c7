"""What an agent's dialogs are made of: offers, requests within a call, messages as bytes."""

from __future__ import annotations

import re
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .sip import Message

if TYPE_CHECKING:
    from .agent import Agent

HOST = "127.0.0.1"
SILENCE = b"\xd5" * 160
#: RTP's payload type of telephone-event, and the keys by its numbers.
EVENT, KEYS = 101, "0123456789*#"
#: What an agent does that is in nobody's way.
ALLOW = "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REFER, NOTIFY, PRACK"
URI = re.compile(r"<([^>]+)>")


def sdp(
    port: int, *, events: bool = True, attributes: Sequence[str] = ("a=sendrecv",), address: str = HOST,
    crypto: Sequence[str] = (),
) -> str:  # fmt: skip
    """An offer or answer of PCMA, with telephone-event unless told otherwise; ``crypto``: lines of keys, for SRTP."""
    place = f"IN IP{6 if ':' in address else 4} {address}"
    lines = ["v=0", f"o=agent 1 {time.monotonic_ns()} {place}", "s=-", f"c={place}", "t=0 0"]
    lines += [f"m=audio {port} RTP/{'S' if crypto else ''}AVP 8{' 101' if events else ''}", "a=rtpmap:8 PCMA/8000"]
    lines += ["a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15"] if events else []
    return "\r\n".join([*lines, *crypto, *attributes, ""])


def written(host: str) -> str:
    """An address as URIs have it."""
    return f"[{host}]" if ":" in host else host


def speak(sock: socket.socket, port: int, seconds: float, sound: bytes = SILENCE) -> None:
    """Send PCMA to a port of this machine for so long, 20 ms a packet; ``sound`` is repeated."""
    began = time.monotonic()
    for packet in range(round(seconds * 50)):
        head = struct.pack("!BBHII", 0x80, 8, packet & 0xFFFF, packet * 160, 0x5EED)
        at = packet * 160 % len(sound)
        sock.sendto(head + (sound + sound)[at : at + 160], (HOST, port))
        time.sleep(max(began + packet * 0.02 - time.monotonic(), 0))


def speak_event(sock: socket.socket, port: int, key: str) -> None:
    """Press a key as telephone-event (RFC 4733): 160 ms, its end three times; sound before and after it."""
    speak(sock, port, 0.1)
    code, at = KEYS.index(key), time.monotonic_ns() // 1_000_000 & 0x7FFFFFFF
    first = at // 20 & 0x7FFF  # of a key before, later numbers are no news
    for packet in range(11):
        is_last, lasts = packet >= 8, min(packet + 1, 8) * 160
        head = struct.pack("!BBHII", 0x80, EVENT | (0x80 if packet == 0 else 0), first + packet, at, 0x5EED)
        sock.sendto(head + struct.pack("!BBH", code, 10 | (0x80 if is_last else 0), lasts), (HOST, port))
        time.sleep(0.02)
    speak(sock, port, 0.1)


def media_port(message: Message) -> int:
    """Where the other side wants its sound."""
    found = re.search(r"m=audio (\d+)", message.text)
    assert found, message.text
    return int(found[1])


@dataclass
class Call:
    """One dialog of an agent. ``peer`` is where its messages come from and go to."""

    agent: Agent
    id: str
    local: str
    remote: str
    target: str
    peer: tuple[str, int]
    cseq: int = 1

    def request(self, method: str, *headers: str, body: str = "", kind: str = "application/sdp") -> Message:
        """Send a request in the dialog and wait for its final answer; an answered INVITE is acknowledged."""
        self.cseq += 1
        self.agent.send_request(self, method, self.cseq, headers, body, kind)
        final = self.agent.final(self.id, self.cseq, method)
        if method == "INVITE":
            self.ack()
        return final

    def press(self, keys: str) -> None:
        """Press keys, one after the other, by SIP INFO."""
        for key in keys:
            body = f"Signal={key}\r\nDuration=160\r\n"
            assert self.request("INFO", body=body, kind="application/dtmf-relay").start == "200"

    def ack(self, body: str = "") -> None:
        """Acknowledge the last INVITE of this dialog."""
        self.agent.send_request(self, "ACK", self.cseq, (), body)

    def hang_up(self) -> None:
        """End the call."""
        self.request("BYE")

    def received(self, method: str) -> list[Message]:
        """Requests of a method that came in this dialog."""
        return [each for each in self.agent.received(method) if each.header("Call-ID") == self.id]

    def is_over(self) -> bool:
        """Whether the other side has hung up."""
        return bool(self.received("BYE"))


def message(lines: Sequence[str], body: str, kind: str = "application/sdp") -> bytes:
    """A request or an answer as it is sent."""
    typed = [f"Content-Type: {kind}"] if body else []
    return "\r\n".join([*lines, *typed, f"Content-Length: {len(body.encode())}", "", body]).encode()


def read(data: bytes) -> str:
    """A message's text, with plain line ends."""
    return data.decode(errors="replace").replace("\r\n", "\n")
