"""The ``crm:`` key of a scheme folder: the CRMs of a project by name, with the fields of each vendor.

Entries contain secrets by name only. Good::

    crm:
      bitrix24: {webhook: BITRIX24_WEBHOOK}

Bad, a token in git (``is not the name of a secret``)::

    crm:
      pipedrive: {token: "c0ffee..."}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, get_args

from pydantic import Field, model_validator

from routing.model.crm_fields import Address, Crm, Plain, vendor
from routing.model.crm_http import HttpCrm
from routing.model.fields import Flag, Name, Text, refuse
from routing.model.lookup import Kind
from routing.model.people import Person
from routing.model.problem import did_you_mean


class PipedriveSettings(Crm):
    """Pipedrive; lead, deal, person."""

    vendor: Literal["pipedrive"] = vendor("pipedrive")
    token: Name = Field(description="Secret: a user's API token (Personal preferences, API).")
    company: Text | None = Field(None, description="The company's domain word, for the addresses of records.")
    url: Address = Field("https://api.pipedrive.com", description="Where its API is.")


class HubspotSettings(Crm):
    """HubSpot; lead (contact or lead object), deal, contact."""

    vendor: Literal["hubspot"] = vendor("hubspot")
    token: Name = Field(description="Secret: a private app's token (Settings, Integrations, Private Apps).")
    portal: Text | None = Field(None, description="The account's number, for the addresses of records.")
    leads: Literal["contacts", "objects"] = Field(
        "contacts", description="What a lead is: a contact's stage, or a lead."
    )
    url: Address = Field("https://api.hubapi.com", description="Where its API is.")


class _Zoho(Crm):
    """Settings common to Zoho's products."""

    datacentre: Literal["com", "eu", "in", "com.au", "jp", "com.cn", "sa", "ca"] = Field(
        "com", description="The account's data centre: the end of the login address."
    )
    client_id: Name = Field(description="Secret: the self client's id (api-console.zoho.com, Self Client).")
    client_secret: Name = Field(description="Secret: the self client's secret (api-console.zoho.com, Self Client).")
    refresh_token: Name = Field(description="Secret: a refresh token with the scopes to read (api-console.zoho.com).")
    url: Address | None = Field(None, description="Where its API is; the data centre's otherwise.")
    accounts_url: Address | None = Field(None, description="Where tokens are renewed; default: the data centre's.")


class ZohoCrmSettings(_Zoho):
    """Zoho CRM; lead, deal, contact."""

    vendor: Literal["zoho_crm"] = vendor("zoho_crm")
    organisation: Text | None = Field(None, description="The organisation's number, for the addresses of records.")
    closed_stages: list[Text] = Field(
        ["Closed Won", "Closed Lost", "Closed Lost to Competition", "Closed-Lost to Competition"],
        description="Stages of a deal that is no longer open.",
    )


class ZohoDeskSettings(_Zoho):
    """Zoho Desk; open ticket as deal, contact."""

    kinds: ClassVar[tuple[Kind, ...]] = ("deal", "contact")

    vendor: Literal["zoho_desk"] = vendor("zoho_desk")
    organisation: Text = Field(description="orgId: the portal's organisation number.")


class SalesforceSettings(Crm):
    """Salesforce; lead, opportunity as deal, contact."""

    vendor: Literal["salesforce"] = vendor("salesforce")
    url: Address = Field(description="The org's own domain: `https://company.my.salesforce.com`.")
    client_id: Name = Field(description="Secret: a connected app's consumer key, client credentials on (App Manager).")
    client_secret: Name = Field(description="Secret: the connected app's consumer secret (App Manager).")
    closed_statuses: list[Text] = Field(
        ["Closed - Not Converted", "Closed - Converted", "Unqualified"],
        description="Statuses of a lead that is no longer open.",
    )


class AmocrmSettings(Crm):
    """amoCRM or Kommo; open sale as deal, contact."""

    kinds: ClassVar[tuple[Kind, ...]] = ("deal", "contact")

    vendor: Literal["amocrm"] = vendor("amocrm")
    url: Address = Field(description="The account's address: `https://company.kommo.com`.")
    token: Name = Field(description="Secret: a long-lived token (the integration's page, Keys and scopes).")


class Bitrix24Settings(Crm):
    """Bitrix24; lead, deal, contact or company."""

    vendor: Literal["bitrix24"] = vendor("bitrix24")
    webhook: Name = Field(
        description="Secret: address of an inbound webhook, scopes crm and user (Developer resources)."
    )


