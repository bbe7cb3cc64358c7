"""From one scheme to its cached facts: the names it uses, its jumps, and its findings."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from routing.lint.findings import OneScheme, Place, SchemeFacts
from routing.lint.registry import LINTS
from routing.lint.ways import UNTIL, talks
from routing.load.nodes import Document
from routing.load.validate import Wrong, validate
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.model.spoken import recorded
from routing.steps import DECIDED
from routing.steps.base import Step
from routing.steps.scheme_file import SchemeFields, check, project_sticky, seconds, summarise

#: Kinds of decisions that can be made inside FreeSWITCH.
INLINE = frozenset(kind for kind, step in DECIDED.items() if step.may_be_inline)


def facts_of(document: Document, folder: Folder, *, compiles: bool = False) -> SchemeFacts | None:
    """The facts of a scheme file; None when it has problems, which the compiler reports.

    ``compiles``: the compiler has found no problem.
    """
    fields = validate(SchemeFields, document, (), document.data, folder.project.country)
    if isinstance(fields, Wrong) or not (compiles or not any(check(fields, folder))):
        return None
    one = OneScheme(document, fields, folder)
    place = functools.partial(_place, document)
    summary = summarise(fields, folder)
    return SchemeFacts(
        scheme=fields.scheme,
        file=document.file,
        place=place(("scheme",)),
        numbers=[entry.number for entry in fields.numbers],
        numbers_at=[place(("numbers", at)) for at, _ in enumerate(fields.numbers)],
        uses=_uses(one),
        leads={until: _leads(one, until) for until in UNTIL},
        longest=summary.longest,
        otherwise=seconds(fields.otherwise, folder),
        jumps=[(jump.scheme, jump.seconds, place(jump.loc)) for jump in summary.jumps if jump.scheme != "*"],
        matched_numbers=[(number, place(loc)) for number, loc in _matched_numbers(one)],
        gives=[fact for step, _, _ in one.steps for fact in step.gives()],
        needs=[(fact, place((*loc, *below))) for step, loc, _ in one.steps for below, fact in step.needs()],
        has_otherwise=bool(fields.otherwise),
        may_be_inline=any(_may_be_inline(step, folder) for step, _, _ in one.steps),
        records=place(("record",)) if fields.record != "no" and any(talks(step) for step, _, _ in one.steps) else None,
        found=[
            (lint.id, place(loc), message, hint) for lint in LINTS.values() for loc, message, hint in lint().scheme(one)
        ],
        allow={lint: place(("allow", lint), at_key=True) for lint in fields.allow},
    )


def _may_be_inline(step: Step, folder: Folder) -> bool:
    table = step.runtime(folder)
    return table is not None and table.get("kind") in INLINE


def _place(document: Document, loc: Loc, *, at_key: bool = False) -> Place:
    problem = document.problem(loc, "", at_key=at_key)
    return problem.line, problem.column, problem.path


def _leads(one: OneScheme, until: str) -> list[str]:
    ways = UNTIL[until](one)
    ways.walk(one.fields.steps, ("steps",), False)
    return sorted({scheme for scheme, seen in ways.leads if not seen})


def _uses(one: OneScheme) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for kind, name in _names(one):
        found.setdefault(kind, set()).add(name)
    return {kind: sorted(names) for kind, names in found.items()}


def _names(one: OneScheme) -> Iterator[tuple[str, str]]:
    """Kind and name of everything that a scheme uses."""
    fields = one.fields
    if fields.hours:
        yield "calendars", fields.hours
    if fields.music:
        yield "sounds", fields.music
    if project_sticky(fields, one.folder):
        yield "decisions", "sticky"
    for step, _, _ in one.steps:
        yield from (("sounds", file) for file in sorted(recorded(sound for _, sound in step.sounds())))
        yield from step.references()


def _matched_numbers(one: OneScheme) -> Iterator[tuple[str, Loc]]:
    """Numbers that steps compare."""
    for step, loc, _ in one.steps:
        yield from ((number, (*loc, *below)) for below, number in step.numbers())
