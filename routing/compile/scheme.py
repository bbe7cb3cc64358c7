"""From one scheme file to its dialplan and the record for linking. Pure: text in, texts out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from routing.compile.boxes import boxes
from routing.compile.numbers import number_extension
from routing.compile.scheme_start import enter
from routing.compile.speech import of_steps, opening_calendars
from routing.compile.table_text import table_json
from routing.compile.xml import to_xml
from routing.load.nodes import Document, read
from routing.load.partial import UNREADABLE, without_faults
from routing.load.validate import Wrong, validate
from routing.model.folder import Folder
from routing.model.problem import Loc, Problem, Problems, dotted
from routing.model.secret import Purpose
from routing.steps.base import LONGEST_JUMPS, Emitter
from routing.steps.callback import CallbackStep
from routing.steps.called import called
from routing.steps.crm import CrmStep
from routing.steps.dialplan import Condition, Context, Extension
from routing.steps.hours import ask_calendar
from routing.steps.proven import proofs
from routing.steps.queue import QueueStep
from routing.steps.ring import RingStep
from routing.steps.scheme_file import (
    POOL,
    STICKY,
    SchemeFields,
    Summary,
    check,
    check_names,
    every_step,
    project_sticky,
    seconds,
    summarise,
)
from routing.steps.sticky import StickyStep
from routing.steps.targets import named_turns
from routing.steps.webhook import WebhookStep

#: Line, column and path, so that linking can report a location without the text.
Place = tuple[int, int, str]


@dataclass
class SchemeRecord:
    """A scheme as linking sees it: only lists and numbers, because ten thousand of them are cached between runs."""

    file: str
    scheme: str
    place: Place
    #: (E.164, caller pays, place)
    numbers: list[tuple[str, bool, Place]] = field(default_factory=list)
    #: Seconds to the latest end in this scheme itself.
    longest: float = 0.0
    #: Seconds by which its handlers may extend ring times beyond that.
    longer: float = 0.0
    #: (scheme or ``*``, seconds until the jump, location)
    jumps: list[tuple[str, float, Place]] = field(default_factory=list)
    #: (step kind, location) of steps that answer before a person does.
    answers: list[tuple[str, Place]] = field(default_factory=list)
    #: Path of a step -> the only dialled numbers with which a call can reach it (None: any), and excluded numbers.
    called: dict[str, tuple[list[str] | None, list[str]]] = field(default_factory=dict)
    #: Seconds of the steps that run after too many jumps.
    otherwise: float = 0.0
    #: The extension of its numbers, with placeholders (`routing.compile.numbers`).
    extension: str = ""
    #: Changes when its numbers' extensions change.
    numbers_key: str = ""
    title: str = ""
    #: Its calendar, its own addressees of notices, the location of its `callback: missed`.
    hours: str = ""
    notify: list[str] = field(default_factory=list)
    calls_missed_back: Place | None = None
    #: (scheme, location) of its steps that order calls back by another scheme.
    callbacks: list[tuple[str, Place]] = field(default_factory=list)
    #: The people whom its steps ring, ``*`` for anybody of the project, ``?`` where only the moment or a queue knows.
    people: list[str] = field(default_factory=list)
    #: (secret, purpose, location) of the secrets that its steps name.
    secrets: list[tuple[str, Purpose, Place]] = field(default_factory=list)
    #: Its sounds that are no recordings (`compile.speech.written`), and calendars of which it says when they open.
    spoken: list[list[list[str]]] = field(default_factory=list)
    openings: list[str] = field(default_factory=list)
    #: Facts that its steps give and read (`Step.gives`, `Step.needs`), the latter with their locations; then `Proofs`.
    gives: list[str] = field(default_factory=list)
    reads: list[tuple[str, Place]] = field(default_factory=list)
    unproven: list[Place] = field(default_factory=list)
    proven_jumps: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return dict(vars(self))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> SchemeRecord:
        """The record from plain data."""
        return cls(**data)


@dataclass(frozen=True)
class Compiled:
    """A compiled scheme: its record, its dialplan and the engine's table."""

    record: SchemeRecord
    xml: str
    table: str


def compile_scheme(file: str, text: bytes, folder: Folder) -> Compiled:
    """Compile one scheme file. Raises Problems with all problems of the scheme by itself."""
    document = read(file, text)
    fields = validate(SchemeFields, document, (), document.data, folder.project.country)
    if isinstance(fields, Wrong):
        rest = without_faults(document.data, fields.locs, folder.project.country, fields.meant)
        if rest and rest.hours == UNREADABLE:
            folder = replace(folder, broken=folder.broken | {("calendars", UNREADABLE)})
        also = [document.problem(*complaint) for complaint in check_names(rest, folder)] if rest else []
        raise Problems([*fields, *also])
    wrong = [document.problem(*complaint) for complaint in check(fields, folder)]
    if wrong:
        raise Problems(wrong)
    summary = summarise(fields, folder)
    # with any problem in the folder nothing is written, and unknown names cannot be compiled
    context = None if folder.broken else scheme_context(fields, folder)
    record = _record(
        document, fields, summary, folder, number_extension(context, folder.project.country) if context else ""
    )
    return Compiled(record, to_xml(context) if context else "", scheme_table(fields, summary, folder))


