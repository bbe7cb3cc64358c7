"""Pipedrive. lead: a lead that is not archived; deal: an open deal; contact: a person. All by their owner.

Checked in pipedrive/client-nodejs (src/versions/v1 and v2, its generated SDK): ``persons/search`` with ``term``,
``fields=phone``, ``exact_match``, ``cursor``; ``deals`` with ``person_id``, ``status=open``, ``sort_by``; v1 ``leads``
with ``person_id`` and ``sort``; v1 ``users/{id}`` with ``active_flag``; header ``x-api-token``. From memory: a search
without exact match finds parts of a formatted number, so the last digits are searched for; it names no time of change,
so several persons of one number are asked for again by ``ids``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routing.crm.auth import Key
from routing.crm.lookup import Auth, Lookup
from routing.crm.record import Adapter, CrmRecord, Secret, rows, segment, text, under, when
from routing.model.lookup import Kind, Owner

PAGE = 100
#: Persons with one number whose leads and deals are looked at.
MOST_PERSONS = 5

Person = Mapping[str, Any]


@dataclass(frozen=True)
class Pipedrive:
    """``cards``: where a browser finds the company's records, "" when unknown."""

    url: str
    cards: str = ""
    kinds: tuple[Kind, ...] = ("lead", "deal", "contact")

    def find(self, kind: Kind, lookup: Lookup) -> Sequence[CrmRecord]:
        """See Adapter."""
        persons = lookup.once("persons", lambda: self._persons(lookup))
        if kind == "contact":
            return [self._contact(person) for person in self._with_times(persons, lookup)]
        search = self._leads if kind == "lead" else self._deals
        return [each for found in lookup.each(persons, lambda person: search(person, lookup)) for each in found]

    def owner(self, owner_id: str, lookup: Lookup) -> Owner | None:
        """See Adapter."""
        user = lookup.get(f"{self.url}/v1/users/{segment(owner_id)}")["data"]
        return Owner(text(user["id"]), text(user.get("email")), text(user.get("name")), "", bool(user["active_flag"]))

    def _persons(self, lookup: Lookup) -> list[Person]:
        """Persons with the caller's number, compared here."""

        def page(cursor: str | None) -> tuple[list[Person], str | None]:
            params = {"term": lookup.phone.tail, "fields": "phone", "exact_match": "false", "limit": PAGE}
            answer = lookup.get(f"{self.url}/api/v2/persons/search", {**params, "cursor": cursor})
            items = [row["item"] for row in rows(answer["data"]["items"])]
            return items, text(under(answer, "additional_data", "next_cursor")) or None

        found = lookup.pages(page)
        return [each for each in found if lookup.phone.among(each.get("phones") or ())][:MOST_PERSONS]

    def _with_times(self, persons: Sequence[Person], lookup: Lookup) -> Sequence[Person]:
        if len(persons) < 2:
            return persons
        ids = ",".join(text(person["id"]) for person in persons)
        return rows(lookup.get(f"{self.url}/api/v2/persons", {"ids": ids})["data"])

    def _contact(self, person: Person) -> CrmRecord:
        owner = text(under(person, "owner", "id")) or text(person.get("owner_id"))
        return self._record("contact", person, owner, text(person.get("name")), "person")

    def _leads(self, person: Person, lookup: Lookup) -> list[CrmRecord]:
        params = {"person_id": person["id"], "sort": "update_time DESC", "limit": PAGE}
        answer = lookup.get(f"{self.url}/v1/leads", params)
        name = text(person.get("name"))
        return [
            self._record("lead", lead, text(lead["owner_id"]), name, "leads/inbox")
            for lead in rows(answer["data"])
            if not lead["is_archived"]
        ]

    def _deals(self, person: Person, lookup: Lookup) -> list[CrmRecord]:
        params = {"person_id": person["id"], "status": "open", "sort_by": "update_time", "sort_direction": "desc"}
        answer = lookup.get(f"{self.url}/api/v2/deals", {**params, "limit": PAGE})
        name = text(person.get("name"))
        deals = [deal for deal in rows(answer["data"]) if deal["status"] == "open"]
        return [self._record("deal", deal, text(deal["owner_id"]), name, "deal") for deal in deals]

    def _record(self, kind: Kind, row: Person, owner_id: str, name: str, page: str) -> CrmRecord:
        card = f"{self.cards}/{page}/{row['id']}" if self.cards else ""
        return CrmRecord(kind, text(row["id"]), owner_id, when(row.get("update_time")), None, name, card)


def connect(config: Mapping[str, Any], secret: Secret) -> tuple[Adapter, Auth]:
    """From the fields of routing.model.crm_settings.Pipedrive."""
    company = config.get("company")
    cards = f"https://{company}.pipedrive.com" if company else ""
    return Pipedrive(config["url"], cards), Key({"x-api-token": secret(config["token"])})
