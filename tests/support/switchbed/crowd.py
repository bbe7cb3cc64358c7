"""Hundreds of calls at once on one socket: callers who stay until they are told to leave, phones that ring or answer.

SIP over UDP on loopback without media; who is hung up on remembers it. Which phone answers is told by its number.
"""

from __future__ import annotations

import re
import socket
import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass, field

_SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 39998 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\n"
)
_COPIED = re.compile(r"^(?:Via|From|Call-ID|CSeq|Record-Route):.*$", re.MULTILINE | re.IGNORECASE)


def _header(text: str, name: str) -> str:
    found = re.search(rf"^{name}:\s*(.*)$", text, re.MULTILINE | re.IGNORECASE)
    return found[1].strip() if found else ""


@dataclass
class Party:
    """One end of a leg. ``state``: calling, ringing, talking, gone; ``ended_by_switch`` when it was not our wish.

    ``cut``: the switch died during its leg. ``began_s``: when it called or was rung, in seconds of `time.perf_counter`;
    ``picked_s``, ``ended_s``: when the talk began and when the leg ended, 0 before.
    """

    call_id: str
    number: str
    caller: str
    state: str = "calling"
    ended_by_switch: str = ""
    invite: str = ""
    began_s: float = field(default_factory=time.perf_counter)
    picked_s: float = 0.0
    ended_s: float = 0.0
    sender: tuple[str, int] = ("", 0)
    cut: bool = False


