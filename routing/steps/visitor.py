"""``visitor``: look up the site's visitor to whom the dialled number of a pool is lent.

Calls to a pool's numbers start with this step automatically. Later steps can use the visitor's facts: ``match`` with
``entity.NAME`` and ``source.NAME``, webhooks as parameters. Without the engine, its store or a lease the call goes on
without them.

Good::

    - visitor: kharkiv_site

Bad, an unknown pool (``no pool is called...``)::

    - visitor: kharkiv_sight
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import Field

from routing.model.fields import Id
from routing.model.folder import Folder
from routing.model.problem import Loc, did_you_mean
from routing.steps.base import Complaint, Variation
from routing.steps.dynamic import MEMORY_SECONDS, MemoryLookup


class VisitorStep(MemoryLookup):
    """Look up the visitor; always falls through."""

    kind: ClassVar[str] = "visitor"
    may_be_inline: ClassVar[bool] = False
    primary: ClassVar[str] = "pool"

    pool: Id = Field(description="The pool whose number was dialled.")

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """The pool exists."""
        if self.pool not in folder.pools and not folder.excuses("pools", self.pool):
            yield (*loc, "pool"), f"no pool is called `{self.pool}`", did_you_mean(self.pool, folder.pools)

    @classmethod
    def variations(cls, table: Mapping[str, Any], person: str, schemes: Sequence[str]) -> Iterator[Variation]:
        """See DynamicStep."""
        return iter(())

    def runtime(self, folder: Folder) -> dict[str, Any] | None:
        """The pool of the lease, and the entities that calls may carry."""
        tracking = folder.project.tracking
        return {
            "kind": self.kind,
            "timeout_s": MEMORY_SECONDS,
            "project": folder.project.name,
            "pool": self.pool,
            "entities": sorted(tracking.entities) if tracking else [],
        }
