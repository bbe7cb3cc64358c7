"""What mod_sofia makes of an INVITE before the dialplan sees it, for the offline switch.

Learnt from FreeSWITCH 1.10.12: who calls is From, else Remote-Party-ID, else P-Asserted-Identity, each taking the place
of the one before when its address has a user; parameters of that user are dropped, those of the request line are not.
Of headers that may stand once the first counts. Who calls the Contact of a gateway comes to that gateway's context, and
the number is To's.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

from routing.offline.switch import DOMAIN, OfflineCall

from .cases import Case

_ADDRESS = re.compile(r'(?:"?(?P<name>[^"<]*?)"?\s*)?<(?:sips?|tel):(?:(?P<user>[^@>]*)@)?(?P<host>[^>]*)>')


_CONTACT = "gw+"


def invited(case: Case, at: datetime, uuid: str, release: Path) -> OfflineCall:
    """The call of a case that comes from a carrier; ``release`` has the gateways."""
    headers: dict[str, str] = {}
    history = []
    for line in case.headers:
        name, _, value = line.partition(": ")
        headers.setdefault(name.lower(), value)
        history += [value] if name.lower() == "history-info" else []
    user, _, host = unquote(case.caller).partition("@")
    number, name = user, case.shown or user
    for header in ("remote-party-id", "p-asserted-identity"):
        if found := _ADDRESS.match(headers.get(header, "")):
            number = unquote(_user(found)) or number
            name = found["name"] or name
    told = {
        "sip_from_user": user, "sip_from_uri": f"{user}@{host or DOMAIN}", "sip_from_display": case.shown,
        "sip_to_user": case.to, "sip_req_user": unquote(case.request or case.to),
        "sip_privacy": headers.get("privacy", ""), "sip_remote-party-id": headers.get("remote-party-id", ""),
        "sip_h_diversion": headers.get("diversion", ""),
        "sip_h_p-called-party-id": headers.get("p-called-party-id", ""), "sip_history_info": ", ".join(history),
    }  # fmt: skip
    variables = tuple((name, value) for name, value in told.items() if value and "${" not in value)
    dialled = unquote(case.request or case.to)
    call = OfflineCall(dialled, number.partition(";")[0], at, name=name, uuid=uuid, variables=variables)
    gateway = release / "gateways" / f"{dialled.removeprefix(_CONTACT)}.xml"
    if not dialled.startswith(_CONTACT) or not gateway.exists():
        return call
    parameters = {each.get("name"): each.get("value", "") for each in ElementTree.parse(gateway).iter("param")}
    extension = parameters.get("extension", "auto")
    return replace(
        call, to=case.to if extension == "auto" else extension, context=parameters["context"] or call.context
    )


def _user(found: re.Match[str]) -> str:
    """Of a ``tel`` address the number is what has no ``@``."""
    return found["user"] or (found["host"] if "tel:" in found[0] else "")
