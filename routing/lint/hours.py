"""Hours of schemes: minutes of the week without anybody, and default hours that no step uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from routing.lint import week
from routing.lint.base import Lint
from routing.lint.callbacks import orders
from routing.lint.findings import OneScheme
from routing.lint.ways import Ways
from routing.model.problem import Loc
from routing.steps.base import Complaint, Step
from routing.steps.hangup import HangupStep
from routing.steps.hours import HoursStep
from routing.steps.open_branch import OpenBranchStep
from routing.steps.play import PlayStep
from routing.steps.queue import QueueStep
from routing.steps.say import SayStep
from routing.steps.scheme_file import project_sticky


@dataclass(frozen=True)
class _Alone:
    """Minutes in which a call may get here without reaching anybody, and the calendars checked so far."""

    minutes: int = week.FULL
    calendars: frozenset[str] = frozenset()


class _Gaps(Ways[_Alone]):
    def enter(self, step: Step, loc: Loc, state: _Alone) -> _Alone:
        if isinstance(step, OpenBranchStep):
            return self._closed(state, *(branch.calendar for branch in step.branches_))
        if isinstance(step, HangupStep) and state.minutes and len(state.calendars) > 1:
            names = ", ".join(f"`{name}`" for name in sorted(state.calendars))
            spans = week.spoken(state.minutes, self.one.folder.project.timezone)
            message = f"nobody answers {spans}: none of {names} is open, and the call ends here"
            self.complaints_found.append((loc, message, "close the gap, or take a message"))
        met = not isinstance(step, HoursStep | PlayStep | SayStep | HangupStep) and not list(step.branches())
        return _Alone(0, state.calendars) if met or step.kind == "menu" else state

    def branch(self, step: Step, label: str, state: _Alone) -> _Alone:
        if not isinstance(step, HoursStep):
            return state
        if label == "holiday":
            return _Alone(0)  # not a normal week
        calendar = step.calendar or self.one.fields.hours or ""
        if label == "open" or (not label and step.open is None and step.closed is not None):
            opened = week.open_minutes(self.one.folder.calendars[calendar])
            return _Alone(state.minutes & opened, state.calendars | {calendar})
        return self._closed(state, calendar) if label or (step.closed is None and step.open is not None) else state

    def _closed(self, state: _Alone, *calendars: str) -> _Alone:
        minutes = state.minutes
        for name in calendars:
            minutes &= ~week.open_minutes(self.one.folder.calendars[name])
        return _Alone(minutes, state.calendars | set(calendars))

    def join(self, one: _Alone, other: _Alone) -> _Alone:
        return _Alone(one.minutes | other.minutes, one.calendars | other.calendars)


class HoursGap(Lint):
    """Some minutes of the week are covered by no calendar: the call ends without reaching anybody.

    Checked where a scheme uses several calendars, such as one for days and one for nights, and a normal week has
    minutes between them. Times are compared in standard time.

    Good::

        - hours: {calendar: office, open: [{ring: ivan}]}
        - hours: {calendar: rest, open: [{ring: olena}]}
        - hangup

    Bad, nobody answers on Sunday::

        - hours: {calendar: office, open: [{ring: ivan}]}
        - hours: {calendar: saturday, open: [{ring: olena}]}
        - play: closed.wav
        - hangup
    """

    id = "hours-gap"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Hangups that calls reach without meeting anybody."""
        return _Gaps(one).complaints(_Alone())


class UnaskedHours(Lint):
    """The scheme has `hours` and no step uses it: phones ring at night too.

    A `queue` uses them: out of hours nobody is rung, and who waits when they end goes on.

    Good::

        scheme: front
        numbers: "+380440000001"
        hours: office
        steps: [{queue: {to: ivan, at_most: 1m}}, hangup]

    Good::

        scheme: front
        numbers: "+380440000001"
        hours: office
        steps: [{hours: {closed: [hangup]}}, {ring: ivan}, hangup]

    Bad::

        scheme: front
        numbers: "+380440000001"
        hours: office
        steps: [{ring: ivan}, hangup]
    """

    id = "unasked-hours"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """A default calendar that no step `hours` or `queue`, no `sticky` of the project and no call back uses."""
        is_used = any(_uses_default(step) for step, _, _ in one.steps)
        settings = one.folder.project.callbacks
        is_used |= settings is not None and settings.calendar is None and any(orders(one))
        if one.fields.hours and not is_used and project_sticky(one.fields, one.folder) is None:
            hint = "remove it, or add an `hours` step"
            yield ("hours",), f"no step of this scheme uses `{one.fields.hours}`: phones ring at night too", hint


def _uses_default(step: Step) -> bool:
    """Whether a step asks the scheme's own calendar."""
    return isinstance(step, QueueStep) or (isinstance(step, HoursStep) and step.calendar is None)
