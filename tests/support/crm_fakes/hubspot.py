"""HubSpot's API: searches by filter groups; the searchable number is national and so matches other countries'."""

from __future__ import annotations

from typing import Any, ClassVar

from support.crm_fake import Asked, Fake, cut, route
from support.crm_world import Entity, digits, iso


class Hubspot(Fake):
    vendor = "hubspot"
    settings: ClassVar = {"token": "TOKEN", "portal": "777"}

    def admits(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == "Bearer hush-static"

    def contact_rows(self) -> list[dict[str, Any]]:
        """A lead is a contact of a lead's stage."""
        plain = [_contact(each, "customer", None) for each in self.world.contacts]
        return plain + [_contact(each, "lead", None if each.open else "UNQUALIFIED") for each in self.world.leads]

    @route("POST", "/crm/v3/objects/contacts/search")
    def contacts(self, asked: Asked) -> Any:
        return _search(self.contact_rows(), asked.json)

    @route("POST", "/crm/v3/objects/deals/search")
    def deals(self, asked: Asked) -> Any:
        facts = [(_facts(each) | {"hs_is_closed": str(not each.open).lower()}, each) for each in self.world.deals]
        rows = [{"id": str(e.id), "properties": f | {"associations.contact": str(e.contact)}} for f, e in facts]
        return _search(rows, asked.json)

    @route("GET", r"/crm/v3/owners/(\d+)")
    def owners(self, asked: Asked) -> Any:
        user = self.world.users[int(asked.found[0])]
        first, last = user.name.split(" ")
        names = {"firstName": first, "lastName": last}
        return {"id": str(user.id), "email": user.email, **names, "archived": not user.active}


class HubspotLeads(Hubspot):
    """With lead objects, which hang on contacts that have no owner."""

    settings: ClassVar = {"token": "TOKEN", "portal": "777", "leads": "objects"}

    def contact_rows(self) -> list[dict[str, Any]]:
        hidden = [Entity(9000 + lead.id, lead.phones, None, 0.0) for lead in self.world.leads]
        return [_contact(each, "customer", None) for each in self.world.contacts + hidden]

    @route("POST", "/crm/v3/objects/leads/search")
    def leads(self, asked: Asked) -> Any:
        rows = []
        for each in self.world.leads:
            state = {"hs_lead_is_open": "true"} if each.open else {"hs_pipeline_stage": "unqualified-stage-id"}
            own = {"associations.contact": str(9000 + each.id)}
            rows.append({"id": str(each.id), "properties": _facts(each) | state | own})
        return _search(rows, asked.json)


def _contact(each: Entity, stage: str, status: str | None) -> dict[str, Any]:
    number = digits(each.phones[0])[-9:]
    facts = {
        "phone": each.phones[0],
        "mobilephone": None,
        "hs_searchable_calculated_phone_number": number,
        "firstname": each.name,
        "lifecyclestage": stage,
        "hs_lead_status": status,
        "lastmodifieddate": iso(each.changed),
        "hubspot_owner_id": each.owner and str(each.owner),
    }
    return {"id": str(each.id), "properties": facts}


def _facts(each: Entity) -> dict[str, Any]:
    return {"hubspot_owner_id": each.owner and str(each.owner), "hs_lastmodifieddate": iso(each.changed)}


def _holds(facts: dict[str, Any], asked: dict[str, Any]) -> bool:
    value = facts.get(asked["propertyName"])
    return value == asked["value"] if asked["operator"] == "EQ" else value in asked["values"]


def _search(rows: list[dict[str, Any]], body: dict[str, Any]) -> Any:
    groups = body["filterGroups"]
    assert 1 <= len(groups) <= 6 and body["limit"] <= 200
    shown = set(body["properties"])
    found = [
        {"id": row["id"], "properties": {key: value for key, value in row["properties"].items() if key in shown}}
        for row in rows
        if any(all(_holds(row["properties"], each) for each in group["filters"]) for group in groups)
    ]
    start, size = int(body.get("after", 0)), body["limit"]
    paging = {"paging": {"next": {"after": str(start + size)}}} if start + size < len(found) else {}
    return {"total": len(found), "results": cut(found, start, size), **paging}
