"""Any CRM with an HTTP API that answers JSON, described in YAML: its addresses, and the paths to the fields of answers.

The settings are those of routing.model.crm_settings.HttpCrm. Paths are keys with dots, ``[]`` for every element of a
list: ``data.items``, ``phones[].number``. They are only read, never executed.
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
from routing.crm.lookup import Auth, Lookup
from routing.crm.phone import CallerNumber
from routing.crm.record import MOST_ROWS, Adapter, CrmRecord, Secret, link, rows, segment, text, when
from routing.model.crm_templates import filled, filled_body
from routing.model.header_secrets import filled as filled_headers
from routing.model.lookup import KINDS, Kind, Owner

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Generic:
    """``searches``: the request for each kind; ``people``: the request for an owner, None when the CRM has none."""

    url: str
    searches: Mapping[Kind, Settings]
    people: Settings | None = None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds with a search."""
        return tuple(self.searches)

    def find(self, kind: Kind, lookup: Lookup) -> Sequence[CrmRecord]:
        """See Adapter."""
        search = self.searches[kind]
        found = lookup.once(_question(search), lambda: self._rows(search, lookup))
        return [self._record(kind, search, row) for row in found if _open(search, row)]

    def owner(self, owner_id: str, lookup: Lookup) -> Owner | None:
        """See Adapter."""
        if self.people is None:
            return Owner(owner_id)
        path = self.people["path"].replace("{id}", segment(owner_id))
        answer = first(lookup.get(self.url + path), self.people.get("row") or "")
        if not isinstance(answer, dict):
            return None
        email, name, extension = (text(first(answer, self.people.get(key))) for key in ("email", "name", "extension"))
        active = first(answer, self.people["active"]) if self.people.get("active") else True
        return Owner(owner_id, email, name, extension, active in (True, 1, "1", "true", "active", "Y"))

    def _rows(self, search: Settings, lookup: Lookup) -> list[dict[str, Any]]:
        known = {**_forms(lookup.phone), **lookup.visitor}
        start = self.url + filled(search["path"], known, partial(quote, safe=""))
        body = filled_body(search.get("body"), known)

        def page(url: str) -> tuple[list[dict[str, Any]], str | None]:
            posted = search["method"] == "POST"
            answer = lookup.post(url, body) if posted else lookup.get(url)
            return rows(first(answer, search["rows"])), self._next(url, text(first(answer, search.get("next"))))

        return lookup.pages(page, start)

    def _record(self, kind: Kind, search: Settings, row: Mapping[str, Any]) -> CrmRecord:
        phones = tuple(text(each) for path in search["phones"] for each in values(row, path))
        facts = {key: text(first(row, search.get(key))) for key in ("id", "owner", "name", "card")}
        card = link(urljoin(self.url, facts["card"])) if facts["card"] else ""
        return CrmRecord(
            kind, facts["id"], facts["owner"], when(first(row, search.get("changed"))), phones, facts["name"], card
        )

    def _next(self, url: str, following: str) -> str | None:
        """The next page's address; only on the same server, because the request carries our credentials."""
        if not following:
            return None
        target = urljoin(url, following)
        if urlsplit(target)[:2] != urlsplit(self.url)[:2]:
            raise Fault("its next page is on another server")
        return target


def values(answer: Any, path: str | None) -> list[Any]:
    """The values at a path, several where it goes through ``[]``; none without a path or where nothing is there."""
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
    """The first value at a path, or None."""
    return next(iter(values(answer, path)), None)


def _open(search: Settings, row: Mapping[str, Any]) -> bool:
    """Whether every field of ``open`` has one of the values that an open record has."""
    return all(text(_flag(first(row, path))) in allowed for path, allowed in (search.get("open") or {}).items())


def _flag(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _question(search: Settings) -> str:
    """The key of a search: its request and paging. Kinds with equal searches share one answer."""
    return json.dumps([search.get(key) for key in ("path", "method", "body", "rows", "next")], sort_keys=True)


def _forms(phone: CallerNumber) -> dict[str, str]:
    return {"phone": phone.e164, "digits": phone.digits, "national": phone.national, "tail": phone.tail}


def connect(config: Settings, secret: Secret) -> tuple[Adapter, Auth]:
    """From the fields of routing.model.crm_settings.HttpCrm."""
    proof = filled_headers(config.get("headers") or {}, secret)
    searches: dict[Kind, Settings] = {kind: config[kind] for kind in KINDS if config.get(kind)}
    return Generic(config["url"].rstrip("/"), searches, config.get("owner")), Key(proof)
