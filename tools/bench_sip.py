"""The smallest SIP caller and phone that a benchmark needs: UDP on loopback, no media, no retransmission."""

from __future__ import annotations

import re
import socket
import threading
import time
import uuid

_SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 8 0\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
)
_COPIED = re.compile(r"^(?:Via|From|Call-ID|CSeq):.*$", re.MULTILINE | re.IGNORECASE)
_TO = re.compile(r"^To:\s*(.*)$", re.MULTILINE | re.IGNORECASE)
_TIMEOUT_SECONDS = 10.0


def _udp() -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind(("127.0.0.1", 0))
    return opened


class Phone:
    """Rings at once on every INVITE and obeys CANCEL; the carrier's side of a gateway."""

    def __init__(self) -> None:
        self._socket = _udp()
        self.port: int = self._socket.getsockname()[1]
        self._invites: dict[str, str] = {}
        #: `time.perf_counter` when the last INVITE came.
        self.rang = 0.0
        self._running = True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._running = False
        self._thread.join(5)
        self._socket.close()

    def _run(self) -> None:
        self._socket.settimeout(0.2)
        while self._running:
            try:
                data, sender = self._socket.recvfrom(65536)
            except TimeoutError:
                continue
            self._answer(data.decode(errors="replace").replace("\r", ""), sender)

    def _answer(self, request: str, sender: tuple[str, int]) -> None:
        call = re.search(r"^Call-ID:\s*(.*)$", request, re.MULTILINE | re.IGNORECASE)
        if request.startswith("INVITE") and call:
            self.rang = time.perf_counter()
            self._invites[call[1]] = request
            self._send("180 Ringing", request, sender)
        elif request.startswith("CANCEL") and call:
            self._send("200 OK", request, sender)
            if invite := self._invites.pop(call[1], ""):
                self._send("487 Request Terminated", invite, sender)
        elif request.startswith(("OPTIONS", "BYE")):
            self._send("200 OK", request, sender)

    def _send(self, status: str, request: str, sender: tuple[str, int]) -> None:
        self._socket.sendto(_response(status, request, self.port), sender)


def _response(status: str, request: str, port: int) -> bytes:
    to = _TO.search(request)
    lines = [f"SIP/2.0 {status}", *_COPIED.findall(request), f"To: {to[1] if to else ''};tag=phone"]
    return "\r\n".join([*lines, f"Contact: <sip:phone@127.0.0.1:{port}>", "Content-Length: 0", "", ""]).encode()


class Caller:
    """Calls a number through the switch's trunk side, waits for ringing, gives up, waits for the end."""

    def __init__(self, switch_port: int, phone: Phone) -> None:
        self._phone = phone
        self._socket = _udp()
        self._socket.settimeout(_TIMEOUT_SECONDS)
        self._port = self._socket.getsockname()[1]
        self._switch = ("127.0.0.1", switch_port)

    def ring(self, number: str, caller: str = "+380671234567") -> tuple[float, float]:
        """Seconds from the caller's INVITE to the phone's, and to the caller's own 180.

        Raises TimeoutError or RuntimeError when nothing rings.
        """
        call, branch = uuid.uuid4().hex, f"z9hG4bK{uuid.uuid4().hex}"
        begin = time.perf_counter()
        self._send("INVITE", number, caller, call, branch, _SDP)
        self._until("180", call)
        heard = time.perf_counter() - begin
        while self._phone.rang < begin:  # a 180 of the switch's own comes before the phone rings
            if time.perf_counter() - begin > _TIMEOUT_SECONDS:
                raise TimeoutError("the phone did not ring")
            time.sleep(0.0005)
        taken = self._phone.rang - begin
        self._send("CANCEL", number, caller, call, branch)
        end = self._until("487", call)
        to = _TO.search(end)
        self._send("ACK", number, caller, call, branch, to=to[1] if to else "")
        return taken, heard

    def _send(
        self, method: str, number: str, caller: str, call: str, branch: str, body: str = "", to: str = ""
    ) -> None:
        target = f"sip:{number}@127.0.0.1:{self._switch[1]}"
        lines = [
            f"{method} {target} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self._port};branch={branch}",
            "Max-Forwards: 70",
            f"From: <sip:{caller}@127.0.0.1>;tag={call[:8]}",
            f"To: {to or f'<{target}>'}",
            f"Call-ID: {call}",
            f"CSeq: 1 {method}",
            f"Contact: <sip:{caller}@127.0.0.1:{self._port}>",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
            "",
            body,
        ]
        self._socket.sendto("\r\n".join(lines).encode(), self._switch)

    def _until(self, status: str, call: str) -> str:
        while True:
            text = self._socket.recv(65536).decode(errors="replace").replace("\r", "")
            if call not in text or not text.startswith("SIP/2.0"):
                continue
            got = text.split()[1]
            if got == status:
                return text
            if got >= "300":
                raise RuntimeError(f"the switch answered {got} while {status} was awaited")
