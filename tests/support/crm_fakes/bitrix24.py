"""Bitrix24's API: an incoming webhook whose address is the secret, batches of commands, duplicates by number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qs

from routing.model.web import Reply
from support.crm_fake import Asked, Fake, route
from support.crm_world import Entity, iso, overmatches

LIMIT = b'{"error": "QUERY_LIMIT_EXCEEDED", "error_description": "Too many requests"}'
#: With this many duplicates of a kind no more are told.
MOST = 20

Query = Mapping[str, list[str]]


class Bitrix24(Fake):
    vendor = "bitrix24"
    page = 0
    settings: ClassVar = {"webhook": "HOOK"}
    secrets: ClassVar = {"HOOK": "https://standartpark.bitrix24.eu/rest/17/hush-hook/"}
    too_many = Reply(503, {}, LIMIT)

    def admits(self, asked: Asked) -> bool:
        return asked.path.startswith("/rest/17/hush-hook/")

    @route("POST", r"/rest/17/[^/]+/batch")
    def batch(self, asked: Asked) -> Any:
        commands = asked.json["cmd"]
        assert len(commands) <= 50
        result = {name: self._run(*command.split("?", 1)) for name, command in commands.items()}
        return {"result": {"result": result, "result_error": [], "result_total": {}}, "time": {}}

    @route("POST", r"/rest/17/[^/]+/user\.get")
    def user(self, asked: Asked) -> Any:
        user = self.world.users[int(asked.json["ID"])]
        facts = {"ID": str(user.id), "NAME": user.name, "EMAIL": user.email, "ACTIVE": user.active}
        return {"result": [facts | {"UF_PHONE_INNER": user.extension}], "total": 1}

    def _run(self, method: str, params: str) -> Any:
        query = parse_qs(params)
        if method == "crm.duplicate.findbycomm":
            return self._duplicates(query)
        rows = {"crm.lead.list": self._leads, "crm.contact.list": self._contacts, "crm.deal.list": self._deals}
        assert query["order[DATE_MODIFY]"] == ["DESC"]
        return sorted(rows[method](query), key=lambda row: row["DATE_MODIFY"], reverse=True)[:50]

    def _duplicates(self, query: Query) -> Any:
        kind = query["entity_type"][0]
        held = {"LEAD": self.world.leads, "CONTACT": self.world.contacts}.get(kind, [])
        values = query["values[]"]
        assert len(values) <= 20 and query["type"] == ["PHONE"]
        ids = [each.id for each in held if any(overmatches(phone, value) for phone in each.phones for value in values)]
        return {kind: ids[:MOST]} if ids else []

    def _leads(self, query: Query) -> list[dict[str, Any]]:
        assert query["filter[STATUS_SEMANTIC_ID]"] == ["P"]
        return [
            self._row(each, True) for each in self.world.leads if str(each.id) in query["filter[@ID][]"] and each.open
        ]

    def _contacts(self, query: Query) -> list[dict[str, Any]]:
        return [self._row(each, True) for each in self.world.contacts if str(each.id) in query["filter[@ID][]"]]

    def _deals(self, query: Query) -> list[dict[str, Any]]:
        assert query["filter[CLOSED]"] == ["N"]
        ids = query["filter[@CONTACT_ID][]"]
        return [self._row(each, False) for each in self.world.deals if str(each.contact) in ids and each.open]

    def _row(self, each: Entity, phones: bool) -> dict[str, Any]:
        own = {"PHONE": [{"VALUE": phone, "VALUE_TYPE": "WORK"} for phone in each.phones]} if phones else {}
        owner = str(each.owner or "")
        changed = re.sub(r"\+00:00$", "+03:00", iso(each.changed + 3 * 3600))
        return {"ID": str(each.id), "NAME": each.name, "ASSIGNED_BY_ID": owner, "DATE_MODIFY": changed, **own}
