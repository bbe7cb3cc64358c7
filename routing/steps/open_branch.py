"""``open_branch``: go to the first open branch of a list: a night call from one region reaches another region.

Each entry is a scheme and the calendar of its opening hours. ``nearest`` orders the list by the time difference from
the caller, whose zone follows from their number. The written order decides between equals, and for callers without a
known zone.

Good::

    - open_branch: [kyiv: office, lviv: office]
    - open_branch: {branches: [kyiv: office, lviv: office], nearest: true}

Bad, an unknown calendar (``no calendar is called...``)::

    - open_branch: [kyiv: offce]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field, WithJsonSchema, field_validator, model_validator

from routing.model.fields import Fields, Flag, Id, OneOrMany, refuse
from routing.model.folder import Folder
from routing.model.problem import Loc, did_you_mean
from routing.model.regions import orders_by_distance
from routing.steps.base import RELEASE, Complaint, Emitter, Reference, Step
from routing.steps.dialplan import Condition, Extension
from routing.steps.when import CALLER

MOST_BRANCHES = 20
_SCHEMA = {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": {"type": "string"}}


class CalendarBranch(Fields):
    """A scheme and the calendar of its opening hours."""

    scheme: Id
    calendar: Id

    @model_validator(mode="before")
    @classmethod
    def _pair(cls, value: Any) -> Any:
        if not isinstance(value, dict) or len(value) != 1:
            raise refuse("a branch is one `scheme: calendar`", "write `[kyiv: office, lviv: office]`")
        ((scheme, calendar),) = value.items()
        return {"scheme": scheme, "calendar": calendar}


class OpenBranchStep(Step):
    """Go to the first branch that is open; falls through when none is."""

    kind: ClassVar[str] = "open_branch"
    primary: ClassVar[str] = "branches"
    falls_when: ClassVar[str] = "all are closed"

    branches_: Annotated[list[Annotated[CalendarBranch, WithJsonSchema(_SCHEMA)]], OneOrMany] = Field(
        alias="branches", min_length=1, max_length=MOST_BRANCHES, description="`scheme: calendar`, in order."
    )
    nearest: Flag = Field(False, description="Try the branches with the smallest time difference first.")

    @field_validator("branches_")
    @classmethod
    def _once(cls, value: list[CalendarBranch]) -> list[CalendarBranch]:
        schemes = [branch.scheme for branch in value]
        for at, scheme in enumerate(schemes):
            if scheme in schemes[:at]:
                raise refuse(f"branch `{scheme}` is listed twice")
        return value

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """Calendars exist; linking checks the schemes."""
        for index, branch in enumerate(self.branches_):
            name = branch.calendar
            if name not in folder.calendars and not folder.excuses("calendars", name):
                where = (*loc, "branches", index, branch.scheme)
                yield where, f"no calendar is called `{name}`", did_you_mean(name, folder.calendars)

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """Check every branch's calendar, choose the order by the caller, go to the first open branch."""
        for branch in self.branches_:
            here.set("timezone", out.folder.calendars[branch.calendar].timezone)
            here.set("routing_hours", "closed")
            here.do("execute_extension", f"check XML:{RELEASE}/calendars/{branch.calendar}.xml calendar")
            here.set(_variable(branch), "${routing_hours}")
        written = tuple(range(len(self.branches_)))
        orders = self._orders(out.folder)
        here.do("transfer", out.go(f"{path}.near" if orders else f"{path}.first"))
        for number, (order, callers) in enumerate(orders.items(), 1):
            label = f"{path}.near{number}"
            out.context.extension(f"{path}.near", Condition(CALLER, callers)).do("transfer", out.go(label))
            self._first_open(out, label, order)
        if orders:
            out.context.extension(f"{path}.near").do("transfer", out.go(f"{path}.first"))
        self._first_open(out, f"{path}.first", written)
        return out.context.extension(f"{path}.none")

    def _orders(self, folder: Folder) -> Mapping[tuple[int, ...], str]:
        if not self.nearest:
            return {}
        return orders_by_distance(folder.calendars[branch.calendar].timezone for branch in self.branches_)

    def _first_open(self, out: Emitter, label: str, order: Sequence[int]) -> None:
        for at in order:
            branch = self.branches_[at]
            opened = out.context.extension(label, Condition(f"${{{_variable(branch)}}}", "^open$"))
            opened.do("transfer", out.go_scheme(branch.scheme))
        out.context.extension(label).do("transfer", out.go(label.rpartition(".")[0] + ".none"))

    def references(self) -> Iterator[Reference]:
        """See Step."""
        yield from (("calendars", branch.calendar) for branch in self.branches_)

    def jumps(self) -> tuple[str, ...]:
        """Every branch."""
        return tuple(branch.scheme for branch in self.branches_)


def _variable(branch: CalendarBranch) -> str:
    return f"routing_branch_{branch.scheme}"
