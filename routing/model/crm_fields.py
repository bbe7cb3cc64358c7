"""What the settings of all CRMs are made of: addresses, places in JSON, and what every CRM has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from routing.model import body_secrets, crm_places, crm_templates
from routing.model.fields import Fields, Seconds, Text, refuse
from routing.model.in_clear import HINT
from routing.model.lookup import KINDS, Kind
from routing.model.problem import Loc
from routing.model.url_secrets import masked, secret_in

#: How the description of a field begins that names a secret.
_GIVEN = "Secret: "
LONGEST_REMEMBERED_SECONDS = 600
_JSON_PATH = re.compile(r"[^.\[\]\s]+(\[\])?(\.[^.\[\]\s]+(\[\])?)*")


def _address(value: str) -> str:
    """An http(s) address without a password or a query, no slash at its end."""
    try:
        parts = urlsplit(value)
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        valid = False
    if valid and (secret := secret_in(value)):
        raise refuse(f"an address may not hold {secret}: it would stand in git; name a secret")
    if not valid or re.search(r"\s", value) or parts.query or parts.fragment:
        bare = masked(value).partition("?")[0]  # what follows may be a token
        raise refuse(f"`{bare}` is not an address: write `https://host`")
    return value.rstrip("/")


def _json_path(value: str) -> str:
    if value and not _JSON_PATH.fullmatch(value):
        raise refuse(f"`{value}` is not a path: keys with dots, `[]` for every element: `phones[].number`")
    return value


def _server_path(value: str) -> str:
    if not value.startswith("/") or re.search(r"\s", value):
        raise refuse(f"`{value}` is not a path of the server: begin it with `/`")
    return value


def _template(value: str) -> str:
    crm_places.check(value)
    crm_places.check_path(value)
    return _no_secret(value)


def _of_owner(value: str) -> str:
    for place in re.findall(r"\{([^}]*)\}", value):
        if place != "id":
            raise refuse(f"nothing is called `{{{place}}}`", "an owner is asked for by `{id}`")
    return _no_secret(value)


def _no_secret(value: str) -> str:
    if secret := secret_in(value):
        raise refuse(f"an address may not hold {secret}: it would stand in git and in logs", HINT)
    return value


def _body(value: Any) -> Any:
    for _, text in crm_templates.texts(value):
        crm_places.check(text)
    for where in body_secrets.secrets_in(value):
        raise refuse(f"a secret stands here in clear, `{where}`: it would stand in git and in logs", HINT)
    return value


def _soon(value: int) -> int:
    if value > LONGEST_REMEMBERED_SECONDS:
        raise refuse(f"whoever looks after the client may change: at most {LONGEST_REMEMBERED_SECONDS // 60} min")
    return value


def _plain(value: Any) -> Any:
    """Numbers and flags as CRMs write them, in the form in which they are compared."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


Address = Annotated[Text, AfterValidator(_address)]
JsonPath = Annotated[Text, AfterValidator(_json_path)]
ServerPath = Annotated[Text, AfterValidator(_server_path)]
#: An address with places for the caller's number and, behind ``?``, for what is known of the visitor.
Template = Annotated[ServerPath, AfterValidator(_template)]
OwnerTemplate = Annotated[ServerPath, AfterValidator(_of_owner)]
Body = Annotated[Any, AfterValidator(_body)]
Plain = Annotated[Text, BeforeValidator(_plain)]


def vendor(name: str) -> Any:
    """The field that says which vendor's CRM it is."""
    return Field(name, description="Which vendor's CRM it is; the entry's own name says it otherwise.")


class Crm(Fields):
    """One CRM. ``kinds`` are the entities that the vendor has."""

    kinds: ClassVar[tuple[Kind, ...]] = KINDS

    remember: Annotated[Seconds, AfterValidator(_soon)] = Field(
        45, description="How long an answer counts for the caller's next call; after it, only while the CRM errs."
    )

    @property
    def has(self) -> tuple[Kind, ...]:
        """Entities that a step can look for here."""
        return self.kinds

    def tells(self) -> Iterator[tuple[Loc, str]]:
        """What it is told of the visitor (``entity.region``), each with the place below its entry."""
        yield from ()

    def secrets(self) -> Iterator[tuple[Loc, str, str]]:
        """The secrets that it names: the place below its entry, the name, what the secret is and where to get it."""
        for field, about in type(self).model_fields.items():
            what = (about.description or "").removeprefix(_GIVEN)
            name = getattr(self, field)
            if name and what != (about.description or ""):
                yield (field,), name, what.rstrip(".")
