"""The facts of a site's visitor, tracked entities and the source of the visit, and their form on a call.

Values are untrusted text. `clean` reduces them to harmless text of at most 64 characters; `encoded` turns that into the
value of a channel variable with only letters, digits and ``._~-``, which FreeSWITCH neither expands nor splits.
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
#: The source of a visit: campaign parameters, the referring host, the first page; by which ids Google Analytics knows
#: the visitor, and what they agreed to (`routing.model.consent`).
SOURCES = (
    "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "gclid", "referrer", "landing",
    "ga_client_id", "ga_session_id", "ga_stream", "consent",
)  # fmt: skip
#: Prefixes of the channel variables.
ENTITY, SOURCE = "routing_entity_", "routing_source_"
ENCODED = re.compile(r"(?:[A-Za-z0-9._-]|~[0-9A-F]{2}){1,768}")
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
_MARKS = frozenset(" ._,/+:&#@()-")
_ESCAPED = re.compile(rb"~([0-9A-F]{2})")


@dataclass(frozen=True)
class Visitor:
    """The visitor to whom a number was shown: entities and source by name, with cleaned values."""

    entities: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, str] = field(default_factory=dict)


def clean(value: Any) -> str:
    """Text, or a number as text, reduced to letters, digits and a few marks; empty when nothing is left."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    # cut first: longer text is no valid value, and normalising a megabyte takes time
    text = unicodedata.normalize("NFC", str(value)[: LONGEST_VALUE * 4])
    kept = "".join(sign if sign in _MARKS or unicodedata.category(sign)[0] in "LNM" else " " for sign in text)
    return " ".join(kept.split())[:LONGEST_VALUE].rstrip()


def cleaned(values: Any, names: Any) -> dict[str, str]:
    """The cleaned values of known names; empty values and other names are dropped."""
    if not isinstance(values, Mapping):
        return {}
    found = {name: clean(values.get(name)) for name in names if name in values}
    return {name: value for name, value in found.items() if value}


def encoded(value: str) -> str:
    """A cleaned value for a channel variable: other bytes of its UTF-8 become ``~HH``."""
    return "".join(chr(byte) if byte in _PLAIN else f"~{byte:02X}" for byte in value.encode("utf-8", "ignore"))


def decoded(value: str) -> str:
    """The text of a channel variable's value; empty when it is not encoded."""
    if not ENCODED.fullmatch(value):
        return ""
    raw = _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), value.encode())
    return clean(raw.decode("utf-8", "replace"))


def variables(visitor: Visitor) -> dict[str, str]:
    """The channel variables of a visitor."""
    return {
        f"{prefix}{name}": encoded(clean(value))
        for prefix, values in ((ENTITY, visitor.entities), (SOURCE, visitor.source))
        for name, value in values.items()
        if NAME.fullmatch(name) and clean(value)
    }


def visitor_of(channel: Mapping[str, str]) -> Visitor:
    """The visitor in channel variables."""
    found: dict[str, dict[str, str]] = {ENTITY: {}, SOURCE: {}}
    for variable, value in channel.items():
        for prefix, values in found.items():
            name = variable.removeprefix(prefix)
            if name != variable and NAME.fullmatch(name) and (text := decoded(value)):
                values[name] = text
    return Visitor(found[ENTITY], found[SOURCE])


def linear(parts: list[str]) -> str:
    """A regex of parts with any text between them, in linear time: a middle part matches at its first occurrence,
    without backtracking (PCRE and Python)."""
    first, *middle, last = parts if len(parts) > 1 else (*parts, "")
    if len(parts) == 1:
        return first
    return first + "".join(f"(?>.*?{part})" for part in middle if part) + ".*" + last


@dataclass(frozen=True)
class AcceptedValues:
    """The values that a condition accepts: texts, and patterns in which ``*`` stands for any text."""

    texts: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    @property
    def expression(self) -> str:
        """A regex on the encoded value (PCRE and Python); an absent value, the empty one, never matches."""
        forms = [re.escape(encoded(text)) for text in self.texts]
        forms += [linear([re.escape(encoded(part)) for part in pattern.split("*")]) for pattern in self.patterns]
        return f"^(?=.)(?:{'|'.join(forms)})$" if len(forms) > 1 else f"^(?=.){forms[0]}$"

    def fits(self, value: str) -> bool:
        """Whether a cleaned value is accepted."""
        return re.search(self.expression, encoded(value)) is not None
