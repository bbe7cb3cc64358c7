"""The file of a simulation and the folder of schemes to a plan; every problem with its line and column."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from routing.compile.build import load_shared
from routing.load.files import Source, text_of
from routing.load.nodes import Document, read
from routing.load.validate import Wrong, validate
from routing.model.calendar import DAYS
from routing.model.folder import Folder
from routing.model.problem import Problem, Problems, did_you_mean
from routing.model.queue import QueueMember, QueueSettings
from routing.simulate.form import CallbackForecast, PeopleForecast, QueueForecast, SimulationFields
from routing.simulate.lengths import Same
from routing.simulate.plan import Plan, QueuePlan, SimulatedCallbacks
from routing.simulate.queues import WrittenQueue, written_queues
from routing.simulate.week import WEEK_MS, Span, spans_of, works

KEY = "simulate"
ALWAYS: tuple[Span, ...] = ((0, WEEK_MS),)


@dataclass(frozen=True)
class SimulatedFolder:
    """What a simulation's file can name: the folder's people, groups and calendars, and the queues of its schemes."""

    folder: Folder
    queues: Mapping[str, WrittenQueue]


def read_folder(schemes: Path) -> SimulatedFolder:
    """A folder of schemes. Raises Problems of its shared part."""
    folder = load_shared(schemes)
    return SimulatedFolder(folder, written_queues(schemes, folder))


def read_plan(file: Path, where: SimulatedFolder, name: str = "", **allowed: bool) -> Plan:
    """The plan of a file; ``name``: the file's name in messages. Raises Problems, see `plan_of`."""
    document = read(name or str(file), text_of(Source(name or str(file), os.path.realpath(file), "")))
    return plan_of(document, where, **allowed)


def plan_of(document: Document, where: SimulatedFolder, *, from_journal: bool = False, may_idle: bool = False) -> Plan:
    """The plan of a file. Raises Problems with everything that is wrong in it.

    ``from_journal``: calls and talks come from there, so the file need not have any; ``may_idle``: the file may name
    people whom no queue has, as the other side of a comparison does.
    """
    if not isinstance(document.data, dict) or list(document.data) != [KEY]:
        extra = next((key for key in document.data if key != KEY), None) if isinstance(document.data, dict) else None
        hint = "write `simulate: {queues: ...}`" if extra is None else did_you_mean(extra, [KEY])
        message = "the file of a simulation has one key, `simulate:`"
        raise Problems([document.problem((extra,) if extra else (), message, hint, at_key=True)])
    fields = validate(SimulationFields, document, (KEY,), document.data[KEY], where.folder.project.country)
    if isinstance(fields, Wrong):
        raise Problems(fields)
    problems = [*_unknown(fields, document, where)]
    problems += [] if may_idle else _idle(fields, document, where)
    problems += [] if from_journal else _missing(fields, document)
    if problems:
        raise Problems(problems)
    queues = {name: _queue(name, queue, fields, where) for name, queue in fields.queues.items()}
    shifts: dict[str, tuple[Span, ...]] = {}
    for name in queues:
        for written, person in _members(name, fields, where):
            shifts.setdefault(person, _hours(fields.people.get(written), where.queues.get(name), where.folder))
    return Plan(queues, shifts, fields.days or tuple(range(7)), fields.within * 1000, fields.short * 1000)


def _members(queue: str, fields: SimulationFields, where: SimulatedFolder) -> Iterator[tuple[str, str]]:
    """The people of a queue: (their name in the files, the name of each)."""
    to = fields.queues[queue].to
    if to is None:
        yield from ((each.person, each.person) for each in where.queues[queue].settings.members)
    for name in to or ():
        yield from _people(name, fields, where.folder)


def _unknown(fields: SimulationFields, document: Document, where: SimulatedFolder) -> Iterator[Problem]:
    folder = where.folder
    known = {*folder.people, *folder.groups, *fields.people}
    for queue, forecast in fields.queues.items():
        if forecast.to is None and queue not in where.queues:
            hint = did_you_mean(queue, where.queues) or "no scheme has a queue of this name: write whom it rings"
            yield document.problem((KEY, "queues", queue), "`to` is missing", hint, at_key=True)
        for place, name in enumerate(forecast.to or ()):
            if name not in known:
                hint = did_you_mean(name, known) or "name people to be hired under `people:` of this file"
                yield document.problem((KEY, "queues", queue, "to", place), f"nobody is called `{name}`", hint)
    for name, forecast_ in fields.people.items():
        if name in folder.groups:
            message = f"`{name}` is a group: write the hours of its people"
            yield document.problem((KEY, "people", name), message, at_key=True)
        if name in folder.people and forecast_.count > 1:
            message = f"`{name}` is a person of the project: there is one of them"
            yield document.problem((KEY, "people", name, "count"), message)
        if complaint := _calendar(forecast_.hours, folder):
            yield document.problem((KEY, "people", name, "hours"), *complaint)


