"""Spreadsheets: what Excel and people do to them, each with row and column; exports of both systems."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from routing.imports.csv_files import read_csv_files
from routing.imports.draft import ImportDraft
from routing.imports.fault import ImportFault
from routing.imports.options import ImportOptions

MESSAGES = Path(__file__).parent / "wrong_sheets.txt"
OPTIONS = ImportOptions("UA", date(2026, 11, 23))
PEOPLE = "extension,name,mobile,email,groups\n101,Ivan,+380501110101,ivan@acme.example,Sales\n"


def read(folder: Path, *sheets: str | bytes, encoding: str = "utf-8") -> ImportDraft:
    files = []
    for at, sheet in enumerate(sheets):
        file = folder / f"{at}.csv"
        file.write_bytes(sheet if isinstance(sheet, bytes) else sheet.encode("utf-8"))
        files.append(file)
    return read_csv_files(files, ImportOptions("UA", OPTIONS.today, encoding=encoding))


#: Sheets with one mistake each; what is said of them stands in wrong_sheets.txt, of ``make golden``.
WRONG: dict[str, str | bytes] = {
    "rounded": 'extension,name,mobile\n101,Ivan,"3,80501E+11"\n',
    "rounded in another language": "extension,name,mobile\n101,Ivan,3.80501E+11\n",
    "without its zero": "extension,name,Phone\n101,Ivan,612345678\n",
    "no number": "extension,name,mobile\n101,Ivan,12\n",
    "no extension": "extension,name\n1,Ivan\n",
    "twice": "extension,name\n101,Ivan\n\n101,Olena\n",
    "no address": "extension,name,email\n101,Ivan,ivan(at)acme\n",
    "no account": "extension,name,account\n101,Ivan,a b\n",
    "emergency": "extension,name\n112,Ivan\n",
    "no phone": "extension,name\n,Ivan\n",
    "nobody": "extension,name,mobile\n,,+393123456789\n",
    "more cells": "extension,name\n101,Ivan,x,y\n",
    "no end": 'extension,name\n101,"Ivan\n',
    "no sheet of ours": "number,hours\n0441234567,\n",
    "empty rows": "\n\n",
    "who rings": "number,rings\n+390612345678,nobody\n",
    "hours": "number,rings,hours\n+390612345678,+393123456789,9 to 5\n",
    "no company number": "number,rings\n,+393123456789\n",
    "number twice": "number,rings\n+390612345678,+393123456789\n390612345678,+393123456789\n",
    "ring time": "number,rings,seconds\n+390612345678,+393123456789,1\n",
    "voicemail": "number,rings,voicemail\n+390612345678,+393123456789,boss\n",
    "nobody rings": "number,rings\n+390612345678,\n",
    "cp1251": "extension;name\n101;Іван\n".encode("cp1251"),
    "zip": b"PK\x03\x04sheet",
    "UTF-16": "extension\tname\n101\tIvan\n".encode("utf-16"),
}


def test_what_is_wrong_is_said_with_row_and_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = []
    for name, sheet in WRONG.items():
        Path("sheet.csv").write_bytes(sheet if isinstance(sheet, bytes) else sheet.encode())
        with pytest.raises(ImportFault) as caught:
            read_csv_files([Path("sheet.csv")], ImportOptions("IT", OPTIONS.today))
        found.append(f"{name}\n    " + str(caught.value).replace("\n", "\n    "))
    if os.environ.get("ROUTING_GOLDEN"):
        MESSAGES.write_text("\n".join(found) + "\n", "utf-8")
    assert "\n".join(found) + "\n" == MESSAGES.read_text("utf-8")


def test_every_wrong_cell_is_said_at_once(tmp_path: Path) -> None:
    rows = "".join(f"1{at:03d},P{at},12\n" for at in range(60))
    with pytest.raises(ImportFault) as caught:
        read(tmp_path, f"extension,name,mobile\n{rows}")
    lines = str(caught.value).splitlines()
    assert lines[0] == "nothing is written:" and lines[-1] == "... and 10 more" and len(lines) == 52


@pytest.mark.parametrize(
    ("sheet", "encoding"),
    [
        (b"\xef\xbb\xbf" + "extension;name;mobile\r\n101;Іван;0501110101\r\n".encode(), "utf-8"),
        ("Внутрішній;Ім'я;Мобільний\n101;Іван;0501110101\n".encode("cp1251"), "cp1251"),
        ("sep=,\next,ФИО,телефон\n101,Іван,'0501110101\n".encode(), "utf-8"),
        ("extension\tname\tmobile\n101\tІван\t380501110101\n".encode(), "utf-8"),
        ("extension,name,mobile\n101,Іван,501110101\n".encode(), "utf-8"),  # without its zero
        ("EXTENSION,Name,Cell\n101,Іван,00380501110101\n".encode(), "utf-8"),
    ],
)
def test_sheets_as_excel_saves_them(sheet: bytes, encoding: str, tmp_path: Path) -> None:
    (person,) = read(tmp_path, sheet, encoding=encoding).people.values()
    assert (person.id, person.name, person.extension) == ("ivan", "Іван", "101")
    assert person.phones == {"desk": {"sip": "101"}, "mobile": {"number": "+380501110101", "confirm": "1"}}


def test_people_without_a_desk_phone_and_keys(tmp_path: Path) -> None:
    sheet = "extension,name,mobile,account,confirm\n101,Ivan,0501110101,-,-\n102,Olena,,olena.k,\n"
    ivan, olena = read(tmp_path, sheet).people.values()
    assert ivan.phones == {"mobile": {"number": "+380501110101"}} and ivan.extension == "101"
    assert olena.phones == {"desk": {"sip": "olena.k"}}


def test_a_number_rings_people_by_any_of_their_names(tmp_path: Path) -> None:
    numbers = 'number,scheme,rings\n0441234567,Office,"101; Sales, ivan"\n'
    draft = read(tmp_path, numbers, PEOPLE)  # whichever file comes first
    assert draft.schemes["office"].steps[0] == {"ring": {"to": ["ivan", "sales"], "for": "20s"}}


def test_exports_of_freepbx(tmp_path: Path) -> None:
    extensions = (
        "extension,password,name,voicemail,ringtimer,tech,findmefollow_enabled,findmefollow_grplist,voicemail_email\n"
        "101,,Ivan,default,0,pjsip,yes,101-0501110101#,ivan@acme.example\n102,,Fax,novm,0,dahdi,,,\n103,,Olena,novm,0,sip,,,\n"
    )
    dids = (
        "cidnum,extension,destination,description\n,0441234567,\"from-did-direct,101,1\",Ivan\n"
        ",0441234568,\"ivr-1,s,1\",Menu\n,,\"app-blackhole,hangup,1\",any\n"
    )  # fmt: skip
    draft = read(tmp_path, extensions, dids)
    assert draft.people["ivan"].phones["mobile"]["number"] == "+380501110101"
    assert draft.schemes["ivan"].numbers == ["+380441234567"]
    assert draft.schemes["ivan"].steps[1] == {"voicemail": {"box": "ivan", "notify": ["ivan"]}}
    assert [finding.column for finding in draft.report.found] == ["tech", "destination", "extension"]


def test_the_export_of_fusionpbx(tmp_path: Path) -> None:
    sheet = (
        "extension_uuid,extension,effective_caller_id_name,directory_first_name,call_group,enabled,password\n"
        "0f6a,101,Ivan P,Ivan,sales,true,secret-never-shown\n0f6b,102,Gone,,,false,x\n"
    )
    (person,) = read(tmp_path, sheet).people.values()
    assert person.name == "Ivan P"
