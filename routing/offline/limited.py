"""Which limit of a node refused a call, in words: whose calls it counts, how many there were, how many may be."""

from __future__ import annotations

#: Whose calls a limit counts, by the beginning of what `limit` counts (realm, then id); what follows it is told.
_WHOSE = (
    ("routing_caller_rate_", "the caller"),
    ("routing_caller_", "the caller"),
    ("routing_number_rate_", "the number"),
    ("routing_number_", "the number"),
    ("routing_account_rate_", "the phone"),
    ("routing_account_", "the phone"),
    ("routing_diverted_hidden_", "what comes back diverted, of a hidden caller"),
    ("routing_diverted_", "what comes back diverted"),
    ("routing_own_", "what comes back from our own number"),
    ("routing_outside", "the gateways, to numbers outside"),
)


def by_limit(resource: str, usage: str) -> str:
    """``routing_caller_+380...``, ``6 of 5`` as: by the limit of the caller +380...: 6 calls at a time, 5 may be."""
    whose, which = next(
        ((label, resource.removeprefix(start)) for start, label in _WHOSE if resource.startswith(start)),
        ("", resource),
    )
    count, _, bound = usage.partition(" of ")
    most, _, seconds = bound.partition("/")
    when = f"in {seconds} s" if seconds else "at a time"
    of = " ".join(part for part in (whose, which.replace("@", " to ")) if part)
    return f"by the limit of {of}: {count} calls {when}, {most} may be"
