"""The interface between the vendors' adapters and the common rules: the adapter's protocol and its records.

Also small readers of JSON that never raise: a value that is absent or of another type is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import quote

from routing.crm.lookup import Lookup
from routing.model.lookup import Kind, Owner

#: Most rows of a page; further rows, which only a hostile CRM sends, are ignored.
MOST_ROWS = 1000


@dataclass(frozen=True)
class CrmRecord:
    """An open lead or deal, or a contact, with the caller's number.

    ``changed``: epoch seconds of its last change, 0 when unknown; ``phones``: its numbers, to be compared, or None when
    the adapter has compared them; ``owner``: set when the answer held the owner's details.
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
    """One vendor. A KeyError, TypeError, ValueError and the like in it means an answer of unknown format."""

    @property
    def kinds(self) -> Collection[Kind]:
        """The kinds that the CRM has; others are skipped."""

    def find(self, kind: Kind, lookup: Lookup) -> Sequence[CrmRecord]:
        """Entities of a kind with the caller's number: open ones only, in any order. Raises Fault."""

    def owner(self, owner_id: str, lookup: Lookup) -> Owner | None:
        """A user of the CRM by id; None when there is no such user. Raises Fault."""


def when(value: Any) -> float:
    """Epoch seconds of a CRM's time: ISO 8601 (UTC without a zone) or epoch seconds; 0 for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def text(value: Any) -> str:
    """A scalar as text; "" for anything else."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    return str(value).strip()


def segment(value: Any) -> str:
    """An id as one segment of a URL path, quoted. Raises ValueError for "", "." and ".."."""
    part = quote(text(value), safe="")
    if part in ("", ".", ".."):
        raise ValueError("not an id")
    return part


def link(value: Any) -> str:
    """A URL that a browser may open, "" for anything but http and https."""
    address = text(value)
    return address if address.startswith(("https://", "http://")) else ""


def full_name(*parts: Any) -> str:
    """The name parts that are not empty, joined by spaces."""
    return " ".join(filter(None, map(text, parts)))


def rows(value: Any) -> list[dict[str, Any]]:
    """The objects in a list, at most `MOST_ROWS`; none for anything but a list."""
    return [each for each in value[:MOST_ROWS] if isinstance(each, dict)] if isinstance(value, list) else []


def under(value: Any, *keys: str) -> Any:
    """``value[a][b]...``, or None when a key is missing."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value
