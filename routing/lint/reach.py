"""Steps that no call reaches, by a walk through the extensions of the compiled dialplan."""

from __future__ import annotations

import re
from collections.abc import Iterator

from routing.compile.scheme import scheme_context
from routing.lint.base import Lint
from routing.lint.findings import OneScheme
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.steps.base import Complaint
from routing.steps.dialplan import Context, Extension

_STEP = "routing_step="
_CALENDAR = re.compile(r"check XML:\S*/calendars/(\w+)\.xml calendar")
#: An argument of an application that goes on elsewhere, scheduled and bound to a key too.
_ONWARD = re.compile(r"(?:\+\d+ |queue,.,exec\[i\]:transfer,)?(\S+) XML:\S*/schemes/(\w+)\.xml \w+")
_VARIABLE = re.compile(r"\\\$(?:\\\{\w+\\\}|\d)")
_HOURS = "${routing_hours}"


class UnreachableStep(Lint):
    """No call ever reaches this step.

    Every path to it ends the call first, or its branch is for a state that the calendar never has. Only the first of
    several such steps is reported.

    Good::

        - hours: {calendar: office, open: [{ring: ivan}], closed: [{voicemail: {box: sales, notify: ivan}}]}
        - hangup

    Bad, open or closed, the call has ended before the ring::

        - hours: {calendar: office, open: [{scheme: other}], closed: [{voicemail: {box: sales, notify: ivan}}]}
        - ring: ivan
        - hangup

    Bad, the calendar lists no holidays::

        - hours: {calendar: office, holiday: [{voicemail: {box: sales, notify: ivan}}]}
        - hangup
    """

    id = "unreachable-step"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Steps that no reachable extension marks as entered."""
        if one.folder.broken:  # a scheme with unknown names cannot be compiled
            return
        reached = steps_reached(scheme_context(one.fields, one.folder), one.fields.scheme, one.folder)
        last: Loc = ()
        for _, loc, path in one.steps:
            if path in reached:
                continue
            inside_or_after = bool(last) and loc[: len(last) - 2] == last[:-2]
            if not inside_or_after:
                yield loc, "no call ever reaches this step", _why(loc)
                last = loc


def _why(loc: Loc) -> str:
    if len(loc) > 2 and loc[-3] == "holiday":
        return "the calendar has no holidays: list them under `holidays:`"
    return "every path to it ends the call first: remove it, or let a branch fall through"


def steps_reached(context: Context, scheme: str, folder: Folder) -> set[str]:
    """Paths of the steps that calls reach from the extensions where they enter the scheme."""
    by_label: dict[str, list[Extension]] = {}
    for extension in context.extensions:
        by_label.setdefault(extension.label, []).append(extension)
    steps: set[str] = set()
    found, queue = {"start", "jump"}, ["start", "jump"]
    while queue:
        for extension in _possible(by_label.get(queue.pop(), [])):
            steps |= {a.data.removeprefix(_STEP) for a in extension.actions if a.data.startswith(_STEP)}
            onward = (match for action in extension.actions if (match := _ONWARD.fullmatch(action.data)))
            labels = {match[1] for match in onward if match[2] == scheme}
            fresh = {each for label in labels for each in _resolved(label, extension, by_label, folder)} - found
            found |= fresh
            queue += fresh
    return steps


def _possible(extensions: list[Extension]) -> Iterator[Extension]:
    """The extensions of one label that can run: those up to the first without conditions."""
    for extension in extensions:
        yield extension
        if not extension.conditions:
            return


def _resolved(label: str, asking: Extension, labels: dict[str, list[Extension]], folder: Folder) -> set[str]:
    """The labels to which a label with variables can expand."""
    if label.endswith(_HOURS):
        calendars = [match[1] for action in asking.actions if (match := _CALENDAR.fullmatch(action.data))]
        states = ["open", "closed"]  # `routing hours` can set both at any time
        calendar = folder.calendars[calendars[-1]]
        if calendar.holidays - calendar.days.keys():
            states.append("holiday")
        return {label.replace(_HOURS, state) for state in states}
    if "$" not in label:
        return {label}
    pattern = re.compile(_VARIABLE.sub(".*", re.escape(label)))
    return {known for known in labels if pattern.fullmatch(known)}
