"""Reads what somebody orders over HTTP: JSON of bounded size, every part of its form. Nothing here is believed yet."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from routing.model import numbers
from routing.model.callback import Consent
from routing.model.callback_plan import CallbackPlan
from routing.model.decision import ID
from routing.model.entities import SOURCES, cleaned

LARGEST_BODY = 8 * 1024
LONGEST_NUMBER, LONGEST_TEXT, LONGEST_PAGE = 40, 500, 2048
#: A time that is this much in the past is now: clocks differ, and people hesitate.
SLACK_SECONDS = 300.0
#: A call is ordered at most so far ahead.
FARTHEST_SECONDS = 14 * 86400.0
_VISITOR = re.compile(r"[A-Za-z0-9_-]{16,64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


class WishRefused(Exception):
    """What cannot be ordered. ``code``: the part that is wrong, for programs; the text is for people."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True)
class CallbackWish:
    """What is ordered: the client's number in E.164, the scheme, the earliest time in seconds since the epoch, the
    site's visitor ("" for none) with their facts, what they consented to, and their proof of work, not checked."""

    number: str
    scheme: str
    not_before_s: float
    visitor: str
    entities: Mapping[str, str]
    source_facts: Mapping[str, str]
    consent: Consent | None
    proof: object


def read_wish(body: bytes, plan: CallbackPlan, now: float) -> CallbackWish:
    """The wish in a body. Raises WishRefused."""
    if len(body) > LARGEST_BODY:
        raise WishRefused("body", f"the body has more than {LARGEST_BODY} bytes")
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise WishRefused("body", "the body is not JSON") from None
    if not isinstance(content, dict):
        raise WishRefused("body", "the body is not an object")
    return CallbackWish(
        number=_number(content.get("number"), plan.country),
        scheme=scheme_of(content.get("scheme"), plan),
        not_before_s=_at(content.get("at", "now"), now),
        visitor=_visitor(content.get("visitor")),
        entities=cleaned(content.get("entities"), plan.entities),
        source_facts=cleaned(content.get("source"), SOURCES),
        consent=_consent(content.get("consent"), now),
        proof=content.get("proof"),
    )


def scheme_of(value: Any, plan: CallbackPlan) -> str:
    """The scheme of an order: the one it names, else the project's. Raises WishRefused."""
    name = value if value not in (None, "") else plan.scheme
    if not name:
        raise WishRefused("scheme", "scheme is missing: name one, or set `callbacks: {scheme: ...}` of the project")
    if not isinstance(name, str) or not ID.fullmatch(name) or name not in plan.schemes:
        raise WishRefused("scheme", "there is no such scheme")
    return name


def _number(value: Any, country: str) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_NUMBER:
        raise WishRefused("number", "number must be a telephone number, as text")
    try:
        return numbers.normalise(value, country or None)
    except ValueError:
        raise WishRefused("number", "number is not a telephone number") from None


def _at(value: Any, now: float) -> float:
    if value == "now":
        return now
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
        at_s = moment.timestamp() if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        at_s = None
    if at_s is None:
        raise WishRefused("at", "at must be `now`, or a time with its zone: 2026-11-24T10:00:00+02:00")
    if not now - SLACK_SECONDS <= at_s <= now + FARTHEST_SECONDS:
        raise WishRefused("at", "at has passed, or is more than 14 days ahead")
    return max(at_s, now)


def _visitor(value: Any) -> str:
    if value in (None, ""):
        return ""
    if not isinstance(value, str) or not _VISITOR.fullmatch(value):
        raise WishRefused("visitor", "visitor must be 16 to 64 letters, digits, _ or -")
    return value


def _consent(value: Any, now: float) -> Consent | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("text"), str) or not isinstance(value.get("page"), str):
        raise WishRefused("consent", "consent must have a text and a page")
    return Consent(_plain(value["text"])[:LONGEST_TEXT], _page(value["page"]), now)


def _page(text: str) -> str:
    """A page's address without its query, which may hold secrets of the site."""
    try:
        parts = urlsplit(_plain(text)[:LONGEST_PAGE])
    except ValueError:
        return ""
    return (
        f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.scheme in ("http", "https") else ""
    )


def _plain(text: str) -> str:
    return _CONTROL.sub(" ", text)
