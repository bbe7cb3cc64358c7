"""Salesforce. lead: a lead neither converted nor closed; deal: an open opportunity; contact: a contact. By ``OwnerId``.

Checked at developer.salesforce.com: ``search/?q=`` with SOSL, client credentials at ``services/oauth2/token``; in
simple-salesforce: version 59.0; in third-party code: ``FIND {...} IN PHONE FIELDS RETURNING Lead(...), Contact(...)``,
opportunities of a contact through ``OpportunityContactRole``. From memory: ids of users begin with 005 and of queues
(no person) with 00G, the fields of ``User``, status 403 ``REQUEST_LIMIT_EXCEEDED`` when the day's calls are used up.
Only digits and ids of strict form reach a query, so nothing needs escaping. The phone index differs between orgs: try
yours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routing.crm.auth import Token, oauth
from routing.crm.lookup import Auth, Lookup
from routing.crm.record import Adapter, CrmRecord, Secret, rows, text, when
from routing.model.lookup import Kind, Owner
from routing.model.web import Reply

VERSION = "v59.0"
MOST = 200
MOST_CONTACTS = 20
ID = re.compile(r"[A-Za-z0-9]{15}([A-Za-z0-9]{3})?")
QUEUE = "00G"
NUMBERS = ("Phone", "MobilePhone", "HomePhone", "OtherPhone")
LEADS = f"Lead(Id, OwnerId, Name, Phone, MobilePhone, Status, LastModifiedDate WHERE IsConverted = false LIMIT {MOST})"
CONTACTS = f"Contact(Id, OwnerId, Name, Phone, MobilePhone, HomePhone, OtherPhone, LastModifiedDate LIMIT {MOST})"
USER = "SELECT Id, Name, Email, Extension, IsActive FROM User WHERE Id = 'IDS'"
DEALS = (
    "SELECT Id, OwnerId, LastModifiedDate FROM Opportunity WHERE IsClosed = false AND Id IN "
    "(SELECT OpportunityId FROM OpportunityContactRole WHERE ContactId IN (IDS)) "
    "ORDER BY LastModifiedDate DESC LIMIT 20"
)

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Salesforce:
    """``url``: the org's own domain, ``https://company.my.salesforce.com``."""

    url: str
    closed_statuses: frozenset[str]
    kinds: tuple[Kind, ...] = ("lead", "deal", "contact")

    def find(self, kind: Kind, lookup: Lookup) -> Sequence[CrmRecord]:
        """See Adapter."""
        found = lookup.once("found", lambda: self._search(lookup))
        if kind == "lead":
            leads = [row for row in found["Lead"] if row.get("Status") not in self.closed_statuses]
            return [self._record(kind, row, text(row.get("Name"))) for row in leads]
        if kind == "contact":
            return [self._record(kind, row, text(row.get("Name"))) for row in found["Contact"]]
        return self._deals(found["Contact"][:MOST_CONTACTS], lookup)

    def owner(self, owner_id: str, lookup: Lookup) -> Owner | None:
        """See Adapter."""
        if owner_id.startswith(QUEUE):
            return Owner(owner_id, active=False)
        for user in self._query(USER.replace("IDS", _id(owner_id)), lookup):
            extension = text(user.get("Extension"))
            return Owner(text(user["Id"]), text(user.get("Email")), text(user.get("Name")), extension, user["IsActive"])
        return None

    def _search(self, lookup: Lookup) -> Mapping[str, list[Row]]:
        """Leads and contacts with the caller's number, compared: one request finds both."""
        numbers = " OR ".join(dict.fromkeys((lookup.phone.digits, lookup.phone.national, lookup.phone.significant)))
        query = f"FIND {{{numbers}}} IN PHONE FIELDS RETURNING {LEADS}, {CONTACTS}"
        answer = lookup.get(f"{self.url}/services/data/{VERSION}/search/", {"q": query})
        found: dict[str, list[Row]] = {"Lead": [], "Contact": []}
        for row in rows(answer["searchRecords"]):
            if lookup.phone.among(row.get(field) for field in NUMBERS):
                found[row["attributes"]["type"]].append(row)
        return found

    def _deals(self, contacts: Sequence[Row], lookup: Lookup) -> list[CrmRecord]:
        if not contacts:
            return []
        names = {text(row["Id"]): text(row.get("Name")) for row in contacts}
        ids = ", ".join(f"'{_id(each)}'" for each in names)
        found = self._query(DEALS.replace("IDS", ids), lookup)
        name = next(iter(names.values())) if len(names) == 1 else ""
        return [self._record("deal", row, name) for row in found]

    def _query(self, query: str, lookup: Lookup) -> list[dict[str, Any]]:
        return rows(lookup.get(f"{self.url}/services/data/{VERSION}/query", {"q": query})["records"])

    def _record(self, kind: Kind, row: Row, name: str) -> CrmRecord:
        changed = when(text(row.get("LastModifiedDate")).replace("+0000", "+00:00"))
        return CrmRecord(kind, text(row["Id"]), text(row["OwnerId"]), changed, None, name, f"{self.url}/{row['Id']}")


def _id(value: Any) -> str:
    if not ID.fullmatch(text(value)):
        raise ValueError("not a Salesforce id")
    return text(value)


def is_limit(reply: Reply) -> bool:
    """The org's daily calls are used up, or too many run at once."""
    return reply.status == 429 or (reply.status == 403 and b"REQUEST_LIMIT_EXCEEDED" in reply.body)


def connect(config: Mapping[str, Any], secret: Secret) -> tuple[Adapter, Auth]:
    """From the fields of routing.model.crm_settings.Salesforce."""
    form = {
        "grant_type": "client_credentials",
        "client_id": secret(config["client_id"]),
        "client_secret": secret(config["client_secret"]),
    }
    adapter = Salesforce(config["url"], frozenset(config["closed_statuses"]))
    return adapter, Token(oauth(f"{config['url']}/services/oauth2/token", form))
