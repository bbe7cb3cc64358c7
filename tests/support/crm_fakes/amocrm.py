"""amoCRM's API: full-text contacts, sales by ids, 204 when nothing is found, HAL links between pages."""

from __future__ import annotations

from typing import Any, ClassVar

from support.crm_fake import Asked, Fake, cut, route


class Amocrm(Fake):
    vendor = "amocrm"
    kinds = ("deal", "contact")
    page = 250
    settings: ClassVar = {"url": "https://standartpark.kommo.com", "token": "TOKEN"}

    def admits(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == "Bearer hush-static"

    @route("GET", "/api/v4/contacts")
    def contacts(self, asked: Asked) -> Any:
        found = [
            {
                "id": each.id,
                "name": each.name,
                "responsible_user_id": each.owner or 0,
                "updated_at": int(each.changed),
                "custom_fields_values": [
                    {"field_code": "PHONE", "values": [{"value": phone} for phone in each.phones]}
                ],
                "_embedded": {"leads": [{"id": deal.id} for deal in self.world.deals if deal.contact == each.id]},
            }
            for each in self.contacts_like(asked.one("query"))
        ]
        return self._cut("contacts", found, asked)

    @route("GET", "/api/v4/leads")
    def leads(self, asked: Asked) -> Any:
        found = [
            {
                "id": each.id,
                "responsible_user_id": each.owner or 0,
                "updated_at": int(each.changed),
                "status_id": 11 if each.open else 143,
                "is_deleted": False,
            }
            for each in self.world.deals
            if str(each.id) in asked.query["filter[id][]"]
        ]
        return self._cut("leads", found, asked)

    @route("GET", r"/api/v4/users/(\d+)")
    def user(self, asked: Asked) -> Any:
        user = self.world.users[int(asked.found[0])]
        return {"id": user.id, "name": user.name, "email": user.email, "rights": {"is_active": user.active}}

    def _cut(self, what: str, found: list[Any], asked: Asked) -> Any:
        page, size = asked.number("page", 1), asked.number("limit", 50)
        assert size <= 250
        rows = cut(found, (page - 1) * size, size)
        links = {"next": {"href": "..."}} if page * size < len(found) else {}
        return {"_page": page, "_links": links, "_embedded": {what: rows}} if rows else None