def _record(document: Document, fields: SchemeFields, summary: Summary, folder: Folder, extension: str) -> SchemeRecord:
    def place(loc: Loc) -> Place:
        found: Problem = document.problem(loc, "")
        return found.line, found.column, dotted(loc)

    numbers = [(entry.number, entry.caller_pays, place(("numbers", at))) for at, entry in enumerate(fields.numbers)]
    key, proof = " ".join(f"{number}:{pays}" for number, pays, _ in numbers) + extension, proofs(fields, folder)
    return SchemeRecord(
        file=document.file,
        scheme=fields.scheme,
        place=place(("scheme",)),
        numbers=numbers,
        longest=summary.longest,
        longer=summary.longer,
        jumps=[(jump.scheme, jump.seconds, place(jump.loc)) for jump in summary.jumps],
        answers=[(kind, place(loc)) for loc, kind in summary.answers],
        called=_called(fields),
        otherwise=seconds(fields.otherwise, folder),
        secrets=[(name, purpose, place(loc)) for loc, name, purpose in summary.secrets],
        title=fields.title or "",
        hours=fields.hours or "",
        notify=list(fields.notify),
        calls_missed_back=place(("callback",)) if fields.callback else None,
        callbacks=[(scheme, place(loc)) for scheme, loc in _callbacks(fields)],
        people=sorted(_people(fields, folder)),
        spoken=of_steps(fields, folder),
        openings=opening_calendars(fields),
        gives=[fact for step, _, _ in every_step(fields) for fact in step.gives()],
        reads=[(fact, place((*loc, *at))) for step, loc, _ in every_step(fields) for at, fact in step.needs()],
        unproven=[place(loc) for loc in proof.unproven],
        proven_jumps=sorted(proof.onward),
        extension=extension,
        numbers_key=hashlib.sha256(key.encode()).hexdigest()[:16],
    )


def _people(fields: SchemeFields, folder: Folder) -> Iterator[str]:
    """See `SchemeRecord.people`."""
    steps = [step for step, _, _ in every_step(fields)]
    if project_sticky(fields, folder) or any(isinstance(step, StickyStep | CrmStep) for step in steps):
        yield "*"
    if any(isinstance(step, WebhookStep | QueueStep) for step in steps):
        yield "?"
    yield from {turn.person for step in steps if isinstance(step, RingStep) for turn in named_turns(step.to, folder)}


def _callbacks(fields: SchemeFields) -> Iterator[tuple[str, Loc]]:
    """See `SchemeRecord.callbacks`."""
    for step, loc, _ in every_step(fields):
        if isinstance(step, CallbackStep) and step.scheme:
            yield step.scheme, (*loc, "scheme")


def _called(fields: SchemeFields) -> dict[str, tuple[list[str] | None, list[str]]]:
    return {
        dotted(loc): (None if numbers.only is None else sorted(numbers.only), sorted(numbers.never))
        for loc, numbers in called(fields.steps, ("steps",)).items()
    }


def scheme_context(fields: SchemeFields, folder: Folder) -> Context:
    """The dialplan of a valid scheme."""
    out = Emitter(fields.scheme, folder, fields.hours, fields.numbers[0].number if fields.numbers else "")
    out.context.extension("jump").do("transfer", out.go("start"))
    bound = out.context.extension("start", Condition("${routing_jumps}", f"^x{{{LONGEST_JUMPS},}}$"))
    _bound(out, bound, fields)
    first, sticky = "", project_sticky(fields, folder)
    if sticky:
        first = "steps"
        # a call that has been in no scheme before, except a pool's
        first_here = Condition("${routing_jumps}${routing_scheme}", f"^(?:x{POOL}[a-z0-9_]+)?$")
        entered = out.context.extension("start", first_here)
        enter(entered, fields, folder)
        _sticky(out, entered, sticky, first)
    start = out.context.extension("start")
    enter(start, fields, folder)
    if first:
        start.do("transfer", out.go(first))
        start = out.context.extension(first)
    out.steps(fields.steps, start, "", "")
    return out.context


def _sticky(out: Emitter, here: Extension, sticky: StickyStep, then: str) -> None:
    """The project's `sticky`, for calls that begin here, and within the scheme's hours if it has any."""
    asking = here
    if out.hours:
        ask_calendar(out, here, out.hours, STICKY)
        asking = out.context.extension(f"{STICKY}.open")
        for state in ("closed", "holiday"):
            out.context.extension(f"{STICKY}.{state}").do("transfer", out.go(then))
    asking.enter(STICKY, sticky.kind)
    sticky.ask(out, asking, STICKY, out.go(then))


def _bound(out: Emitter, here: Extension, fields: SchemeFields) -> None:
    """The end of a call after ten jumps between schemes."""
    here.set("routing_scheme", fields.scheme)
    here.set("routing_end", "too_many_jumps")
    out.steps(fields.otherwise, here, "otherwise.", "")
    if not fields.otherwise:
        here.do("hangup", "EXCHANGE_ROUTING_ERROR")


def scheme_table(fields: SchemeFields, summary: Summary, folder: Folder) -> str:
    """The table of this scheme for the engine and the journal; every scheme has one, since webhooks may name any."""
    table = {"scheme": fields.scheme, "answers_first": bool(summary.answers), "steps": summary.dynamic}
    optional = {"notify": list(fields.notify), "boxes": boxes((*fields.steps, *fields.otherwise), folder)}
    return table_json(table | {name: value for name, value in optional.items() if value})