class RetailcrmSettings(Crm):
    """RetailCRM; new order as lead, order in work as deal, customer."""

    vendor: Literal["retailcrm"] = vendor("retailcrm")
    url: Address = Field(description="The account's address: `https://company.retailcrm.ru`.")
    token: Name = Field(description="Secret: an API key (Settings, Integration, API access keys).")


class CreatioSettings(Crm):
    """Creatio; lead, opportunity as deal, contact."""

    vendor: Literal["creatio"] = vendor("creatio")
    url: Address = Field(description="The site: `https://company.creatio.com`.")
    framework: Flag = Field(True, description="On .NET Framework; false for .NET 6 and later, which have no `/0`.")
    identity: Address | None = Field(None, description="The identity service, for `client_id` and `client_secret`.")
    client_id: Name | None = Field(None, description="Secret: id of an OAuth 2.0 integrated application.")
    client_secret: Name | None = Field(None, description="Secret: that application's secret.")
    login: Name | None = Field(None, description="Secret: a user's name, when there is no identity service.")
    password: Name | None = Field(None, description="Secret: that user's password.")

    @model_validator(mode="after")
    def _one_login(self) -> CreatioSettings:
        oauth, form = (self.identity, self.client_id, self.client_secret), (self.login, self.password)
        if not (all(oauth) and not any(form)) and not (all(form) and not any(oauth)):
            raise refuse(
                "it needs one kind of login", "`identity`, `client_id` and `client_secret`, or `login` and `password`"
            )
        return self


class AltegioSettings(Crm):
    """Altegio or YCLIENTS; coming appointment as deal, client as contact."""

    kinds: ClassVar[tuple[Kind, ...]] = ("deal", "contact")

    vendor: Literal["altegio"] = vendor("altegio")
    company: Plain = Field(description="The location's id.")
    partner: Name = Field(description="Secret: the partner token (the developer's account).")
    user: Name = Field(description="Secret: the user token (answer of the API's authorization).")
    url: Address = Field("https://api.alteg.io/api/v1", description="Where its API is; YCLIENTS has its own.")


#: The settings of an entry of `crm:`.
AnyCrm = (
    PipedriveSettings
    | HubspotSettings
    | ZohoCrmSettings
    | ZohoDeskSettings
    | SalesforceSettings
    | AmocrmSettings
    | Bitrix24Settings
    | RetailcrmSettings
    | CreatioSettings
    | AltegioSettings
    | HttpCrm
)
VENDORS: dict[str, type[Crm]] = {model.model_fields["vendor"].default: model for model in get_args(AnyCrm)}


def crm_of(name: str, value: Any) -> tuple[type[Crm], Any]:
    """The model and the value of an entry of ``crm:``; the vendor is `vendor`, or the entry's own name."""
    vendor = value.get("vendor", name) if isinstance(value, dict) else name
    if not isinstance(vendor, str) or vendor not in VENDORS:
        hint = did_you_mean(str(vendor), VENDORS) or f"vendors: {', '.join(VENDORS)}"
        has_vendor = isinstance(value, dict) and "vendor" in value
        raise refuse(f"no CRM is called `{vendor}`{'' if has_vendor else ': write `vendor:`'}", hint)
    return VENDORS[vendor], {} if value is None else value


def runtime(name: str, crm: Crm, country: str | None = None) -> dict[str, Any]:
    """The engine's settings of a CRM, with secrets by name; ``told``: facts of the visitor that it receives, if any;
    ``country``: the project's, for stored numbers without a country code."""
    sent = sorted({place for _, place in crm.visitor_facts()})
    home = {"country": country} if country else {}
    return {
        "system": name,
        **crm.model_dump(mode="json", exclude_none=True),
        **({"told": sent} if sent else {}),
        **home,
    }


def owner_ids(written: Any) -> tuple[str, ...] | None:
    """The owner ids in a person's `crm:`, one or a list; None for an invalid value."""
    several = written if isinstance(written, list) else [written]
    if any(isinstance(each, bool) or not isinstance(each, int | str) or not str(each) for each in several):
        return None
    return tuple(map(str, several))


def owners(people: Mapping[str, Person]) -> dict[str, Any]:
    """The people of owners, for ``table.json``: ``crm`` (system, owner id -> person) and ``emails``."""
    by_id: dict[str, dict[str, str]] = {}
    emails: dict[str, str] = {}
    for name, person in people.items():
        if person.email:
            emails.setdefault(person.email.lower(), name)
        for system, written in person.crm.items():
            by_id.setdefault(system, {}).update(dict.fromkeys(owner_ids(written) or (), name))
    return {"crm": by_id, "emails": emails}
