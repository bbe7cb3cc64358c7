"""Calls as rows of the journal: what a cell shows, on the screen and in an export alike. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from routing.desk.masks import NumberView
from routing.journal.client_names import site_name
from routing.journal.status import MISSED

#: Icon and tone of a status.
_LOOKS = {
    "answered": ("phone-call", "good"),
    "proper": ("phone-call", "good"),
    "repeat call": ("repeat", "accent"),
    "self-service": ("search", "good"),
    "voicemail": ("voicemail", "warn"),
    "no answer": ("phone-missed", "bad"),
    "busy": ("phone-missed", "bad"),
    "failed": ("triangle-alert", "bad"),
    "no extension": ("phone-missed", "bad"),
    "wrong extension": ("phone-missed", "bad"),
    "scheme did not work": ("triangle-alert", "bad"),
    "no answer from a customer": ("phone-off", "quiet"),
    "refused as a flood": ("shield", "quiet"),
    "unfinished": ("circle-dot", "warn"),
}
_DIRECTIONS = {"in": "phone-incoming", "out": "phone-outgoing", "internal": "users", "callback": "repeat"}


@dataclass(frozen=True)
class JournalRow:
    """A row. ``client`` and ``number`` as people write them, ``client_e164`` and ``number_e164`` for programs; both are
    masked where they must be. ``sound``: recording, voicemail or ""."""

    id: str
    started: float
    direction: str
    direction_icon: str
    client_name: str
    client: str
    client_e164: str
    number: str
    number_e164: str
    source: str
    scheme: str
    who: str
    wait_s: float
    talk_s: float
    talked: bool
    status: str
    status_icon: str
    tone: str
    is_missed: bool
    tags: tuple[str, ...]
    sound: str
    #: The caller's score, 0 for none; whether they were asked, whom it is about.
    rating: int = 0
    surveyed: bool = False
    rated: str = ""
    #: Of a missed call: whose phones it rang.
    rang: tuple[str, ...] = ()


def row_of(
    facts: Mapping[str, Any], numbers: NumberView, name_of: Callable[[str], str], title_of: Callable[[str], str] = str
) -> JournalRow:
    """The row of a call. ``name_of``: a person's full name; ``title_of``: a scheme's title."""
    entities, source = _facts(facts["entities"]), _facts(facts["source"])
    outside, company = facts["client"] or facts["caller"], facts["number"] or facts["dialled"]
    if facts["direction"] == "out":
        company = facts["number"]
    icon, tone = look(facts["status"], facts["direction"])
    return JournalRow(
        id=facts["id"],
        started=facts["started"],
        direction=facts["direction"],
        direction_icon=_DIRECTIONS.get(facts["direction"], "phone"),
        client_name=numbers.text(facts["client_name"] or site_name(entities)),
        client=numbers.shown(outside),
        client_e164=numbers.whole(outside),
        number=numbers.shown(company),
        number_e164=numbers.whole(company),
        source=numbers.text(source_text(source)),
        scheme=title_of(facts["scheme"]),
        who=name_of(facts["person"]) if facts["person"] else numbers.shown(facts["target"]),
        wait_s=facts["wait_s"],
        talk_s=facts["talk_s"],
        talked=facts["bridged"] > 0,
        status=facts["status"],
        status_icon=icon,
        tone=tone,
        is_missed=is_missed(facts["status"], facts["direction"]),
        tags=tuple(facts["tags"].split()),
        sound="recording" if facts["recording"] else "voicemail" if facts["voicemail"] else "",
        rating=facts["rating"],
        surveyed=facts["rating_requested"] > 0,
        rated=name_of(facts["rated_person"]) if facts["rated_person"] else "",
    )


def is_missed(status: str, direction: str) -> bool:
    """Whether an incoming call counts as missed."""
    return direction == "in" and status in MISSED


def look(status: str, direction: str) -> tuple[str, str]:
    """Icon and tone of a status: only incoming calls are lost to the company."""
    icon, tone = _LOOKS.get(status, ("circle-dot", "quiet"))
    return icon, "quiet" if tone == "bad" and direction != "in" else tone


def source_text(source: Mapping[str, str]) -> str:
    """Where the client came from: ``google / cpc``, else the page that sent them."""
    campaign = [source[name] for name in ("utm_source", "utm_medium") if source.get(name)]
    return " / ".join(campaign) or source.get("referrer", "")


def _facts(text: str) -> dict[str, str]:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
