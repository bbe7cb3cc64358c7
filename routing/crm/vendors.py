"""The registry of CRM vendors. One file for each vendor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from routing.crm import (
    altegio,
    amocrm,
    bitrix24,
    creatio,
    generic,
    hubspot,
    pipedrive,
    retailcrm,
    salesforce,
    zoho_crm,
    zoho_desk,
)
from routing.crm.lookup import Auth
from routing.crm.record import Adapter, Secret
from routing.model.web import Reply


def _too_many(reply: Reply) -> bool:
    return reply.status == 429


@dataclass(frozen=True)
class Vendor:
    """``connect`` makes an adapter and its credentials from a system's settings; ``is_limit``: "too many requests"."""

    connect: Callable[[Mapping[str, Any], Secret], tuple[Adapter, Auth]]
    is_limit: Callable[[Reply], bool] = _too_many


VENDORS: Mapping[str, Vendor] = {
    "pipedrive": Vendor(pipedrive.connect),
    "hubspot": Vendor(hubspot.connect),
    "zoho_crm": Vendor(zoho_crm.connect),
    "zoho_desk": Vendor(zoho_desk.connect),
    "salesforce": Vendor(salesforce.connect, salesforce.is_limit),
    "amocrm": Vendor(amocrm.connect),
    "bitrix24": Vendor(bitrix24.connect, bitrix24.is_limit),
    "retailcrm": Vendor(retailcrm.connect),
    "creatio": Vendor(creatio.connect),
    "altegio": Vendor(altegio.connect),
    "http": Vendor(generic.connect),
}
