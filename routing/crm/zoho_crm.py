"""Zoho CRM. lead: a lead that is not converted; deal: a deal in an open stage; contact: a contact. By their ``Owner``.

Checked in zoho/zohocrm-python-sdk-8.0: ``{module}/search`` with ``phone``, ``converted``, ``fields``, ``page``,
``per_page``; ``users/{id}`` with ``status``, ``email``. In third-party code: status 204 when nothing is found;
``phone`` compares digits and matches other countries' numbers. From memory: the related list
``Contacts/{id}/Deals``, ``Owner`` inside a record, 200 a page. Closed stages are the customer's own words:
``closed_stages`` names them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routing.crm import zoho
from routing.crm.lookup import Auth, Lookup
from routing.crm.record import Adapter, CrmRecord, Secret, full_name, rows, segment, text, under, when
from routing.model.lookup import Kind, Owner

PAGE = 200
MOST_CONTACTS = 5
NUMBERS = ("Phone", "Mobile", "Home_Phone", "Other_Phone")
FIELDS = "Owner,First_Name,Last_Name,Phone,Mobile,Modified_Time"
#: Tabs in the addresses of records.
TABS: Mapping[Kind, str] = {"lead": "Leads", "deal": "Potentials", "contact": "Contacts"}

Row = Mapping[str, Any]


@dataclass(frozen=True)
class ZohoCrm:
    """``cards``: where a browser finds the organisation's records, "" when unknown."""

    url: str
    closed_stages: frozenset[str]
    cards: str = ""
    kinds: tuple[Kind, ...] = ("lead", "deal", "contact")

    def find(self, kind: Kind, lookup: Lookup) -> Sequence[CrmRecord]:
        """See Adapter."""
        if kind == "lead":
            return [
                self._record(kind, row, _name(row)) for row in self._search("Leads", {"converted": "false"}, lookup)
            ]
        contacts = lookup.once("contacts", lambda: self._search("Contacts", {}, lookup))
        if kind == "contact":
            return [self._record(kind, row, _name(row)) for row in contacts]
        found = lookup.each(contacts[:MOST_CONTACTS], lambda contact: self._deals(contact, lookup))
        return [each for deals in found for each in deals]

    def owner(self, owner_id: str, lookup: Lookup) -> Owner | None:
        """See Adapter."""
        for user in rows(under(lookup.get(f"{self.url}/users/{segment(owner_id)}"), "users")):
            name = text(user.get("full_name"))
            return Owner(text(user["id"]), text(user.get("email")), name, "", user["status"] == "active")
        return None

    def _search(self, module: str, more: Mapping[str, str], lookup: Lookup) -> list[Row]:
        """Leads or contacts with the caller's number, compared."""

        def search(variant: str) -> list[Row]:
            def page(number: int) -> tuple[list[dict[str, Any]], int | None]:
                params = {"phone": variant, "fields": FIELDS, "per_page": PAGE, "page": number, **more}
                answer = lookup.get(f"{self.url}/{module}/search", params)
                following = number + 1 if under(answer, "info", "more_records") else None
                return rows(under(answer, "data")), following

            return list(lookup.pages(page, 1))

        return lookup.first_hit(search, lambda row: lookup.phone.among(row.get(field) for field in NUMBERS))

    def _deals(self, contact: Row, lookup: Lookup) -> list[CrmRecord]:
        params = {"fields": "Owner,Stage,Modified_Time,Deal_Name", "per_page": PAGE}
        answer = lookup.get(f"{self.url}/Contacts/{segment(contact['id'])}/Deals", params)
        deals = [deal for deal in rows(under(answer, "data")) if deal["Stage"] not in self.closed_stages]
        return [self._record("deal", deal, _name(contact)) for deal in deals]

    def _record(self, kind: Kind, row: Row, name: str) -> CrmRecord:
        card = f"{self.cards}/tab/{TABS[kind]}/{row['id']}" if self.cards else ""
        owner_id = text(under(row.get("Owner"), "id"))
        return CrmRecord(kind, text(row["id"]), owner_id, when(row.get("Modified_Time")), None, name, card)


def _name(row: Row) -> str:
    return full_name(row.get("First_Name"), row.get("Last_Name"))


def connect(config: Mapping[str, Any], secret: Secret) -> tuple[Adapter, Auth]:
    """From the fields of routing.model.crm_settings.ZohoCrm."""
    centre = config["datacentre"]
    url = config.get("url") or f"https://www.zohoapis.{centre}"
    organisation = config.get("organisation")
    cards = f"https://crm.zoho.{centre}/crm/org{organisation}" if organisation else ""
    return ZohoCrm(f"{url}/crm/v8", frozenset(config["closed_stages"]), cards), zoho.token(config, secret)
