"""``sticky``: ring the person with whom this caller has talked last; or, for a person who calls, their last client.

Of several who talked in one call, sent on or picked up, it is the last one. It counts talks of at least ``talked``, in
calls that came ``in``, went ``out``, or both. If there is no such person, or they are busy, not registered or on
do-not-disturb, the call goes on at once. ``project: {sticky: ...}`` adds this step before the scheme of every number,
for outgoing calls, within the hours of the scheme's calendar; schemes with a ``sticky`` step of their own are exempt.

With ``whom: client`` the caller is a person of the project, known by the number of their phone (``mobile: {number:
...}``), and the outside number with which they have talked last rings; talks of the last 30 days are kept for it. The
client sees the company's number, never theirs. Callers' numbers can be forged: only callers who have proven who they
are (``lookup``) and registered phones are obeyed.

Good::

    - sticky: {calls: both, within: 30d, talked: 10s, ring: 20s}

Good, a courier who calls from their SIM::

    - ask: {into: pin, prompt: greeting.wav, length: 4, secret: true}
    - lookup:
        url: "https://shop.example.com/couriers"
        method: POST
        send: {caller: "{{caller}}", pin: "{{pin}}"}
        found: [{sticky: {whom: client, within: 12h, ring: 30s}}]
        missing: [{hangup: CALL_REJECTED}]

Bad, a number alone, which anybody can forge (``no caller can have proven here who they are``)::

    - sticky: {whom: client}
    - hangup
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from routing.model.fields import Seconds
from routing.model.folder import Folder
from routing.model.memory import LONGEST_CLIENT_SECONDS
from routing.model.problem import Loc
from routing.model.stated_number import STATED_NUMBER
from routing.steps.base import Complaint, Emitter, Reference, Variation
from routing.steps.dialplan import Condition, Extension
from routing.steps.dynamic import DynamicStep, RingTime


class StickyStep(DynamicStep):
    """Ring the person of the caller's last talk; falls through when there is none, or nobody talked."""

    kind: ClassVar[str] = "sticky"
    primary: ClassVar[str] = "calls"
    falls_when: ClassVar[str] = "nobody, or did not talk"
    obeys: ClassVar[frozenset[str]] = frozenset({"person", "number"})

    whom: Literal["person", "client"] = Field(
        "person", description="Who rings: the person of the caller's last talk, or the last client of a calling person."
    )
    calls: Literal["in", "out", "both"] = Field("both", description="Which talks count.")
    within: Seconds = Field(30 * 86_400, description="How long a talk counts: `30d`.")
    talked: Seconds = Field(10, description="Shortest talk that counts.")
    ring: RingTime = Field(20, description="Ring time of the person.")

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """A person's clients are outside numbers, and remembered for a month."""
        if self.whom == "person":
            return
        if self.within > LONGEST_CLIENT_SECONDS:
            where = "within" if "within" in self.model_fields_set else "whom"
            yield (*loc, where), "a person's clients are remembered for at most 30 days", "write `within: 30d` or less"
        if not any(phone.number for person in folder.people.values() for phone in person.phones.values()):
            yield (*loc, "whom"), "nobody can call: no phone has an outside number", "write `mobile: {number: ...}`"

    def obeyed(self) -> frozenset[str]:
        """See DynamicStep."""
        return frozenset({"number"} if self.whom == "client" else {"person"})

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
        stated = "" if self.whom == "client" else f"@${{{STATED_NUMBER}}}"
        shown = r"^\+" if self.whom == "client" else r"^(?:[^@]*@)?\+"
        asking = out.context.extension(f"{path}.ask", Condition(f"${{routing_caller}}{stated}", shown))
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
            **({"whom": self.whom} if self.whom == "client" else {}),
        }
