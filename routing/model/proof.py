"""Whether the caller has proven who they are: a caller's number alone proves nothing, anybody can forge it. Pure.

A `lookup` step proves it by an answer that finds something, if its body has the caller's number and secret digits, and
nothing else that the caller has typed: with an account in it, the PIN may be that account's. No SIP header sets the
variable; it stands on the caller's leg and on no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from routing.model.call import Call
from routing.model.question import PLACE

PROVEN = "routing_proven"
_TYPED = ("typed.", "asked.")


def proves(step: Mapping[str, Any], call: Call) -> bool:
    """Whether a lookup step (its entry in ``schemes/<id>.json``) asks whose secret digits these are."""
    sent = [source for source in (step.get("send") or {}).values() if isinstance(source, str)]
    typed = {source.partition(".")[2] for source in sent if source.startswith(_TYPED)}
    secret = {name for name in typed if call.typed.secret.get(name) and not call.typed.plain.get(name)}
    in_url = {place.removeprefix("asked.") for place in PLACE.findall(str(step.get("url") or ""))}
    return (
        {"caller", "asked"} & set(sent) == {"caller"}
        and bool(secret)
        and typed == secret
        and not (in_url & call.typed.plain.keys())
    )
