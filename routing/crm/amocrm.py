"""amoCRM and Kommo. deal: a lead of theirs (a sale) that is neither won, lost nor deleted; contact: a contact.

A *lead* of schemes would be their unsorted item. It has no responsible person and cannot be found by a number, so there
are no leads.

Checked in amocrm/amocrm-api-php: statuses 142 (won) and 143 (lost), ``filter[id]``, ``with``, ``responsible_user_id``,
long-lived tokens (their refresh tokens change with every use, so they cannot be shared by workers); at amocrm.ru:
``query`` searches filled fields, 250 a page. In third-party code: status 204 when nothing is found, 7 requests a
second. From memory: ``rights.is_active`` of a user.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routing.crm.auth import Key
from routing.crm.lookup import Auth, Lookup
from routing.crm.record import Adapter, CrmRecord, Secret, rows, segment, text, under, when
from routing.model.lookup import Kind, Owner

PAGE = 250
#: Ids of sales asked for in one request.
MOST_LEADS = 50
CLOSED = (142, 143)

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Amocrm:
    """``url``: the account's own address, ``https://company.kommo.com``."""

    url: str
    kinds: tuple[Kind, ...] = ("deal", "contact")

    def find(self, kind: Kind, lookup: Lookup) -> Sequence[CrmRecord]:
        """See Adapter."""
        contacts = lookup.once("contacts", lambda: self._contacts(lookup))
        if kind == "contact":
            return [self._record(kind, row, text(row.get("name"))) for row in contacts]
        return self._deals(contacts, lookup)

    def owner(self, owner_id: str, lookup: Lookup) -> Owner | None:
        """See Adapter."""
        user = lookup.get(f"{self.url}/api/v4/users/{segment(owner_id)}")
        active = bool(user["rights"].get("is_active", True))
        return Owner(text(user["id"]), text(user.get("email")), text(user.get("name")), "", active)

    def _contacts(self, lookup: Lookup) -> list[Row]:
        """Contacts with the caller's number, compared here: the search is a full-text search."""
        params = {"query": lookup.phone.tail, "with": "leads", "limit": PAGE}
        found = self._paged("contacts", list(params.items()), lookup)
        return [row for row in found if lookup.phone.among(_numbers(row))]

    def _deals(self, contacts: Sequence[Row], lookup: Lookup) -> list[CrmRecord]:
        names: dict[str, str] = {}
        for contact in contacts:
            for sale in rows(under(contact, "_embedded", "leads")):
                names.setdefault(text(sale["id"]), text(contact.get("name")))
        ids = sorted(names, key=int)[-MOST_LEADS:]
        if not ids:
            return []
        params = [*(("filter[id][]", each) for each in ids), ("order[updated_at]", "desc"), ("limit", PAGE)]
        found = self._paged("leads", params, lookup)
        return [self._record("deal", row, names[text(row["id"])]) for row in found if _open(row)]

    def _paged(self, what: str, params: Sequence[tuple[str, Any]], lookup: Lookup) -> list[Row]:
        def page(number: int) -> tuple[list[dict[str, Any]], int | None]:
            answer = lookup.get(f"{self.url}/api/v4/{what}", [*params, ("page", number)])
            following = number + 1 if under(answer, "_links", "next") else None
            return rows(under(answer, "_embedded", what)), following

        return list(lookup.pages(page, 1))

    def _record(self, kind: Kind, row: Row, name: str) -> CrmRecord:
        card = f"{self.url}/{'leads' if kind == 'deal' else 'contacts'}/detail/{row['id']}"
        return CrmRecord(
            kind, text(row["id"]), text(row["responsible_user_id"]), when(row["updated_at"]), None, name, card
        )


def _numbers(contact: Row) -> list[Any]:
    fields = rows(contact.get("custom_fields_values"))
    phones = [field for field in fields if field.get("field_code") == "PHONE"]
    return [value.get("value") for field in phones for value in rows(field["values"])]


def _open(sale: Row) -> bool:
    return sale["status_id"] not in CLOSED and not sale.get("is_deleted")


def connect(config: Mapping[str, Any], secret: Secret) -> tuple[Adapter, Auth]:
    """From the fields of routing.model.crm_settings.Amocrm."""
    return Amocrm(config["url"]), Key({"Authorization": f"Bearer {secret(config['token'])}"})
