"""A decider that asks a running engine over TCP, speaking the event socket as FreeSWITCH does.

The only file of the offline switch that opens a socket and waits in real time. It connects, waits for
``connect``, answers with a header block like FreeSWITCH's own, obeys ``sendmsg`` (execute), ``resume``,
``exit`` and the close. A refused connection and a silent engine come back as such; the virtual watchdog
does the rest.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from routing.offline.decider import Answer, Closed, Refused, Reply, Silent

_UNSAFE = frozenset(b'\r\n #%&+:;<=>?@[\\]^`{|}"')
_HEX = frozenset(b"0123456789ABCDEF")
#: What `Running.readable` gives beside channel variables.
FIELDS = frozenset({"destination_number", "caller_id_number", "caller_id_name", "context", "created_us", "asked_us"})
_CORE = "Core-UUID FreeSWITCH-Hostname FreeSWITCH-Switchname FreeSWITCH-IPv4 FreeSWITCH-IPv6 Event-Date-Local"
_EVENT = "Event-Date-GMT Event-Date-Timestamp Event-Calling-File Event-Calling-Function Event-Calling-Line-Number"
_CHANNEL = (
    "Call-State Call-UUID State-Number Presence-ID HIT-Dialplan Read-Codec-Name Read-Codec-Rate Read-Codec-Bit-Rate "
    "Write-Codec-Name Write-Codec-Rate Write-Codec-Bit-Rate"
)
_CALLER = (
    "Direction Logical-Direction Username Dialplan Orig-Caller-ID-Name Orig-Caller-ID-Number Callee-ID-Name "
    "Callee-ID-Number Network-Addr ANI Source Transfer-Source Channel-Name Profile-Index Profile-Created-Time "
    "Channel-Answered-Time Channel-Progress-Time Channel-Progress-Media-Time Channel-Hangup-Time "
    "Channel-Transferred-Time Channel-Resurrect-Time Channel-Bridged-Time Channel-Last-Hold Channel-Hold-Accum "
    "Screen-Bit Privacy-Hide-Name Privacy-Hide-Number"
)
#: Headers of a real connect reply that nobody here gives a value of its own.
USUAL_HEADERS = (
    *f"{_CORE} {_EVENT} Event-Sequence Call-Direction Answer-State".split(),
    *(f"Channel-{name}" for name in _CHANNEL.split()),
    *(f"Caller-{name}" for name in _CALLER.split()),
)
USUAL_VARIABLES = tuple(
    f"sip_{name}"
    for name in (
        "network_ip network_port invite_stamp received_ip received_port via_protocol from_user_stripped from_tag "
        "from_user from_port from_uri from_host req_user req_port req_uri req_host to_user to_port to_uri to_host "
        "contact_user contact_port contact_uri contact_host via_host via_port via_rport user_agent allow call_id "
        "authorized cid_type full_via full_from full_to number_alias auth_username auth_realm use_codec_name "
        "use_codec_rate use_codec_ptime use_codec_channels local_sdp_str switch_r_sdp ep_codec_string"
    ).split()
)
_DECISION = re.compile(r"routing_decision=[^:;]*:([^;]*)")
GOODBYE = "Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n"


def encoded(value: str) -> str:
    """A header value as FreeSWITCH writes it: percent-encoded, but ``%41`` already in the value stays as it
    is."""
    raw, out = value.encode("utf-8", "surrogateescape"), ""
    for at, byte in enumerate(raw):
        kept = byte == 0x25 and len(raw) > at + 2 and raw[at + 1] in _HEX and raw[at + 2] in _HEX
        plain = 0x20 <= byte <= 0x7E and byte not in _UNSAFE
        out += chr(byte) if kept or plain else f"%{byte:02X}"
    return out or "_undef_"


def connect_reply(variables: Mapping[str, str]) -> bytes:
    """The reply to ``connect``: core, channel, caller and variable headers, about 165 of them with a real
    call's."""
    get = variables.get
    known = {
        "Event-Name": "CHANNEL_DATA",
        "Event-Date-Timestamp": get("asked_us", "0"),
        "Channel-State": "CS_EXECUTE",
        "Channel-Name": f"sofia/external/{get('caller_id_number', '')}",
        "Unique-ID": get("uuid", ""),
        "Caller-Unique-ID": get("uuid", ""),
        "Caller-Caller-ID-Name": get("caller_id_name", ""),
        "Caller-Caller-ID-Number": get("caller_id_number", ""),
        "Caller-Destination-Number": get("destination_number", ""),
        "Caller-Context": get("context", ""),
        "Caller-Channel-Created-Time": get("created_us", "0"),
    }
    own = {f"variable_{name}": value for name, value in variables.items() if name not in FIELDS}
    ending = {"Content-Type": "command/reply", "Reply-Text": "+OK\n", "Socket-Mode": "async", "Control": "full"}
    usual = dict.fromkeys(USUAL_HEADERS, "0") | dict.fromkeys(
        (f"variable_{name}" for name in USUAL_VARIABLES), "x" * 24
    )
    headers = usual | known | own | ending
    return ("".join(f"{name}: {encoded(value)}\n" for name, value in headers.items()) + "\n").encode()


