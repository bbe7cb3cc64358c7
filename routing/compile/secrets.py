"""Which secrets a folder needs and where they are missing. Values come in as an argument; none is ever in a message."""

from __future__ import annotations

import base64
import re
import secrets as random_secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from routing.load.nodes import Document
from routing.model.folder import Folder
from routing.model.problem import Loc, Problem

#: FreeSWITCH's preprocessor works on the file's text: these would be acted upon, or end the line.
_UNFIT = re.compile(r"\$[${]|X-PRE-PROCESS|<!--|<\?|</?include|[\x00-\x1f\x7f]", re.IGNORECASE)


def password_name(account: str) -> str:
    """Name of the secret that holds a SIP account's password: ``SIP_PASSWORD_1001``."""
    return "SIP_PASSWORD_" + re.sub(r"\W", "_", account).upper()


def gateway_name(gateway: str) -> str:
    """Name of the secret that holds a gateway's password: ``GATEWAY_PASSWORD_MAIN``."""
    return "GATEWAY_PASSWORD_" + gateway.upper()


def _needed(folder: Folder) -> Iterator[tuple[str, str, Loc]]:
    """(key of the result, name of the secret, the place that asks for it)."""
    for account, phone in folder.accounts.items():
        person, _, label = phone.partition(".")
        yield account, password_name(account), ("people", person, "phones", label, "sip")
    for name, gateway in folder.gateways.items():
        if gateway.username:
            yield f"gateway {name}", gateway_name(name), ("gateways", name, "username")


def passwords(
    folder: Folder, documents: Sequence[Document], secrets: Mapping[str, str]
) -> tuple[dict[str, str], list[Problem]]:
    """Passwords by SIP account and by ``gateway NAME``, and a problem for each that is missing."""
    found, problems = {}, []
    for key, name, loc in _needed(folder):
        value = secrets[name] if name in secrets else ""  # noqa: SIM401  # a mapping may make values up
        if value:
            found[key] = value
            if unfit := _UNFIT.search(value):
                said = f"the secret {name} holds {_named(unfit[0])}, which FreeSWITCH would not read as it is"
                hint = "choose another password; `routing secrets` makes good ones"
                problems.append(_place(documents, loc).problem(loc, said, hint))
        else:
            hint = f"set {name} in the environment or the secrets file; `routing secrets` makes one"
            problems.append(_place(documents, loc).problem(loc, f"the secret {name} is missing", hint))
    return found, problems


def _named(unfit: str) -> str:
    return f"`{unfit}`" if unfit.isprintable() else "a control character"


def _place(documents: Sequence[Document], loc: Loc) -> Document:
    """The document that defines what ``loc`` names."""
    kind, name = loc[0], loc[1]
    return next(d for d in documents if isinstance(d.data, dict) and name in (d.data.get(str(kind)) or {}))


def signing_keys(data: Any) -> Iterator[str]:
    """Names of the keys that webhook steps sign with, anywhere in the plain data of a scheme file."""
    nested = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    for value in nested:
        yield from signing_keys(value)
    step = data.get("webhook") if isinstance(data, dict) else None
    if isinstance(step, dict) and isinstance(step.get("secret"), str):
        yield step["secret"]


def invented_keys(names: Iterable[str], secrets: Mapping[str, str]) -> dict[str, str]:
    """A random key in the form of Standard Webhooks for every name that has none."""
    missing = sorted({name for name in names if not secrets.get(name)})
    return {name: "whsec_" + base64.b64encode(random_secrets.token_bytes(24)).decode() for name in missing}


def invented(folder: Folder, secrets: Mapping[str, str]) -> dict[str, str]:
    """A random password for every secret that is missing, by the secret's name."""
    return {name: random_secrets.token_urlsafe(18) for _, name, _ in _needed(folder) if not secrets.get(name)}
