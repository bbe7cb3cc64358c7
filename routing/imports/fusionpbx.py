"""A dump of FusionPBX's PostgreSQL database as a project."""

from __future__ import annotations

import base64
import binascii
from typing import BinaryIO

from routing.imports import fusion_groups, fusion_hours, fusion_menus, fusion_numbers, fusion_people, fusion_queues
from routing.imports.draft import ImportDraft
from routing.imports.dump import DumpReader
from routing.imports.fault import ImportFault
from routing.imports.fusion import TABLES, FusionTargets, one_domain
from routing.imports.names import plain_id
from routing.imports.options import ImportOptions
from routing.imports.rows import Row, Tables
from routing.imports.trunks import put_numbers

#: What people dial and nothing here stands for: table -> (column of the number, what it is).
UNKNOWN = {
    "v_conferences": ("conference_extension", "a conference room"),
    "v_conference_centers": ("conference_center_extension", "a conference centre"),
    "v_fax": ("fax_extension", "a fax"),
}
#: A WAV file starts like this.
RIFF = b"RIFF"


def read_fusionpbx(stream: BinaryIO, options: ImportOptions) -> ImportDraft:
    """The project of one domain."""
    tables = DumpReader(stream, TABLES, mysql=False, encoding=options.encoding).read()
    if not tables["v_extensions"] and not tables["v_ring_groups"] and not tables["v_destinations"]:
        other = (
            ": this looks like FreePBX, import it by `routing import freepbx`" if "ringgroups" in tables.names else ""
        )
        raise ImportFault(f"the dump has no extensions, ring groups or destinations of FusionPBX{other}")
    domain = one_domain(tables, options.domain)
    zone = options.zone(_setting(tables, "time_zone"))
    draft = ImportDraft(
        "FusionPBX", plain_id(options.name or domain.split(".")[0], "company"), options.country, zone, options.today
    )
    draft.report.notes += tables.notes
    draft.keeps_passwords = options.passwords
    targets = FusionTargets(draft)
    fusion_people.people(tables, targets)
    _unknown(tables, targets)
    parts = (fusion_groups, fusion_queues, fusion_menus, fusion_hours)
    declared = [(part, part.declare(tables, targets)) for part in parts]
    fusion_people.forwarding(tables, targets)
    for part, rows in declared:
        part.fill(rows, tables, targets)
    fusion_numbers.numbers(tables, targets)
    fusion_numbers.gateways(tables, draft)
    put_numbers(draft)
    draft.break_circles()
    draft.note_inside(targets.inside.keys() - targets.ringing.keys())
    _recordings(tables, draft)
    return draft


def _setting(tables: Tables, name: str) -> str:
    for prefix in ("domain_setting", "default_setting"):
        for row in tables.where(f"v_{prefix}s", **{f"{prefix}_subcategory": name}):
            if row.text(f"{prefix}_value"):
                return row.text(f"{prefix}_value")
    return ""


def _unknown(tables: Tables, targets: FusionTargets) -> None:
    for table, (column, what) in UNKNOWN.items():
        for row in tables[table]:
            targets.unknown[row.text(column)] = what
            targets.draft.report.lost(row, row.text(column), column, what, "write its steps by hand where it is needed")


def _recordings(tables: Tables, draft: ImportDraft) -> None:
    """Recordings that the database holds; the others are files of the old machine."""
    stored = {row.text("recording_filename"): row for row in tables["v_recordings"] if row.text("recording_base64")}
    for path, origin in draft.sounds.items():
        row = stored.get(origin.rpartition("/")[2])
        if row and (sound := _decoded(row)).startswith(RIFF):
            draft.recordings[path] = sound


def _decoded(row: Row) -> bytes:
    try:
        return base64.b64decode(row.text("recording_base64"), validate=False)
    except (binascii.Error, ValueError):
        return b""
