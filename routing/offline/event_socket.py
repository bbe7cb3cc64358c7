"""FreeSWITCH's side of one call's event socket, without I/O: the engine's bytes in, FreeSWITCH's bytes out.

It answers ``connect`` with a header block like FreeSWITCH's own and obeys ``sendmsg`` (execute), ``resume``, ``exit``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

_UNSAFE = frozenset(b'\r\n #%&+:;<=>?@[\\]^`{|}"')
_HEX = frozenset(b"0123456789ABCDEF")
#: Names in `RunningCall.readable` that are not channel variables.
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
#: Headers of a real connect reply that carry no value of the call here.
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
GOODBYE = "Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n"


@lru_cache(maxsize=8192)
def encoded(value: str) -> str:
    """A header value as FreeSWITCH writes it: percent-encoded; a ``%41`` in the value stays as it is."""
    raw, out = value.encode("utf-8", "surrogateescape"), ""
    for at, byte in enumerate(raw):
        kept = byte == 0x25 and len(raw) > at + 2 and raw[at + 1] in _HEX and raw[at + 2] in _HEX
        plain = 0x20 <= byte <= 0x7E and byte not in _UNSAFE
        out += chr(byte) if kept or plain else f"%{byte:02X}"
    return out or "_undef_"


def connect_reply(variables: Mapping[str, str]) -> bytes:
    """The reply to ``connect``: about 165 core, channel, caller and variable headers, as many as a real call has."""
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
class FreeSwitchSide:
    """One call with its channel variables. ``executed``: the applications that the engine ran, in order."""

    variables: Mapping[str, str]
    executed: list[tuple[str, str]] = field(default_factory=list)
    resumed: bool = False
    #: The engine sends no more commands.
    over: bool = False
    _connected: bool = False
    _heard: bytes = b""

    def hear(self, received: bytes) -> bytes:
        """FreeSWITCH's reply to the engine's bytes; empty until a command is complete."""
        self._heard += received.replace(b"\r\n", b"\n")
        return b"".join(self._obey(command, headers) for command, headers in self._commands())

    def goodbye(self) -> bytes:
        """FreeSWITCH's notice when it closes the connection."""
        notice = (
            f"Content-Type: text/disconnect-notice\nControlled-Session-UUID: {self.variables.get('uuid', '')}\n"
            f"Content-Disposition: disconnect\nContent-Length: {len(GOODBYE)}\n\n{GOODBYE}"
        )
        return notice.encode()

    def _obey(self, command: str, headers: Mapping[str, str]) -> bytes:
        if command.startswith("connect"):
            self._connected = True
            return connect_reply(self.variables)
        if command.startswith("exit"):
            self.over = True
            return _reply("+OK bye")
        if not self._connected:
            return b""
        if command.startswith("sendmsg") and headers.get("call-command") == "execute":
            self.executed.append((headers.get("execute-app-name", ""), headers.get("execute-app-arg", "")))
        if command.startswith("resume"):
            self.resumed = self.over = True
        return _reply("+OK")

    def _commands(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Complete commands, each with its headers; a command's body is its application's argument."""
        while not self.over and b"\n\n" in self._heard:
            block, _, rest = self._heard.partition(b"\n\n")
            lines = block.lstrip(b"\n").decode("utf-8", "surrogateescape").splitlines()
            pairs = (line.partition(":") for line in lines[1:])
            headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
            length = int(headers.get("content-length") or 0)
            if len(rest) < length:
                return
            if length:
                headers["execute-app-arg"] = rest[:length].decode("utf-8", "surrogateescape")
            self._heard = rest[length:]
            yield lines[0].strip() if lines else "", headers


def _reply(text: str) -> bytes:
    return f"Content-Type: command/reply\nReply-Text: {text}\n\n".encode()
