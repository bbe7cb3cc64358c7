"""Altegio (the YCLIENTS family). deal: a coming appointment, the next one first, by its staff; contact: a client.

It has no owners: a client belongs to the staff member of the last appointment that was kept. There are no leads. Staff
have no e-mail or phone of their own, so the project's table maps them to people.

Checked at developer.alteg.io: ``company/{id}/clients/search`` with the filter ``quick_search`` (200 a page),
``records/{company}`` with ``client_id`` and dates, ``attendance`` (-1: did not come), ``deleted``; in
altegio/altegio-pro-mcp: ``staff/{company}/{id}``, the two-part ``Authorization`` and the ``Accept`` header, 200
requests a minute. From memory: that ``quick_search`` finds by part of a number; ``fired`` of a staff member.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from routing.crm.auth import Key
from routing.crm.lookup import Auth, Lookup
from routing.crm.record import Adapter, CrmRecord, Secret, rows, segment, text, under, when
from routing.model.lookup import Kind, Owner

PAGE = 100
MOST_CLIENTS = 3
#: Appointments are looked at this far back and ahead.
PAST_DAYS, COMING_DAYS = 365, 90
MISSED = -1
ACCEPT = "application/vnd.api.v2+json"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Altegio:
    """``company``: the location's id."""

    url: str
    company: str
    kinds: tuple[Kind, ...] = ("deal", "contact")

    def find(self, kind: Kind, lookup: Lookup) -> Sequence[CrmRecord]:
        """See Adapter."""
        clients = lookup.once("clients", lambda: self._clients(lookup))
        visits = lookup.once("visits", lambda: lookup.each(clients, lambda client: self._visits(client, lookup)))
        pairs, now_s = list(zip(clients, visits, strict=True)), lookup.now_s()
        if kind == "deal":
            return [_deal(client, visit) for client, own in pairs for visit in _coming(own, now_s)]
        return [_contact(client, _past(own, now_s)) for client, own in pairs]

    def owner(self, owner_id: str, lookup: Lookup) -> Owner | None:
        """See Adapter."""
        staff = lookup.get(f"{self.url}/staff/{segment(self.company)}/{segment(owner_id)}")["data"]
        return Owner(text(staff["id"]), "", text(staff.get("name")), "", not staff.get("fired"))

    def _clients(self, lookup: Lookup) -> Sequence[Row]:
        """Clients with the caller's number, compared."""
        filters = [{"type": "quick_search", "state": {"value": lookup.phone.tail}}]
        fields = ["id", "name", "phone", "last_visit_date"]

        def page(number: int) -> tuple[list[dict[str, Any]], int | None]:
            query = {"page": number, "page_size": PAGE, "fields": fields, "filters": filters}
            found = rows(lookup.post(f"{self.url}/company/{self.company}/clients/search", query)["data"])
            return found, number + 1 if len(found) == PAGE else None

        return [row for row in lookup.pages(page, 1) if lookup.phone.same(row.get("phone"))][:MOST_CLIENTS]

    def _visits(self, client: Row, lookup: Lookup) -> list[Row]:
        today = datetime.fromtimestamp(lookup.now_s(), UTC).date()
        days = {
            "start_date": str(today - timedelta(days=PAST_DAYS)),
            "end_date": str(today + timedelta(days=COMING_DAYS)),
        }

        def page(number: int) -> tuple[list[dict[str, Any]], int | None]:
            params = {**days, "client_id": client["id"], "page": number, "count": PAGE}
            found = rows(lookup.get(f"{self.url}/records/{self.company}", params)["data"])
            return found, number + 1 if len(found) == PAGE else None

        return [visit for visit in lookup.pages(page, 1) if not visit.get("deleted")]


def _coming(visits: Sequence[Row], now_s: float) -> list[Row]:
    return [visit for visit in visits if when(visit["datetime"]) >= now_s and visit.get("attendance") != MISSED]


def _past(visits: Sequence[Row], now_s: float) -> Row:
    """The last appointment that was kept."""
    kept = [visit for visit in visits if when(visit["datetime"]) < now_s and visit.get("attendance") != MISSED]
    return max(kept, key=lambda visit: when(visit["datetime"]), default={})


def _deal(client: Row, visit: Row) -> CrmRecord:
    """The nearest appointment counts as the newest."""
    staff = text(visit["staff_id"])
    return CrmRecord("deal", text(visit["id"]), staff, -when(visit["datetime"]), None, text(client.get("name")))


def _contact(client: Row, visit: Row) -> CrmRecord:
    staff, last = text(under(visit, "staff_id")), when(visit.get("datetime"))
    return CrmRecord("contact", text(client["id"]), staff, last, None, text(client.get("name")))


def connect(config: Mapping[str, Any], secret: Secret) -> tuple[Adapter, Auth]:
    """From the fields of routing.model.crm_settings.Altegio."""
    proof = f"Bearer {secret(config['partner'])}, User {secret(config['user'])}"
    return Altegio(config["url"], text(config["company"])), Key({"Authorization": proof, "Accept": ACCEPT})
