"""A CRM under test: one vendor's fake, the adapter over it, virtual time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from routing.crm.lookup import Tasks
from routing.crm.systems import Systems
from routing.decide.crm_lookup import visitor_facts
from routing.http.breaker import Breaker
from routing.model.crm_settings import crm_of, runtime
from routing.model.decision import Call
from routing.model.entities import Visitor
from routing.model.lookup import Kind, Outcome, Owner
from routing.model.web import Http
from support.crm_fake import Fake, VirtualTasks
from support.crm_fakes.altegio import Altegio
from support.crm_fakes.amocrm import Amocrm
from support.crm_fakes.bitrix24 import Bitrix24
from support.crm_fakes.creatio import Creatio, CreatioLogin
from support.crm_fakes.generic import Generic
from support.crm_fakes.hubspot import Hubspot, HubspotLeads
from support.crm_fakes.pipedrive import Pipedrive
from support.crm_fakes.retailcrm import Retailcrm
from support.crm_fakes.salesforce import Salesforce
from support.crm_fakes.zoho_crm import ZohoCrm
from support.crm_fakes.zoho_desk import ZohoDesk
from support.crm_world import CALLER, World

FAKES: tuple[type[Fake], ...] = (
    Pipedrive,
    Hubspot,
    HubspotLeads,
    ZohoCrm,
    ZohoDesk,
    Salesforce,
    Amocrm,
    Bitrix24,
    Retailcrm,
    Creatio,
    CreatioLogin,
    Altegio,
    Generic,
)
ORDER: tuple[Kind, ...] = ("lead", "deal", "contact")


def config(fake: type[Fake] | Fake, **settings: Any) -> dict[str, Any]:
    """A step's ``crm`` entry, through the fields that an author's YAML goes through."""
    model, value = crm_of(fake.vendor, {**fake.settings, **settings})
    return runtime("ours", model.model_validate(value))


@dataclass
class Bed:
    """``ask`` looks the caller up; ``known`` are the owner numbers that persons stand for."""

    fake: Fake
    tasks: Tasks | None = None
    http: Http | None = None
    known: set[int] = field(default_factory=lambda: {17, 18, 19})
    systems: Systems = field(init=False)

    def __post_init__(self) -> None:
        clock = self.fake.clock
        self.systems = Systems(
            http=self.http or self.fake,
            breaker=Breaker(clock),
            tasks=self.tasks or VirtualTasks(clock),
            secrets=self.fake.secrets,
            clock=clock,
            now=clock.epoch,
        )
        for number in (17, 18, 19, 20):
            self.world.user(number, active=number != 20)

    @property
    def world(self) -> World:
        return self.fake.world

    def knows(self, owner: Owner) -> bool:
        return self.fake.number(owner.id) in self.known

    def ask(
        self,
        *order: Kind,
        caller: str = CALLER,
        deadline_s: float = 2.0,
        visitor: Visitor | None = None,
        **settings: Any,
    ) -> Outcome:
        """``settings``: of the CRM, in place of the fake's own."""
        asked, visitor = config(self.fake, **settings), visitor or Visitor()
        call = Call("u", "/r", "s", "1", "", caller, entities=visitor.entities, source=visitor.source)
        step = {"crm": asked}
        return self.systems.lookup(asked, caller, order or ORDER, self.knows, deadline_s, visitor_facts(step, call))

    def later(self, seconds: float) -> None:
        self.fake.clock.seconds += seconds

    def chosen(self, outcome: Outcome) -> tuple[str, int, int]:
        """What was found, in neutral numbers: kind, entity, owner."""
        assert hasattr(outcome, "owner"), outcome
        return outcome.kind, self.fake.number(outcome.id), self.fake.number(outcome.owner.id)
