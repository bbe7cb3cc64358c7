"""A home-made CRM behind the generic adapter: its own names for everything, pages by links."""

from __future__ import annotations

from typing import Any, ClassVar

from support.crm_fake import Asked, Fake, cut, route
from support.crm_world import Entity, iso, overmatches

FACTS = {"rows": "result.items", "next": "result.next", "owner": "manager.id", "changed": "touched"}
PERSON = {"phones": ["client.phones[].number"], "name": "client.title", "card": "page"}


class Generic(Fake):
    vendor = "http"
    page = 50
    settings: ClassVar = {
        "vendor": "http",
        "url": "https://crm.example.com/api",
        "headers": {"Authorization": "Bearer {TOKEN}"},
        "lead": {"path": "/leads?phone={phone}", "open": {"state": ["new", "work"]}, **FACTS, **PERSON},
        "deal": {"path": "/deals?q={tail}", "open": {"archived": False}, **FACTS, **PERSON},
        "contact": {"path": "/find", "method": "POST", "body": {"phone": "{digits}"}, **FACTS, **PERSON},
        "owner": {
            "path": "/users/{id}",
            "row": "user",
            "email": "mail",
            "name": "name",
            "extension": "ext",
            "active": "works",
        },
    }

    def admits(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == "Bearer hush-static"

    @route("GET", "/api/leads")
    def leads(self, asked: Asked) -> Any:
        assert asked.one("phone").startswith("+")
        rows = [
            self._row(each) | {"state": "work" if each.open else "lost"} for each in self.leads_like(asked.one("phone"))
        ]
        return self._cut(rows, asked)

    @route("GET", "/api/deals")
    def deals(self, asked: Asked) -> Any:
        found = [each for each in self.world.deals if overmatches(each.phones[0], asked.one("q"))]
        return self._cut([self._row(each) | {"archived": not each.open} for each in found], asked)

    @route("POST", "/api/find")
    def contacts(self, asked: Asked) -> Any:
        return self._cut([self._row(each) for each in self.contacts_like(asked.json["phone"])], asked)

    @route("GET", r"/api/users/(\d+)")
    def user(self, asked: Asked) -> Any:
        user = self.world.users[int(asked.found[0])]
        return {"user": {"mail": user.email, "name": user.name, "ext": user.extension, "works": user.active}}

    def _row(self, each: Entity) -> dict[str, Any]:
        client = {"title": each.name, "phones": [{"number": phone} for phone in each.phones]}
        manager = {"id": each.owner} if each.owner else None
        return {
            "id": each.id,
            "manager": manager,
            "touched": iso(each.changed),
            "client": client,
            "page": f"/c/{each.id}",
        }

    def _cut(self, rows: list[Any], asked: Asked) -> Any:
        start = asked.number("start", 0)
        query = "&".join(
            f"{name}={values[0].replace('+', '%2B')}" for name, values in asked.query.items() if name != "start"
        )
        following = f"{asked.path}?{query}&start={start + self.page}" if start + self.page < len(rows) else None
        return {"result": {"items": cut(rows, start, self.page), "next": following}}
