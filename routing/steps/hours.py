"""``hours``: branch by a calendar: open, closed, holiday.

Good::

    - hours: {calendar: office, closed: [{voicemail: sales}]}

Bad, an unknown calendar (``no calendar is called...``)::

    - hours: offce
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from pydantic import Field

from routing.model.fields import Id
from routing.model.folder import Folder
from routing.model.problem import Loc, did_you_mean
from routing.steps.base import RELEASE, Complaint, Emitter, Reference, Step, StepItem
from routing.steps.dialplan import Extension
from routing.steps.lists import Steps


class HoursStep(Step):
    """Branch by a calendar; falls through where no list is given, `holiday` without a list is `closed`."""

    kind: ClassVar[str] = "hours"
    primary: ClassVar[str] = "calendar"

    calendar: Id | None = Field(None, description="The calendar; default: the scheme's `hours`.")
    open: Steps | None = Field(None, description="Steps while it is open.")
    closed: Steps | None = Field(None, description="Steps while it is closed.")
    holiday: Steps | None = Field(None, description="Steps on holidays; default: `closed`.")

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """The calendar exists and at least one list is given."""
        if self.calendar is None and default_hours is None:
            yield loc, "no calendar: the scheme has no `hours`", "write `hours: {calendar: office, ...}`"
        name = self.calendar
        if name is not None and name not in folder.calendars and not folder.excuses("calendars", name):
            hint = did_you_mean(name, folder.calendars)
            yield (*loc, "calendar"), f"no calendar is called `{name}`", hint
        if not list(self.branches()):
            yield loc, "`hours` without `open`, `closed` or `holiday` does nothing", "give it a list of steps"

    def branches(self) -> Iterator[tuple[Loc, str, Sequence[StepItem]]]:
        """The given lists."""
        for name in ("open", "closed", "holiday"):
            if (steps := getattr(self, name)) is not None:
                yield (name,), name, steps

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """Execute the calendar's file, then branch on its result."""
        calendar = self.calendar or out.hours
        assert calendar
        ask_calendar(out, here, calendar, path)
        for name in ("open", "closed", "holiday"):
            steps, extension = getattr(self, name), out.context.extension(f"{path}.{name}")
            if steps is None and name == "holiday":
                extension.do("transfer", out.go(f"{path}.closed"))
            else:
                out.steps(steps or (), extension, f"{path}.{name}.", after)
        return None

    def references(self) -> Iterator[Reference]:
        """See Step."""
        if self.calendar:
            yield "calendars", self.calendar

    def falls_past_branches(self) -> bool:
        """Not when both ``open`` and ``closed`` have steps."""
        return self.open is None or self.closed is None


def ask_calendar(out: Emitter, here: Extension, calendar: str, path: str) -> None:
    """Go to ``<path>.open``, ``<path>.closed`` or ``<path>.holiday`` by the calendar's file."""
    find_status(out, here, calendar)
    here.do("transfer", out.go(f"{path}.${{routing_hours}}"))


def find_status(out: Emitter, here: Extension, calendar: str) -> None:
    """Set ``routing_hours`` to ``open``, ``closed`` or ``holiday`` by the calendar's file, and the channel's zone."""
    here.set("timezone", out.folder.calendars[calendar].timezone)
    here.set("routing_hours", "closed")
    here.do("execute_extension", f"check XML:{RELEASE}/calendars/{calendar}.xml calendar")
