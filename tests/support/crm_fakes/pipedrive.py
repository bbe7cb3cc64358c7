"""Pipedrive's API: persons are searched as text, leads and deals listed by person."""

from __future__ import annotations

from typing import Any, ClassVar

from support.crm_fake import Asked, Fake, cut, route
from support.crm_world import Entity, iso


class Pipedrive(Fake):
    vendor = "pipedrive"
    settings: ClassVar = {"token": "TOKEN", "company": "standartpark"}

    def admits(self, asked: Asked) -> bool:
        return asked.headers.get("x-api-token") == "hush-static"

    def _persons(self) -> list[Entity]:
        """A lead hangs on a person that has no owner of its own."""
        hidden = [Entity(9000 + lead.id, lead.phones, None, 0.0) for lead in self.world.leads]
        return self.world.contacts + hidden

    @route("GET", "/api/v2/persons/search")
    def search(self, asked: Asked) -> Any:
        assert asked.one("fields") == "phone" and asked.one("exact_match") == "false"
        found = [each for each in self._persons() if any(asked.one("term") in phone for phone in each.phones)]
        start, size = asked.number("cursor", 0), min(asked.number("limit", 100), 500)
        items = [
            {
                "result_score": 0.5,
                "item": {"id": each.id, "name": each.name, "phones": list(each.phones), "owner": {"id": each.owner}},
            }
            for each in cut(found, start, size)
        ]
        following = str(start + size) if start + size < len(found) else None
        return {"success": True, "data": {"items": items}, "additional_data": {"next_cursor": following}}

    @route("GET", "/api/v2/persons")
    def persons(self, asked: Asked) -> Any:
        ids = asked.one("ids").split(",")
        rows = [
            {"id": each.id, "name": each.name, "owner_id": each.owner, "update_time": iso(each.changed)}
            for each in self._persons()
            if str(each.id) in ids
        ]
        return {"success": True, "data": rows}

    @route("GET", "/v1/leads")
    def leads(self, asked: Asked) -> Any:
        rows = [
            {"id": each.id, "owner_id": each.owner, "is_archived": False, "update_time": iso(each.changed)}
            for each in self.world.leads
            if 9000 + each.id == asked.number("person_id", 0) and each.open
        ]
        return {"success": True, "data": rows}

    @route("GET", "/api/v2/deals")
    def deals(self, asked: Asked) -> Any:
        rows = [
            {
                "id": each.id,
                "owner_id": each.owner,
                "status": "open" if each.open else "won",
                "update_time": iso(each.changed),
            }
            for each in self.world.deals
            if each.contact == asked.number("person_id", 0) and (each.open or asked.one("status") != "open")
        ]
        return {"success": True, "data": rows, "additional_data": {"next_cursor": None}}

    @route("GET", r"/v1/users/(\d+)")
    def user(self, asked: Asked) -> Any:
        user = self.world.users[int(asked.found[0])]
        facts = {"id": user.id, "name": user.name, "email": user.email, "phone": None, "active_flag": user.active}
        return {"success": True, "data": facts}
