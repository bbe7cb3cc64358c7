"""The limit of a node that refused a call, as text: whose calls it counts, their number, how many are allowed."""

from __future__ import annotations

from routing.model.problem import counted
from routing.model.rating import TALKS

#: A limit by which FreeSWITCH tells how long a talk has lasted (step `rate`).
_TALK = "a talk"
#: Whose calls a limit counts, by the beginning of its resource (realm, then id); the rest of it is shown.
_WHOSE = (
    ("routing_caller_rate_", "the caller"),
    ("routing_caller_", "the caller"),
    ("routing_number_rate_", "the number"),
    ("routing_number_", "the number"),
    ("routing_account_rate_", "the phone"),
    ("routing_account_", "the phone"),
    ("routing_diverted_hidden_", "diverted calls of a hidden caller"),
    ("routing_diverted_", "diverted calls"),
    ("routing_own_", "calls from our own number"),
    ("routing_outside", "the gateways, to numbers outside"),
    (f"{TALKS}_", _TALK),
)


def by_limit(resource: str, usage: str) -> str:
    """``routing_caller_+380...``, ``6 of 5`` as: by the limit of the caller +380...: 6 calls at a time, 5 allowed."""
    whose, which = next(
        ((label, resource.removeprefix(start)) for start, label in _WHOSE if resource.startswith(start)),
        ("", resource),
    )
    count, _, bound = usage.partition(" of ")
    most, _, seconds = bound.partition("/")
    if whose == _TALK:
        return f"not asked for a rating: talked less than {seconds} s"
    when = f"in {seconds} s" if seconds else "at a time"
    of = " ".join(part for part in (whose, which.replace("@", " to ")) if part)
    return f"by the limit of {of}: {counted(int(count), 'call')} {when}, {most} allowed"
