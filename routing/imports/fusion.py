"""FusionPBX: what its dump holds, for one domain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from routing.imports.draft import DraftScheme, ImportDraft, Steps, no_answer, unknown_end
from routing.imports.fault import ImportFault
from routing.imports.names import comment
from routing.imports.rows import Row, Tables

#: Tables that are read; columns of 4.x and 5.x that are not there read as empty.
TABLES = (
    "v_domains", "v_domain_settings", "v_default_settings", "v_extensions", "v_extension_users", "v_users",
    "v_voicemails", "v_follow_me", "v_follow_me_destinations", "v_ring_groups", "v_ring_group_destinations",
    "v_ivr_menus", "v_ivr_menu_options", "v_dialplans", "v_dialplan_details", "v_call_flows", "v_call_center_queues",
    "v_call_center_agents", "v_call_center_tiers", "v_destinations", "v_gateways", "v_recordings", "v_conferences",
    "v_conference_centers", "v_fax", "v_streams",
)  # fmt: skip
TIME_CONDITIONS = "4b821450-926b-175a-af93-a03c441818b1"
#: Tables whose rows belong to a row of another table, and their column for it.
USER = re.compile(r"(?:^|[}\]/])user/([^@\s,|]+)")
_GATEWAY = re.compile(r"sofia/gateway/[^/\s]+/([^\s,|]+)")
_FILE = re.compile(r"[^\s/\\]+\.(?:wav|mp3|ogg)", re.IGNORECASE)


def one_domain(tables: Tables, chosen: str) -> str:
    """Keep the rows of one domain, which are those that have its uuid or none. Returns its name."""
    used = {
        row.text("domain_uuid") for name in ("v_extensions", "v_ring_groups", "v_destinations") for row in tables[name]
    }
    domains = {row.text("domain_name"): row.text("domain_uuid") for row in tables["v_domains"]}
    filled = {name: uuid for name, uuid in domains.items() if uuid in used} or domains
    if chosen and chosen not in domains:
        raise ImportFault(f"the dump has no domain `{comment(chosen)}`: it has {_listed(domains)}")
    if not chosen and len(filled) > 1:
        raise ImportFault(f"the dump has {len(filled)} domains, name one by `--domain`: {_listed(filled)}")
    name = chosen or next(iter(filled), "")
    uuid = domains.get(name, "")
    for table in tables:
        tables.kept(
            table, [row for row in tables[table] if row.text("domain_uuid") in ("", uuid)] if uuid else tables[table]
        )
    return name


def _listed(names: Iterable[str]) -> str:
    return comment(", ".join(sorted(names)), 500) or "none"


@dataclass
class FusionTargets:
    """What a transfer leads to: numbers inside the domain, and outside ones."""

    draft: ImportDraft
    #: Number inside the domain -> the steps of a call for it.
    inside: dict[str, Callable[[], Steps]] = field(default_factory=dict)
    #: Number inside the domain -> what rings in a group: a person, a group.
    ringing: dict[str, str] = field(default_factory=dict)
    #: Number inside the domain -> what it is, when nothing of ours stands for it.
    unknown: dict[str, str] = field(default_factory=dict)
    #: uuid of a menu -> its scheme.
    menus: dict[str, str] = field(default_factory=dict)
    #: Number of a ring group -> makes a group of its members, for groups inside groups.
    grouped: dict[str, Callable[[], str]] = field(default_factory=dict)
    boxes: dict[str, Callable[[], Steps]] = field(default_factory=dict)

    def steps(self, row: Row, key: str, column: str, app: str, data: str) -> Steps:
        """The steps of an application with its data; a hangup and a finding where there are none."""
        app, data = app.strip(), data.strip()
        if app.startswith("menu-exec-app"):
            app, _, data = data.partition(" ")
        handler = getattr(self, f"_{app.replace('-', '_')}", None) if re.fullmatch(r"[a-z-]{2,20}", app) else None
        found: Steps | str = handler(data) if handler else f"application `{app[:40]}` has no counterpart"
        if isinstance(found, str):
            self.draft.report.lost(row, key, column, found, "write its steps; the call ends here until then")
            return [unknown_end()]
        return found

    def dialled(self, number: str) -> Steps | str:
        """A number that somebody dials: inside the domain or outside."""
        if number in self.inside:
            return self.inside[number]()
        if number.startswith("*99") and number[3:] in self.boxes:
            return self.boxes[number[3:]]()
        if number in self.unknown:
            return f"{self.unknown[number]} has no counterpart"
        if outside := self.draft.number(number):
            return [
                {"ring": {"to": self.draft.outside(outside, "called by the imported settings"), "for": "30s"}},
                no_answer(),
            ]
        return f"nothing in the dump has the number `{number[:40]}`, and it is no outside number"

    def rung(self, number: str) -> str:
        """The name that rings a number in a group; empty when nothing does."""
        if number in self.ringing:
            return self.ringing[number]
        if number in self.grouped:
            self.ringing[number] = ""  # a group inside itself rings nobody twice
            self.ringing[number] = self.grouped[number]()
            return self.ringing[number]
        if number in self.inside or number in self.unknown:
            return ""
        outside = self.draft.number(number)
        return self.draft.outside(outside, "called by the imported settings") if outside else ""

    def _transfer(self, data: str) -> Steps | str:
        return self.dialled(data.split()[0]) if data.split() else "the transfer names no number"

    def _hangup(self, data: str) -> Steps | str:
        cause = data if re.fullmatch(r"[A-Z_]{4,40}", data) else "NORMAL_CLEARING"
        return [{"hangup": {"cause": cause}}]

    def _respond(self, data: str) -> Steps | str:
        return [{"hangup": {"cause": "CALL_REJECTED"}}]

    def _voicemail(self, data: str) -> Steps | str:
        box = (data.split() or [""])[-1].partition("@")[0]
        return self.boxes[box]() if box in self.boxes else f"no voicemail box is called `{box[:40]}`"

    def _bridge(self, data: str) -> Steps | str:
        if user := USER.search(data):
            return self.dialled(user[1])
        if outside := _GATEWAY.search(data):
            return self.dialled(outside[1])
        return "the dial string of `bridge` calls no extension and no gateway"

    def _playback(self, data: str) -> Steps | str:
        found = _FILE.findall(data)
        return [{"play": self.draft.sound(found[-1])}] if found else "`playback` names no recording"

    def _lua(self, data: str) -> Steps | str:
        if "streamfile.lua" in data:
            return self._playback(data)
        if "ivr_menu" in data:
            return self._ivr(data.split()[-1])
        return f"the script `{data.split()[0][:40] if data.split() else ''}` has no counterpart"

    def _ivr(self, data: str) -> Steps | str:
        found = self.menus.get(data.strip())
        return [{"scheme": found}] if found else "no menu of the dump has this uuid"

    def _menu_sub(self, data: str) -> Steps | str:
        return self._ivr(data)

    def _callcenter(self, data: str) -> Steps | str:
        return self.dialled(data.partition("@")[0])


def split_action(text: str) -> tuple[str, str]:
    """``transfer:101 XML example.com`` as application and data."""
    app, _, data = text.partition(":")
    return app.strip(), data.strip()


def in_order(details: Iterable[Row]) -> list[Row]:
    """The details of a dialplan as they run."""
    return sorted(
        details, key=lambda each: (each.whole("dialplan_detail_group"), each.whole("dialplan_detail_order"), each.line)
    )


def enabled(rows: Iterable[Row], column: str) -> list[Row]:
    """The rows that are not switched off."""
    return [row for row in rows if row.flag(column, default=True)]


def declared_by_number(row: Row, prefix: str, targets: FusionTargets) -> DraftScheme:
    """An empty scheme for a ring group or a queue, under the number that people dial."""
    name, number = row.text(f"{prefix}_name"), row.text(f"{prefix}_extension")
    kind = prefix.replace("_", " ")
    folder = f"{prefix.removeprefix('ring_')}s"
    scheme = targets.draft.scheme(name or f"{kind} {number}", f"{kind} {number} {name}", folder)
    targets.inside.setdefault(number, lambda: [{"scheme": scheme.id}])
    return scheme


def played(row: Row, column: str, targets: FusionTargets) -> Steps:
    """The recording that a column names, as a step."""
    found = targets.steps(row, row.text(column), column, "playback", row.text(column)) if row.text(column) else []
    return [step for step in found if "play" in step]
