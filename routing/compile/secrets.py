"""The secrets of a folder: their purposes, and missing or invalid ones. Values are arguments; messages never contain
them."""

from __future__ import annotations

import base64
import secrets as random_secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from routing.compile.need import CARRIERS, CRMS, HANDLERS, HOOKS, OF_RECORDINGS, OF_STREAMS, Need, pin_account
from routing.compile.scheme import SchemeRecord
from routing.load.nodes import Document
from routing.model import header_secrets
from routing.model import secret as secret_rules
from routing.model.crm_fields import Crm
from routing.model.exports import Exports
from routing.model.folder import Folder
from routing.model.problem import Loc, Problem, Problems
from routing.model.secret import (
    PASSWORD,
    PIN,
    SENT,
    SHOWN,
    SIGNS,
    Purpose,
    gateway_name,
    may_serve_both,
    password_name,
    reserved_owner,
    sent_to,
)
from routing.model.web import is_sent_unencrypted


def needs(folder: Folder, documents: Sequence[Document], records: Sequence[SchemeRecord] = ()) -> Iterator[Need]:
    """Every mention of a secret in a folder. ``records``: its schemes."""

    def place(loc: Loc) -> Problem:
        kind, name = loc[0], loc[1]
        document = next(each for each in documents if name in each.part(str(kind)))
        return document.problem(loc, "")

    for account, phone in folder.accounts.items():
        person, _, label = phone.partition(".")
        yield Need(password_name(account), place(("people", person, "phones", label, "sip")), account)
    for name, gateway in folder.gateways.items():
        if gateway.username:
            at = place(("gateways", name, "username"))
            yield Need(gateway_name(name), at, f"gateway {name}", shared=CARRIERS)
    project = folder.project
    interfaces = {"tracking": project.tracking, "pops": project.pops, "callbacks": project.callbacks}
    for setting, interface in interfaces.items():
        if interface and interface.key:
            yield Need(interface.key, place(("project", setting, "key")), purpose=SHOWN)
    for key in project.encrypt_recordings:
        at = place(("project", "encrypt_recordings"))
        yield Need(
            secret_rules.RECORDING_KEY + key.upper(), at, foreign=OF_RECORDINGS.format(key), purpose=secret_rules.SEALS
        )
    yield from _of_exports(project.exports, place)
    if project.desk and (openid := project.desk.openid):
        what, asks = "the client secret that the provider gave the desk", place(("project", "desk", "openid", "secret"))
        yield Need(openid.secret, asks, foreign=what, purpose=sent_to(openid.issuer), field="client_secret")
    for name, crm in folder.crm.items():
        for below, secret, what in crm.secrets():
            asks = place(("crm", name, *below))
            to, field = sent_to(_server(crm)), str(below[0])
            yield Need(secret, asks, foreign=what, shared="" if what else CRMS, purpose=to, field=field)
    for record in records:
        for secret, purpose, (line, column, path) in record.secrets:
            yield _of_step(secret, purpose, Problem(record.file, line, column, path, ""))


def _of_exports(exports: Exports | None, place: Callable[[Loc], Problem]) -> Iterator[Need]:
    """Secrets of exports: Google issues those of its streams, ours sign webhooks."""
    for name, stream in exports.ga4.items() if exports else ():
        at = place(("project", "exports", "ga4", name, "api_secret"))
        purpose = sent_to(stream.endpoint)
        yield Need(stream.api_secret, at, foreign=OF_STREAMS, purpose=purpose, field="api_secret")
    for name, hook in exports.webhooks.items() if exports else ():
        yield Need(hook.secret, place(("project", "exports", "webhooks", name, "secret")), shared=HOOKS, purpose=SIGNS)


def for_decisions(folder: Folder, records: Sequence[SchemeRecord]) -> list[dict[str, Any]]:
    """What the engine must know by value, for the release's table: a row a secret and purpose, with the first place
    that names it and how many do."""
    places: dict[tuple[str, Purpose], list[str]] = {}
    for name, crm in folder.crm.items():
        for below, secret, _ in crm.secrets():
            path = ".".join(map(str, ("crm", name, *below)))
            places.setdefault((secret, sent_to(_server(crm))), []).append(path)
    for record in records:
        for secret, purpose, (_, _, path) in record.secrets:
            if purpose != PIN:
                places.setdefault((secret, purpose), []).append(f"{path} of scheme {record.scheme}")
    return [
        {"name": name, "purpose": purpose, "place": min(named), "places": len(named)}
        for (name, purpose), named in sorted(places.items())
    ]


def _server(crm: Crm) -> str:
    """The address to which a CRM's secrets are sent; the vendor's name where the vendor fixes the address."""
    return str(getattr(crm, "url", None) or getattr(crm, "vendor", "")).replace("zoho_desk", "zoho_crm")


def _of_step(secret: str, purpose: Purpose, place: Problem) -> Need:
    if purpose == PIN:
        return Need(secret, place, account=pin_account(secret), purpose=purpose)
    header = place.path.rpartition(".")[2]
    what = f"the value that the handler expects in header {header}" if purpose.startswith(SENT) else ""
    return Need(secret, place, foreign=what, shared="" if what else HANDLERS, purpose=purpose)


