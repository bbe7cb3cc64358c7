"""RetailCRM. deal: an order in work; lead: an order in the status group "new"; contact: a customer. By ``managerId``.

Each account defines which statuses are new, complete or cancelled: the list is read once an hour.

Checked in retailcrm/api-client-php: header ``X-API-KEY``, ``orders`` with ``filter[customer]``, ``customers`` with
``filter[name]``, ``users/{id}`` with ``email``, ``active``; in third-party code: ``filter[customer]`` finds by phone.
From memory: that ``filter[name]`` does too, the groups of ``reference/statuses``, pages of 20, 50 or 100. A manager's
internal number is known to ``telephony/manager`` only, so owners are matched by id and e-mail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from routing.crm.auth import Key
from routing.crm.lookup import Auth, Lookup
from routing.crm.record import Adapter, CrmRecord, Secret, full_name, rows, segment, text, under, when
from routing.model.lookup import Kind, Owner

PAGE = 100
STATUSES_SECONDS = 3600.0
NEW, CLOSED = "new", ("complete", "cancel")

Row = Mapping[str, Any]


@dataclass
class Retailcrm:
    """``groups``: status code to its group, read at ``groups_read_s`` on the clock."""

    url: str
    kinds: tuple[Kind, ...] = ("lead", "deal", "contact")
    groups: Mapping[str, str] = field(default_factory=dict)
    groups_read_s: float = 0.0

    def find(self, kind: Kind, lookup: Lookup) -> Sequence[CrmRecord]:
        """See Adapter."""
        if kind == "contact":
            found = self._paged("customers", {"filter[name]": lookup.phone.tail}, lookup)
            return [self._customer(row) for row in found]
        orders, groups = lookup.once("orders", lambda: self._orders(lookup))
        return [self._order(kind, row) for row in orders if _kind(groups.get(row["status"])) == kind]

    def owner(self, owner_id: str, lookup: Lookup) -> Owner | None:
        """See Adapter."""
        user = lookup.get(f"{self.url}/users/{segment(owner_id)}")["user"]
        name = full_name(user.get("firstName"), user.get("lastName"))
        return Owner(text(user["id"]), text(user.get("email")), name, "", bool(user["active"]))

    def _orders(self, lookup: Lookup) -> tuple[list[Row], Mapping[str, str]]:
        if not self.groups or lookup.clock() - self.groups_read_s > STATUSES_SECONDS:
            asking = lookup.begin(lambda: lookup.get(f"{self.url}/reference/statuses")["statuses"])
            orders = self._paged("orders", {"filter[customer]": lookup.phone.tail}, lookup)
            self.groups = {code: text(status["group"]) for code, status in asking.get().items()}
            self.groups_read_s = lookup.clock()
            return orders, self.groups
        return self._paged("orders", {"filter[customer]": lookup.phone.tail}, lookup), self.groups

    def _paged(self, what: str, params: Mapping[str, Any], lookup: Lookup) -> list[Row]:
        def page(number: int) -> tuple[list[dict[str, Any]], int | None]:
            answer = lookup.get(f"{self.url}/{what}", {**params, "limit": PAGE, "page": number})
            last = under(answer, "pagination", "totalPageCount") or 1
            return rows(answer[what]), number + 1 if number < last else None

        return list(lookup.pages(page, 1))

    def _order(self, kind: Kind, row: Row) -> CrmRecord:
        changed = max(when(row.get("statusUpdatedAt")), when(row.get("createdAt")))
        phones = (text(row.get("phone")), text(row.get("additionalPhone")))
        return self._record(kind, row, changed, phones, "orders")

    def _customer(self, row: Row) -> CrmRecord:
        phones = tuple(text(each.get("number")) for each in rows(row.get("phones")))
        return self._record("contact", row, when(row.get("createdAt")), phones, "customers")

    def _record(self, kind: Kind, row: Row, changed: float, phones: tuple[str, ...], page: str) -> CrmRecord:
        name = full_name(row.get("firstName"), row.get("lastName"))
        card = f"{self.url.removesuffix('/api/v5')}/{page}/{row['id']}{'/edit' if page == 'orders' else ''}"
        return CrmRecord(kind, text(row["id"]), text(row.get("managerId")), changed, phones, name, card)


def _kind(group: str | None) -> Kind | None:
    if group in CLOSED:
        return None
    return "lead" if group == NEW else "deal"


def connect(config: Mapping[str, Any], secret: Secret) -> tuple[Adapter, Auth]:
    """From the fields of routing.model.crm_settings.Retailcrm."""
    return Retailcrm(f"{config['url']}/api/v5"), Key({"X-API-KEY": secret(config["token"])})
