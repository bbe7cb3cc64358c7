"""Field types for the settings of CRMs, and the settings that all CRMs have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field

from routing.model import body_secrets, crm_places, crm_templates
from routing.model.fields import Fields, Seconds, Text, refuse
from routing.model.in_clear import HINT
from routing.model.lookup import KINDS, Kind
from routing.model.problem import Loc
from routing.model.url_secrets import masked, secret_in
from routing.model.web import is_web_address

#: The prefix of the description of a field that names a secret.
_GIVEN = "Secret: "
LONGEST_REMEMBERED_SECONDS = 600
_JSON_PATH = re.compile(r"[^.\[\]\s]+(\[\])?(\.[^.\[\]\s]+(\[\])?)*")


def _address(value: str) -> str:
    """An http(s) address without a password or a query, no slash at its end."""
    if secret := secret_in(value):  # first: what is refused next is shown
        raise refuse(f"an address must not contain {secret}: git would show it; name a secret")
    if not is_web_address(value) or re.search("[?#]", value):
        bare = masked(value).partition("?")[0]  # the rest may be a token
        raise refuse(f"`{bare}` is not an address: write `https://host`")
    return value.rstrip("/")


def _json_path(value: str) -> str:
    if value and not _JSON_PATH.fullmatch(value):
        raise refuse(f"`{value}` is not a path: keys with dots, `[]` for every element: `phones[].number`")
    return value


def _server_path(value: str) -> str:
    if not value.startswith("/") or re.search(r"\s", value):
        raise refuse(f"`{value}` is not a path of the server: start it with `/`")
    return value


def _template(value: str) -> str:
    crm_places.check(value)
    crm_places.check_path(value)
    return _no_secret(value)


def _of_owner(value: str) -> str:
    for place in re.findall(r"\{([^}]*)\}", value):
        if place != "id":
            raise refuse(f"there is no placeholder `{{{place}}}`", "owners are requested by `{id}`")
    return _no_secret(value)


def _no_secret(value: str) -> str:
    if secret := secret_in(value):
        raise refuse(f"an address must not contain {secret}: git and logs would show it", HINT)
    return value


def _body(value: Any) -> Any:
    for _, text in crm_templates.texts(value):
        crm_places.check(text)
    for where in body_secrets.secrets_in(value):
        raise refuse(f"`{where}` is a secret in clear text: git and logs would show it", HINT)
    return value


def _soon(value: int) -> int:
    if value > LONGEST_REMEMBERED_SECONDS:
        raise refuse(f"the owner may change: at most {LONGEST_REMEMBERED_SECONDS // 60} min")
    return value


def _plain(value: Any) -> Any:
    """Numbers and flags as text, for comparison with a CRM's values."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


Address = Annotated[Text, AfterValidator(_address)]
JsonPath = Annotated[Text, AfterValidator(_json_path)]
ServerPath = Annotated[Text, AfterValidator(_server_path)]
#: An address with placeholders for the caller's number and, after ``?``, for facts of the visitor.
Template = Annotated[ServerPath, AfterValidator(_template)]
OwnerTemplate = Annotated[ServerPath, AfterValidator(_of_owner)]
Body = Annotated[Any, AfterValidator(_body)]
Plain = Annotated[Text, BeforeValidator(_plain)]


def vendor(name: str) -> Any:
    """The field with the vendor's name."""
    return Field(name, description="The CRM's vendor; default: the entry's own name.")


class Crm(Fields):
    """One CRM. ``kinds`` are the entities that the vendor has."""

    kinds: ClassVar[tuple[Kind, ...]] = KINDS

    remember: Annotated[Seconds, AfterValidator(_soon)] = Field(
        45, description="How long an answer is reused for the caller's next call; longer while the CRM fails."
    )

    @property
    def has(self) -> tuple[Kind, ...]:
        """Entities that a step can search for."""
        return self.kinds

    def visitor_facts(self) -> Iterator[tuple[Loc, str]]:
        """The facts of the visitor that it receives (``entity.region``), each with the location below its entry."""
        yield from ()

    def secrets(self) -> Iterator[tuple[Loc, str, str]]:
        """The secrets that it names: location below its entry, name, and what the secret is and where to get it."""
        for field, about in type(self).model_fields.items():
            what = (about.description or "").removeprefix(_GIVEN)
            name = getattr(self, field)
            if name and what != (about.description or ""):
                yield (field,), name, what.rstrip(".")
