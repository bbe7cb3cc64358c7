"""``callback``: order a call back to this caller.

The order is in the journal's database before the call goes on: a `play` after the step may promise it. Somebody of
the scheme (this one, or ``scheme``) is rung when the caller's own quiet hours and the project's calendar allow it,
then the caller; or with ``first: client`` the caller first. `project: {callbacks: ...}` has the settings of all
orders. A caller who has an order already gets no second one: it is renewed.

Without the engine or the database, and for callers who hide their number or whose number is not in `destinations`, the
steps of ``otherwise`` follow. They must end the call: whoever comes past this step has an order.

Good::

    - callback: {otherwise: [{voicemail: sales}]}
    - play: greeting.wav
    - hangup

Good::

    - callback: {scheme: sales, first: client, when: opening, otherwise: [hangup]}
    - hangup

Bad, a caller without an order would hear that they are called back (``these steps must end the call``)::

    - callback: {otherwise: [{tag: unlucky}]}
    - play: greeting.wav
    - hangup
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from routing.model.callback_settings import MOST_TRIES, RungFirst
from routing.model.fields import Id, Whole
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.steps.base import Complaint, Emitter, Reference, StepItem, goes_on
from routing.steps.dialplan import Extension
from routing.steps.dynamic import DynamicStep, when
from routing.steps.lists import NeededSteps

#: Timeout of the order: one commit to the database, which may wait for other writers.
ORDER_SECONDS = 2.0


class CallbackStep(DynamicStep):
    """Order a call back; falls through when it is ordered."""

    kind: ClassVar[str] = "callback"
    needs_caller: ClassVar[bool] = True
    primary: ClassVar[str] = "scheme"
    falls_when: ClassVar[str] = "ordered"
    obeys: ClassVar[frozenset[str]] = frozenset({"ordered"})
    fallback: ClassVar[str] = "otherwise"

    scheme: Id | None = Field(None, description="Scheme by which somebody is rung; default: this one.")
    first: RungFirst | None = Field(None, description="Who is rung first; default: as the project says.")
    tries: Whole | None = Field(None, ge=1, le=MOST_TRIES, description="Attempts; default: as the project says.")
    when: Literal["free", "opening"] = Field(
        "free", description="As soon as somebody may be rung, or when the calendar opens next."
    )
    otherwise: NeededSteps = Field(description="Steps when nothing could be ordered; they must end the call.")

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """The project calls clients back, `otherwise` ends the call, and there is a calendar to open."""
        settings = folder.project.callbacks
        if settings is None:
            if not folder.excuses("project", "callbacks"):
                yield loc, "the project calls nobody back", "write `project: {callbacks: {}}`"
            return
        if not self.otherwise or all(goes_on(item.step) for item in self.otherwise):
            yield (*loc, "otherwise"), "these steps must end the call", "end it with `voicemail`, `scheme` or `hangup`"
        if self.when == "opening" and not (settings.calendar or default_hours):
            yield (*loc, "when"), "no calendar could open", "give the scheme `hours`, or `callbacks` a `calendar`"

    def branches(self) -> Iterator[tuple[Loc, str, Sequence[StepItem]]]:
        """The steps of a caller who has no order."""
        yield ("otherwise",), "otherwise", self.otherwise

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """The frame of all decisions; only `ordered` goes past the step."""
        otherwise = f"{path}.otherwise"
        self.emit_frame(out, here, path, out.go(after), undecided=out.go(otherwise))
        out.steps(self.otherwise, out.context.extension(otherwise), f"{otherwise}.", after)
        return None

    def emit_own(self, out: Emitter, path: str, own: str, then: str) -> None:
        """The order is written."""
        when(out, path, f"^{own}:ordered$").do("transfer", then)

    @property
    def budget_seconds(self) -> float:
        """One commit."""
        return ORDER_SECONDS

    def references(self) -> Iterator[Reference]:
        """See Step."""
        yield "decisions", self.kind
        if self.scheme:
            yield "callbacks", self.scheme

    def runtime(self, folder: Folder) -> dict[str, Any]:
        """The order's settings that are not the project's."""
        return {
            "kind": self.kind,
            "project": folder.project.name,
            "timeout_s": self.budget_seconds,
            "scheme": self.scheme or "",
            "first": self.first or "",
            "tries": self.tries or 0,
            "when": self.when,
        }
