"""What stands in a CRM in tests, in neutral words: users, contacts, leads, deals. A fake says it as its vendor does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

CALLER = "+380671234567"
#: The same last nine digits in another country.
ABROAD = "+48671234567"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC).timestamp()
#: Changes are minutes after this.
THEN = NOW - 5 * 86400


@dataclass(frozen=True)
class User:
    id: int
    email: str
    name: str
    extension: str
    active: bool = True


@dataclass(frozen=True)
class Entity:
    """``contact``: the contact of a deal. ``changed``: epoch seconds."""

    id: int
    phones: tuple[str, ...]
    owner: int | None
    changed: float
    open: bool = True
    name: str = "Олена Клієнт"
    contact: int = 0


@dataclass
class World:
    users: dict[int, User] = field(default_factory=dict)
    contacts: list[Entity] = field(default_factory=list)
    leads: list[Entity] = field(default_factory=list)
    deals: list[Entity] = field(default_factory=list)
    last: int = 100

    def user(self, number: int, active: bool = True) -> int:
        self.users[number] = User(number, f"user{number}@example.com", f"User {number}", str(100 + number), active)
        return number

    def contact(self, phone: str = CALLER, owner: int | None = 17, minute: int = 1, name: str = "Олена Клієнт") -> int:
        self.contacts.append(Entity(self._next(), (phone,), owner, THEN + minute * 60, name=name))
        return self.last

    def lead(self, phone: str = CALLER, owner: int | None = 17, minute: int = 1, open: bool = True) -> int:
        self.leads.append(Entity(self._next(), (phone,), owner, THEN + minute * 60, open))
        return self.last

    def deal(self, contact: int, owner: int | None = 17, minute: int = 1, open: bool = True) -> int:
        phones = next(each.phones for each in self.contacts if each.id == contact)
        self.deals.append(Entity(self._next(), phones, owner, THEN + minute * 60, open, contact=contact))
        return self.last

    def _next(self) -> int:
        self.last += 1
        return self.last


def iso(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="seconds")


def digits(number: str) -> str:
    return "".join(sign for sign in number if sign.isdigit())


def overmatches(stored: str, asked: str) -> bool:
    """As search endpoints do: the last seven digits stand somewhere in the stored number."""
    return digits(asked)[-7:] in digits(stored)
