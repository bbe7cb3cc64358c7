"""Headers of requests in scheme files: ``Authorization: "Bearer {CRM_TOKEN}"``, with secrets by name.

For CRMs described in YAML and for webhook steps. This module checks them; header_secrets.py fills in the values, which
no message contains.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from routing.model.fields import Text, refuse
from routing.model.header_secrets import PLACE
from routing.model.in_clear import PROOF, is_name
from routing.model.secret import is_key, reserved_owner

_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
_PRINTABLE = re.compile(r"[\x20-\x7e]*")
#: Headers that the engine sets itself.
_OURS = re.compile(
    r"host|content-(length|type|encoding)|transfer-encoding|connection|te|trailer|upgrade|expect|webhook-.*",
    re.IGNORECASE,
)
MOST_HEADERS = 20


def _checked(headers: dict[str, str]) -> dict[str, str]:
    if len(headers) > MOST_HEADERS or len({name.lower() for name in headers}) < len(headers):
        raise refuse(f"at most {MOST_HEADERS} headers, each once")
    for name, value in headers.items():
        if not _NAME.fullmatch(name):
            raise refuse(f"`{name}` is not the name of a header")
        if _OURS.fullmatch(name):
            raise refuse(f"the engine sets the header {name} itself")
        _check_value(name, value)
    return headers


def _check_value(name: str, value: str) -> None:
    if not _PRINTABLE.fullmatch(value):
        raise refuse(f"the header {name} may only contain printable ASCII characters")
    for secret in PLACE.findall(value):
        if owner := reserved_owner(secret):
            raise refuse(f"{secret} is {owner}, which no scheme may send anywhere")
    bare = PLACE.sub("", value)
    is_proof = bare == value and (is_name(name) or PROOF.match(value))
    if is_proof or any(map(is_key, re.split(r"[\s=:,;]+", bare.replace("{", " ").replace("}", " ")))):
        # never quote the value: messages go to logs and pull requests
        hint = f'`{name}: "{_form(value)}{{NAME}}"`, and the value in the environment or the secrets file'
        raise refuse(f"the header {name} has a secret in clear text: name it", hint)


def _form(value: str) -> str:
    """The scheme before a credential: ``Bearer ``."""
    proof = PROOF.match(value)
    return f"{proof[1]} " if proof else ""


Headers = Annotated[dict[Text, Text], AfterValidator(_checked)]
