"""Altegio's API: clients by part of a number, appointments by client, staff."""

from __future__ import annotations

from typing import Any, ClassVar

from support.crm_fake import Asked, Fake, cut, route
from support.crm_world import NOW, THEN, iso


class Altegio(Fake):
    vendor = "altegio"
    kinds = ("deal", "contact")
    settings: ClassVar = {"company": 4564, "partner": "PARTNER", "user": "USER"}
    secrets: ClassVar = {"PARTNER": "hush-partner", "USER": "hush-user"}

    def admits(self, asked: Asked) -> bool:
        proof = asked.headers.get("authorization") == "Bearer hush-partner, User hush-user"
        return proof and asked.headers.get("accept") == "application/vnd.api.v2+json"

    @route("POST", "/api/v1/company/4564/clients/search")
    def clients(self, asked: Asked) -> Any:
        (chosen,) = asked.json["filters"]
        assert chosen["type"] == "quick_search" and asked.json["page_size"] <= 200
        found = [
            {"id": each.id, "name": each.name, "phone": each.phones[0]}
            for each in self.contacts_like(chosen["state"]["value"])
        ]
        start, size = (asked.json["page"] - 1) * asked.json["page_size"], asked.json["page_size"]
        return {"success": True, "data": cut(found, start, size), "meta": {"total_count": len(found)}}

    @route("GET", "/api/v1/records/4564")
    def records(self, asked: Asked) -> Any:
        client = asked.number("client_id", 0)
        came = [self._visit(each.id, each.owner, each.changed, 1) for each in self.world.contacts if each.id == client]
        coming = [
            self._visit(each.id, each.owner, NOW + 10 * 86400 - (each.changed - THEN), 0 if each.open else -1)
            for each in self.world.deals
            if each.contact == client
        ]
        size = asked.number("count", 25)
        return {"success": True, "data": cut(came + coming, (asked.number("page", 1) - 1) * size, size)}

    @route("GET", r"/api/v1/staff/4564/(\d+)")
    def staff(self, asked: Asked) -> Any:
        user = self.world.users[int(asked.found[0])]
        return {"success": True, "data": {"id": user.id, "name": user.name, "fired": int(not user.active)}}

    def _visit(self, number: int, staff: int | None, at: float, attendance: int) -> dict[str, Any]:
        facts = {"id": number, "staff_id": staff or "", "datetime": iso(at)}
        return facts | {"attendance": attendance, "deleted": False}
