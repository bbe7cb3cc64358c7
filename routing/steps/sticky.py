"""``sticky``: ring the person with whom this caller has talked last.

Counts talks of at least ``talked``, of calls that came ``in``, went ``out`` or both. Nobody, an absent or busy person,
or a phone that is off: the next step at once. A scheme that holds this step is not preceded by the project's own
stickiness (``project: {sticky: ...}``: outgoing calls only, in working hours of the scheme's calendar, before the
scheme of a number).

Good::

    - sticky: {calls: both, within: 30d, talked: 10s, ring: 20s}

Bad, nobody waits that long (``at most 300 s``)::

    - sticky: {ring: 10m}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from routing.model.fields import Seconds
from routing.model.folder import Folder
from routing.model.stated_number import STATED_NUMBER
from routing.steps.base import Emitter, Reference
from routing.steps.dialplan import Condition, Extension
from routing.steps.dynamic import DynamicStep, RingTime, Variation


class StickyStep(DynamicStep):
    """Ring the person of the last talk with this caller; falls through when there is nobody or nobody talked."""

    kind: ClassVar[str] = "sticky"
    primary: ClassVar[str] = "calls"
    falls_when: ClassVar[str] = "nobody, or did not talk"
    obeys: ClassVar[frozenset[str]] = frozenset({"person"})

    calls: Literal["in", "out", "both"] = Field("both", description="Which talks count.")
    within: Seconds = Field(30 * 86_400, description="How long a talk is remembered: `30d`.")
    talked: Seconds = Field(10, description="The shortest talk that counts.")
    ring: RingTime = Field(20, description="Ring time of the person.")

    @property
    def budget_seconds(self) -> float:
        """Redis and a comparison."""
        return 0.5

    @property
    def ring_seconds(self) -> float:
        """The person's ring time."""
        return self.ring

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """The engine is asked for callers who show their number."""
        self.ask(out, here, path, out.go(after))
        return None

    def ask(self, out: Emitter, here: Extension, path: str, then: str) -> None:
        """The frame behind the question whether there is a number to remember; ``then``: argument of ``transfer``."""
        here.do("transfer", out.go(f"{path}.ask"))
        asking = out.context.extension(
            f"{path}.ask", Condition(f"${{routing_caller}}@${{{STATED_NUMBER}}}", r"^(?:[^@]*@)?\+")
        )
        self.emit_frame(out, asking, path, then)
        out.context.extension(f"{path}.ask").do("transfer", then)

    def references(self) -> Iterator[Reference]:
        """See Step."""
        yield "decisions", self.kind

    @classmethod
    def variations(cls, table: Mapping[str, Any], person: str, schemes: Sequence[str]) -> Iterator[Variation]:
        """See DynamicStep."""
        if person:
            yield "sticky", "", person
        yield from super().variations(table, person, schemes)

    def runtime(self, folder: Folder) -> dict[str, Any] | None:
        """What counts as a talk, and for how long."""
        return {
            "kind": self.kind,
            "project": folder.project.name,
            "timeout_s": self.budget_seconds,
            "calls": self.calls,
            "within_s": self.within,
            "talked_s": self.talked,
            "ring_s": self.ring,
        }
