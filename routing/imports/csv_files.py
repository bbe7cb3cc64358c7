"""Spreadsheets as a project: people first, then the numbers that ring them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from routing.imports.csv_numbers import numbers_of, routes_of
from routing.imports.csv_people import people_of
from routing.imports.csv_sheet import Sheet, read_sheet
from routing.imports.draft import ImportDraft
from routing.imports.fault import ImportFault
from routing.imports.names import comment, plain_id
from routing.imports.options import ImportOptions
from routing.imports.trunks import put_numbers

MOST_SHOWN = 50
#: Kind of a sheet -> the columns by which it is known, what reads it. The first that fits.
KINDS: dict[str, tuple[frozenset[str], Callable[[Sheet, ImportDraft], None]]] = {
    "people": (frozenset({"extension", "name"}), people_of),
    "routes": (frozenset({"extension", "destination"}), routes_of),
    "numbers": (frozenset({"number", "rings"}), numbers_of),
}


def read_csv_files(files: list[Path], options: ImportOptions) -> ImportDraft:
    """The project of all sheets together. Raises ImportFault with every wrong cell."""
    sheets = [(_kind(sheet), sheet) for sheet in (read_sheet(file, options.encoding) for file in files)]
    draft = ImportDraft("CSV", plain_id(options.name, "company"), options.country, options.zone(""), options.today)
    for kind, (_, read) in KINDS.items():
        for found, sheet in sheets:
            if found == kind:
                read(sheet, draft)
    if problems := [problem for _, sheet in sheets for problem in sheet.problems]:
        shown = problems[:MOST_SHOWN]
        more = [f"... and {len(problems) - MOST_SHOWN} more"] if len(problems) > MOST_SHOWN else []
        raise ImportFault("\n".join(["nothing is written:", *shown, *more]))
    put_numbers(draft)
    return draft


def _kind(sheet: Sheet) -> str:
    for kind, (needed, _) in KINDS.items():
        if needed <= set(sheet.columns):
            return kind
    columns = comment(", ".join(sheet.columns[:12]), 200) or "none"
    what = f"{sheet.path}: no sheet of people (extension, name) or numbers (number, rings): its columns are {columns}"
    raise ImportFault(f"{what}; docs/howto/moving_in has the layout")
