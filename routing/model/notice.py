"""What a notice tells, of a voicemail, a missed call or a phone in a new network, and how sending one may fail; between
the journal, which keeps it, and e-mail or webhooks.

Facts only; times are seconds since the epoch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Notice:
    """A call (its uuid) that nobody talked with. ``to``: e-mail addresses; ``recording``: the voicemail's sound file,
    "" when there is none; ``status``: how the call ended, in the journal's words; ``wait_s``: for how long they waited;
    ``tags``: the labels of `tag` steps; ``node``: who carried the call and has the recording.
    """

    call: str
    project: str
    number: str
    scheme: str
    caller: str
    box: str
    started: float
    ended: float
    recording: str
    to: tuple[str, ...]
    status: str = "voicemail"
    wait_s: float = 0.0
    tags: tuple[str, ...] = ()
    node: str = ""

    @property
    def id(self) -> str:
        """The same for the same notice."""
        return self.call


@dataclass(frozen=True, slots=True)
class NewNetwork:
    """A SIP account has registered from a ``network`` where it was never before: its owner travels, or somebody has its
    password. ``phone``: ``ivan.desk``, "" when the account is nobody's; ``agent``: what the phone calls itself.
    """

    project: str
    account: str
    phone: str
    network: str
    address: str
    agent: str
    at: float
    to: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The same for the same notice."""
        return f"network-{self.account}-{self.network}-{self.at:.0f}"


class Later(Exception):
    """Nobody has the notice yet: it is worth trying again.

    ``is_away``: the server itself is not to be had, whatever the notice; ``after_s``: it was not asked at all, and may
    be after so many seconds.
    """

    def __init__(self, reason: str, after_s: float = 0.0, is_away: bool = False) -> None:
        super().__init__(reason)
        self.after_s, self.is_away = after_s, is_away


class NoticeRefused(Exception):
    """The mail server, or the address, will never take this notice."""


class Mail(Protocol):
    """Sends notices. The same notice sent twice is the same message, with the same Message-ID."""

    def send(self, notice: Notice | NewNetwork) -> Mapping[str, str]:
        """Send one; returns the addressees that were refused and why. Raises Later and Refused."""


class Hooks(Protocol):
    """Tells web addresses. The same notice told twice is the same message, with the same id."""

    def tell(self, notice: Notice | NewNetwork, url: str) -> None:
        """Tell one address. Raises Later and Refused."""
