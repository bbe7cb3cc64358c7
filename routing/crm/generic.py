"""Any CRM with an HTTP API that answers JSON, described in YAML: which address has what, and where it is there.

Source of its form: the fields of routing.model.crm_settings.HttpCrm, which say what each setting means. Paths are
keys with dots, ``[]`` for every element of a list: ``data.items``, ``phones[].number``. What they
name is read, never run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from routing.crm.auth import Key
from routing.crm.fault import Fault
from routing.crm.look import Auth, Look
from routing.crm.phone import CallerNumber
from routing.crm.record import MOST_ROWS, Adapter, CrmRecord, Secret, link, rows, segment, text, when
from routing.model.crm_templates import filled, filled_body
from routing.model.header_secrets import filled as filled_headers
from routing.model.lookup import KINDS, Kind, Owner

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Generic:
    """``searches``: how each kind is asked for; ``people``: how an owner is, None when the CRM cannot be asked."""

    url: str
    searches: Mapping[Kind, Settings]
    people: Settings | None = None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds that are described."""
        return tuple(self.searches)

    def find(self, kind: Kind, look: Look) -> Sequence[CrmRecord]:
        """See Adapter."""
        search = self.searches[kind]
        found = look.once(_question(search), lambda: self._rows(search, look))
        return [self._record(kind, search, row) for row in found if _open(search, row)]

    def owner(self, owner_id: str, look: Look) -> Owner | None:
        """See Adapter."""
        if self.people is None:
            return Owner(owner_id)
        path = self.people["path"].replace("{id}", segment(owner_id))
        answer = first(look.get(self.url + path), self.people.get("row") or "")
        if not isinstance(answer, dict):
            return None
        email, name, extension = (text(first(answer, self.people.get(key))) for key in ("email", "name", "extension"))
        active = first(answer, self.people["active"]) if self.people.get("active") else True
        return Owner(owner_id, email, name, extension, active in (True, 1, "1", "true", "active", "Y"))

    def _rows(self, search: Settings, look: Look) -> list[dict[str, Any]]:
        known = {**_forms(look.phone), **look.visitor}
        start = self.url + filled(search["path"], known, partial(quote, safe=""))
        body = filled_body(search.get("body"), known)

        def page(url: str) -> tuple[list[dict[str, Any]], str | None]:
            posted = search["method"] == "POST"
            answer = look.post(url, body) if posted else look.get(url)
            return rows(first(answer, search["rows"])), self._next(url, text(first(answer, search.get("next"))))

        return look.pages(page, start)

    def _record(self, kind: Kind, search: Settings, row: Mapping[str, Any]) -> CrmRecord:
        phones = tuple(text(each) for path in search["phones"] for each in values(row, path))
        facts = {key: text(first(row, search.get(key))) for key in ("id", "owner", "name", "card")}
        card = link(urljoin(self.url, facts["card"])) if facts["card"] else ""
        return CrmRecord(
            kind, facts["id"], facts["owner"], when(first(row, search.get("changed"))), phones, facts["name"], card
        )

    def _next(self, url: str, following: str) -> str | None:
        """The next page's address: of the same server only, since our credentials go there."""
        if not following:
            return None
        target = urljoin(url, following)
        if urlsplit(target)[:2] != urlsplit(self.url)[:2]:
            raise Fault("its next page is on another server")
        return target


def values(answer: Any, path: str | None) -> list[Any]:
    """What a path names, several things where it goes through ``[]``; nothing for no path or where there is nothing."""
    if path is None:
        return []
    found = [answer]
    for key in path.split(".") if path else ():
        name = key.removesuffix("[]")
        found = [each[name] for each in found if isinstance(each, dict) and each.get(name) is not None]
        if key.endswith("[]"):
            found = [each for several in found if isinstance(several, list) for each in several][:MOST_ROWS]
    return found


def first(answer: Any, path: str | None) -> Any:
    """The first thing that a path names, None when there is none."""
    return next(iter(values(answer, path)), None)


def _open(search: Settings, row: Mapping[str, Any]) -> bool:
    """Whether every field of ``open`` has one of the values that an open record has."""
    return all(text(_flag(first(row, path))) in allowed for path, allowed in (search.get("open") or {}).items())


def _flag(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _question(search: Settings) -> str:
    """What is asked, and how its pages are read: kinds that ask the same share one answer."""
    return json.dumps([search.get(key) for key in ("path", "method", "body", "rows", "next")], sort_keys=True)


def _forms(phone: CallerNumber) -> dict[str, str]:
    return {"phone": phone.e164, "digits": phone.digits, "national": phone.national, "tail": phone.tail}


def connect(config: Settings, secret: Secret) -> tuple[Adapter, Auth]:
    """From the fields of routing.model.crm_settings.HttpCrm."""
    proof = filled_headers(config.get("headers") or {}, secret)
    searches: dict[Kind, Settings] = {kind: config[kind] for kind in KINDS if config.get(kind)}
    return Generic(config["url"].rstrip("/"), searches, config.get("owner")), Key(proof)
