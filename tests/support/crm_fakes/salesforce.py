"""Salesforce's API: SOSL over phone fields, SOQL, client credentials, queues as owners."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from routing.model.web import Reply
from support.crm_fake import Asked, Fake, route
from support.crm_world import Entity, digits, iso

PREFIX = {"lead": "00Q", "contact": "003", "deal": "006", "user": "005", "queue": "00G"}


class Salesforce(Fake):
    vendor = "salesforce"
    page = 0
    renews = True
    settings: ClassVar = {"url": "https://standartpark.my.salesforce.com", "client_id": "ID", "client_secret": "SECRET"}
    secrets: ClassVar = {"ID": "consumer", "SECRET": "hush-client"}
    too_many = Reply(403, {}, b'[{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]')

    def id(self, number: int | None) -> str:
        return f"005{number or 0:012d}"

    def number(self, ident: Any) -> int:
        return int(str(ident)[3:])

    def admits(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == f"Bearer {self.token}"

    @route("POST", "/services/oauth2/token", public=True)
    def tokens(self, asked: Asked) -> Any:
        wanted = {"grant_type": "client_credentials", "client_id": "consumer", "client_secret": "hush-client"}
        answer = self.grant({"instance_url": self.settings["url"], "token_type": "Bearer"}, asked.form, wanted)
        if isinstance(answer, dict):
            del answer["expires_in"]
        return answer

    @route("GET", "/services/data/v59.0/search/")
    def search(self, asked: Asked) -> Any:
        form = re.fullmatch(
            r"FIND \{(\d+(?: OR \d+)*)\} IN PHONE FIELDS RETURNING Lead\((.*)\), Contact\((.*)\)", asked.one("q")
        )
        assert form, asked.one("q")
        assert "WHERE IsConverted = false" in form[2]
        terms = form[1].split(" OR ")

        def hits(each: Entity) -> bool:
            return any(digits(phone).endswith(term[-9:]) for phone in each.phones for term in terms)

        leads = [
            self._row("Lead", each) | {"Status": "Open" if each.open else "Unqualified"}
            for each in self.world.leads
            if hits(each)
        ]
        return {"searchRecords": leads + [self._row("Contact", each) for each in self.world.contacts if hits(each)]}

    @route("GET", "/services/data/v59.0/query")
    def query(self, asked: Asked) -> Any:
        text = asked.one("q")
        if user := re.search(r"FROM User WHERE Id = '(\w{15})'", text):
            rows = [self._user(self.number(user[1]))]
        else:
            assert "FROM Opportunity WHERE IsClosed = false" in text
            ids = [self.number(each) for each in re.findall(r"'(003\d{12})'", text)]
            found = [each for each in self.world.deals if each.contact in ids and each.open]
            rows = [self._row("Opportunity", each) for each in sorted(found, key=lambda each: -each.changed)]
        return {"totalSize": len(rows), "done": True, "records": rows}

    def _user(self, number: int) -> dict[str, Any]:
        user = self.world.users[number]
        facts = {"Id": self.id(number), "Name": user.name, "Email": user.email}
        return facts | {"Extension": user.extension, "IsActive": user.active}

    def _row(self, what: str, each: Entity) -> dict[str, Any]:
        prefix = {"Lead": "00Q", "Contact": "003", "Opportunity": "006"}[what]
        owner = self.id(each.owner) if each.owner else "00G000000000001"
        changed = iso(each.changed).replace("+00:00", ".000+0000")
        facts = {"Id": f"{prefix}{each.id:012d}", "OwnerId": owner, "Name": each.name, "LastModifiedDate": changed}
        return {"attributes": {"type": what}, "Phone": each.phones[0], "MobilePhone": None, **facts}
