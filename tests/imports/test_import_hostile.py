"""Odd and hostile values in every cell, and loops: no internal error, no path outside, a project that compiles."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group
from routing.cli.check import checked_folder
from routing.imports import freepbx, fusionpbx
from routing.imports.draft import ImportDraft
from routing.imports.dump import DumpReader
from routing.imports.fault import ImportFault
from routing.imports.freepbx_targets import TABLES as FREEPBX_TABLES
from routing.imports.fusion import TABLES as FUSION_TABLES
from routing.imports.options import ImportOptions
from routing.imports.project_files import files_of
from routing.imports.rows import Tables

DUMPS = Path(__file__).parent / "dumps"
TODAY = date(2026, 11, 23)
#: Whatever a cell may hold: YAML, SQL, FreeSWITCH and path specials, numbers of other things, junk.
ODD = [
    "", "$", "${x}", "{{order}}", "'; DROP TABLE x", '"', "\\", "#", "- a", "a: b", "[x]", "{x", "&a", "*a", "!t", "%",
    "@", "`", "null", "true", "no", "on", "~", "1e5", "09:00", "../../etc/passwd", "..", "/", "\x00", "\x07", "\u202e",
    "\u2028", "\ud7ff", "\ufeff", "😀" * 30, "a" * 5000, "<x>", "X-PRE-PROCESS", "\r\n", "-1", "9" * 20, "0", "101",
    "600", "700", "500", "30", "*99101", "+380501112233", "0501112233", "00441230044", "112", "ext-group,600,1",
    "ivr-1,s,1", "timeconditions,1,1", "ext-local,vmu101,1", "app-daynight,0,1", "app-setcid,1,1", "transfer",
    "transfer:600 XML x", "bridge", "lua", "playback", "voicemail", "menu-top", "600 XML x", "700 XML x", "30 XML x",
    "user/101@x", "2-6", "7-1", "25:00-26:00", "09:00-18:00|mon-fri|*|*", "|||", "mon-", "*|*|31|feb", "540-1080",
    "2026-12-25 00:00~2026-12-26 00:00", "[]", "{}", "[[[", '[{"destination_app":"transfer","destination_data":"600"}]',
    "sip.x.example:99999", "a b", "٣", "²",
]  # fmt: skip


class _Damaged:
    """Stands for the reader of a dump: its rows, some cells changed."""

    def __init__(self, tables: Tables, chance: random.Random) -> None:
        rows = [row for table in tables for row in tables[table]]
        for _ in range(chance.choice((1, 2, 5, 20, 60))):
            row = chance.choice(rows)
            column = chance.choice(list(row.values))
            other = chance.choice(list(chance.choice(rows).values.values()))
            row.values[column] = chance.choice(ODD) if chance.random() < 0.7 else other
        self._tables = tables

    def read(self) -> Tables:
        return self._tables


def damaged(name: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> ImportDraft | None:
    """The project of a dump with odd cells; None when it is refused."""
    is_mysql = name.startswith("freepbx")
    with (DUMPS / f"{name}.sql").open("rb") as stream:
        tables = DumpReader(stream, FREEPBX_TABLES if is_mysql else FUSION_TABLES, mysql=is_mysql).read()
    module, read = (freepbx, freepbx.read_freepbx) if is_mysql else (fusionpbx, fusionpbx.read_fusionpbx)
    reader = _Damaged(tables, random.Random(seed))
    monkeypatch.setattr(module, "DumpReader", lambda *_, **__: reader)
    try:
        return read(None, ImportOptions("UA", TODAY))  # type: ignore[arg-type]
    except ImportFault:
        return None


@pytest.mark.parametrize("name", ["fusionpbx_4", "fusionpbx_5", "freepbx_15", "freepbx_16", "freepbx_17"])
def test_odd_cells_are_no_internal_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(40):
        if draft := damaged(name, seed, monkeypatch):
            assert all(".." not in path and not path.startswith("/") for path in files_of(draft))
            assert "\x07" not in "".join(draft.report.lines())


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["fusionpbx_4", "fusionpbx_5", "freepbx_15", "freepbx_16", "freepbx_17"])
def test_projects_with_odd_cells_compile(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(1000, 1012):
        if draft := damaged(name, seed, monkeypatch):
            assert problems(draft, tmp_path / str(seed)) == []


def problems(draft: ImportDraft, folder: Path) -> list[str]:
    for path, content in files_of(draft).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return [str(problem) for problem in checked_folder(folder / "schemes", None, None, TODAY).problems]


FREEPBX_LOOP = """
CREATE TABLE users (extension int, name text, voicemail text, noanswer_dest text);
INSERT INTO users VALUES ('101','on','novm','from-did-direct,102,1'),('102','null','default','from-did-direct,101,1'),
('103','{order} <b>&','default','ext-local,103,1'),('104','$(rm -rf /)','novm',''),('105','../../x','novm','');
CREATE TABLE ivr_details (id int, name text, timeout_destination text);
INSERT INTO ivr_details VALUES (1,'Loop','ivr-1,s,1'),(2,'Other','timeconditions,1,1');
CREATE TABLE ivr_entries (ivr_id int, selection text, dest text);
INSERT INTO ivr_entries VALUES (1,'1','ivr-1,s,1'),(1,'2','ivr-2,s,1'),(2,'1','ivr-1,s,1');
CREATE TABLE timeconditions (timeconditions_id int, displayname text, time text, truegoto text, falsegoto text);
INSERT INTO timeconditions VALUES (1,'Always','1','timeconditions,1,1','ivr-1,s,1');
CREATE TABLE timegroups_details (id int, timegroupid int, time text);
INSERT INTO timegroups_details VALUES (1,1,'09:00-18:00|mon-fri|*|*');
CREATE TABLE incoming (cidnum text, extension text, destination text);
INSERT INTO incoming VALUES ('','0441234567','timeconditions,1,1'),('','0441234568','from-did-direct,101,1'),
('','0441234569','from-did-direct,103,1');
-- Dump completed
"""


def test_circles_and_accounts_of_two_people(tmp_path: Path) -> None:
    """A group without members that goes to itself, a device whose name somebody else has."""
    sql = """
    CREATE TABLE users (extension text, name text);INSERT INTO users VALUES ('101','Ivan'),('102','Olena');
    CREATE TABLE devices (id text, user text, tech text);
    INSERT INTO devices VALUES ('101','101','sip'),('102','102','sip'),('101','102','sip'),('9','102','sip');
    INSERT INTO devices VALUES ('9','102','sip');
    CREATE TABLE ringgroups (grpnum text, description text, grplist text, postdest text);
    INSERT INTO ringgroups VALUES ('1','Self','','ext-group,1,1'),('2','A','','ext-group,3,1');
    INSERT INTO ringgroups VALUES ('3','B','','ext-group,2,1');
    -- Dump completed
    """
    (tmp_path / "dump.sql").write_text(sql.replace("\n    ", "\n"))
    words = ["import", "freepbx", str(tmp_path / "dump.sql"), "--into", str(tmp_path / "new"), "--country", "UA"]
    result = CliRunner().invoke(group, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "it leads back to itself in a circle\n    row group 1 Self\n" in result.output


def test_loops_and_names_of_yaml(tmp_path: Path) -> None:
    """Menus and conditions that lead to themselves, people who are called `on` and `null`."""
    (tmp_path / "dump.sql").write_text(FREEPBX_LOOP)
    words = ["import", "freepbx", str(tmp_path / "dump.sql"), "--into", str(tmp_path / "new"), "--country", "UA"]
    result = CliRunner().invoke(group, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "The project compiles" in result.output
