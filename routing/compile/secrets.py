"""Which secrets a folder needs and where they are missing. Values come in as an argument; none is ever in a message."""

from __future__ import annotations

import base64
import re
import secrets as random_secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from routing.compile.scheme import Record
from routing.load.nodes import Document
from routing.model.folder import Folder
from routing.model.problem import Loc, Problem

#: FreeSWITCH's preprocessor works on the file's text: these would be acted upon, or end the line.
_UNFIT = re.compile(r"\$[${]|X-PRE-PROCESS|<!--|<\?|</?include|[\x00-\x1f\x7f]", re.IGNORECASE)


@dataclass(frozen=True)
class Need:
    """A secret's name and the place that asks for it, a problem without words.

    ``account``: whose password FreeSWITCH is told, a SIP account or ``gateway NAME``. ``foreign``: of a secret that
    somebody else gives out, what it is and where to get it; any other can be invented.
    """

    name: str
    place: Problem
    account: str = ""
    foreign: str = ""

    def missing(self, more: int) -> Problem:
        """That it is not set; ``more`` places name it too."""
        also = f" (named in {more} more place{'s' if more > 1 else ''})" if more else ""
        where = f"set {self.name} in the environment or the secrets file"
        hint = f"{self.foreign}: {where}" if self.foreign else f"{where}; `routing secrets` makes one"
        return replace(self.place, message=f"the secret {self.name} is missing{also}", hint=hint)


def password_name(account: str) -> str:
    """Name of the secret that holds a SIP account's password: ``SIP_PASSWORD_1001``."""
    return "SIP_PASSWORD_" + re.sub(r"\W", "_", account).upper()


def gateway_name(gateway: str) -> str:
    """Name of the secret that holds a gateway's password: ``GATEWAY_PASSWORD_MAIN``."""
    return "GATEWAY_PASSWORD_" + gateway.upper()


def needs(folder: Folder, documents: Sequence[Document], records: Sequence[Record] = ()) -> Iterator[Need]:
    """Every secret that a folder names, as often as it is named. ``records``: its schemes."""

    def place(loc: Loc) -> Problem:
        kind, name = loc[0], loc[1]
        document = next(d for d in documents if isinstance(d.data, dict) and name in (d.data.get(str(kind)) or {}))
        return document.problem(loc, "")

    for account, phone in folder.accounts.items():
        person, _, label = phone.partition(".")
        yield Need(password_name(account), place(("people", person, "phones", label, "sip")), account)
    for name, gateway in folder.gateways.items():
        if gateway.username:
            yield Need(gateway_name(name), place(("gateways", name, "username")), f"gateway {name}")
    for setting, asked in (("tracking", folder.project.tracking), ("pops", folder.project.pops)):
        if asked and asked.key:
            yield Need(asked.key, place(("project", setting, "key")))
    for name, crm in folder.crm.items():
        for below, secret, what in crm.secrets():
            yield Need(secret, place(("crm", name, *below)), foreign=what)
    for record in records:
        for secret, (line, column, path) in record.secrets:
            yield Need(secret, Problem(record.file, line, column, path, ""))


def passwords(needed: Sequence[Need], secrets: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
    """Passwords by SIP account and by ``gateway NAME``, and a problem for each secret that is missing or unfit."""
    found: dict[str, str] = {}
    missing: dict[str, list[Need]] = {}
    problems = []
    for need in needed:
        if not (value := _value(secrets, need.name)):
            missing.setdefault(need.name, []).append(need)
        elif need.account:
            found[need.account] = value
            if unfit := _UNFIT.search(value):
                said = f"the secret {need.name} holds {_named(unfit[0])}, which FreeSWITCH would not read as it is"
                hint = "choose another password; `routing secrets` makes good ones"
                problems.append(replace(need.place, message=said, hint=hint))
    for places in missing.values():
        first = min(places, key=lambda need: need.place)
        problems.append(first.missing(len(places) - 1))
    return found, problems


def _value(secrets: Mapping[str, str], name: str) -> str:
    return secrets[name] if name in secrets else ""  # noqa: SIM401  # a mapping may make values up


def _named(unfit: str) -> str:
    return f"`{unfit}`" if unfit.isprintable() else "a control character"


def signing_keys(document: Document) -> Iterator[Need]:
    """The keys that webhook steps of a scheme file sign with; the file is not checked."""
    for loc, name in _signing(document.data, ()):
        yield Need(name, document.problem(loc, ""))


def _signing(data: Any, loc: Loc) -> Iterator[tuple[Loc, str]]:
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        if key == "webhook" and isinstance(value, dict) and isinstance(value.get("secret"), str):
            yield (*loc, key, "secret"), value["secret"]
        else:
            yield from _signing(value, (*loc, key))


def invented(needed: Sequence[Need], secrets: Mapping[str, str]) -> dict[str, str]:
    """A random password or key for every secret that is missing and ours to choose, by its name."""
    foreign = {need.name for need in needed if need.foreign}
    missing = (need for need in needed if need.name not in foreign and not _value(secrets, need.name))
    return {need.name: _password() if need.account else _key() for need in missing}


def foreign(needed: Sequence[Need], secrets: Mapping[str, str]) -> list[Problem]:
    """The secrets that are missing and that others give out."""
    missing = {need.name: need for need in needed if need.foreign and not _value(secrets, need.name)}
    return [need.missing(0) for need in missing.values()]


def _key() -> str:
    """In the form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(random_secrets.token_bytes(24)).decode()


def _password() -> str:
    return random_secrets.token_urlsafe(18)
