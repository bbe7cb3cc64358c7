"""Whether the caller has proven who they are: a caller's number alone proves nothing, anybody can forge it. Pure.

A `lookup` step proves it by an answer that finds something, if its body has the caller's number and secret digits, and
nothing else that the caller has typed: with an account in it, the PIN may be that account's. No SIP header sets the
variable; it stands on the caller's leg and on no other.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from routing.model.call import Call
from routing.model.question import PLACE

PROVEN = "routing_proven"
_TYPED = ("typed.", "asked.")


def proves(step: Mapping[str, Any], call: Call) -> bool:
    """Whether a lookup step (its entry in ``schemes/<id>.json``) asks whose secret digits these are."""
    return may_prove(step, call.typed.secret, call.typed.plain)


def may_prove(step: Mapping[str, Any], secret: Container[str], plain: Container[str]) -> bool:
    """The same, for names of secret digits and of others that a caller may have typed."""
    sent, in_url = _sent(step), {place.removeprefix("asked.") for place in PLACE.findall(str(step.get("url") or ""))}
    typed = typed_in(step)
    return (
        {"caller", "asked"} & set(sent) == {"caller"}
        and bool(typed)
        and all(name in secret and name not in plain for name in typed)
        and not any(name in plain for name in in_url)
    )


def typed_in(step: Mapping[str, Any]) -> set[str]:
    """The names of the digits that the body of a question has."""
    return {source.partition(".")[2] for source in _sent(step) if source.startswith(_TYPED)}


def _sent(step: Mapping[str, Any]) -> list[str]:
    return [source for source in (step.get("send") or {}).values() if isinstance(source, str)]
