"""The lookup of the person responsible for a caller in a CRM: its request and its results.

Facts only, between the adapters of CRMs and the pure decision. Names and e-mails are in no repr, so that no log line
shows them by accident.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

#: Entities that a step can search for; each adapter maps them to the vendor's.
Kind = Literal["lead", "deal", "contact"]
KINDS: tuple[Kind, ...] = ("lead", "deal", "contact")


@dataclass(frozen=True)
class Owner:
    """A user of the CRM. ``active`` is false for people who left, and for non-persons (a queue)."""

    id: str
    email: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    extension: str = ""
    active: bool = True


@dataclass(frozen=True)
class OwnerFound:
    """An entity with the caller's number and an active owner; ``stale``: an earlier answer.

    ``passed``: better matches that were skipped, with reasons for the journal.
    """

    kind: Kind
    id: str
    owner: Owner
    caller_name: str = field(default="", repr=False)
    card_url: str = field(default="", repr=False)
    stale: bool = False
    passed: tuple[str, ...] = ()


@dataclass(frozen=True)
class NoOwnerFound:
    """The CRM answered without anybody to ring; ``reason``: nothing was found, or the owners are unknown.

    ``is_known``: the CRM still knows the caller.
    """

    reason: str
    stale: bool = False
    is_known: bool = False


@dataclass(frozen=True)
class Failed:
    """The CRM gave no valid answer in time, and there is no earlier one."""

    reason: str


Outcome = OwnerFound | NoOwnerFound | Failed


#: Whether an owner is a person of the project.
Knows = Callable[[Owner], bool]
