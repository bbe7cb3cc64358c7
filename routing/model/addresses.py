"""Addresses in scheme files: e-mail, webhooks, hosts of carriers."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from routing.model.decision import ID
from routing.model.fields import parsed_by, safe_text, shown
from routing.model.url_secrets import secret_in

#: A web address that is safe in dialplans and in the journal: no characters with a meaning there, no password.
HOOK = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]{0,200}(:\d{1,5})?(/[A-Za-z0-9._~%/=&?+-]{0,200})?")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_PORTS = range(1, 65536)
_HOST = re.compile(r"(?=.{1,253}$)(?:[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?")


def _email(value: Any) -> str:
    if not isinstance(value, str) or not EMAIL.fullmatch(value):
        alone = EMAIL.search(value) if isinstance(value, str) and "://" not in value else None
        raise ValueError(f"{shown(value)} is not an e-mail address" + (f": write `{alone[0]}` alone" if alone else ""))
    return safe_text(value)


def _addressee(value: Any) -> str:
    """A person's name, an e-mail address, or the web address of a webhook."""
    if not isinstance(value, str) or not (ID.fullmatch(value) or "://" in value):
        return _email(value)
    if "://" in value and not HOOK.fullmatch(value):
        raise ValueError(f"{shown(value)} is not a webhook address: write `https://host/path?a=b`, without a password")
    if secret := secret_in(value) if "://" in value else "":
        raise ValueError(f"a webhook address must not contain {secret}: ROUTING_NOTICE_SECRET signs notices instead")
    return value


def _host(value: Any) -> str:
    if not isinstance(value, str) or not _is_host(value):
        bare = re.sub(r"^(sips?:(//)?)?([^/]*@)?|[/;].*", "", value) if isinstance(value, str) else ""
        right = next((each for each in (bare, f"[{bare}]") if each != value and _is_host(each)), "")
        write = f": write `{right}`" if right else ""
        if "@" in str(value):  # the part before it may be a password
            raise ValueError(f"this is not a host name or address: {write.removeprefix(': ') or 'a host alone'}")
        raise ValueError(f"{shown(value)} is not a host name or address{write}")
    return safe_text(value)


def _is_host(text: str) -> bool:
    port = text.removeprefix(without_port(text))
    if not _HOST.fullmatch(text) or (port and int(port[1:]) not in _PORTS):
        return False
    return not text.startswith("[") or is_ipv6(without_port(text)[1:-1])


def is_ipv6(text: str) -> bool:
    """Whether a text is an IPv6 address, without brackets."""
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def without_port(text: str) -> str:
    """The host of ``sip.example:5060`` or ``[2001:db8::1]:5060``, with its brackets."""
    return re.sub(r":\d{1,5}$", "", text) if text.endswith("]") or text.count(":") == 1 or "]:" in text else text


Email = Annotated[str, BeforeValidator(parsed_by(_email)), WithJsonSchema({"type": "string", "format": "email"})]
Addressee = Annotated[str, BeforeValidator(parsed_by(_addressee)), WithJsonSchema({"type": "string"})]
Host = Annotated[str, BeforeValidator(parsed_by(_host)), WithJsonSchema({"type": "string"})]
