"""Sites whose pages may ask our HTTP APIs, by their origins: ``https://www.example.com``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
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

#: Browsers ask again whether they may after this time.
PREFLIGHT_SECONDS = 600


def read_by(
    origin: str, origins: Collection[str], is_preflight: bool, methods: str, headers: str
) -> Iterator[tuple[str, str]]:
    """Headers of an answer: a page of a listed origin may read it, and no browser guesses what it is.

    ``is_preflight``: the browser asks first whether it may; the answer says by which methods and with which headers.
    """
    yield "X-Content-Type-Options", "nosniff"
    if origin in origins:
        yield "Access-Control-Allow-Origin", origin
        if is_preflight:
            yield "Access-Control-Allow-Methods", methods
            yield "Access-Control-Allow-Headers", headers
            yield "Access-Control-Max-Age", str(PREFLIGHT_SECONDS)
