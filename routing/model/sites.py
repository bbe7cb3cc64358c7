"""Sites whose pages may use our HTTP APIs, by their origins: ``https://www.example.com``."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from routing.model.fields import OneOrMany, Text, refuse

_ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")


def _origins(value: list[str]) -> list[str]:
    for origin in value:
        if not _ORIGIN.fullmatch(origin):
            raise refuse(f"`{origin}` is not an origin", "write `https://www.example.com`, without a path")
    return value


#: One origin or several.
Origins = Annotated[list[Text], Field(min_length=1), AfterValidator(_origins), OneOrMany]
