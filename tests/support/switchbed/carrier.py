"""A carrier that our gateway registers with: it challenges, lets registrations run out, calls what was registered."""

from __future__ import annotations

import hashlib
import re
import time
from dataclasses import dataclass, field

from .agent import Agent
from .dialog import HOST, URI, Call
from .sip import Message
from .waiting import until

_PARAMETER = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
REALM = "carrier.example"


@dataclass
class Carrier(Agent):
    """``users``: passwords of the accounts that may register; ``expires_s``: how long a registration lasts.

    ``refuses``: a status that every REGISTER gets, as of a carrier that has lost its customers.
    """

    users: dict[str, str] = field(default_factory=dict)
    expires_s: int = 60
    refuses: int = 0
    #: Account to Contact, and when it was last registered, monotonic seconds.
    bound: dict[str, tuple[str, float]] = field(default_factory=dict)
    challenged: int = 0

    def registered(self, account: str, after: float = 0.0) -> str:
        """Wait until an account is registered, again after a moment; the address of its Contact."""
        found = until(lambda: bound[0] if (bound := self.bound.get(account)) and bound[1] > after else None, 20)
        assert found, f"{account} has not registered: {self.bound}"
        return str(found)

    def call_contact(self, address: str, to: str, *headers: str, sender: str = "+380671234567") -> Call:
        """Call an address, with a number in To."""
        return self.call(to, *headers, sender=sender, uri=address)

    def _request(self, message: Message, peer: tuple[str, int]) -> None:
        if message.start != "REGISTER":
            super()._request(message, peer)
        elif self.refuses:
            self.respond(message, peer, f"{self.refuses} Refused")
        elif not self._is_known(message):
            self.challenged += 1
            challenge = (
                f'WWW-Authenticate: Digest realm="{REALM}", nonce="{time.monotonic_ns()}", algorithm=MD5, qop="auth"'
            )
            self.respond(message, peer, "401 Unauthorized", challenge)
        else:
            self._bind(message, peer)

    def _bind(self, message: Message, peer: tuple[str, int]) -> None:
        contact, account = message.header("Contact"), _account(message)
        found = URI.search(contact)
        assert found, message.text
        if message.header("Expires") == "0":
            self.bound.pop(account, None)
            self.respond(message, peer, "200 OK")
            return
        self.bound[account] = (found[1], time.monotonic())
        self.respond(message, peer, "200 OK", f"Contact: <{found[1]}>;expires={self.expires_s}")

    def _is_known(self, message: Message) -> bool:
        said = {name: quoted or plain for name, quoted, plain in _PARAMETER.findall(message.header("Authorization"))}
        if "response" not in said:
            return False
        secret = _md5(f"{said['username']}:{REALM}:{self.users.get(said['username'], '')}")
        asked = _md5(f"REGISTER:{said['uri']}")
        return said["response"] == _md5(f"{secret}:{said['nonce']}:{said['nc']}:{said['cnonce']}:auth:{asked}")


def _account(message: Message) -> str:
    found = re.search(r"sip:([^@>;]+)@", message.header("To"))
    assert found, message.text
    return found[1]


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


__all__ = ["HOST", "Carrier"]