def _idle(fields: SimulationFields, document: Document, where: SimulatedFolder) -> Iterator[Problem]:
    """People without a queue: mostly a name that is misspelt."""
    whole = [name for name, queue in fields.queues.items() if queue.to is not None or name in where.queues]
    working = {written for name in whole for written, _ in _members(name, fields, where)}
    for name in fields.people:
        if name not in working and name not in where.folder.groups:
            hint = did_you_mean(name, working - fields.people.keys())
            yield document.problem((KEY, "people", name), f"no queue's `to` has `{name}`", hint, at_key=True)


def _calendar(name: str | None, folder: Folder) -> tuple[str, str] | None:
    """Why a calendar cannot be somebody's hours, and a hint."""
    if name is None:
        return None
    if name not in folder.calendars:
        return f"no calendar is called `{name}`", did_you_mean(name, folder.calendars)
    if (zone := folder.calendars[name].timezone) != folder.project.timezone:
        return f"`{name}` has the clocks of {zone}, not the project's", "write its hours under `works:`"
    return None


def _missing(fields: SimulationFields, document: Document) -> Iterator[Problem]:
    for name, queue in fields.queues.items():
        for setting in ("calls", "talk"):
            if getattr(queue, setting) is None:
                hint = "write it, or take it from a journal: --backtest 7d"
                yield document.problem((KEY, "queues", name), f"`{setting}` is missing", hint, at_key=True)


def _people(name: str, fields: SimulationFields, folder: Folder) -> Iterator[tuple[str, str]]:
    """People of a name in ``to``: (their name in the files, the name of each); groups in groups, and counts."""
    if name in folder.groups:
        for member in folder.groups[name]:
            yield from _people(member.partition(".")[0], fields, folder)
    elif name in fields.people and (count := fields.people[name].count) > 1:
        yield from ((name, f"{name}_{number}") for number in range(1, count + 1))
    else:
        yield name, name


def _hours(forecast: PeopleForecast | None, queue: WrittenQueue | None, folder: Folder) -> tuple[Span, ...]:
    """Their own hours; else those of the scheme that has the queue; else all."""
    if forecast is not None and forecast.works is not None:
        return works(forecast.works)
    calendar = forecast.hours if forecast is not None and forecast.hours else queue.hours if queue else None
    if calendar is None or _calendar(calendar, folder):
        return ALWAYS
    weekly = folder.calendars[calendar].weekly
    return works({day: periods for day, periods in zip(DAYS, weekly, strict=True) if periods})


def _queue(name: str, queue: QueueForecast, fields: SimulationFields, where: SimulatedFolder) -> QueuePlan:
    """What the file says of the queue, else what the step says."""
    project = where.folder.project.name
    step = where.queues.get(name) or WrittenQueue(QueueSettings(name, project, (), misses=3), None, name)
    people = [person for _, person in _members(name, fields, where)] if queue.to is not None else None
    owner_pays = step.owner_pays if queue.caller_pays is None else not queue.caller_pays
    return QueuePlan(
        _settings(queue, step.settings, people),
        step.at_most_ms if queue.at_most is None else queue.at_most * 1000,
        _rates(queue),
        queue.talk.lengths() if queue.talk else Same(0),
        queue.patience.lengths() if queue.patience else Same(None),
        queue.picks_up.lengths() if queue.picks_up else Same(0),
        queue.unanswered or 0.0,
        _callbacks(queue.callback) if queue.callback else None,
        owner_pays,
        step.answers_first if queue.answer is None else queue.answer,
        queue.scheme or step.scheme,
    )


def _settings(queue: QueueForecast, step: QueueSettings, people: Sequence[str] | None) -> QueueSettings:
    """People sign in when they come, so a queue where they must is like others."""
    given: dict[str, Any] = {
        "order": queue.order,
        "size": queue.size,
        "expect_ms": None if queue.expect_at_most is None else queue.expect_at_most * 1000,
        "wrap_up_ms": None if queue.wrap_up is None else queue.wrap_up * 1000,
        "misses": queue.misses,
        "priority": queue.priority,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    members = step.members
    if people is not None:
        members = tuple(QueueMember(person, person) for person in dict.fromkeys(people))
    if queue.for_ is not None:
        members = tuple(replace(member, seconds=queue.for_) for member in members)
    return replace(step, members=members, sign_in=False, **changes)


def _callbacks(forecast: CallbackForecast) -> SimulatedCallbacks:
    reached = 1.0 if forecast.reached is None else forecast.reached
    return SimulatedCallbacks(forecast.share, forecast.after * 1000, reached, forecast.tries, forecast.again * 1000)


def _rates(queue: QueueForecast) -> Sequence[tuple[Span, float]]:
    return tuple(
        (span, rate)
        for days, rates in (queue.calls or {}).items()
        for period, rate in rates.items()
        for span in spans_of(days, [period])
    )
