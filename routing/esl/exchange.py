"""The protocol on one call's socket without I/O: FreeSWITCH's bytes go in, the engine's bytes come out.

`routing.esl.session` runs it over a real socket, the offline switch in memory. Three phases, in order: the engine
requests the call's facts (`begin`), decides while it watches for the call's end, and delivers its decision (`deliver`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from routing.esl.facts import HEADERS, call_of
from routing.esl.protocol import Message, Parser, ProtocolError, set_variables
from routing.model.call import Call
from routing.model.decision import UNDECIDED

#: FreeSWITCH's reply when it has accepted the decision, which is one command.
_ACCEPTED = b"Reply-Text: +OK"
#: The reply to ``connect`` has no body; a peer that claims one this large is not FreeSWITCH.
LONGEST_BODY = 64 * 1024


class Phase(Enum):
    """What the engine waits for."""

    ASKING = auto()
    DECIDING = auto()
    DELIVERING = auto()
    OVER = auto()


@dataclass(frozen=True)
class CallToDecide:
    """The facts of the call have arrived."""

    call: Call


@dataclass(frozen=True)
class Gone:
    """FreeSWITCH ended the call or the connection before the decision."""

    why: str


@dataclass(frozen=True)
class Delivered:
    """FreeSWITCH has closed the connection; whether it accepted the decision."""

    is_accepted: bool


ExchangeEvent = CallToDecide | Gone | Delivered


class Exchange:
    """The exchange of one call. ``waits_since``: since when FreeSWITCH waits, in monotonic seconds."""

    def __init__(self, waits_since: float | None = None) -> None:
        self.phase = Phase.ASKING
        self._waits_since = waits_since
        self._parser = Parser(longest_body=LONGEST_BODY, keeps=HEADERS)
        self._reply = b""

    def begin(self) -> bytes:
        """The engine's first command."""
        return b"connect\n\n"

    def deliver(self, variables: Mapping[str, str]) -> bytes:
        """The command with the decision. Raises ValueError for a value that cannot be sent safely."""
        command = set_variables(variables)
        self.phase = Phase.DELIVERING
        return command

    def decline(self, reason: str) -> bytes:
        """The command that says, for the journal, why the call is not decided. The call continues by itself anyway."""
        return self.deliver({UNDECIDED: reason})

    def receive_data(self, received: bytes) -> ExchangeEvent | None:
        """The event that received bytes complete, or None; ``b""`` is the end of the stream.

        Raises ProtocolError (Oversized) and NotACall in the first phase.
        """
        if self.phase is Phase.OVER:
            return None
        if self.phase is Phase.DELIVERING:
            return self._read_reply(received)
        event = self._watch_for_end(received) if self.phase is Phase.DECIDING else self._read_call(received)
        if isinstance(event, Gone):
            self.phase = Phase.OVER
        return event

    def _read_call(self, received: bytes) -> ExchangeEvent | None:
        if not received:
            return Gone("closed before the reply to connect")
        self._parser.feed(received)
        message = self._parser.next()
        if message is None:
            return None
        if _is_goodbye(message):
            return Gone("the call ended before the reply to connect")
        if message.get("Content-Type") != "command/reply":
            raise ProtocolError("the first message is not the reply to connect")
        self.phase, self._parser = Phase.DECIDING, Parser()
        return CallToDecide(call_of(message, self._waits_since))

    def _watch_for_end(self, received: bytes) -> Gone | None:
        """Ignores events while the engine decides; only the call's end matters."""
        self._parser.feed(received)
        try:
            while message := self._parser.next():
                if _is_goodbye(message):
                    return Gone("the call ended")
        except ProtocolError as problem:
            return Gone(str(problem))
        return None if received else Gone("closed")

    def _read_reply(self, received: bytes) -> Delivered | None:
        self._reply += received
        if received and len(self._reply) < LONGEST_BODY:
            return None
        self.phase = Phase.OVER
        return Delivered(_ACCEPTED in self._reply)


def _is_goodbye(message: Message) -> bool:
    return message.get("Content-Type") == "text/disconnect-notice"
