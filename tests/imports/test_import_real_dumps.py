"""What PostgreSQL's own `pg_dump` writes, in each of its forms, is read alike."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest

from routing.imports.dump import DumpReader
from support.postgresql import program

pytestmark = pytest.mark.process
FUSIONPBX = Path(__file__).parent / "dumps" / "fusionpbx_4.sql"
#: Values that each form escapes in its own way.
ODD = r"""
CREATE TABLE odd (name text, bytes bytea, is_on boolean, "order" numeric);
INSERT INTO odd VALUES (E'tab\there\nline\\back ''q'' "dq" \u0456 ;--', '\xdead', true, 1.50),
 (NULL, NULL, false, -1e20), (E'\r\v\f\b\\N', '', NULL, NULL), ('\.', NULL, NULL, NULL), ('', NULL, NULL, NULL);
CREATE TABLE passed_over (text text);
INSERT INTO passed_over SELECT repeat(E'a''\\b"$x$;\n', 20) FROM generate_series(1, 200);
CREATE FUNCTION f() RETURNS int AS $body$ BEGIN RETURN 1; -- it's; $$
END $body$ LANGUAGE plpgsql;
CREATE VIEW shown AS SELECT 'it''s;' AS a;
COMMENT ON TABLE odd IS 'it''s; a $tag$ "comment';
"""
FORMS = ([], ["--inserts"], ["--column-inserts"], ["--rows-per-insert=3"])


def test_every_form_of_pg_dump(postgresql_server: Path) -> None:
    at = ["-h", str(postgresql_server), "-U", "routing"]
    folder = program()
    assert folder
    subprocess.run([folder / "createdb", *at, "moving"], check=True)
    script = FUSIONPBX.read_text("utf-8").replace("OWNER TO fusionpbx", "OWNER TO routing") + ODD
    subprocess.run([folder / "psql", "-q", "-v", "ON_ERROR_STOP=1", *at, "moving"], input=script.encode(), check=True)
    found = []
    for form in FORMS:
        done = subprocess.run([folder / "pg_dump", *at, *form, "moving"], capture_output=True, check=True)
        found.append(rows(done.stdout))
    assert found[0] == found[1] == found[2] == found[3]
    assert found[0]["odd"][0] == ("tab\there\nline\\back 'q' \"dq\" і ;--", "\\xdead", "true", "1.50")
    assert [row[0] for row in found[0]["odd"][1:]] == ["", "\rv\f\b\\N", "\\.", ""]
    assert found[0]["v_extensions"] == rows(FUSIONPBX.read_bytes())["v_extensions"]


def rows(dump: bytes) -> dict[str, list[tuple[str, ...]]]:
    """Tables with their rows; COPY writes booleans by one letter."""
    tables = DumpReader(io.BytesIO(dump), ["odd", "v_extensions"], mysql=False).read()
    assert tables.notes == []
    words = {"t": "true", "f": "false"}
    return {
        name: [tuple(words.get(each, each) for each in row.values.values()) for row in tables[name]] for name in tables
    }
