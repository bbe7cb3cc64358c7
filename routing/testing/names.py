"""The names that tests of a release may use: people, numbers, schemes, calendars, sounds and partners.

Reads the release as the offline switch does; long lists only when a test needs them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from routing.model import forms
from routing.model.card_request import FILE
from routing.model.causes import OFFERED
from routing.model.entities import SOURCES
from routing.model.folder import RESERVED
from routing.model.tags import TAGS, tags_of
from routing.offline.published import NUMBER, PublishedRelease
from routing.steps.scheme_file import POOL

_BOX = re.compile(r"routing_box=([a-z0-9_]+)")
_ROOM = re.compile(r'application="conference" data="([a-z0-9_]+)@')
_LABELS = re.compile(rf"{TAGS}=\$\{{{TAGS}\}}([a-z0-9_,]+)")


class Names:
    """The names of one release."""

    causes = OFFERED
    sources = SOURCES

    def __init__(self, published: PublishedRelease) -> None:
        self.published = published
        self._release: Path = (published.root / "current").resolve()

    @property
    def people(self) -> Mapping[str, Any]:
        """People by name."""
        people: Mapping[str, Any] = self.published.table.get("people", {})
        return people

    @cached_property
    def phones(self) -> set[str]:
        """People, their phones, SIP accounts."""
        return self.published.targets()

    @cached_property
    def dialled(self) -> set[str]:
        """What phones of the project can dial besides numbers: accounts, extensions, places of parking."""
        table = self.published.table
        return set(self.published.accounts) | set(table.get("extensions") or {}) | set(table.get("places") or ())

    def dials(self, text: str) -> bool:
        """Whether a phone of the project can dial this: an account, an extension, a code such as ``*78``, a number."""
        digits = "".join(text.split())
        if digits in self.dialled or digits.startswith("*"):
            return True
        return bool(forms.dialled(digits, self.published.country))

    @cached_property
    def schemes(self) -> set[str]:
        """Schemes by id, those of pools included."""
        return {path.stem for path in self._release.glob("schemes/*.xml")}

    @cached_property
    def calendars(self) -> set[str]:
        """Calendars by name."""
        return {path.stem for path in self._release.glob("calendars/*.xml")}

    @cached_property
    def sounds(self) -> set[str]:
        """Sound files below ``sounds/``."""
        folder = self._release / "sounds"
        return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}

    @cached_property
    def entities(self) -> set[str]:
        """Entities that the project tracks."""
        text = self.published.files.read(f"{self._release}/tracking.json")
        tracking = (json.loads(text) if text else {}).get("tracking") or {}
        return set(tracking.get("entities") or {})

    @cached_property
    def urls(self) -> set[str]:
        """URLs of webhook steps."""
        return {str(step["url"]) for step in self._dynamic() if "url" in step}

    @cached_property
    def crms(self) -> set[str]:
        """CRMs of crm steps."""
        return {str(step["crm"]["system"]) for step in self._dynamic() if step.get("kind") == "crm"}

    @cached_property
    def sent_fields(self) -> set[str]:
        """Fields of the visitor in requests of crm steps: ``entity.region``."""
        return {place for step in self._dynamic() if step.get("kind") == "crm" for place in step["crm"].get("told", ())}

    @cached_property
    def options(self) -> set[str]:
        """Options of speech menus."""
        menus = (step["phrases"].values() for step in self._dynamic() if step.get("kind") == "listen")
        return {option for languages in menus for phrases in languages for option in phrases.values()}

    @cached_property
    def boxes(self) -> set[str]:
        """Voicemail boxes."""
        return {box for path in self._release.glob("schemes/*.xml") for box in _BOX.findall(path.read_text("utf-8"))}

    @cached_property
    def rooms(self) -> set[str]:
        """Rooms of conference steps."""
        return {room for path in self._release.glob("schemes/*.xml") for room in _ROOM.findall(path.read_text("utf-8"))}

    @cached_property
    def tags(self) -> set[str]:
        """Labels that `tag` steps set, and the one of who asks for a card."""
        texts = (
            path.read_text("utf-8")
            for path in [*self._release.glob("schemes/*.xml"), *self._release.glob(f"{FILE}.xml")]
        )
        return {label for text in texts for labels in _LABELS.findall(text) for label in tags_of(labels)}

    @cached_property
    def numbers(self) -> list[str]:
        """Every number that leads to a scheme, E.164."""
        texts = (path.read_text("utf-8") for path in sorted(self._release.glob("numbers/*.xml")))
        return [number for text in texts for number in NUMBER.findall(text)]

    def dialplans(self) -> dict[str, str]:
        """The compiled dialplan of every scheme with a file of its own, by id."""
        written = sorted(name for name in self.schemes - RESERVED if not name.startswith(POOL))
        texts = ((scheme, self.published.files.read(f"{self._release}/schemes/{scheme}.xml")) for scheme in written)
        return {scheme: text for scheme, text in texts if text is not None}

    def leads(self, number: str) -> bool:
        """Whether an E.164 number leads to a scheme."""
        return self.published.leads(number)

    def kind_of(self, scheme: str, step: str) -> str:
        """The kind of a dynamic step; empty for a static one."""
        return str(self._steps(scheme).get(step, {}).get("kind") or "")

    def _steps(self, scheme: str) -> Mapping[str, Any]:
        if scheme not in self._tables:
            text = self.published.files.read(f"{self._release}/schemes/{scheme}.json")
            self._tables[scheme] = (json.loads(text) if text else {}).get("steps") or {}
        return self._tables[scheme]

    @cached_property
    def _tables(self) -> dict[str, Mapping[str, Any]]:
        return {}

    def _dynamic(self) -> Iterator[Mapping[str, Any]]:
        for scheme in sorted(self.schemes):
            yield from self._steps(scheme).values()
