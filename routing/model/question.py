"""A `lookup` step's question to a web server: its templates, what of the answer a call carries, and guesses.

Values of callers and servers are untrusted: in a URL they are percent-encoded, on the channel they are encoded as the
facts of a visitor are (`model.entities`). Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from urllib.parse import quote

from routing.model.call import Call
from routing.model.entities import NAME, clean, decoded, encoded

#: The prefix of the channel variables with the fields of an answer.
ANSWER = "routing_lookup_"
MOST_FIELDS = 20
#: ``{{order}}``, ``{{caller}}``, ``{{entity.region}}``.
PLACE = re.compile(r"\{\{([a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)?)\}\}")
#: Fields of every call that a URL may hold.
IN_URLS = ("call_id", "number", "caller", "caller_told", "scheme", "step")
#: What may stand between the digits of a number.
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\W_]+(?=\d)")
#: A part of an answer: names and places in lists, ``delivery.date``, ``items.0.state``.
FIELD_PATH = re.compile(r"[A-Za-z0-9_-]{1,64}(?:\.[A-Za-z0-9_-]{1,64}){0,7}")


class Guessing(Protocol):
    """Counts questions that found nothing, by whom. Those in Redis outlive the engine, and may raise Forgotten."""

    def begin(self, project: str, who: str, within_s: int) -> int:
        """Count one more; returns how many there are, of those since the first one less than ``within_s`` ago."""

    def found(self, project: str, who: str, within_s: int) -> None:
        """Take one back: it found something."""


def filled_url(template: str, call: Call) -> str:
    """The URL of a question; nothing secret is in it, and no value can leave its place."""
    return PLACE.sub(lambda place: _safe(value_of(place[1], call)), template)


def value_of(name: str, call: Call) -> str:
    """The value of such a name; empty where there is none, and for secret digits."""
    kind, dot, part = name.partition(".")
    if dot:
        known: Mapping[str, Mapping[str, str]] = {
            "entity": call.entities, "source": call.source, "asked": call.typed.plain, "lookup": call.found,
        }  # fmt: skip
        return known.get(kind, {}).get(part, "")
    if name == "call_id":
        return call.uuid
    if name == "caller_told":
        return call.stated_number
    return str(getattr(call, name)) if name in IN_URLS else call.typed.plain.get(name, "")


def _safe(value: str) -> str:
    """A value within one part of a path: `..` would be another place on the server."""
    return quote(value, safe="") if value.strip(".") else ""


def fields_of(answer: Any, paths: Mapping[str, str], secrets: Mapping[str, str]) -> dict[str, str]:
    """The channel variables of an answer: each name with the value at its path, "" where there is none.

    A value that holds the caller's secret digits, however grouped, is left out: it would be in the call record.
    """
    found = {}
    for name, path in paths.items():
        value = clean(_at(answer, path))
        found[ANSWER + name] = "" if _holds(value, secrets.values()) else encoded(value)
    return found


def _holds(value: str, secrets: Iterable[str]) -> bool:
    """Whether secret digits are in a text: ``1-2-3-4`` and ``12 34`` are 1234."""
    together = _BETWEEN_DIGITS.sub("", value)
    return any(secret in value or secret in together for secret in secrets)


def found_in(channel: Mapping[str, str]) -> dict[str, str]:
    """The fields of the last answers on a channel, by name."""
    names = {name.removeprefix(ANSWER): value for name, value in channel.items() if name.startswith(ANSWER)}
    return {name: text for name, value in names.items() if NAME.fullmatch(name) and (text := decoded(value))}


def _at(answer: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(answer, Mapping):
            answer = answer.get(part)
        elif isinstance(answer, list) and part.isdigit() and int(part) < len(answer):
            answer = answer[int(part)]
        else:
            return ""
    return answer