def passwords(needed: Sequence[Need], secrets: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
    """Passwords by SIP account and by ``gateway NAME``, and a problem for each missing or invalid secret."""
    found: dict[str, str] = {}
    missing: dict[str, list[Need]] = {}
    for need in needed:
        if not (value := _value(secrets, need.name)):
            missing.setdefault(need.name, []).append(need)
        elif need.account:
            found[need.account] = value
    problems = [*misused(needed), *invalid_values(needed, secrets)]
    for places in missing.values():
        first = min(places, key=lambda need: need.place)
        problems.append(first.missing(len(places) - 1))
    return found, problems


def misused(needed: Sequence[Need]) -> Iterator[Problem]:
    """Secrets with two purposes: a server to which one is sent would know the other too."""
    first: dict[str, Need] = {}
    for need in needed:
        if need.purpose not in (PASSWORD, secret_rules.SEALS) and (owner := reserved_owner(need.name)):
            yield replace(need.place, message=f"{need.name} is {owner}, which no scheme may send anywhere")
        before = first.setdefault(need.name, need)
        if not may_serve_both(before.purpose, need.purpose):
            message = f"the secret {need.name} is {need.purpose} here and {before.purpose} at {_at(before.place)}"
            yield replace(need.place, message=message, hint="give each server a secret of its own")


def _at(place: Problem) -> str:
    return f"{place.file}:{place.line}"


def invalid_values(needed: Sequence[Need], secrets: Mapping[str, str]) -> list[Problem]:
    """A problem for each secret whose value does not fit its purpose."""
    problems: dict[tuple[str, Purpose], Problem] = {}
    real = set(secrets)  # the mapping may invent values
    for need in needed:
        if need.name in real and (value := _value(secrets, need.name)) and (problem := need.unfit(value)):
            problems.setdefault((need.name, need.purpose), problem)
    return list(problems.values())


def in_clear(folder: Folder, documents: Sequence[Document]) -> Iterator[Problem]:
    """CRMs whose secrets would be sent unencrypted over foreign networks."""
    for name, crm in folder.crm.items():
        url = str(getattr(crm, "url", None) or "")
        if is_sent_unencrypted(url) and any(crm.secrets()):
            document = next(d for d in documents if isinstance(d.data, dict) and name in (d.data.get("crm") or {}))
            yield document.problem(("crm", name, "url"), "http would send its secrets unencrypted", "write https://")


def _value(secrets: Mapping[str, str], name: str) -> str:
    return secrets[name].strip() if name in secrets else ""


#: Steps that name secrets with which they ask servers.
ASKING_SERVERS = ("webhook", "lookup")
#: Steps that name secrets: each is read here even where the file is not valid.
NAMING_SECRETS = (*ASKING_SERVERS, "conference")


def names_secrets(text: bytes) -> bool:
    """Whether a scheme's text may have a step that names secrets."""
    return any(kind.encode() in text for kind in NAMING_SECRETS)


def named_by_steps(document: Document) -> Iterator[Need]:
    """The secrets that steps of a scheme file name; the file is not checked."""
    for loc, name, purpose in _named_by(document.data, ()):
        yield _of_step(name, purpose, document.problem(loc, ""))


def _named_by(data: Any, loc: Loc) -> Iterator[tuple[Loc, str, Purpose]]:
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        if key == "conference" and isinstance(value, dict) and isinstance(value.get("pin"), str):
            yield (*loc, key, "pin"), value["pin"], PIN
        if key not in ASKING_SERVERS or not isinstance(value, dict):
            yield from _named_by(value, (*loc, key))
            continue
        if isinstance(value.get("secret"), str):
            yield (*loc, key, "secret"), value["secret"], SIGNS
        written = value.get("headers")
        texts = {k: v for k, v in written.items() if isinstance(v, str)} if isinstance(written, dict) else {}
        for header, name in header_secrets.secrets_of(texts):
            yield (*loc, key, "headers", header), name, sent_to(str(value.get("url")))


def known_or_refused(needed: list[Need]) -> list[Need]:
    """The needs, if none is misused. Raises Problems."""
    if wrong := [*misused(needed)]:
        raise Problems(wrong)
    return needed


def generated_secrets(needed: Sequence[Need], secrets: Mapping[str, str]) -> dict[str, str]:
    """A random password or key, by name, for every missing secret that no other party issues."""
    others = {need.name for need in needed if need.foreign}
    missing = (need for need in needed if need.name not in others and not _value(secrets, need.name))
    return {need.name: _made_for(need) for need in missing}


def _made_for(need: Need) -> str:
    if need.purpose == PIN:
        return f"{random_secrets.randbelow(10**6):06}"
    return _password() if need.account else _key()


def foreign(needed: Sequence[Need], secrets: Mapping[str, str]) -> list[Problem]:
    """The missing secrets that another party issues."""
    missing = {need.name: need for need in needed if need.foreign and not _value(secrets, need.name)}
    return [need.missing(0) for need in missing.values()]


def hand_over(needed: Sequence[Need], added: Mapping[str, str]) -> list[Problem]:
    """Reminders to hand over generated secrets that another party needs too, one per secret."""
    shared = {need.name: need for need in reversed(needed) if need.shared and need.name in added}
    return sorted(need.generated() for need in shared.values())


def _key() -> str:
    """A key in the format of Standard Webhooks."""
    return "whsec_" + base64.b64encode(random_secrets.token_bytes(24)).decode()


def _password() -> str:
    return random_secrets.token_urlsafe(18)
