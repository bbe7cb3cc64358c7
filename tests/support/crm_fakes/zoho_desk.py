"""Zoho Desk's API: contacts and tickets, 204 when nothing is found, orgId in every request."""

from __future__ import annotations

from typing import Any, ClassVar

from support.crm_fake import Asked, cut, route
from support.crm_fakes.zoho import ACCOUNT, Zoho
from support.crm_world import iso


class ZohoDesk(Zoho):
    vendor = "zoho_desk"
    kinds = ("deal", "contact")
    page = 50
    settings: ClassVar = {**ACCOUNT, "organisation": "4242"}

    def admits(self, asked: Asked) -> bool:
        return super().admits(asked) and asked.headers.get("orgid") == "4242"

    @route("GET", "/api/v1/contacts/search")
    def search(self, asked: Asked) -> Any:
        found = [
            {
                "id": str(each.id),
                "ownerId": each.owner and str(each.owner),
                "lastName": each.name,
                "phone": each.phones[0],
                "mobile": None,
                "modifiedTime": iso(each.changed),
            }
            for each in self.contacts_like(asked.one("phone"))
        ]
        return self._cut(found, asked)

    @route("GET", r"/api/v1/contacts/(\d+)/tickets")
    def tickets(self, asked: Asked) -> Any:
        found = [
            {
                "id": str(each.id),
                "assigneeId": each.owner and str(each.owner),
                "statusType": "Open" if each.open else "Closed",
                "modifiedTime": iso(each.changed),
                "webUrl": f"https://desk.zoho.eu/agent/tickets/{each.id}",
            }
            for each in self.world.deals
            if each.contact == int(asked.found[0])
        ]
        return self._cut(found, asked)

    @route("GET", r"/api/v1/agents/(\d+)")
    def agent(self, asked: Asked) -> Any:
        user = self.world.users[int(asked.found[0])]
        state = "ACTIVE" if user.active else "DISABLED"
        return {"id": str(user.id), "emailId": user.email, "name": user.name, "extn": user.extension, "status": state}

    def _cut(self, found: list[Any], asked: Asked) -> Any:
        size = asked.number("limit", 10)
        assert 1 <= size <= 100
        rows = cut(found, asked.number("from", 0), size)
        return {"count": len(rows), "data": rows} if rows else None
