"""Bitrix24. lead: a lead in work; deal: a deal not closed; contact: a contact or company. By ``ASSIGNED_BY_ID``.

Two requests find everything: a ``batch`` of ``crm.duplicate.findbycomm`` (all forms of the number at once), then a
``batch`` of lists that hold the open ones. The owner is ``user.get``.

Checked in bitrix24/b24restdocs: ``batch`` (50 commands, ``result_error`` by name), ``findbycomm`` (20 values; with 20
duplicates of one kind the others are left out, so each kind is asked for itself), the fields and filters
STATUS_SEMANTIC_ID, CLOSED, DATE_MODIFY; ``user.get`` with ACTIVE, UF_PHONE_INNER; 503 QUERY_LIMIT_EXCEEDED, 429
OPERATION_TIME_LIMIT. The incoming webhook's whole address is the secret.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from routing.crm.auth import Key
from routing.crm.fault import Fault
from routing.crm.lookup import Auth, Lookup
from routing.crm.record import Adapter, CrmRecord, Secret, full_name, rows, text, when
from routing.model.lookup import Kind, Owner
from routing.model.web import Reply

TYPES = ("LEAD", "CONTACT", "COMPANY")
#: What a list shows, by its command.
SHOWN = ("ID", "ASSIGNED_BY_ID", "DATE_MODIFY", "TITLE", "NAME", "LAST_NAME", "PHONE")

Row = Mapping[str, Any]
Pairs = list[tuple[str, Any]]


@dataclass(frozen=True)
class Bitrix24:
    """``hook``: the address of an incoming webhook with a slash at its end; it holds the secret."""

    hook: str = field(repr=False)
    kinds: tuple[Kind, ...] = ("lead", "deal", "contact")

    def find(self, kind: Kind, lookup: Lookup) -> Sequence[CrmRecord]:
        """See Adapter."""
        found = lookup.once("found", lambda: self._found(lookup))
        if kind == "contact":
            people = [self._record(kind, "contact", row) for row in found.get("contacts", ())]
            return people + [self._record(kind, "company", row) for row in found.get("companies", ())]
        if kind == "lead":
            return [self._record(kind, kind, row) for row in found.get("leads", ())]
        return [self._record(kind, kind, row) for name in ("deals", "deals2") for row in found.get(name, ())]

    def owner(self, owner_id: str, lookup: Lookup) -> Owner | None:
        """See Adapter."""
        for user in rows(lookup.post(f"{self.hook}user.get", {"ID": owner_id})["result"]):
            name = full_name(user.get("NAME"), user.get("LAST_NAME"))
            extension = text(user.get("UF_PHONE_INNER"))
            return Owner(text(user["ID"]), text(user.get("EMAIL")), name, extension, bool(user["ACTIVE"]))
        return None

    def _found(self, lookup: Lookup) -> Mapping[str, list[dict[str, Any]]]:
        """Rows by command: leads, contacts, companies, and deals of contacts and companies."""
        same = [("type", "PHONE"), *(("values[]", variant) for variant in lookup.phone.variants)]
        commands = {kind: _command("crm.duplicate.findbycomm", [*same, ("entity_type", kind)]) for kind in TYPES}
        answer = self._batch(commands, lookup)
        ids = {kind: _ids(answer.get(kind), kind) for kind in TYPES}
        commands = {
            "leads": _list("crm.lead.list", "ID", ids["LEAD"], ("STATUS_SEMANTIC_ID", "P")),
            "contacts": _list("crm.contact.list", "ID", ids["CONTACT"]),
            "companies": _list("crm.company.list", "ID", ids["COMPANY"]),
            "deals": _list("crm.deal.list", "CONTACT_ID", ids["CONTACT"], ("CLOSED", "N")),
            "deals2": _list("crm.deal.list", "COMPANY_ID", ids["COMPANY"], ("CLOSED", "N")),
        }
        listing = {name: command for name, command in commands.items() if command}
        lists = self._batch(listing, lookup) if listing else {}
        return {name: [row for row in rows(found) if _mine(row, lookup)] for name, found in lists.items()}

    def _batch(self, commands: Mapping[str, str], lookup: Lookup) -> Mapping[str, Any]:
        answer = lookup.post(f"{self.hook}batch", {"halt": 0, "cmd": commands})["result"]
        if answer.get("result_error"):
            codes = {text(each.get("error")) for each in answer["result_error"].values()}
            raise Fault(f"it refuses a command: {' '.join(sorted(codes))[:80]}")
        return dict(answer["result"]) if answer["result"] else {}

    def _record(self, kind: Kind, page: str, row: Row) -> CrmRecord:
        address = urlsplit(self.hook)
        card = f"{address.scheme}://{address.netloc}/crm/{page}/details/{row['ID']}/"
        name = full_name(row.get("NAME"), row.get("LAST_NAME")) or (text(row.get("TITLE")) if page == "company" else "")
        return CrmRecord(kind, text(row["ID"]), text(row["ASSIGNED_BY_ID"]), when(row["DATE_MODIFY"]), None, name, card)


def _command(method: str, params: Pairs) -> str:
    return f"{method}?{urlencode(params, quote_via=quote)}"


def _list(method: str, by: str, ids: Sequence[str], *filters: tuple[str, str]) -> str:
    """A list command, newest first; "" without ids."""
    chosen: Pairs = [(f"filter[@{by}][]", each) for each in ids]
    chosen += [(f"filter[{name}]", value) for name, value in filters]
    chosen += [("order[DATE_MODIFY]", "DESC"), *(("select[]", name) for name in SHOWN)]
    return _command(method, chosen) if ids else ""


def _ids(found: Any, kind: str) -> list[str]:
    """Ids of one kind: the answer is an object by kind, or an empty list."""
    return [text(each) for each in found.get(kind, ())] if isinstance(found, dict) else []


def _mine(row: Row, lookup: Lookup) -> bool:
    """Whether a row has the caller's number; a deal has none and was found through its contact."""
    phones = row.get("PHONE")
    return phones is None or lookup.phone.among(each.get("VALUE") for each in rows(phones))


def is_limit(reply: Reply) -> bool:
    """Too many requests: 503 in the cloud, 429 for a method's computing time."""
    return reply.status == 429 or (reply.status == 503 and b"QUERY_LIMIT_EXCEEDED" in reply.body)


def connect(config: Mapping[str, Any], secret: Secret) -> tuple[Adapter, Auth]:
    """From the fields of routing.model.crm_settings.Bitrix24."""
    hook = secret(config["webhook"])
    if urlsplit(hook).scheme not in ("http", "https") or not urlsplit(hook).hostname:
        raise Fault("the secret is not the address of an incoming webhook", ours=True)
    return Bitrix24(hook.rstrip("/") + "/"), Key({})
