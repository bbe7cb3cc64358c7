"""``crm``: ring the person who is responsible for the caller in the CRM.

The engine searches for entities with the caller's number in the given order: only open leads and deals, the newest
first. Their owner rings for ``ring``: the person with that id (``crm:`` of the person), else with that e-mail, else
with that extension. The phone shows the caller's name. A CRM described in YAML can also receive what the site's visitor
looked at and where they came from: ``path: "/leads?phone={phone}&region={entity.region}"``. Without an owner, or
without an answer in time, the call goes on.

Good::

    - crm: {system: bitrix24, order: [deal, contact], timeout: 2s, ring: 20s}
    - crm: bitrix24

Bad, an entity that this CRM does not have (``amocrm has no lead``)::

    - crm: {system: amocrm, order: [lead, deal]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field, field_validator

from routing.model.crm_settings import runtime
from routing.model.fields import Id, NotEmpty, OneOrMany, refuse
from routing.model.folder import Folder
from routing.model.lookup import KINDS, Kind
from routing.model.problem import Loc, did_you_mean
from routing.steps.base import Complaint, Reference, Variation
from routing.steps.dynamic import DynamicStep, RingTime, Timeout


class CrmStep(DynamicStep):
    """Ring the responsible person; falls through when there is none in time, or they did not talk."""

    kind: ClassVar[str] = "crm"
    primary: ClassVar[str] = "system"
    falls_when: ClassVar[str] = "nobody responsible, or nobody talked"
    obeys: ClassVar[frozenset[str]] = frozenset({"person"})

    system: Id = Field(description="Which of the CRMs under `crm:`.")
    order: Annotated[list[Kind], OneOrMany, NotEmpty] = Field(
        list(KINDS), description="Entities to search for, in this order; kinds that the CRM lacks are skipped."
    )
    timeout: Timeout = Field(2, description="Timeout of the CRM, everything included.")
    ring: RingTime = Field(20, description="Ring time of the responsible person.")

    @field_validator("order")
    @classmethod
    def _once(cls, value: list[Kind]) -> list[Kind]:
        if len(set(value)) != len(value):
            raise refuse("an entity is listed twice")
        return value

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """The CRM exists and has these entities."""
        crm = folder.crm.get(self.system)
        if crm is None:
            if not folder.excuses("crm", self.system):
                hint = did_you_mean(self.system, folder.crm) or "describe it under `crm:`"
                yield (*loc, "system"), f"no CRM is called `{self.system}`", hint
        elif "order" in self.model_fields_set:
            for index, kind in enumerate(self.order):
                if kind not in crm.has:
                    yield (*loc, "order", index), f"{self.system} has no {kind}", f"it has {', '.join(crm.has)}"

    @property
    def budget_seconds(self) -> float:
        """The CRM's timeout."""
        return self.timeout

    @property
    def ring_seconds(self) -> float:
        """The responsible person's ring time."""
        return self.ring

    def references(self) -> Iterator[Reference]:
        """See Step."""
        yield "crm", self.system

    @classmethod
    def variations(cls, table: Mapping[str, Any], person: str, schemes: Sequence[str]) -> Iterator[Variation]:
        """See DynamicStep."""
        yield from (("crm", "", what) for what in ("timeout", person) if what)
        yield from super().variations(table, person, schemes)

    def runtime(self, folder: Folder) -> dict[str, Any] | None:
        """How to query the CRM (secrets by name), the entities, and the person's ring time."""
        crm = folder.crm.get(self.system)
        return {
            "kind": self.kind,
            "crm": runtime(self.system, crm, folder.project.country) if crm else {"system": self.system},
            "order": list(self.order),
            "timeout_s": float(self.timeout),
            "ring_s": self.ring,
        }
