"""``floods.json`` of a release: the project's setting and its numbers, for the journal that watches their calls."""

from __future__ import annotations

from collections.abc import Sequence

from routing.compile.floods import guarded
from routing.compile.scheme import SchemeRecord
from routing.compile.table_text import table_json
from routing.model.folder import Folder


def floods_json(folder: Folder, records: Sequence[SchemeRecord]) -> str:
    """The table of a folder with `floods`."""
    assert folder.project.floods
    which = guarded(folder)
    numbers = sorted(
        number for record in records for number, caller_pays, _ in record.numbers if which == "all" or not caller_pays
    )
    own = {"project": folder.project.name, "country": folder.project.country or "", "numbers": numbers}
    return table_json({**folder.project.floods.model_dump(), **own})
