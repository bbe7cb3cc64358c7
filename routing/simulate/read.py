"""The file of a simulation and the folder of schemes to a plan; every problem with its line and column."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from routing.load.files import Source, text_of
from routing.load.nodes import Document, read
from routing.load.validate import Wrong, validate
from routing.model.calendar import DAYS
from routing.model.folder import Folder
from routing.model.problem import Problem, Problems, did_you_mean
from routing.model.queue import QueueMember, QueueSettings
from routing.simulate.form import PeopleForecast, QueueForecast, SimulationFields
from routing.simulate.lengths import Same
from routing.simulate.plan import Plan, QueuePlan, SimulatedCallbacks
from routing.simulate.week import WEEK_MS, Span, spans_of, works

KEY = "simulate"
ALWAYS: tuple[Span, ...] = ((0, WEEK_MS),)


def read_plan(file: Path, folder: Folder, name: str = "", **allowed: bool) -> Plan:
    """The plan of a file; ``name``: the file's name in messages. Raises Problems, see `plan_of`."""
    document = read(name or str(file), text_of(Source(name or str(file), os.path.realpath(file), "")))
    return plan_of(document, folder, **allowed)


def plan_of(document: Document, folder: Folder, *, from_journal: bool = False, may_idle: bool = False) -> Plan:
    """The plan of a file. Raises Problems with everything that is wrong in it.

    ``from_journal``: calls and talks come from there, so the file need not have any; ``may_idle``: the file may name
    people whom no queue has, as the other side of a comparison does.
    """
    if not isinstance(document.data, dict) or list(document.data) != [KEY]:
        extra = next((key for key in document.data if key != KEY), None) if isinstance(document.data, dict) else None
        hint = "write `simulate: {queues: ...}`" if extra is None else did_you_mean(extra, [KEY])
        message = "the file of a simulation has one key, `simulate:`"
        raise Problems([document.problem((extra,) if extra else (), message, hint, at_key=True)])
    fields = validate(SimulationFields, document, (KEY,), document.data[KEY], folder.project.country)
    if isinstance(fields, Wrong):
        raise Problems(fields)
    problems = [*_unknown(fields, document, folder)]
    problems += [] if may_idle else _idle(fields, document, folder)
    problems += [] if from_journal else _missing(fields, document)
    if problems:
        raise Problems(problems)
    queues = {name: _queue(name, queue, fields, folder) for name, queue in fields.queues.items()}
    shifts = {
        person: _hours(fields.people.get(written), folder)
        for queue in fields.queues.values()
        for name in queue.to
        for written, person in _people(name, fields, folder)
    }
    return Plan(queues, shifts, fields.days or tuple(range(7)), fields.within * 1000, fields.short * 1000)


def _unknown(fields: SimulationFields, document: Document, folder: Folder) -> Iterator[Problem]:
    known = {*folder.people, *folder.groups, *fields.people}
    for queue, forecast in fields.queues.items():
        for place, name in enumerate(forecast.to):
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


def _idle(fields: SimulationFields, document: Document, folder: Folder) -> Iterator[Problem]:
    """People without a queue: mostly a name that is misspelt."""
    names = {name for queue in fields.queues.values() for name in queue.to}
    working = {written for name in names for written, _ in _people(name, fields, folder)}
    for name in fields.people:
        if name not in working and name not in folder.groups:
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


def _hours(forecast: PeopleForecast | None, folder: Folder) -> tuple[Span, ...]:
    if forecast is not None and forecast.hours is not None:
        weekly = folder.calendars[forecast.hours].weekly
        return works({day: periods for day, periods in zip(DAYS, weekly, strict=True) if periods})
    return ALWAYS if forecast is None or forecast.works is None else works(forecast.works)


def _queue(name: str, queue: QueueForecast, fields: SimulationFields, folder: Folder) -> QueuePlan:
    people = dict.fromkeys(person for each in queue.to for _, person in _people(each, fields, folder))
    callback = queue.callback
    return QueuePlan(
        _settings(name, queue, folder.project.name, people),
        queue.at_most * 1000 if queue.at_most else None,
        _rates(queue),
        queue.talk.lengths() if queue.talk else Same(0),
        queue.patience.lengths() if queue.patience else Same(None),
        queue.picks_up.lengths() if queue.picks_up else Same(0),
        queue.unanswered or 0.0,
        SimulatedCallbacks(
            callback.share,
            callback.after * 1000,
            1.0 if callback.reached is None else callback.reached,
            callback.tries,
            callback.again * 1000,
        )
        if callback
        else None,
        not queue.caller_pays,
        queue.answer,
        queue.scheme or name,
    )


def _settings(name: str, queue: QueueForecast, project: str, people: Iterable[str]) -> QueueSettings:
    return QueueSettings(
        name,
        project,
        tuple(QueueMember(person, person, seconds=queue.for_) for person in people),
        order=queue.order,
        size=queue.size,
        wrap_up_ms=(queue.wrap_up or 0) * 1000,
        misses=queue.misses,
        priority=queue.priority,
    )


def _rates(queue: QueueForecast) -> Sequence[tuple[Span, float]]:
    return tuple(
        (span, rate)
        for days, rates in (queue.calls or {}).items()
        for period, rate in rates.items()
        for span in spans_of(days, [period])
    )
