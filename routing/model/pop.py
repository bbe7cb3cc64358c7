"""Screen pops: the caller, the person whose phone rings, and the caller's page in the CRM.

Names and addresses are in no repr, so that no log line shows them by accident.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

#: Browsers that reconnect get pops up to this age.
KEPT_SECONDS = 60


@dataclass(frozen=True)
class Card:
    """A caller's record: its CRM, its kind (``lead``, ``deal`` or ``contact``), its id and its page."""

    system: str
    kind: str
    id: str
    name: str = field(default="", repr=False)
    url: str = field(default="", repr=False)


@dataclass(frozen=True)
class Pop:
    """A person's phones are about to ring for a call (its uuid). ``phones``: ``ivan.desk``; ``name``: the caller's.

    ``number`` was dialled; ``caller`` is ``+`` and digits or ``anonymous``; ``by`` is the kind of the deciding step.
    ``entities`` and ``source``: facts of the site's visitor to whom the number was lent.
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
    #: The number that a hidden caller has dialled as theirs, or "".
    stated_number: str = ""
    #: What the caller has typed, by name; nothing secret.
    typed: Mapping[str, str] = field(default_factory=dict, repr=False)

    def as_json(self) -> dict[str, Any]:
        """The JSON data that browsers get."""
        fields = asdict(self)
        return fields | {"told": fields.pop("stated_number"), "asked": fields.pop("typed")}


class PopsDown(Exception):
    """The store does not answer in time; the text says why. A normal case."""


class Pops(Protocol):
    """Carries pops from engines to the servers for browsers, for about a minute. Both methods raise PopsDown."""

    def tell(self, project: str, text: str) -> None:
        """Add one, as JSON."""

    def after(self, project: str, last: str, wait_s: float) -> Sequence[tuple[str, str]]:
        """(id, text) of pops after the id ``last``, oldest first; waits up to ``wait_s`` for one.

        Ids are ``<ms>-<number>``, milliseconds since the epoch; ``0-0`` comes before all.
        """
