"""What is known of a site's visitor, tracked entities and the source of the visit, and how a call carries it.

A value is text that a stranger wrote. `clean` makes it harmless text of at most 64 characters; `encoded` makes that a
channel variable's value of letters, digits and ``._~-`` only, which FreeSWITCH neither expands nor splits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
LONGEST_VALUE = 64
MOST_ENTITIES = 20
#: Where a visit came from: campaign marks, the referring host, the first page.
SOURCES = (
    "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "gclid", "referrer", "landing",
)  # fmt: skip
#: Beginnings of the channel variables.
ENTITY, SOURCE = "routing_entity_", "routing_source_"
ENCODED = re.compile(r"(?:[A-Za-z0-9._-]|~[0-9A-F]{2}){1,768}")
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
_MARKS = frozenset(" ._,/+:&#@()-")
_ESCAPED = re.compile(rb"~([0-9A-F]{2})")


@dataclass(frozen=True)
class Visitor:
    """Whom a number was shown to: entities and source by name, values cleaned."""

    entities: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, str] = field(default_factory=dict)


def clean(value: Any) -> str:
    """Text, or a number as text, with letters, digits and a few marks kept; empty when nothing is left."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    # cut first: what is longer than this is no value, and normalising a megabyte takes time
    text = unicodedata.normalize("NFC", str(value)[: LONGEST_VALUE * 4])
    kept = "".join(sign if sign in _MARKS or unicodedata.category(sign)[0] in "LNM" else " " for sign in text)
    return " ".join(kept.split())[:LONGEST_VALUE].rstrip()


def cleaned(values: Any, names: Any) -> dict[str, str]:
    """The values of a mapping whose names are known and of which something is left; anything else is dropped."""
    if not isinstance(values, Mapping):
        return {}
    found = {name: clean(values.get(name)) for name in names if name in values}
    return {name: value for name, value in found.items() if value}


def encoded(value: str) -> str:
    """A cleaned value as a channel variable's: other bytes of its UTF-8 as ``~HH``."""
    return "".join(chr(byte) if byte in _PLAIN else f"~{byte:02X}" for byte in value.encode("utf-8", "ignore"))


def decoded(value: str) -> str:
    """The text of a channel variable's value; empty when it is not of our form."""
    if not ENCODED.fullmatch(value):
        return ""
    raw = _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), value.encode())
    return clean(raw.decode("utf-8", "replace"))


def variables(visitor: Visitor) -> dict[str, str]:
    """The channel variables that carry a visitor."""
    return {
        f"{prefix}{name}": encoded(clean(value))
        for prefix, values in ((ENTITY, visitor.entities), (SOURCE, visitor.source))
        for name, value in values.items()
        if NAME.fullmatch(name) and clean(value)
    }


def visitor_of(channel: Mapping[str, str]) -> Visitor:
    """The visitor that channel variables carry."""
    found: dict[str, dict[str, str]] = {ENTITY: {}, SOURCE: {}}
    for variable, value in channel.items():
        for prefix, values in found.items():
            name = variable.removeprefix(prefix)
            if name != variable and NAME.fullmatch(name) and (text := decoded(value)):
                values[name] = text
    return Visitor(found[ENTITY], found[SOURCE])


def linear(parts: list[str]) -> str:
    """A regex for parts with anything between them that takes no longer than a walk along the text: what stands in the
    middle is taken where it is first found, and never looked for again (PCRE and Python alike)."""
    first, *middle, last = parts if len(parts) > 1 else (*parts, "")
    if len(parts) == 1:
        return first
    return first + "".join(f"(?>.*?{part})" for part in middle if part) + ".*" + last


@dataclass(frozen=True)
class AcceptedValues:
    """What a question wants of a value: one of these texts; in a pattern ``*`` stands for anything."""

    texts: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    @property
    def expression(self) -> str:
        """A regex over the encoded value (PCRE and Python alike); an absent value, the empty one, never fits."""
        forms = [re.escape(encoded(text)) for text in self.texts]
        forms += [linear([re.escape(encoded(part)) for part in pattern.split("*")]) for pattern in self.patterns]
        return f"^(?=.)(?:{'|'.join(forms)})$" if len(forms) > 1 else f"^(?=.){forms[0]}$"

    def fits(self, value: str) -> bool:
        """Whether a cleaned value is what is wanted."""
        return re.search(self.expression, encoded(value)) is not None
