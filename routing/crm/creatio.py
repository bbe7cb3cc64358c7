"""Creatio. lead: a lead whose status is not final; deal: an opportunity in an open stage; contact: a contact.

``OwnerId`` names a *contact* (an employee's card); the user behind it is a ``SysAdminUnit``.

Checked at academy.creatio.com: OData 4 at ``/0/odata`` (``/odata`` on .NET 6 and later), client credentials at the
identity service's ``connect/token``; in clio and third-party code: ``AuthService.svc/Login``, the header BPMCSRF with
the cookie's value, ``ContactCommunication`` with ``contains(Number,...)``, ``QualifyStatus/IsFinal``. From memory:
``Stage/End``, ``BusinesPhone`` (so spelt), ``SysAdminUnit`` with ``ContactId`` and ``Active``, and ``SearchNumber``,
which holds the digits reversed, so that formatted numbers are found too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from routing.crm.auth import Grant, Token, oauth
from routing.crm.fault import Fault
from routing.crm.lookup import Auth, Lookup, content_of
from routing.crm.record import Adapter, CrmRecord, Secret, rows, text, under, when
from routing.model.lookup import Kind, Owner

PAGE = 100
MOST_CONTACTS = 10
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
NOBODY = "00000000-0000-0000-0000-000000000000"
OPEN_LEAD = "(QualifyStatus eq null or QualifyStatus/IsFinal eq false)"
LEAD_FIELDS = "Id,OwnerId,ModifiedOn,Contact,MobilePhone,BusinesPhone"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Creatio:
    """``url``: the site; ``root``: where its applications live below it, ``/0`` or "" (.NET 6 and later)."""

    url: str
    root: str = "/0"
    kinds: tuple[Kind, ...] = ("lead", "deal", "contact")

    def find(self, kind: Kind, lookup: Lookup) -> Sequence[CrmRecord]:
        """See Adapter."""
        if kind == "lead":
            return self._leads(lookup)
        contacts = lookup.once("contacts", lambda: self._contacts(lookup))
        if kind == "contact":
            return [self._record(kind, row, text(row.get("Name"))) for row in contacts]
        return self._deals(contacts[:MOST_CONTACTS], lookup)

    def owner(self, owner_id: str, lookup: Lookup) -> Owner | None:
        """See Adapter."""
        card = lookup.begin(partial(self._list, "Contact", f"Id eq {_guid(owner_id)}", "Id,Name,Email", lookup))
        users = self._list("SysAdminUnit", f"ContactId eq {_guid(owner_id)}", "Id,Active", lookup)
        for contact in card.get():
            active = any(user["Active"] for user in users)
            return Owner(owner_id, text(contact.get("Email")), text(contact.get("Name")), "", active)
        return None

    def _leads(self, lookup: Lookup) -> list[CrmRecord]:
        tail = lookup.phone.tail
        numbers = f"(contains(MobilePhone,'{tail}') or contains(BusinesPhone,'{tail}'))"
        found = self._list("Lead", f"{numbers} and {OPEN_LEAD}", LEAD_FIELDS, lookup, "ModifiedOn desc")
        mine = [row for row in found if lookup.phone.among((row.get("MobilePhone"), row.get("BusinesPhone")))]
        return [self._record("lead", row, text(row.get("Contact"))) for row in mine]

    def _contacts(self, lookup: Lookup) -> list[Row]:
        """Contacts with the caller's number, compared."""
        tail = lookup.phone.tail
        matching = f"startswith(SearchNumber,'{tail[::-1]}') or contains(Number,'{tail}')"
        numbers = self._list("ContactCommunication", matching, "ContactId,Number", lookup)
        mine = [row["ContactId"] for row in numbers if lookup.phone.same(row.get("Number"))]
        ids = [each for each in dict.fromkeys(mine) if each != NOBODY][:MOST_CONTACTS]
        return self._list("Contact", _any("Id", ids), "Id,Name,OwnerId,ModifiedOn", lookup) if ids else []

    def _deals(self, contacts: Sequence[Row], lookup: Lookup) -> list[CrmRecord]:
        if not contacts:
            return []
        names = {row["Id"]: text(row.get("Name")) for row in contacts}
        matching = f"({_any('ContactId', list(names))}) and Stage/End eq false"
        found = self._list("Opportunity", matching, "Id,OwnerId,ContactId,ModifiedOn", lookup, "ModifiedOn desc")
        return [self._record("deal", row, names.get(row["ContactId"], "")) for row in found]

    def _list(self, entity: str, matching: str, fields: str, lookup: Lookup, order: str = "") -> list[Row]:
        params = {"$filter": matching, "$select": fields, "$orderby": order or None, "$top": PAGE}

        def page(skip: int) -> tuple[list[dict[str, Any]], int | None]:
            answer = lookup.get(f"{self.url}{self.root}/odata/{entity}", {**params, "$skip": skip or None})
            found = rows(answer["value"])
            return found, skip + PAGE if len(found) == PAGE else None

        return list(lookup.pages(page, 0))

    def _record(self, kind: Kind, row: Row, name: str) -> CrmRecord:
        owner_id = text(row.get("OwnerId"))
        page = {"lead": "Lead", "deal": "Opportunity", "contact": "Contact"}[kind]
        card = f"{self.url}{self.root}/Nui/ViewModule.aspx#CardModuleV2/{page}PageV2/edit/{row['Id']}"
        changed = when(row.get("ModifiedOn"))
        return CrmRecord(kind, text(row["Id"]), "" if owner_id == NOBODY else owner_id, changed, None, name, card)


def _guid(value: str) -> str:
    if not GUID.fullmatch(value):
        raise ValueError("not a GUID")
    return value


def _any(field: str, ids: Sequence[str]) -> str:
    return " or ".join(f"{field} eq {_guid(each)}" for each in ids)


def _login(url: str, name: str, password: str) -> Callable[[Lookup], Grant]:
    """Signs in with a user's name; the session's cookies and its BPMCSRF header are the credentials."""

    def fetch(lookup: Lookup) -> Grant:
        body = json.dumps({"UserName": name, "UserPassword": password}).encode()
        sent = {"Content-Type": "application/json"}
        reply = lookup.bare("POST", f"{url}/ServiceModel/AuthService.svc/Login", sent, body)
        cookies = dict(_cookie(line) for line in reply.headers.get("set-cookie", "").splitlines())
        try:
            answer = content_of(reply)
        except Fault as problem:
            raise Fault(f"its login: {problem}") from None
        if under(answer, "Code") != 0 or not cookies:
            raise Fault("its login refuses our credentials")
        jar = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return Grant({"Cookie": jar, "BPMCSRF": cookies.get("BPMCSRF", ""), "ForceUseSession": "true"})

    return fetch


def _cookie(line: str) -> tuple[str, str]:
    name, _, value = line.partition(";")[0].partition("=")
    return name.strip(), value.strip()


def connect(config: Mapping[str, Any], secret: Secret) -> tuple[Adapter, Auth]:
    """From the fields of routing.model.crm_settings.Creatio."""
    adapter = Creatio(config["url"], "/0" if config.get("framework", True) else "")
    if not config.get("identity"):
        return adapter, Token(_login(config["url"], secret(config["login"]), secret(config["password"])))
    form = {
        "grant_type": "client_credentials",
        "client_id": secret(config["client_id"]),
        "client_secret": secret(config["client_secret"]),
    }
    return adapter, Token(oauth(f"{config['identity']}/connect/token", form))
