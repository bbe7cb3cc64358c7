"""The settings of a CRM without an adapter: its addresses, and the paths of facts in its JSON."""

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
    """The search for one kind of entity, and the paths of its facts in the answer."""

    path: Template = Field(
        description="Address below `url`: `/deals?phone={phone}`; also `{digits}`, `{national}`, `{tail}`, and of the "
        "visitor `{entity.NAME}`, `{source.NAME}`: `/deals?phone={phone}&region={entity.region}`."
    )
    method: Literal["GET", "POST"] = Field("GET", description="HTTP method; POST sends `body`.")
    body: Body = Field(None, description="JSON body of a POST, with the same placeholders in its texts.")
    rows: JsonPath = Field("", description="Where the list is; default: the whole answer.")
    next: JsonPath | None = Field(None, description="Where the next page's address is.")
    id: JsonPath = Field("id", description="Where a row's id is.")
    owner: JsonPath = Field(description="Where a row's owner id is.")
    phones: Annotated[list[JsonPath], OneOrMany, NotEmpty] = Field(description="Where a row's numbers are.")
    open: dict[JsonPath, Annotated[list[Plain], OneOrMany, NotEmpty]] = Field(
        default_factory=dict, description="Values of an open entity: `status: [new, in work]`."
    )
    changed: JsonPath | None = Field(None, description="Where the time of its last change is; the newest wins.")
    name: JsonPath | None = Field(None, description="Where the caller's name is.")
    card: JsonPath | None = Field(None, description="Where the address of its page is.")

    def visitor_facts(self) -> Iterator[tuple[Loc, str]]:
        """See Crm."""
        for loc, template in ((("path",), self.path), *texts(self.body, ("body",))):
            yield from ((loc, place) for place in visitor_places(template))

    @model_validator(mode="after")
    def _posted(self) -> HttpSearch:
        if self.body is not None and self.method != "POST":
            raise refuse("GET sends no body", "write `method: POST`")
        return self


class HttpOwner(Fields):
    """The request for an owner by id."""

    path: OwnerTemplate = Field(description="Address below `url`: `/users/{id}`.")
    row: JsonPath = Field("", description="Where the owner is; default: the whole answer.")
    email: JsonPath | None = Field(None, description="Where their e-mail address is, which identifies the person.")
    name: JsonPath | None = Field(None, description="Where their name is, for the journal.")
    extension: JsonPath | None = Field(None, description="Where their extension is, which identifies the person.")
    active: JsonPath | None = Field(None, description="Where the flag is whether they still work here.")


class HttpCrm(Crm):
    """Any CRM with an HTTP API that answers JSON."""

    vendor: Literal["http"] = vendor("http")
    url: Address = Field(description="Where its API is; the paths below are relative to it.")
    headers: Headers = Field(default_factory=dict, description='`Authorization: "Bearer {SECRET_NAME}"`.')
    lead: HttpSearch | None = Field(None, description="Search for leads with the caller's number.")
    deal: HttpSearch | None = Field(None, description="Search for deals with the caller's number.")
    contact: HttpSearch | None = Field(None, description="Search for contacts with the caller's number.")
    owner: HttpOwner | None = Field(None, description="Request for an owner whose id no person has.")

    @property
    def has(self) -> tuple[Kind, ...]:
        """The described kinds."""
        return tuple(kind for kind in KINDS if getattr(self, kind) is not None)

    def visitor_facts(self) -> Iterator[tuple[Loc, str]]:
        """See Crm."""
        for kind in self.has:
            yield from (((kind, *loc), place) for loc, place in getattr(self, kind).visitor_facts())

    def secrets(self) -> Iterator[tuple[Loc, str, str]]:
        """See Crm: those in the headers. A CRM on this machine also accepts a generated one."""
        is_here = urlsplit(self.url).hostname in _HERE
        for header, name in secrets_of(self.headers):
            yield ("headers", header), name, "" if is_here else f"the value that the CRM expects in header {header}"

    @model_validator(mode="after")
    def _asks(self) -> HttpCrm:
        if not self.has:
            raise refuse("there is nothing to search for", "describe at least one of `lead`, `deal`, `contact`")
        return self