@dataclass
class SocketPeer:
    """A decider for `switch.run`. ``address`` overrides the one in the plan (``host:port``).

    ``longest_s`` bounds the real wait for a silent engine; ``clock`` gives monotonic seconds.
    """

    address: str = ""
    longest_s: float = 10.0
    clock: Callable[[], float] = field(default=time.monotonic)

    def __call__(self, address: str, variables: Mapping[str, str], patience_ms: int) -> Reply:
        """See Decider: one connection, to its end."""
        host, _, port = (self.address or address.partition("|")[0]).rpartition(":")
        began = self.clock()
        until = began + min(patience_ms / 1000, self.longest_s)
        try:
            with socket.create_connection((host, int(port)), timeout=max(until - began, 0.001)) as sock:
                return self._converse(_Peer(sock, until, self.clock), variables, began)
        except TimeoutError:
            return Silent()
        except ConnectionRefusedError:
            return Refused()
        except OSError as error:
            return Closed(self._elapsed_ms(began), f"the engine broke the connection: {error}")

    def _converse(self, peer: _Peer, variables: Mapping[str, str], began: float) -> Reply:
        commands: list[tuple[str, str]] = []
        resumed = connected = False
        for command, headers in peer.commands():
            if command.startswith("connect"):
                connected = True
                peer.send(connect_reply(variables))
            elif command.startswith("exit"):
                peer.reply("+OK bye")
                break
            elif connected:
                resumed = resumed or command.startswith("resume")
                if command.startswith("sendmsg") and headers.get("call-command") == "execute":
                    commands.append((headers.get("execute-app-name", ""), headers.get("execute-app-arg", "")))
                peer.reply("+OK")
                if resumed:
                    break
        peer.goodbye(variables.get("uuid", ""))
        if not commands and not resumed:
            return Closed(self._elapsed_ms(began))
        note = _words(commands)
        return Answer(tuple(commands), self._elapsed_ms(began), note, resumed)

    def _elapsed_ms(self, began: float) -> int:
        return round((self.clock() - began) * 1000)


def _words(commands: list[tuple[str, str]]) -> str:
    """What was decided, as `answering` says it; the commands as they are when they decide nothing of ours."""
    said = " ".join(f"{application} {argument}" for application, argument in commands)
    decided = _DECISION.search(said)
    return decided[1] if decided else said or "resume"


class _Peer:
    """FreeSWITCH's end of one event socket."""

    def __init__(self, sock: socket.socket, until: float, clock: Callable[[], float]) -> None:
        self._sock = sock
        self._until = until
        self._clock = clock
        self._buffer = b""

    def commands(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Commands until the engine closes. Raises TimeoutError when it stays silent for too long."""
        while (block := self._block()) is not None:
            lines = block.decode("utf-8", "surrogateescape").splitlines()
            pairs = (line.partition(":") for line in lines[1:])
            headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
            length = int(headers.get("content-length") or 0)
            if length:
                body = self._exactly(length)
                headers["execute-app-arg"] = body.decode("utf-8", "surrogateescape")
            yield lines[0].strip() if lines else "", headers

    def reply(self, text: str) -> None:
        self.send(f"Content-Type: command/reply\nReply-Text: {text}\n\n".encode())

    def goodbye(self, uuid: str) -> None:
        """What FreeSWITCH says when it lets the connection go; an engine that already left is no fault."""
        notice = (
            f"Content-Type: text/disconnect-notice\nControlled-Session-UUID: {uuid}\n"
            f"Content-Disposition: disconnect\nContent-Length: {len(GOODBYE)}\n\n{GOODBYE}"
        )
        try:
            self.send(notice.encode())
        except OSError:
            return

    def send(self, data: bytes) -> None:
        self._sock.settimeout(max(self._until - self._clock(), 0.001))
        self._sock.sendall(data)

    def _block(self) -> bytes | None:
        while b"\n\n" not in self._buffer:
            if not self._more():
                return None
        block, _, self._buffer = self._buffer.partition(b"\n\n")
        return block.lstrip(b"\n")

    def _exactly(self, length: int) -> bytes:
        while len(self._buffer) < length and self._more():
            pass
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return body

    def _more(self) -> bool:
        self._sock.settimeout(max(self._until - self._clock(), 0.001))
        received = self._sock.recv(65536).replace(b"\r\n", b"\n")
        self._buffer += received
        return bool(received)
