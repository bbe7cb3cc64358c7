"""RetailCRM's API: orders and customers found by part of a number, statuses in groups."""

from __future__ import annotations

from typing import Any, ClassVar

from support.crm_fake import Asked, Fake, cut, route
from support.crm_world import Entity, iso, overmatches

STATUSES = {"fresh": "new", "assembling": "assembling", "done": "complete", "no-product": "cancel"}


class Retailcrm(Fake):
    vendor = "retailcrm"
    settings: ClassVar = {"url": "https://standartpark.retailcrm.ru", "token": "TOKEN"}

    def admits(self, asked: Asked) -> bool:
        return asked.headers.get("x-api-key") == "hush-static"

    @route("GET", "/api/v5/reference/statuses")
    def statuses(self, asked: Asked) -> Any:
        return {"success": True, "statuses": {code: {"code": code, "group": group} for code, group in STATUSES.items()}}

    @route("GET", "/api/v5/orders")
    def orders(self, asked: Asked) -> Any:
        leads = [self._order(each, "fresh" if each.open else "no-product") for each in self.world.leads]
        deals = [self._order(each, "assembling" if each.open else "done") for each in self.world.deals]
        found = [row for row in leads + deals if overmatches(row["phone"], asked.one("filter[customer]"))]
        return self._cut("orders", found, asked)

    @route("GET", "/api/v5/customers")
    def customers(self, asked: Asked) -> Any:
        found = [
            {
                "id": each.id,
                "managerId": each.owner,
                "firstName": each.name,
                "phones": [{"number": phone} for phone in each.phones],
                "createdAt": _time(each.changed),
            }
            for each in self.contacts_like(asked.one("filter[name]"))
        ]
        return self._cut("customers", found, asked)

    @route("GET", r"/api/v5/users/(\d+)")
    def user(self, asked: Asked) -> Any:
        user = self.world.users[int(asked.found[0])]
        facts = {"id": user.id, "email": user.email, "firstName": user.name, "active": user.active}
        return {"success": True, "user": facts}

    def _order(self, each: Entity, status: str) -> dict[str, Any]:
        facts = {"id": each.id, "managerId": each.owner, "status": status, "firstName": each.name}
        return facts | {
            "phone": each.phones[0],
            "createdAt": _time(each.changed - 3600),
            "statusUpdatedAt": _time(each.changed),
        }

    def _cut(self, what: str, found: list[Any], asked: Asked) -> Any:
        page, size = asked.number("page", 1), asked.number("limit", 20)
        assert size in (20, 50, 100)
        paging = {
            "limit": size,
            "totalCount": len(found),
            "currentPage": page,
            "totalPageCount": -(-len(found) // size),
        }
        return {"success": True, "pagination": paging, what: cut(found, (page - 1) * size, size)}


def _time(epoch: float) -> str:
    return iso(epoch).replace("T", " ").replace("+00:00", "")
