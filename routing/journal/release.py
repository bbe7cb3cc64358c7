"""What the journal reads from releases: people's addresses and the project's settings. Each table is cached.

A missing release is no error: the values are then empty.
"""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from routing.journal.figures import FigureView
from routing.model.calendar import Calendar
from routing.model.callback_plan import calendar_of
from routing.model.keeping import RECORDINGS, UTTERANCES, VOICEMAILS, Keeping
from routing.model.spoken import TABLE
from routing.model.spoken_texts import SpokenTexts

_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")


def _table(path: str) -> Mapping[str, Any]:
    try:
        return _read(path)
    except (OSError, ValueError):
        return {}  # not cached: it may be readable for the next call


@functools.lru_cache(maxsize=4096)
def _read(path: str) -> Mapping[str, Any]:
    table = json.loads(Path(path).read_text(encoding="utf-8"))
    return table if isinstance(table, dict) else {}


def project_of(release: str) -> str:
    """The name of a release's project."""
    return str(_table(f"{release}/table.json").get("project", ""))


def calendar_of_release(release: str, name: str) -> Calendar | None:
    """A calendar of a release; None for one that it does not know."""
    facts = _table(f"{release}/desk.json").get("calendars", {}).get(name)
    return calendar_of(name, facts) if facts else None


def text_of(release: str, path: str) -> str:
    """What a voice says in a sound of a release; empty for a recording.

    ``path`` may be a step instead that speaks of its call, ``SCHEME/STEP/LANGUAGE``: its text, with ``{{order}}`` as it
    is written.
    """
    if found := SpokenTexts.of(_table(f"{release}/{TABLE}")).at(path):
        return found[0]
    scheme, _, step = path.partition("/")
    if not _ID.fullmatch(scheme):
        return ""
    step, _, language = step.partition("/")
    say = _table(f"{release}/schemes/{scheme}.json").get("steps", {}).get(step, {}).get("say", {})
    texts = dict(say.get("texts", ()))
    return str(texts.get(language) or next(iter(texts.values()), ""))


def email_of(release: str, name: str) -> str:
    """The e-mail address of a person."""
    return str(_table(f"{release}/table.json").get("people", {}).get(name, {}).get("email", ""))


def notify_of(release: str, schemes: Sequence[str]) -> Sequence[str]:
    """The addressees of a missed call: those of the last scheme with such a setting, else those of the project."""
    if not release:
        return ()
    for scheme in reversed(schemes):
        if _ID.fullmatch(scheme) and (addressees := _table(f"{release}/schemes/{scheme}.json").get("notify")):
            return tuple(map(str, addressees))
    return tuple(map(str, _table(f"{release}/table.json").get("notify") or ()))


@dataclass(frozen=True)
class LiveProject:
    """The project's settings by the live release of a root; options of the operator (``given_...``) take precedence.

    ``root`` None: there is no release. ``given_keep_s`` 0: not given.
    """

    root: Path | None = None
    given_timezone: str = ""
    given_keep_s: int = 0
    given_name: str = ""

    @property
    def name(self) -> str:
        """The project's name; ``default`` when it is not set."""
        return self.given_name or str(self._live().get("project") or "default")

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone, in which days are counted; UTC when it is not set."""
        try:
            return ZoneInfo(self.given_timezone or str(self._live().get("timezone") or "UTC"))
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    @property
    def country(self) -> str:
        """Its country, ISO code; "" when it is not set."""
        return str(self._live().get("country") or "")

    @property
    def keep_s(self) -> float:
        """How long a call is kept, in seconds; 0: for ever."""
        return self.keeping.calls_s

    @property
    def keeping(self) -> Keeping:
        """How long calls and their sounds are kept."""
        table = self._live()
        names = ("keep_s", *(f"keep_{kind}_s" for kind in (RECORDINGS, VOICEMAILS, UTTERANCES)))
        calls_s, *of_sounds = (each if isinstance(each := table.get(name), int) else 0 for name in names)
        return Keeping(self.given_keep_s or calls_s, *of_sounds)

    @property
    def encrypt(self) -> tuple[str, ...]:
        """The names of the keys for which sounds are encrypted; empty: they are not."""
        return tuple(map(str, self._live().get("encrypt") or ()))

    @property
    def notify(self) -> tuple[str, ...]:
        """The e-mail and web addresses that get notices of missed calls and new networks."""
        table = self._live()
        people = table.get("people", {})
        names = (str(people.get(name, {}).get("email") or name) for name in map(str, table.get("notify") or ()))
        return tuple(dict.fromkeys(names))

    @property
    def figure_views(self) -> Sequence[FigureView] | None:
        """The parts of the calls with reports of their own: what heads see and what goes out by e-mail. None without a
        release."""
        table = self._read_live("desk.json")
        groups = table.get("groups", {})
        heads = {name: user for name, user in table.get("users", {}).items() if user.get("role") == "head"}
        mails = [
            FigureView(frozenset(map(str, mail["people"])), frozenset(map(str, mail["schemes"])))
            for mail in table.get("reports", ())
        ]
        return [*(_view(name, user, groups) for name, user in heads.items()), *mails] if table else None

    def people_of(self, schemes: Sequence[str], box: str) -> tuple[str, ...]:
        """The people whose voicemails are in a box of one of these schemes, by the live release."""
        tables = (self._read_live(f"schemes/{scheme}.json") for scheme in schemes if _ID.fullmatch(scheme))
        return tuple(dict.fromkeys(str(name) for table in tables for name in table.get("boxes", {}).get(box, ())))

    def email_of(self, person: str) -> str:
        """The e-mail address of a person, or ""."""
        return str(self._live().get("people", {}).get(person, {}).get("email") or "")

    def phone_of(self, account: str) -> str:
        """The phone of an account, ``ivan.desk``; "" for an unknown account."""
        return str(self._live().get("accounts", {}).get(account, ""))

    def _live(self) -> Mapping[str, Any]:
        return self._read_live("table.json")

    def _read_live(self, name: str) -> Mapping[str, Any]:
        if self.root is None:
            return {}
        try:
            return _table(str(self.root / os.readlink(self.root / "current") / name))
        except OSError:
            return {}


def _view(head: str, user: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> FigureView:
    members = (member for group in user.get("groups", ()) for member in groups.get(group, ()))
    return FigureView(people=frozenset({head, *map(str, members)}))
