"""What a screen shows while a person's phone rings: who calls, whom, and where the CRM shows the caller.

Names and addresses of cards stay out of every repr, so that no log line can show them by accident.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

#: Screens that open again are told of pops as old as this.
KEPT_SECONDS = 60


@dataclass(frozen=True)
class Card:
    """A caller's record: of which CRM, ``lead``, ``deal`` or ``contact``, its id and the page that shows it."""

    system: str
    kind: str
    id: str
    name: str = field(default="", repr=False)
    url: str = field(default="", repr=False)


@dataclass(frozen=True)
class Pop:
    """A person is about to ring for a call (its uuid). ``phones``: ``ivan.desk``; ``name``: the caller's, or "".

    ``number`` was dialled, ``caller`` is ``+`` and digits or ``anonymous``; ``by`` is the kind of the deciding step.
    ``entities`` and ``source``: what is known of the site's visitor to whom the number was lent.
    """

    call: str
    person: str
    phones: tuple[str, ...]
    caller: str
    number: str
    scheme: str
    by: str
    name: str = field(default="", repr=False)
    card: Card | None = None
    entities: Mapping[str, str] = field(default_factory=dict, repr=False)
    source: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: The number that a hidden caller says is theirs, or "".
    stated_number: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain data, as screens get it."""
        fields = asdict(self)
        return fields | {"told": fields.pop("stated_number")}


class PopsDown(Exception):
    """The store does not answer in time; the text says why. A normal case."""


class Pops(Protocol):
    """Carries pops between engines and the servers of screens, for about a minute. Both methods raise PopsDown."""

    def tell(self, project: str, text: str) -> None:
        """Add one, as JSON."""

    def after(self, project: str, last: str, wait_s: float) -> Sequence[tuple[str, str]]:
        """(id, text) of those after the id ``last``, oldest first; waits for one that long.

        Ids are ``<ms>-<number>``, milliseconds since the epoch; ``0-0`` comes before all.
        """
