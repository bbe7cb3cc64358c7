"""HubSpot. deal: a deal that is not closed; contact: a contact; lead: an open lead object, or a contact that is a lead.

Lead objects exist in higher tiers only; ``leads: contacts`` takes a contact whose ``lifecyclestage`` is a lead's and
whose ``hs_lead_status`` is not UNQUALIFIED instead.

Checked in HubSpot/HubSpot-public-api-spec-collection (contacts, deals, leads, crmOwners, v3): the search request (up
to 6 filter groups, operators EQ and IN, ``after`` cursor, 200 a page), the owner's fields. In third-party code:
``hs_searchable_calculated_phone_number`` holds the national number without country code, ``hs_lead_is_open_v2`` and
its predecessor, ``hs_is_closed``. From memory: ``associations.contact`` as a filter, ``hs_lastmodifieddate``. Owners
have no phone: they are known by id or e-mail. The search index lags a new record by seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routing.crm.auth import Key
from routing.crm.lookup import Auth, Lookup
from routing.crm.record import Adapter, CrmRecord, Secret, full_name, rows, segment, text, under, when
from routing.model.lookup import Kind, Owner

PAGE = 100
#: One filter group each, of the six that a search may have.
MOST_CONTACTS = 5
NUMBERS = ("phone", "mobilephone")
SEARCHABLE = ("hs_searchable_calculated_phone_number", "hs_searchable_calculated_mobile_number")
LEAD_STAGES = ("lead", "marketingqualifiedlead", "salesqualifiedlead")
CLOSED_LEAD_STAGES = ("qualified-stage-id", "unqualified-stage-id")
#: Object type ids in the addresses of records.
PAGES: Mapping[Kind, str] = {"contact": "0-1", "deal": "0-3", "lead": "0-136"}
CONTACT_FIELDS = (*NUMBERS, "firstname", "lastname", "hubspot_owner_id", "lastmodifieddate", "lifecyclestage")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Hubspot:
    """``portal``: the account's number for the addresses of records; ``lead_objects``: whether leads are objects."""

    url: str
    portal: str = ""
    lead_objects: bool = False
    kinds: tuple[Kind, ...] = ("lead", "deal", "contact")

    def find(self, kind: Kind, lookup: Lookup) -> Sequence[CrmRecord]:
        """See Adapter."""
        contacts = lookup.once("contacts", lambda: self._contacts(lookup))
        if kind == "contact":
            return [self._contact(kind, row) for row in contacts]
        if kind == "lead" and not self.lead_objects:
            return [self._contact(kind, row) for row in contacts if _is_lead(row["properties"])]
        return self._of(kind, contacts[:MOST_CONTACTS], lookup) if contacts else []

    def owner(self, owner_id: str, lookup: Lookup) -> Owner | None:
        """See Adapter."""
        answer = lookup.get(f"{self.url}/crm/v3/owners/{segment(owner_id)}")
        name = full_name(answer.get("firstName"), answer.get("lastName"))
        return Owner(text(answer["id"]), text(answer.get("email")), name, "", not answer["archived"])

    def _contacts(self, lookup: Lookup) -> list[Row]:
        """Contacts with the caller's number, compared."""
        groups = [_group(_is(field, lookup.phone.significant)) for field in SEARCHABLE]
        groups += [_group(_one_of(field, lookup.phone.variants)) for field in NUMBERS]
        found = self._search("contacts", groups, (*CONTACT_FIELDS, "hs_lead_status"), "lastmodifieddate", lookup)
        return [row for row in found if lookup.phone.among(row["properties"].get(field) for field in NUMBERS)]

    def _of(self, kind: Kind, contacts: Sequence[Row], lookup: Lookup) -> list[CrmRecord]:
        """Open deals or lead objects of contacts."""
        own = [[_is("associations.contact", text(row["id"]))] for row in contacts]
        fields: tuple[str, ...] = ("hubspot_owner_id", "hs_lastmodifieddate")
        if kind == "deal":
            own = [[*filters, _is("hs_is_closed", "false")] for filters in own]
            fields = (*fields, "hs_is_closed")
        else:
            fields = (*fields, "hs_lead_is_open_v2", "hs_lead_is_open", "hs_pipeline_stage")
        groups = [_group(*filters) for filters in own]
        found = self._search(f"{kind}s", groups, fields, "hs_lastmodifieddate", lookup)
        name = _name(contacts[0]["properties"]) if len(contacts) == 1 else ""
        return [self._record(kind, row, "hs_lastmodifieddate", name) for row in found if _open(row["properties"])]

    def _search(self, what: str, groups: list[Row], fields: Sequence[str], newest: str, lookup: Lookup) -> list[Row]:
        order = [{"propertyName": newest, "direction": "DESCENDING"}]
        query = {"filterGroups": groups, "properties": list(fields), "sorts": order, "limit": PAGE}

        def page(after: str | None) -> tuple[list[dict[str, Any]], str | None]:
            answer = lookup.post(
                f"{self.url}/crm/v3/objects/{what}/search", {**query, **({"after": after} if after else {})}
            )
            return rows(answer["results"]), text(under(answer, "paging", "next", "after")) or None

        return list(lookup.pages(page))

    def _contact(self, kind: Kind, row: Row) -> CrmRecord:
        return self._record(kind, row, "lastmodifieddate", _name(row["properties"]), "contact")

    def _record(self, kind: Kind, row: Row, newest: str, name: str, page: Kind | None = None) -> CrmRecord:
        facts = row["properties"]
        owner_id = text(facts.get("hubspot_owner_id"))
        card = f"https://app.hubspot.com/contacts/{self.portal}/record/{PAGES[page or kind]}/{row['id']}"
        return CrmRecord(
            kind, text(row["id"]), owner_id, when(facts.get(newest)), None, name, card if self.portal else ""
        )


def _group(*filters: Row) -> Row:
    return {"filters": list(filters)}


def _is(field: str, value: str) -> Row:
    return {"propertyName": field, "operator": "EQ", "value": value}


def _one_of(field: str, values: Sequence[str]) -> Row:
    return {"propertyName": field, "operator": "IN", "values": list(values)}


def _name(facts: Row) -> str:
    return full_name(facts.get("firstname"), facts.get("lastname"))


def _is_lead(facts: Row) -> bool:
    return facts.get("lifecyclestage") in LEAD_STAGES and facts.get("hs_lead_status") != "UNQUALIFIED"


def _open(facts: Row) -> bool:
    """Whether a deal or lead object is open: by its own field, else by the stage of the default pipeline."""
    if facts.get("hs_is_closed") is not None:
        return bool(facts["hs_is_closed"] == "false")
    is_open = facts.get("hs_lead_is_open_v2") or facts.get("hs_lead_is_open")
    return is_open == "true" if is_open else facts.get("hs_pipeline_stage") not in CLOSED_LEAD_STAGES


def connect(config: Mapping[str, Any], secret: Secret) -> tuple[Adapter, Auth]:
    """From the fields of routing.model.crm_settings.Hubspot."""
    adapter = Hubspot(config["url"], text(config.get("portal")), config.get("leads") == "objects")
    return adapter, Key({"Authorization": f"Bearer {secret(config['token'])}"})