class Crowd:
    """``call`` numbers at ``switch``; phones are reached at ``port``. ``answering``: ends of numbers that pick up."""

    def __init__(self, answering: tuple[str, ...]) -> None:
        self.callers: dict[str, Party] = {}
        self.phones: dict[str, Party] = {}
        #: Further headers of every call, each with its line break.
        self.headers = ""
        #: What has happened lately, with the time: ``phone ringing``, ``caller gone``.
        self.marks: deque[tuple[str, float]] = deque(maxlen=1000)
        self._answering = answering
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._running = True
        self._thread = threading.Thread(target=self._run, name="crowd", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """No more of it."""
        self._running = False
        self._thread.join(5)
        self._socket.close()

    def forget(self) -> None:
        """Before the next crowd."""
        self.callers, self.phones = {}, {}

    def call(self, number: str, caller: str, switch: int) -> Party:
        """One call from the carrier's side, under way."""
        party = Party(uuid.uuid4().hex, number, caller)
        self.callers[party.call_id] = party
        target = f"sip:{number}@127.0.0.1:{switch}"
        lines = [
            f"INVITE {target} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{party.call_id}",
            "Max-Forwards: 70",
            f"From: <sip:{caller}@127.0.0.1>;tag={party.call_id[:8]}",
            f"To: <{target}>",
            f"Call-ID: {party.call_id}",
            "CSeq: 1 INVITE",
            f"Contact: <sip:{caller}@127.0.0.1:{self.port}>",
            *self.headers.split("\r\n")[:-1],
            "Content-Type: application/sdp",
            f"Content-Length: {len(_SDP)}",
        ]
        self._send("\r\n".join([*lines, "", _SDP]), ("127.0.0.1", switch))
        return party

    def _run(self) -> None:
        self._socket.settimeout(0.2)
        while self._running:
            try:
                data, sender = self._socket.recvfrom(65536)
            except TimeoutError:
                continue
            except OSError:
                return
            text = data.decode(errors="replace").replace("\r", "")
            if text.startswith("SIP/2.0"):
                self._answered(text, sender)
            else:
                self._asked(text, sender)

    def _answered(self, text: str, sender: tuple[str, int]) -> None:
        status, party = int(text.split()[1]), self.callers.get(_header(text, "Call-ID"))
        if party is None or not _header(text, "CSeq").endswith("INVITE") or status < 180:
            return
        if status < 200:
            party.state = "ringing" if party.state == "calling" else party.state
            return
        if party.state in ("calling", "ringing"):
            self._goes_on(party, "talking" if status < 300 else "gone")
            party.ended_by_switch = "" if status < 300 else str(status)
        self._acknowledge(text, party, sender)

    def _acknowledge(self, text: str, party: Party, sender: tuple[str, int]) -> None:
        status = int(text.split()[1])
        branch = party.call_id if status >= 300 else f"{party.call_id}ack"
        lines = [
            f"ACK sip:{party.number}@127.0.0.1:{sender[1]} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{branch}",
            "Max-Forwards: 70",
            f"From: {_header(text, 'From')}",
            f"To: {_header(text, 'To')}",
            f"Call-ID: {party.call_id}",
            "CSeq: 1 ACK",
            "Content-Length: 0",
        ]
        self._send("\r\n".join([*lines, "", ""]), sender)

    def _asked(self, text: str, sender: tuple[str, int]) -> None:
        method, call_id = text.split()[0], _header(text, "Call-ID")
        if method == "INVITE":
            self._rung(text, call_id, sender)
        elif method in ("BYE", "CANCEL"):
            party = self.callers.get(call_id) or self.phones.get(call_id)
            if party and party.state != "gone":
                party.ended_by_switch = method
                self._goes_on(party, "gone")
            self._reply("200 OK", text, sender)
            if method == "CANCEL" and party:
                self._reply("487 Request Terminated", party.invite, sender)
        elif method != "ACK":
            self._reply("200 OK", text, sender)

    def _rung(self, text: str, call_id: str, sender: tuple[str, int]) -> None:
        number = re.split(r"[:@]", text.split()[1])[1]
        known = call_id in self.phones
        new = Party(call_id, number, _header(text, "From"), invite=text, sender=sender)
        party = self.phones.setdefault(call_id, new)
        if number.endswith(self._answering) or party.picked_s:
            self.pick_up(party)
        elif not known:
            self._goes_on(party, "ringing")
            self._reply("180 Ringing", text, sender)

    def pick_up(self, party: Party) -> None:
        """A phone that rings answers."""
        if party.state != "gone":
            self._goes_on(party, "talking")
            self._reply("200 OK", party.invite, party.sender, _SDP)

    def hang_up(self, party: Party) -> None:
        """A phone that talks ends its leg."""
        if party.state == "gone":
            return
        self._goes_on(party, "gone")
        contact = re.search(r"<([^>]*)>", _header(party.invite, "Contact"))
        lines = [
            f"BYE {contact[1] if contact else ''} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{uuid.uuid4().hex}",
            "Max-Forwards: 70",
            f"From: {_header(party.invite, 'To')};tag=phone",
            f"To: {_header(party.invite, 'From')}",
            f"Call-ID: {party.call_id}",
            "CSeq: 1 BYE",
            "Content-Length: 0",
        ]
        self._send("\r\n".join([*lines, "", ""]), party.sender)

    def cut_off(self) -> None:
        """The switch is dead: everybody who had a leg there has none."""
        for party in [*self.callers.values(), *self.phones.values()]:
            if party.state != "gone":
                party.cut = True
                self._goes_on(party, "gone")

    def _goes_on(self, party: Party, state: str) -> None:
        party.state, now_s = state, time.perf_counter()
        if state == "talking":
            party.picked_s = party.picked_s or now_s
        elif state == "gone":
            party.ended_s = now_s
        self.marks.append((("phone " if party.call_id in self.phones else "caller ") + state, now_s))

    def _reply(self, status: str, request: str, sender: tuple[str, int], body: str = "") -> None:
        to = _header(request, "To")
        to = to if ";tag=" in to else f"{to};tag=phone"
        lines = [f"SIP/2.0 {status}", *_COPIED.findall(request), f"To: {to}"]
        lines += [f"Contact: <sip:phone@127.0.0.1:{self.port}>"]
        lines += ["Content-Type: application/sdp"] if body else []
        self._send("\r\n".join([*lines, f"Content-Length: {len(body)}", "", body]), sender)

    def _send(self, text: str, to: tuple[str, int]) -> None:
        self._socket.sendto(text.encode(), to)
