"""Zoho CRM's API: 204 when nothing is found; a phone search that matches other countries' numbers."""

from __future__ import annotations

from typing import Any, ClassVar

from support.crm_fake import Asked, cut, route
from support.crm_fakes.zoho import ACCOUNT, Zoho
from support.crm_world import Entity, iso


class ZohoCrm(Zoho):
    vendor = "zoho_crm"
    page = 200
    settings: ClassVar = {**ACCOUNT, "organisation": "55"}

    @route("GET", "/crm/v8/(Leads|Contacts)/search")
    def search(self, asked: Asked) -> Any:
        leads = asked.found[0] == "Leads"
        found = self.leads_like(asked.one("phone")) if leads else self.contacts_like(asked.one("phone"))
        found = [each for each in found if each.open or asked.one("converted") != "false"]
        start, size = (asked.number("page", 1) - 1) * asked.number("per_page", 200), asked.number("per_page", 200)
        assert size <= 200
        rows = [self._row(each) | {"Phone": each.phones[0], "Last_Name": each.name} for each in cut(found, start, size)]
        return {"data": rows, "info": {"more_records": start + size < len(found)}} if rows else None

    @route("GET", r"/crm/v8/Contacts/(\d+)/Deals")
    def deals(self, asked: Asked) -> Any:
        rows = [
            self._row(each) | {"Stage": "Qualification" if each.open else "Closed Lost"}
            for each in self.world.deals
            if each.contact == int(asked.found[0])
        ]
        return {"data": rows, "info": {"more_records": False}} if rows else None

    @route("GET", r"/crm/v8/users/(\d+)")
    def user(self, asked: Asked) -> Any:
        user = self.world.users[int(asked.found[0])]
        state = "active" if user.active else "inactive"
        return {"users": [{"id": str(user.id), "full_name": user.name, "email": user.email, "status": state}]}

    def _row(self, each: Entity) -> dict[str, Any]:
        owner = {"id": str(each.owner), "name": "User"} if each.owner else None
        return {"id": str(each.id), "Owner": owner, "Modified_Time": iso(each.changed)}
