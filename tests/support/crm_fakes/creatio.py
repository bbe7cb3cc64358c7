"""Creatio's API: OData with filters, numbers in ContactCommunication, owners that are contacts; OAuth or a session."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from routing.model.web import Reply
from support.crm_fake import Asked, Fake, cut, route
from support.crm_world import Entity, iso

GUID = r"[0-9a-f]{8}-[0-9a-f-]{27}"
NOBODY = "00000000-0000-0000-0000-000000000000"


class Creatio(Fake):
    vendor = "creatio"
    renews = True
    settings: ClassVar = {
        "url": "https://standartpark.creatio.com",
        "identity": "https://standartpark-is.creatio.com",
        "client_id": "ID",
        "client_secret": "SECRET",
    }
    secrets: ClassVar = {"ID": "client", "SECRET": "hush-client"}

    def id(self, number: int | None) -> str:
        return f"00000000-0000-0000-0000-{number:012d}" if number else NOBODY

    def number(self, ident: Any) -> int:
        return int(str(ident)[-12:])

    def admits(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == f"Bearer {self.token}"

    @route("POST", "/connect/token", public=True)
    def tokens(self, asked: Asked) -> Any:
        wanted = {"grant_type": "client_credentials", "client_id": "client", "client_secret": "hush-client"}
        return self.grant({"token_type": "Bearer"}, asked.form, wanted)

    @route("GET", "/0/odata/ContactCommunication")
    def communications(self, asked: Asked) -> Any:
        form = re.fullmatch(r"startswith\(SearchNumber,'(\d+)'\) or contains\(Number,'(\d+)'\)", asked.one("$filter"))
        assert form and form[1] == form[2][::-1], asked.one("$filter")
        rows = [{"ContactId": self.id(each.id), "Number": each.phones[0]} for each in self.contacts_like(form[2])]
        return self._cut(rows, asked)

    @route("GET", "/0/odata/Contact")
    def contacts(self, asked: Asked) -> Any:
        ids = re.findall(GUID, asked.one("$filter"))
        rows = [self._row(each) | {"Name": each.name} for each in self.world.contacts if self.id(each.id) in ids]
        people = [user for user in self.world.users.values() if self.id(user.id) in ids]
        rows += [{"Id": self.id(user.id), "Name": user.name, "Email": user.email} for user in people]
        return self._cut(rows, asked)

    @route("GET", "/0/odata/Lead")
    def leads(self, asked: Asked) -> Any:
        assert "(QualifyStatus eq null or QualifyStatus/IsFinal eq false)" in asked.one("$filter")
        number = re.search(r"contains\(MobilePhone,'(\d+)'\)", asked.one("$filter"))
        assert number
        found = [each for each in self.leads_like(number[1]) if each.open]
        rows = [
            self._row(each) | {"MobilePhone": each.phones[0], "BusinesPhone": "", "Contact": each.name}
            for each in found
        ]
        return self._cut(rows, asked)

    @route("GET", "/0/odata/Opportunity")
    def opportunities(self, asked: Asked) -> Any:
        assert asked.one("$filter").endswith(" and Stage/End eq false")
        ids = re.findall(GUID, asked.one("$filter"))
        found = [each for each in self.world.deals if self.id(each.contact) in ids and each.open]
        return self._cut([self._row(each) | {"ContactId": self.id(each.contact)} for each in found], asked)

    @route("GET", "/0/odata/SysAdminUnit")
    def units(self, asked: Asked) -> Any:
        ids = re.findall(GUID, asked.one("$filter"))
        people = [user for user in self.world.users.values() if self.id(user.id) in ids]
        return self._cut([{"Id": self.id(user.id + 500), "Active": user.active} for user in people], asked)

    def _row(self, each: Entity) -> dict[str, Any]:
        changed = iso(each.changed).replace("+00:00", "Z")
        return {"Id": self.id(each.id), "OwnerId": self.id(each.owner), "ModifiedOn": changed}

    def _cut(self, rows: list[Any], asked: Asked) -> Any:
        return {"@odata.context": "...", "value": cut(rows, asked.number("$skip", 0), asked.number("$top", 20000))}


class CreatioLogin(Creatio):
    """With a user's session: cookies, and the header that repeats one of them."""

    settings: ClassVar = {"url": "https://standartpark.creatio.com", "login": "LOGIN", "password": "PASSWORD"}
    secrets: ClassVar = {"LOGIN": "robot", "PASSWORD": "hush-password"}

    def admits(self, asked: Asked) -> bool:
        session = f".ASPXAUTH={self.token}" in asked.headers.get("cookie", "")
        return session and asked.headers.get("bpmcsrf") == f"csrf-{self.token}"

    @route("POST", "/ServiceModel/AuthService.svc/Login", public=True)
    def login(self, asked: Asked) -> Any:
        if self.refuses or asked.json != {"UserName": "robot", "UserPassword": "hush-password"}:
            return {"Code": 1, "Message": "Invalid username or password"}
        self.granted += 1
        self.token = f"hush-{self.granted + 1}"
        cookies = f".ASPXAUTH={self.token}; path=/; HttpOnly\nBPMCSRF=csrf-{self.token}; path=/\nUserType=General"
        return Reply(200, {"set-cookie": cookies}, b'{"Code": 0}')
