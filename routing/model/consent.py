"""What a site's visitor has agreed to, as the site script tells it: ``analytics+ user_data- personalization-``.

A part that is missing was not stated. The names are those of Google's consent mode, shortened.
"""

from __future__ import annotations

from collections.abc import Mapping

#: The source of a visit that holds it.
CONSENT = "consent"
ANALYTICS = "analytics"
#: Parts of the Measurement Protocol's `consent`: ours -> Google's.
ADS = {"user_data": "ad_user_data", "personalization": "ad_personalization"}


def parts_of(source: Mapping[str, str]) -> dict[str, bool]:
    """What was stated: part -> whether they agreed."""
    stated = source.get(CONSENT, "").split()
    return {part[:-1]: part.endswith("+") for part in stated if part.endswith(("+", "-"))}


def is_allowed(source: Mapping[str, str], needs_agreement: bool) -> bool:
    """Whether a visitor's call may become an event: they have not refused analytics, or have agreed to it."""
    return parts_of(source).get(ANALYTICS, not needs_agreement)


def for_google(source: Mapping[str, str]) -> dict[str, str]:
    """The protocol's `consent`: only what was stated."""
    stated = parts_of(source)
    return {name: "GRANTED" if stated[part] else "DENIED" for part, name in ADS.items() if part in stated}
