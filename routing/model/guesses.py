"""Protection against guessed SIP passwords: refusals for a while, always by address, never by account alone.

After ten wrong passwords of an account from one address, that account is refused there; after forty of any accounts the
address is refused, except for accounts that have shown the right password from there. The owner of an account notices
nothing at another address, and neither does a phone at the port where it is registered. Each repetition doubles the
time.

FreeSWITCH enforces it: it reads one global variable per refusal (`variable`, `value`). Memory is bounded; the least
recently seen entries are dropped first. Pure: times are arguments, in seconds since the epoch.
"""

from __future__ import annotations

import ipaddress
import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

PREFIX = "routing_guesses/"
#: Limits of wrong passwords within the window: of an account from an address, and of an address in all.
WINDOW_SECONDS = 600.0
MOST_OF_ACCOUNT = 10
MOST_OF_ADDRESS = 40
FIRST_SECONDS, LONGEST_SECONDS = 600.0, 86_400.0
#: Limits of memory: accounts at addresses with wrong passwords, and with right ones; concurrent refusals.
MOST_REMEMBERED = 20_000
MOST_REFUSALS = 5_000
#: Most exempt accounts of one address; FreeSWITCH reads their names at every password.
MOST_SPARED = 200
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Refusal:
    """``account`` "": every account except the ``spared`` ones. ``address`` has the form of `address_key`."""

    address: str
    account: str
    until_s: float
    spared: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """The name of its global variable."""
        return f"{PREFIX}{self.address}/{self.account}"

    @property
    def value(self) -> str:
        """The variable's value: the end of the refusal, and the exempt accounts."""
        return " ".join((f"{self.until_s:.0f}", *self.spared))


@dataclass
class _Tries:
    since_s: float
    count: int = 0
    refused: int = 0
    until_s: float = 0.0


@dataclass
class Guesses:
    """The attempts of every address. ``trusted``: networks that are never refused, such as an own SIP proxy."""

    trusted: Sequence[_Network] = ()
    #: (address, account) -> its wrong passwords; account "": all attempts from there
    _tries: OrderedDict[tuple[str, str], _Tries] = field(default_factory=OrderedDict)
    #: address -> accounts that showed the right one there
    _right: OrderedDict[str, OrderedDict[str, None]] = field(default_factory=OrderedDict)

    def right(self, account: str, address: str) -> None:
        """An account has shown its password from an address."""
        key, account = address_key(address), account.lower()
        if not (key and _ACCOUNT.fullmatch(account)):
            return
        accounts = self._right.setdefault(key, OrderedDict())
        accounts[account] = None
        accounts.move_to_end(account)
        _forget(accounts, MOST_SPARED)
        self._right.move_to_end(key)
        _forget(self._right, MOST_REMEMBERED)
        self._tries.pop((key, account), None)

    def wrong(self, account: str, address: str, at_s: float) -> Refusal | None:
        """A password was wrong; return the refusal that follows, if any."""
        key, account = address_key(address), account.lower()  # FreeSWITCH finds accounts whatever their case
        if not key or self._is_trusted(address) or self._is_refused(key, account, at_s):
            return None
        of_account = self._count(key, account, at_s) if _ACCOUNT.fullmatch(account) else None
        of_address = self._count(key, "", at_s)
        if of_address.count >= MOST_OF_ADDRESS:
            return Refusal(key, "", _refuse(of_address, at_s), tuple(self._right.get(key, ())))
        if of_account and of_account.count >= MOST_OF_ACCOUNT:
            return Refusal(key, account, _refuse(of_account, at_s))
        return None

    def _is_trusted(self, address: str) -> bool:
        found = ipaddress.ip_address(address)
        return any(found in network for network in self.trusted)

    def _is_refused(self, key: str, account: str, at_s: float) -> bool:
        """Whether the account is refused there: attempts during a refusal do not count."""
        held = (self._tries.get((key, whose)) for whose in ("", account))
        whole, own = (tries is not None and at_s < tries.until_s for tries in held)
        return own or (whole and account not in self._right.get(key, ()))

    def _count(self, key: str, account: str, at_s: float) -> _Tries:
        tries = self._tries.setdefault((key, account), _Tries(at_s))
        self._tries.move_to_end((key, account))
        _forget(self._tries, MOST_REMEMBERED)
        if at_s - tries.since_s > WINDOW_SECONDS:
            if at_s - tries.since_s > LONGEST_SECONDS + WINDOW_SECONDS:
                tries.refused = 0
            tries.since_s, tries.count = at_s, 0
        tries.count += 1
        return tries


def address_key(text: str) -> str:
    """An address in the form of refusals: IPv4 complete, IPv6 by its first 64 bits (one customer); "" for none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return ":".join(f"{int(group, 16):x}" for group in address.exploded.split(":")[:4])


def over(variables: Iterator[tuple[str, str]], at_s: float) -> list[str]:
    """Names of variables with an expired or invalid refusal; with too many, also those that expire first."""
    ends = sorted((_until(value), name) for name, value in variables)
    spare = max(0, len(ends) - MOST_REFUSALS)
    return [name for place, (until_s, name) in enumerate(ends) if until_s <= at_s or place < spare]


def _until(value: str) -> float:
    first = value.partition(" ")[0]
    return float(first) if first.isdigit() else 0.0


def _refuse(tries: _Tries, at_s: float) -> float:
    tries.until_s = at_s + min(FIRST_SECONDS * 2.0 ** min(tries.refused, 10), LONGEST_SECONDS)
    tries.refused += 1
    tries.since_s, tries.count = tries.until_s, 0
    return tries.until_s


def _forget(kept: OrderedDict[Any, Any], most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
