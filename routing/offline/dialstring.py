"""Parses a dial string as FreeSWITCH's originate does: ``{}`` for all, ``[]`` for a leg, ``,`` ``|`` ``:_:``.

As in FreeSWITCH: where ``{}`` and ``[]`` name the same variable, ``{}`` wins on the leg unless
``local_var_clobber=true``; a pair without a value is ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from routing.model import confirming
from routing.offline.argument import separate
from routing.offline.document import is_true

#: The most legs of a group, and groups, that FreeSWITCH splits; the last one holds all that is left of a longer list.
MOST = 127


class BadDialString(ValueError):
    """FreeSWITCH would fail the bridge: an unclosed bracket or nothing to dial."""


@dataclass(frozen=True)
class Endpoint:
    """One leg to dial: its variables and ``kind/rest``."""

    variables: Mapping[str, str]
    kind: str
    rest: str

    @property
    def address(self) -> str:
        """The SIP account or number that is dialled."""
        last = self.rest.rpartition("/")[2]
        return last.partition("%")[0].partition("@")[0]

    @property
    def keys(self) -> tuple[str, str]:
        """The key that confirms the call, empty where none is needed, and the key that refuses it.

        With ``exec`` the leg runs this project's own prompt, which reads its keys from the leg's variables.
        """
        key = self.variables.get("group_confirm_key", "")
        if key != confirming.RUNS_EXTENSION:
            return key, ""
        return self.variables.get(confirming.KEY, ""), self.variables.get(confirming.REJECTS, "")


@dataclass(frozen=True)
class DialPart:
    """One originate: groups rung in order, the endpoints of a group rung together."""

    variables: Mapping[str, str]
    groups: tuple[tuple[Endpoint, ...], ...]


def parse(text: str, inherited: Mapping[str, str]) -> list[DialPart]:
    """The parts of a dial string (several only with ``:_:``). ``inherited`` comes from the caller's leg.

    Raises BadDialString.
    """
    return [_part(piece.strip(" "), inherited) for piece in text.split(":_:")]


def _part(text: str, inherited: Mapping[str, str]) -> DialPart:
    shared = dict(inherited)
    for opening, closing in ("<>", "{}"):
        while text.startswith(opening):
            pairs, text = _brackets(text, closing)
            shared.update(pairs)
            text = text.lstrip(" ")
    if not text:
        raise BadDialString("nothing to dial")
    groups = tuple(
        tuple(_endpoint(leg, shared) for leg in _outside(group, ",")[:MOST]) for group in _outside(text, "|")[:MOST]
    )
    return DialPart(shared, groups)


def _endpoint(text: str, shared: Mapping[str, str]) -> Endpoint:
    own: dict[str, str] = {}
    text = text.strip(" ")
    while text.startswith("["):
        pairs, text = _brackets(text, "]")
        own.update(pairs)
        text = text.lstrip(" ")
    kind, _, rest = text.partition("/")
    if not kind:
        raise BadDialString("an empty leg")
    merged = {**shared, **own} if is_true(shared.get("local_var_clobber")) else {**own, **shared}
    return Endpoint(merged, kind.lower(), rest)


@lru_cache(maxsize=4096)
def _brackets(text: str, closing: str) -> tuple[Mapping[str, str], str]:
    opening, depth = text[0], 0
    for at, letter in enumerate(text):
        depth += (letter == opening) - (letter == closing)
        if depth == 0:
            return _pairs(text[1:at]), text[at + 1 :]
    raise BadDialString(f"{opening} is not closed")


@lru_cache(maxsize=4096)
def _pairs(text: str) -> Mapping[str, str]:
    delimiter = ","
    if text.startswith("^^") and len(text) > 2:
        delimiter, text = text[2], text[3:]
    found = (separate(piece, "=", 2) for piece in separate(text, delimiter, 1024))
    return {pair[0]: pair[1] for pair in found if len(pair) == 2 and pair[1]}


@lru_cache(maxsize=4096)
def _outside(text: str, delimiter: str) -> tuple[str, ...]:
    pieces, depth, start, quoted = [], 0, 0, False
    for at, letter in enumerate(text):
        if letter == "'":
            quoted = not quoted
        elif letter in "[{<" and not quoted:
            depth += 1
        elif letter in "]}>" and not quoted:
            depth -= 1
        elif letter == delimiter and depth == 0 and not quoted:
            pieces.append(text[start:at])
            start = at + 1
    return (*pieces, text[start:])
