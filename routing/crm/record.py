"""What an adapter finds and what every adapter is: the narrow waist between the vendors and the common rules.

Also small readers of JSON that never raise: what is absent or of another shape is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import quote

from routing.crm.look import Look
from routing.model.lookup import Kind, Owner

#: No CRM sends longer pages; what a hostile one sends beyond is not looked at.
MOST_ROWS = 1000


@dataclass(frozen=True)
class CrmRecord:
    """An open lead or deal, or a contact, with the caller's number.

    ``changed``: epoch seconds of its last change, 0 when unknown; ``phones``: its numbers, compared again, or None for
    an entity that was reached through a contact whose number was compared; ``owner`` when the answer held all of them.
    """

    kind: Kind
    id: str
    owner_id: str
    changed: float = 0.0
    phones: tuple[str, ...] | None = None
    caller_name: str = field(default="", repr=False)
    card_url: str = field(default="", repr=False)
    owner: Owner | None = None


#: A secret's value by its name; raises Fault when there is none.
Secret = Callable[[str], str]


class Adapter(Protocol):
    """One vendor. Any KeyError, TypeError, ValueError and the like from it counts as an answer of unknown form."""

    @property
    def kinds(self) -> Collection[Kind]:
        """Which kinds the CRM has; others are passed over."""

    def find(self, kind: Kind, look: Look) -> Sequence[CrmRecord]:
        """Entities of a kind with the caller's number: open ones only, in any order. Raises Fault."""

    def owner(self, owner_id: str, look: Look) -> Owner | None:
        """A user of the CRM by id; None when there is no such user. Raises Fault."""


def when(value: Any) -> float:
    """Epoch seconds of a time as CRMs write it: ISO 8601 (UTC when it says no zone), or epoch seconds; else 0."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def text(value: Any) -> str:
    """A scalar as text; "" for nothing and for what is no scalar."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    return str(value).strip()


def segment(value: Any) -> str:
    """An id as one part of an address, whatever it holds. Raises ValueError for what would name another place."""
    part = quote(text(value), safe="")
    if part in ("", ".", ".."):
        raise ValueError("not an id")
    return part


def link(value: Any) -> str:
    """An address that a browser may open, "" for anything but http and https."""
    address = text(value)
    return address if address.startswith(("https://", "http://")) else ""


def full_name(*parts: Any) -> str:
    """Name parts with one space between those that are there."""
    return " ".join(filter(None, map(text, parts)))


def rows(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, `MOST_ROWS` at most; nothing of anything else."""
    return [each for each in value[:MOST_ROWS] if isinstance(each, dict)] if isinstance(value, list) else []


def under(value: Any, *keys: str) -> Any:
    """``value[a][b]...``; None where something on the way is missing."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value
