"""Passwords that phones show: who guesses is refused for a while, by address, never the account alone.

Ten wrong ones of an account from one address and that account is refused there; forty of any accounts and the address
is refused altogether, but for accounts whose phones have shown the right one from there. The owner of an account, at an
address of their own, notices nothing, whoever guesses elsewhere; nor does a phone at the port where it is registered.
Each time it happens again takes twice as long.

FreeSWITCH refuses: it reads a global variable a refusal (`variable`, `value`). What is remembered is bounded, the least
recently seen is forgotten first. Pure: times are seconds since the epoch and come in.
"""

from __future__ import annotations

import ipaddress
import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

PREFIX = "routing_guesses/"
#: Wrong passwords within so many seconds that are one too many: of an account from an address, of an address in all.
WINDOW_SECONDS = 600.0
MOST_OF_ACCOUNT = 10
MOST_OF_ADDRESS = 40
FIRST_SECONDS, LONGEST_SECONDS = 600.0, 86_400.0
#: What is remembered: accounts at addresses with wrong passwords, and with right ones; refusals at a time.
MOST_REMEMBERED = 20_000
MOST_REFUSALS = 5_000
#: Accounts that one address can have and still be spared; FreeSWITCH reads their names at every password.
MOST_SPARED = 200
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Refusal:
    """``account`` "": every account but the ``spared`` ones. ``address`` is as `address_key` writes it."""

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
        """What the variable holds: when it is over, and who is spared."""
        return " ".join((f"{self.until_s:.0f}", *self.spared))


@dataclass
class _Tries:
    since_s: float
    count: int = 0
    refused: int = 0
    until_s: float = 0.0


@dataclass
class Guesses:
    """What every address has tried. ``trusted``: networks that are never refused, such as a SIP proxy of one's own."""

    trusted: Sequence[_Network] = ()
    #: (address, account) -> its wrong passwords; account "": all that were tried there
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
        """A password was wrong; what is refused from now on because of it."""
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
        """Whoever is refused is not heard: what they try meanwhile says nothing."""
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
    """An address as refusals name it: IPv4 whole, of IPv6 the first 64 bits, as one customer has them; "" for none."""
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
    """Names of variables whose refusal is over, or that say nothing; the soonest ones too where there are too many."""
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
