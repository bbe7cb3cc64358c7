"""Who is responsible for a caller, as a CRM says it: what a look-up is asked for and what it answers.

Facts only, between the adapters of CRMs and the pure decision. Names and e-mails stay out of every repr, so that no
log line can show them by accident.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

#: Entities that a step can ask for, in the words of schemes; each vendor's adapter says what they are there.
Kind = Literal["lead", "deal", "contact"]
KINDS: tuple[Kind, ...] = ("lead", "deal", "contact")


@dataclass(frozen=True)
class Owner:
    """A user of the CRM. ``active`` is false for somebody who left, and for what is no person (a queue)."""

    id: str
    email: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    extension: str = ""
    active: bool = True


@dataclass(frozen=True)
class OwnerFound:
    """An entity with the caller's number and the active owner who stands for it; ``stale``: an earlier answer.

    ``passed`` says which better matches were passed over and why, for the journal.
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
    """The CRM answered and names nobody to ring; ``reason`` in words: nothing found, or owners that are unknown.

    ``is_known``: the caller is in the CRM all the same.
    """

    reason: str
    stale: bool = False
    is_known: bool = False


@dataclass(frozen=True)
class Failed:
    """The CRM gave no usable answer in time and there is no earlier one."""

    reason: str


Outcome = OwnerFound | NoOwnerFound | Failed


#: Whether a person of the project stands for an owner.
Knows = Callable[[Owner], bool]
