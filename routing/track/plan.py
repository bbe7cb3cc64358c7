"""A release's tracking plan (``tracking.json``): the sites, the entities that pages may send, the pools in order.

Knows nothing of HTTP and of files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routing.model.entities import SOURCES, AcceptedValues, Visitor, cleaned
from routing.model.pools import PoolWhen
from routing.model.visitors import Lending


@dataclass(frozen=True)
class Lender:
    """A pool: its conditions, the numbers that it lends, the overflow number for when all are lent."""

    lending: Lending
    when: PoolWhen
    overflow: str


@dataclass(frozen=True)
class TrackingPlan:
    """One project's tracking. ``shown``: E.164 number -> the number as people write it."""

    origins: frozenset[str]
    key: str
    entities: Mapping[str, Mapping[str, Any]]
    lenders: Sequence[Lender]
    shown: Mapping[str, str]
    #: Whether visitors may order calls: the site script then offers the form.
    callbacks: bool = False
    #: Measurement ids of Google Analytics.
    streams: tuple[str, ...] = ()

    def lender_for(self, visitor: Visitor, page: str) -> Lender | None:
        """The first pool whose conditions fit a visit of this page (a path)."""
        return next((lender for lender in self.lenders if lender.when.fits(visitor, page)), None)

    @property
    def moves(self) -> bool:
        """Whether the pool may change between the pages of a visit."""
        of_view = {f"entity.{name}" for name, entity in self.entities.items() if entity.get("level") == "view"}
        return any(lender.when.page or of_view & lender.when.questions.keys() for lender in self.lenders)

    def lender(self, name: str) -> Lender | None:
        """A pool by its name."""
        return next((lender for lender in self.lenders if lender.lending.pool == name), None)

    def kept(self, content: Mapping[str, Any]) -> tuple[Visitor, dict[str, str]]:
        """The facts to store from a page's content: those of the visit, and those of the page alone."""
        entities = content.get("entities")
        of_level = {
            level: [name for name, entity in self.entities.items() if entity.get("level") == level]
            for level in ("session", "view")
        }
        source = cleaned(content.get("source"), SOURCES)
        return Visitor(cleaned(entities, of_level["session"]), source), cleaned(entities, of_level["view"])


def plan_of(table: Mapping[str, Any]) -> TrackingPlan:
    """The plan in a release's ``tracking.json``. Raises KeyError, TypeError or ValueError when it is none."""
    tracking = table["tracking"] or {}
    return TrackingPlan(
        origins=frozenset(tracking.get("origins", ())),
        key=str(tracking.get("key") or ""),
        entities=tracking.get("entities", {}),
        lenders=[_lender(table["project"], pool) for pool in table["pools"]],
        shown=table["shown"],
        callbacks=bool(table.get("callbacks")),
        streams=tuple(table.get("streams", ())),
    )


def _lender(project: str, pool: Mapping[str, Any]) -> Lender:
    questions = {
        question: AcceptedValues(tuple(requirement["texts"]), tuple(requirement["patterns"]))
        for question, requirement in pool["questions"].items()
    }
    lending = Lending(project, pool["name"], tuple(pool["numbers"]), int(pool["lease_s"]), int(pool["keep_s"]))
    return Lender(lending, PoolWhen.model_construct(page=list(pool["page"]), questions=questions), pool["overflow"])
