"""What a caller has typed at `ask` steps, by name, on the channel; secret input has variables of its own.

Digits only: a condition may compare them, a web request may carry them. Secret ones are for `lookup` requests alone and
are removed from the channel when the call ends, before FreeSWITCH writes the call record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.model.entities import NAME

#: Prefixes of the channel variables. Secret ones are no ``routing_`` variables, because the journal keeps those of
#: running calls.
TYPED, SECRET = "routing_ask_", "secret_ask_"
#: FreeSWITCH neither logs the keys of such a call nor tells anybody of them.
HIDE_KEYS = ("sensitive_dtmf", "true")
#: What runs when the call ends, before its record is written: it empties the secret variables. No command of the kind
#: `uuid_...` finds the call by then; a script that gets the session does.
FORGETS = "lua ~for name in env:serialize():gmatch([[variable_(secret_[%w_]+)]]) do session:setVariable(name, [[]]) end"
FORGET = (("session_in_hangup_hook", "true"), ("api_hangup_hook", FORGETS))
#: More than any order, card or account number has.
MOST_DIGITS = 32
#: What people see of secret digits, however many there are.
MASK = "****"
DIGITS = re.compile(rf"[0-9]{{1,{MOST_DIGITS}}}", re.ASCII)


@dataclass(frozen=True)
class TypedDigits:
    """Digits by name; the secret ones are in no repr, so that no log line shows them by accident."""

    plain: Mapping[str, str] = field(default_factory=dict)
    secret: Mapping[str, str] = field(default_factory=dict, repr=False)


def typed_digits_in(channel: Mapping[str, str]) -> TypedDigits:
    """What the caller has typed, from channel variables; anything but digits is ignored."""
    return TypedDigits(_named(channel, TYPED), _named(channel, SECRET))


def _named(channel: Mapping[str, str], prefix: str) -> dict[str, str]:
    found = {name.removeprefix(prefix): value for name, value in channel.items() if name.startswith(prefix)}
    return {name: value for name, value in found.items() if NAME.fullmatch(name) and DIGITS.fullmatch(value)}
