"""Zoho Desk. deal: a ticket that is not closed, by its assignee; contact: a contact. It has no leads.

Checked in third-party code: ``contacts/search?phone=``, ``contacts/{id}/tickets``, headers ``Zoho-oauthtoken`` and
``orgId``; in Zoho's Deluge manual: ``from`` and ``limit`` (1-100, 10 when not given). From memory: ``statusType``
(Open, On Hold, Closed), ``assigneeId`` (null while a ticket is a department's), ``ownerId`` of a contact,
``agents/{id}`` with ``emailId``, ``extn`` and ``status``; status 204 when nothing is found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routing.crm import zoho
from routing.crm.auth import Token
from routing.crm.lookup import Auth, Lookup
from routing.crm.record import Adapter, CrmRecord, Secret, full_name, link, rows, segment, text, under, when
from routing.model.lookup import Kind, Owner

PAGE = 50
MOST_CONTACTS = 5
NUMBERS = ("phone", "mobile")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class ZohoDesk:
    """``organisation``: the orgId that every request names."""

    url: str
    organisation: str
    kinds: tuple[Kind, ...] = ("deal", "contact")

    def find(self, kind: Kind, lookup: Lookup) -> Sequence[CrmRecord]:
        """See Adapter."""
        contacts = lookup.once("contacts", lambda: self._contacts(lookup))
        if kind == "contact":
            return [_record(kind, row, text(row.get("ownerId")), _name(row)) for row in contacts]
        found = lookup.each(contacts[:MOST_CONTACTS], lambda contact: self._tickets(contact, lookup))
        return [each for tickets in found for each in tickets]

    def owner(self, owner_id: str, lookup: Lookup) -> Owner | None:
        """See Adapter."""
        agent = self._get(f"agents/{segment(owner_id)}", {}, lookup)
        name = text(agent.get("name")) or full_name(agent.get("firstName"), agent.get("lastName"))
        active = agent.get("status", "ACTIVE") == "ACTIVE"
        return Owner(text(agent["id"]), text(agent.get("emailId")), name, text(agent.get("extn")), active)

    def _contacts(self, lookup: Lookup) -> list[Row]:
        """Contacts with the caller's number, compared."""
        return lookup.first_hit(
            lambda variant: self._paged("contacts/search", {"phone": variant}, lookup),
            lambda row: lookup.phone.among(row.get(field) for field in NUMBERS),
        )

    def _tickets(self, contact: Row, lookup: Lookup) -> list[CrmRecord]:
        tickets = self._paged(f"contacts/{segment(contact['id'])}/tickets", {}, lookup)
        return [
            _record("deal", ticket, text(ticket.get("assigneeId")), _name(contact))
            for ticket in tickets
            if ticket["statusType"] != "Closed"
        ]

    def _paged(self, path: str, params: Mapping[str, Any], lookup: Lookup) -> list[Row]:
        def page(start: int) -> tuple[list[dict[str, Any]], int | None]:
            found = rows(under(self._get(path, {**params, "from": start, "limit": PAGE}, lookup), "data"))
            return found, start + PAGE if len(found) == PAGE else None

        return list(lookup.pages(page, 0))

    def _get(self, path: str, params: Mapping[str, Any], lookup: Lookup) -> Any:
        return lookup.get(f"{self.url}/{path}", params, {"orgId": self.organisation})


def _record(kind: Kind, row: Row, owner_id: str, name: str) -> CrmRecord:
    return CrmRecord(
        kind, text(row["id"]), owner_id, when(row.get("modifiedTime")), None, name, link(row.get("webUrl"))
    )


def _name(row: Row) -> str:
    return full_name(row.get("firstName"), row.get("lastName"))


def connect(config: Mapping[str, Any], secret: Secret) -> tuple[Adapter, Auth]:
    """From the fields of routing.model.crm_settings.ZohoDesk."""
    url = config.get("url") or f"https://desk.zoho.{config['datacentre']}"
    auth: Token = zoho.token(config, secret)
    return ZohoDesk(f"{url}/api/v1", config["organisation"]), auth
