"""FreePBX: what a destination such as ``ext-group,600,1`` leads to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from routing.imports.draft import ImportDraft, Steps, no_answer, unknown_end
from routing.imports.rows import Row, Tables

TABLES = (
    "users", "devices", "incoming", "trunks", "pjsip", "sip", "ringgroups", "ivr_details", "ivr_entries",
    "timeconditions", "timegroups_groups", "timegroups_details", "daynight", "queues_config", "queues_details",
    "announcement", "recordings", "findmefollow", "miscdests", "userman_users", "freepbx_settings", "meetme",
    "outbound_route_patterns", "setcid", "languages",
)  # fmt: skip
#: Form of a destination -> kind of thing; group 1 names it.
_FORMS = {
    r"from-did-direct,(\w+),1": "person",
    r"ext-local,(\d+),(?:1|dest)": "extension",
    r"ext-findmefollow,(?:FM)?(\d+),1": "person",
    r"ext-local,vm[busi](\d+),1": "voicemail",
    r"ext-local,(\d+),vm\w*": "voicemail",
    r"ext-group,(\d+),1": "group",
    r"ext-queues,(\d+),1": "queue",
    r"ivr-(\d+),s,1": "menu",
    r"timeconditions,(\d+),1": "condition",
    r"app-daynight,(\d+),1": "flow",
    r"app-announcement-(\d+),s,1": "announcement",
    r"play-system-recording,(\d+),1": "recording",
    r"ext-miscdests,(\d+),1": "dialled",
    r"app-setcid,(\d+),1": "setcid",
    r"app-languages,(\d+),1": "language",
    r"app-blackhole,(\w[\w-]*),1": "end",
}  # fmt: skip
_ENDS = {"busy": "USER_BUSY", "congestion": "NORMAL_CIRCUIT_CONGESTION", "no-service": "UNALLOCATED_NUMBER"}
#: Destinations without a counterpart, by how they begin.
_UNKNOWN = {
    "ext-meetme": "a conference room",
    "directory": "a directory by name",
    "disa": "DISA",
    "callback": "a callback",
    "ext-fax": "a fax",
    "vm-callme": "a call by the voicemail",
    "vmblast": "a voicemail for several people",
    "app-pbdirectory": "a directory",
    "ext-trunk": "a trunk",
}


@dataclass
class FreepbxTargets:
    """Everything a destination can name: kind and number -> steps."""

    draft: ImportDraft
    tables: Tables
    known: dict[tuple[str, str], Callable[[], Steps]] = field(default_factory=dict)
    #: Digits that dial outside first, as outbound routes strip them: 9.
    outside_prefixes: list[str] = field(default_factory=list)

    def steps(self, row: Row, key: str, column: str, destination: str | None = None) -> Steps:
        """The steps of a destination; a hangup and a finding where there are none."""
        text = row.text(column) if destination is None else destination
        found = self._found(text)
        if isinstance(found, str):
            self.draft.report.lost(row, key, column, found, "write its steps; the call ends here until then")
            return [unknown_end()]
        return found

    def _found(self, text: str) -> Steps | str:
        for form, kind in _FORMS.items():
            if match := re.fullmatch(form, text, re.ASCII):
                return self._named(kind, match[1])
        what = next((what for start, what in _UNKNOWN.items() if text.startswith(start)), "a destination")
        return f"{what} that has no counterpart"

    def _named(self, kind: str, name: str) -> Steps | str:
        if kind == "end":
            return [{"hangup": {"cause": _ENDS.get(name, "NORMAL_CLEARING")}}]
        if kind == "dialled":
            row = next(iter(self.tables.where("miscdests", id=name)), None)
            return self.dialled(row.text("destdial")) if row else "a miscellaneous destination that is not in the dump"
        if kind == "recording":
            sound = self.recording(name)
            return [{"play": sound}] if sound else "a recording that is not in the dump"
        if kind in ("setcid", "language"):
            return self._passed_on(kind, name)
        make = self.known.get((kind, name)) or (self.known.get(("person", name)) if kind == "extension" else None)
        return make() if make else f"a {kind} that is not in the dump"

    def _passed_on(self, kind: str, name: str) -> Steps | str:
        """The caller's name or language is set on the way: only the way is kept."""
        table, column = {"setcid": ("setcid", "cid_id"), "language": ("languages", "language_id")}[kind]
        for row in self.tables.where(table, **{column: name}):
            what = "the caller's name is changed on the way" if kind == "setcid" else "the language is set on the way"
            self.draft.report.lost(
                row, row.text("description"), "dest", what, "write `label` into ring steps, or texts by language"
            )
            return [] if row.text("dest").startswith(("app-setcid", "app-languages")) else self._found(row.text("dest"))
        return f"a {kind} that is not in the dump"

    def dialled(self, number: str) -> Steps | str:
        """A number as somebody dials it: inside, or outside."""
        for kind in ("person", "group", "queue"):
            if (kind, number) in self.known:
                return self.known[(kind, number)]()
        if outside := self.outside(number):
            person = self.draft.outside(outside, "called by the imported settings")
            return [{"ring": {"to": person, "for": "30s"}}, no_answer()]
        return "a number that is neither inside nor outside"

    def outside(self, number: str) -> str:
        """The E.164 form of an outside number, also behind the digit that dials outside."""
        if found := self.draft.number(number):
            return found
        stripped = (number[len(each) :] for each in self.outside_prefixes if number.startswith(each))
        return next((found for each in stripped if (found := self.draft.number(each))), "")

    def person(self, number: str) -> str:
        """The id of the person with an extension; empty when nobody has it."""
        if not number:
            return ""
        return next(
            (
                each.id
                for each in self.draft.people.values()
                if each.extension == number or each.source == f"extension {number}"
            ),
            "",
        )

    def recording(self, number: str) -> Any:
        """The placeholder of a system recording, or several in a row; empty for none."""
        row = next(iter(self.tables.where("recordings", id=number)), None)
        if row is None:
            return ""
        files = [each for each in row.text("filename").split("&") if each.strip()] or [row.text("displayname")]
        sounds = [self.draft.sound(file) for file in files]
        return sounds[0] if len(sounds) == 1 else sounds
