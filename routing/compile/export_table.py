"""``exports.json`` of a release (`routing.model.export_plan`), and problems of exports across files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from routing.compile.scheme import SchemeRecord
from routing.compile.table_text import table_json
from routing.load.nodes import Document
from routing.model.folder import Folder
from routing.model.problem import Problem, did_you_mean


def export_problems(
    folder: Folder, documents: Sequence[Document], records: Sequence[SchemeRecord], broken: Collection[str]
) -> Iterator[Problem]:
    """Schemes that nobody has written; one stream twice; a stream without pages that tell who the visitor is."""
    exports = folder.project.exports
    if not exports:
        return
    document = next(each for each in documents if isinstance(each.data, dict) and "project" in each.data)
    known = {record.scheme for record in records}
    for kind, found in (("ga4", exports.ga4), ("webhooks", exports.webhooks)):
        for name, export in found.items():
            for at, scheme in enumerate(export.schemes):
                if scheme not in known and not {scheme, "*"} & set(broken):
                    place = ("project", "exports", kind, name, "schemes", at)
                    yield document.problem(place, f"no scheme is called `{scheme}`", did_you_mean(scheme, known))
    first: dict[str, str] = {}
    for name, stream in exports.ga4.items():
        stream_place = ("project", "exports", "ga4", name)
        if (before := first.setdefault(stream.measurement_id, name)) != name:
            text = f"{stream.measurement_id} is the stream of `{before}` already: its calls would count twice"
            yield document.problem((*stream_place, "measurement_id"), text)
        if not folder.project.tracking:
            hint = "write `tracking: {origins: https://www.example.com}`"
            text = "Google Analytics counts visitors of a site, and the project has no `tracking`"
            yield document.problem(stream_place, text, hint, at_key=True)


def exports_json(folder: Folder) -> str:
    """The table of a folder with `exports`."""
    assert folder.project.exports
    return table_json({"project": folder.project.name, **folder.project.exports.model_dump()})
