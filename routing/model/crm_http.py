"""The fields of a CRM that no adapter of ours knows: which address has what, and where in its JSON the facts are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from routing.model.crm_fields import Address, Body, Crm, JsonPath, OwnerTemplate, Plain, Template, vendor
from routing.model.crm_templates import texts, visitor_places
from routing.model.fields import Fields, NotEmpty, OneOrMany, refuse
from routing.model.header_secrets import secrets_of
from routing.model.headers import Headers
from routing.model.lookup import KINDS, Kind
from routing.model.problem import Loc

_HERE = ("127.0.0.1", "::1", "localhost")


class HttpSearch(Fields):
    """How one kind of entity is looked for, and where in the answer its facts are."""

    path: Template = Field(
        description="Address below `url`: `/deals?phone={phone}`; also `{digits}`, `{national}`, `{tail}`, and of the "
        "visitor `{entity.NAME}`, `{source.NAME}`: `/deals?phone={phone}&region={entity.region}`."
    )
    method: Literal["GET", "POST"] = Field("GET", description="How it is asked: POST sends `body`.")
    body: Body = Field(None, description="JSON body of a POST, with the same places in its texts.")
    rows: JsonPath = Field("", description="Where the list is; the whole answer otherwise.")
    next: JsonPath | None = Field(None, description="Where the next page's address is.")
    id: JsonPath = Field("id", description="Where a row's id is.")
    owner: JsonPath = Field(description="Where a row's owner id is.")
    phones: Annotated[list[JsonPath], OneOrMany, NotEmpty] = Field(description="Where a row's numbers are.")
    open: dict[JsonPath, Annotated[list[Plain], OneOrMany, NotEmpty]] = Field(
        default_factory=dict, description="Values that an open one has: `status: [new, in work]`."
    )
    changed: JsonPath | None = Field(None, description="Where the time of its last change is; the newest wins.")
    name: JsonPath | None = Field(None, description="Where the caller's name is.")
    card: JsonPath | None = Field(None, description="Where the address of its page is.")

    def tells(self) -> Iterator[tuple[Loc, str]]:
        """See Crm."""
        for loc, template in ((("path",), self.path), *texts(self.body, ("body",))):
            yield from ((loc, place) for place in visitor_places(template))

    @model_validator(mode="after")
    def _posted(self) -> HttpSearch:
        if self.body is not None and self.method != "POST":
            raise refuse("a body is not sent with GET", "write `method: POST`")
        return self


class HttpOwner(Fields):
    """How an owner is asked for by their id."""

    path: OwnerTemplate = Field(description="Address below `url`: `/users/{id}`.")
    row: JsonPath = Field("", description="Where the owner is; the whole answer otherwise.")
    email: JsonPath | None = Field(None, description="Where their e-mail address is: a person has the same one.")
    name: JsonPath | None = Field(None, description="Where their name is, for the journal.")
    extension: JsonPath | None = Field(None, description="Where their extension is: a person has the same one.")
    active: JsonPath | None = Field(None, description="Where it says whether they still work here.")


class HttpCrm(Crm):
    """Any CRM with an HTTP API that answers JSON."""

    vendor: Literal["http"] = vendor("http")
    url: Address = Field(description="Where its API is; the paths below begin there.")
    headers: Headers = Field(default_factory=dict, description='`Authorization: "Bearer {SECRET_NAME}"`.')
    lead: HttpSearch | None = Field(None, description="How leads with the caller's number are looked for.")
    deal: HttpSearch | None = Field(None, description="How deals with the caller's number are looked for.")
    contact: HttpSearch | None = Field(None, description="How contacts with the caller's number are looked for.")
    owner: HttpOwner | None = Field(None, description="How an owner is asked for whose id no person has.")

    @property
    def has(self) -> tuple[Kind, ...]:
        """The kinds that are described."""
        return tuple(kind for kind in KINDS if getattr(self, kind) is not None)

    def tells(self) -> Iterator[tuple[Loc, str]]:
        """See Crm."""
        for kind in self.has:
            yield from (((kind, *loc), place) for loc, place in getattr(self, kind).tells())

    def secrets(self) -> Iterator[tuple[Loc, str, str]]:
        """See Crm: those in the headers. A CRM on this machine takes what it is given, an invented one too."""
        is_here = urlsplit(self.url).hostname in _HERE
        for header, name in secrets_of(self.headers):
            yield ("headers", header), name, "" if is_here else f"what the CRM wants in its header {header}"

    @model_validator(mode="after")
    def _asks(self) -> HttpCrm:
        if not self.has:
            raise refuse("nothing is looked for", "describe at least one of `lead`, `deal`, `contact`")
        return self
