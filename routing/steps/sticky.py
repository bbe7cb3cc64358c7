"""``sticky``: ring the person with whom this caller has talked last.

It counts talks of at least ``talked``, in calls that came ``in``, went ``out``, or both. If there is no such person, or
they are busy, not registered or on do-not-disturb, the call goes on at once. ``project: {sticky: ...}`` adds this step
before the scheme of every number, for outgoing calls, within the hours of the scheme's calendar; schemes with a
``sticky`` step of their own are exempt.

Good::

    - sticky: {calls: both, within: 30d, talked: 10s, ring: 20s}

Bad, the ring time is too long (``at most 300 s``)::

    - sticky: {ring: 10m}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from routing.model.fields import Seconds
from routing.model.folder import Folder
from routing.model.stated_number import STATED_NUMBER
from routing.steps.base import Emitter, Reference, Variation
from routing.steps.dialplan import Condition, Extension
from routing.steps.dynamic import DynamicStep, RingTime


class StickyStep(DynamicStep):
    """Ring the person of the caller's last talk; falls through when there is none, or nobody talked."""

    kind: ClassVar[str] = "sticky"
    primary: ClassVar[str] = "calls"
    falls_when: ClassVar[str] = "nobody, or did not talk"
    obeys: ClassVar[frozenset[str]] = frozenset({"person"})

    calls: Literal["in", "out", "both"] = Field("both", description="Which talks count.")
    within: Seconds = Field(30 * 86_400, description="How long a talk counts: `30d`.")
    talked: Seconds = Field(10, description="Shortest talk that counts.")
    ring: RingTime = Field(20, description="Ring time of the person.")

    @property
    def budget_seconds(self) -> float:
        """One Redis lookup."""
        return 0.5

    @property
    def ring_seconds(self) -> float:
        """The person's ring time."""
        return self.ring

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """Ask the engine about callers who show their number."""
        self.ask(out, here, path, out.go(after))
        return None

    def ask(self, out: Emitter, here: Extension, path: str, then: str) -> None:
        """The frame, entered only with a caller's number; ``then``: argument of ``transfer``."""
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
        """Which talks count, and for how long."""
        return {
            "kind": self.kind,
            "project": folder.project.name,
            "timeout_s": self.budget_seconds,
            "calls": self.calls,
            "within_s": self.within,
            "talked_s": self.talked,
            "ring_s": self.ring,
        }
