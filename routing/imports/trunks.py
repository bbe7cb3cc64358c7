"""Trunks: every imported number must stand on one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from routing.imports.draft import ImportDraft
from routing.imports.names import safe
from routing.imports.passwords import OldPassword, keep_password
from routing.imports.people import host
from routing.imports.rows import Row
from routing.model.secret import gateway_name

PLACEHOLDER = "sip.carrier.invalid"


@dataclass(frozen=True)
class Trunk:
    """A trunk as the other system describes it."""

    name: str
    proxy: str
    username: str = ""
    register: bool = False
    transport: str = ""
    realm: str = ""
    password: str = field(default="", repr=False)


def add_trunk(draft: ImportDraft, row: Row, column: str, trunk: Trunk) -> None:
    """A gateway of the draft; its password is a secret to be entered where it is not carried."""
    fields: dict[str, Any] = {"proxy": trunk.proxy}
    username = safe(trunk.username)
    if username:
        fields["username"] = username
    if not (trunk.register and username):
        fields["register"] = False
    if trunk.transport in ("tcp", "tls"):
        fields["transport"] = trunk.transport
    if trunk.realm and host(trunk.realm) and trunk.realm != trunk.proxy:
        fields["realm"] = trunk.realm
    name = draft.new_name("gateway", trunk.name, "trunk")
    draft.gateways[name] = (fields, f"trunk {safe(trunk.name)}")
    if username:
        secret = gateway_name(name)
        if keep_password(draft, secret, OldPassword(row, column, trunk.name, trunk.password)):
            return
        blind = Row(row.table, row.line, {})  # never the password itself
        draft.report.todo(blind, trunk.name, column, "passwords are not imported", f"write {secret} into var/secrets")


def put_numbers(draft: ImportDraft) -> None:
    """The company's numbers on the first trunk, or on a placeholder when the dump has none."""
    numbers = [number for scheme in draft.schemes.values() for number in scheme.numbers]
    has_outside = any("number" in phone for person in draft.people.values() for phone in person.phones.values())
    if not draft.gateways and (numbers or has_outside):
        draft.gateways["carrier"] = (
            {"proxy": PLACEHOLDER, "register": False},
            "no trunk was imported: write your carrier's",
        )
        draft.report.notes.append(
            f"no trunk was imported: project.yaml has {PLACEHOLDER} in its place; write your carrier's"
        )
    if numbers:
        first = next(iter(draft.gateways))
        draft.gateways[first][0]["numbers"] = sorted(dict.fromkeys(numbers))
        if len(draft.gateways) > 1:
            draft.report.notes.append(
                f"all numbers stand on the trunk `{first}`: move those of other carriers to theirs"
            )
