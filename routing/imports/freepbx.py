"""A dump of FreePBX's MySQL database `asterisk` as a project."""

from __future__ import annotations

from typing import BinaryIO

from routing.imports import freepbx_flows, freepbx_groups, freepbx_numbers, freepbx_people
from routing.imports.draft import ImportDraft
from routing.imports.dump import DumpReader
from routing.imports.fault import ImportFault
from routing.imports.freepbx_targets import TABLES, FreepbxTargets
from routing.imports.names import plain_id
from routing.imports.options import ImportOptions
from routing.imports.rows import Tables
from routing.imports.trunks import put_numbers


def read_freepbx(stream: BinaryIO, options: ImportOptions) -> ImportDraft:
    """The project of one PBX."""
    tables = DumpReader(stream, TABLES, mysql=True, encoding=options.encoding).read()
    if not tables["users"] and not tables["ringgroups"] and not tables["incoming"]:
        other = (
            ": this looks like FusionPBX, import it by `routing import fusionpbx`"
            if "v_extensions" in tables.names
            else ""
        )
        raise ImportFault(f"the dump has no users, ring groups or incoming routes of FreePBX{other}")
    zone = options.zone(_setting(tables, "PHPTIMEZONE"))
    name = options.name or _setting(tables, "FREEPBX_SYSTEM_IDENT")
    draft = ImportDraft("FreePBX", plain_id(name, "company"), options.country, zone, options.today)
    draft.report.notes += tables.notes
    draft.keeps_passwords = options.passwords
    targets = FreepbxTargets(draft, tables)
    prefixes = {row.text("match_pattern_prefix") for row in tables["outbound_route_patterns"]}
    targets.outside_prefixes = sorted(each for each in prefixes if each.isdigit() and len(each) < 4)
    freepbx_people.people(tables, targets)
    for row in tables["meetme"]:
        draft.report.lost(
            row, row.text("exten"), "exten", "a conference room", "write a step `conference` where it is needed"
        )
    parts = (freepbx_groups, freepbx_flows)
    declared = [(part, part.declare(tables, targets)) for part in parts]
    freepbx_people.unanswered(tables, targets)
    for part, rows in declared:
        part.fill(rows, tables, targets)
    freepbx_numbers.numbers(tables, targets)
    freepbx_numbers.trunks(tables, targets)
    put_numbers(draft)
    draft.break_circles()
    draft.note_inside(number for kind, number in targets.known if kind in ("group", "queue"))
    return draft


def _setting(tables: Tables, keyword: str) -> str:
    return next((row.text("value") for row in tables.where("freepbx_settings", keyword=keyword)), "")
