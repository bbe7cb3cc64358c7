"""Pools of numbers: each becomes a scheme ``pool_<name>``, which looks the visitor up and jumps to the pool's scheme.

Also the tracking API's table of all pools: ``tracking.json``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from routing.compile.numbers import number_extension
from routing.compile.scheme import Place, SchemeRecord, scheme_context, scheme_table
from routing.compile.schemes import CachedScheme
from routing.compile.store import Store, digest
from routing.compile.table_text import table_json
from routing.compile.xml import to_xml
from routing.load.nodes import Document
from routing.model import numbers
from routing.model.folder import Folder
from routing.model.pools import Pool
from routing.model.problem import Loc, Problem, did_you_mean
from routing.steps.scheme_file import SchemeFields, summarise

PREFIX = "pool_"
LONGEST_NAME = 64 - len(PREFIX)


def pool_entries(folder: Folder, documents: Sequence[Document], store: Store) -> dict[str, CachedScheme]:
    """A compiled scheme for each pool of a valid folder, by a key that is no file's name."""
    found: dict[str, CachedScheme] = {}
    for name, pool in folder.pools.items():
        fields = _scheme(name, pool)
        context = scheme_context(fields, folder)
        record = _record(
            _document(name, documents), name, fields, folder, number_extension(context, folder.project.country)
        )
        found[f"{record.file}#{name}"] = {
            "stamp": "",
            "text": "",
            "common": "",
            "record": record.as_json(),
            "xml": store.put(to_xml(context).encode()),
            "table": store.put(scheme_table(fields, summarise(fields, folder), folder).encode()),
        }
    return found


def pool_problems(
    folder: Folder, documents: Sequence[Document], records: Sequence[SchemeRecord], broken: Collection[str]
) -> Iterator[Problem]:
    """Problems of pools across entries.

    ``records``: the records of authors' schemes; ``broken``: ids of schemes that did not compile.
    """
    leads = {number for record in records for number, _, _ in record.numbers}
    for name, pool in folder.pools.items():
        document, loc = _document(name, documents), ("pools", name)
        if folder.project.tracking is None:
            hint = "write `project: {tracking: {origins: https://www.example.com}}`"
            yield document.problem(
                loc, "pools lend numbers to visitors of a site, and the project has no `tracking`", hint, at_key=True
            )
        if len(name) > LONGEST_NAME:
            yield document.problem(loc, f"a pool's name has at most {LONGEST_NAME} characters", at_key=True)
        for question in pool.when.questions:
            yield from _unknown(question, (*loc, "when", question), folder, document)
        if pool.overflow not in leads and not broken:
            message = f"{pool.overflow} leads to no scheme"
            yield document.problem((*loc, "overflow"), message, "list it under `numbers:` of a scheme")


def _unknown(question: str, loc: Loc, folder: Folder, document: Document) -> Iterator[Problem]:
    kind, _, name = question.partition(".")
    tracked = folder.project.tracking.entities if folder.project.tracking else {}
    if kind == "entity" and name not in tracked:
        yield document.problem(loc, f"no entity is called `{name}`", did_you_mean(name, tracked), at_key=True)


def _document(name: str, documents: Sequence[Document]) -> Document:
    return next(document for document in documents if name in document.part("pools"))


def _scheme(name: str, pool: Pool) -> SchemeFields:
    listed = [{"number": number, "caller_pays": pool.caller_pays} for number in pool.numbers]
    steps = [{"visitor": {"pool": name}}, {"scheme": {"id": pool.scheme}}]
    return SchemeFields.model_validate({"scheme": PREFIX + name[:LONGEST_NAME], "numbers": listed, "steps": steps})


def _record(document: Document, name: str, fields: SchemeFields, folder: Folder, extension: str) -> SchemeRecord:
    def place(*below: str | int) -> Place:
        loc: Loc = ("pools", name, *below)
        found = document.problem(loc, "", at_key=not below)
        return found.line, found.column, found.path

    summary = summarise(fields, folder)
    lines = [(entry.number, entry.caller_pays) for entry in fields.numbers]
    return SchemeRecord(
        file=document.file,
        scheme=fields.scheme,
        place=place(),
        numbers=[(entry.number, entry.caller_pays, place("numbers", at)) for at, entry in enumerate(fields.numbers)],
        longest=summary.longest,
        longer=summary.longer,
        jumps=[(jump.scheme, jump.seconds, place("scheme")) for jump in summary.jumps],
        extension=extension,
        numbers_key=digest(repr((lines, extension)).encode()),
    )


def tracking_json(folder: Folder) -> str:
    """The tracking API's table: sites, the facts that pages may report, pools in the order written."""
    tracking, orders = folder.project.tracking, folder.project.callbacks
    exports = folder.project.exports
    streams = [stream.measurement_id for stream in exports.ga4.values()] if exports else []
    shown = {number for pool in folder.pools.values() for number in (*pool.numbers, pool.overflow)}
    return table_json(
        {
            "project": folder.project.name,
            "tracking": tracking.model_dump() if tracking else None,
            **({"callbacks": True} if orders and orders.origins else {}),
            **({"streams": streams} if streams else {}),
            "pools": [{"name": name, **_pool(pool)} for name, pool in folder.pools.items()],
            "shown": {number: numbers.shown(number, folder.project.country) for number in sorted(shown)},
        }
    )


def _pool(pool: Pool) -> Mapping[str, Any]:
    questions = {question: vars(expected) for question, expected in pool.when.questions.items()}
    return {
        "numbers": pool.numbers,
        "overflow": pool.overflow,
        "lease_s": pool.lease,
        "keep_s": pool.keep,
        "page": pool.when.page,
        "questions": questions,
    }
