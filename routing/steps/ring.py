"""``ring``: ring people, phones or groups: together, in order, or in an order that the engine decides for each call.

The dynamic orders ring free people only: people who are busy, not registered or on do-not-disturb are skipped.

================  ================================================================================
order             who rings first
================  ================================================================================
together          all at once (static)
in_order          as written; the next person rings when a phone is busy (static)
in_order_waiting  as written; the caller waits while the first person present is busy, up to ``at_most`` (60s)
random            at random, but not who rang first in the last call
weighted          at random, in proportion to ``weight``: ``[{ivan: {weight: 3}}, olena]``
round_robin       whose last turn in this step is longest ago, on any engine
fewest_calls      who has had the fewest talks today
longest_idle      whose last talk ended longest ago
least_talk        who has talked the least today
by_skill          who has most of ``skills`` at the highest level
================  ================================================================================

Equals take turns. ``only: free`` skips such people in the static orders too; the engine is asked who is free. Without
the engine or its memory the people ring as written, together or in order.

Good::

    - ring: {to: [ivan, {kharkiv_mobiles: after 10s}], for: 3 rings}

Good::

    - ring: {to: [ivan, olena], order: by_skill, skills: {language: "{{language}}", drainage: 2}}

Bad, an unknown name (``nobody is called `ivn``` with the hint ``did you mean `ivan`?``)::

    - ring: ivn
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from routing.model.decision import TURN_SECONDS, WAITS
from routing.model.fields import Seconds
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.steps import capacity, orders, skills, targets
from routing.steps.base import Complaint, Emitter, Variation, sound_path
from routing.steps.dialplan import Extension
from routing.steps.dialstring import CONFIRM_SECONDS, common, together
from routing.steps.dynamic import DynamicStep
from routing.steps.ring_people import RingPeopleStep

Order = Literal[
    "together", "in_order", "in_order_waiting", "random", "weighted", "round_robin", "fewest_calls", "longest_idle",
    "least_talk", "by_skill",
]  # fmt: skip
STATIC = ("together", "in_order")
#: How long a caller waits for a busy person.
WAIT_SECONDS = 60


class RingStep(RingPeopleStep, DynamicStep):
    """Ring people, phones or groups; falls through when nobody talked."""

    kind: ClassVar[str] = "ring"
    primary: ClassVar[str] = "to"
    falls_when: ClassVar[str] = "nobody talked"
    obeys: ClassVar[frozenset[str]] = frozenset({"order", "together", "wait"})

    order: Order = Field("together", description="All at once, one after another, or as the engine decides.")
    only: Literal["free"] | None = Field(
        None, description="Skip people who are busy, not registered or on do-not-disturb."
    )
    at_most: Seconds | None = Field(None, description="Longest time of the whole step.")
    delay: Seconds | None = Field(None, description="`together`: each person starts ringing this long after the last.")

    @property
    def turn_at_most(self) -> int | None:
        """See RingPeopleStep."""
        return self.at_most

    @property
    def is_dynamic(self) -> bool:
        """Whether the engine decides."""
        return self.order not in STATIC or self.only is not None

    @property
    def budget_seconds(self) -> float:
        """One Redis lookup."""
        return 0.5

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """Every name is known, outside phones have a gateway, somebody has each skill."""
        yield from self.check_people(loc, folder)
        turns = targets.named_turns(self.to, folder)
        if turns and not any(self.turns(folder)):
            late = "every phone would begin to ring only after `at_most`"
            yield (*loc, "at_most"), late, "ring for longer, or delay them less"
        for wrong in capacity.exceeded(turns, self.order == "together", self.is_dynamic):
            yield (*loc, "to"), *wrong
        if self.delay and (self.is_dynamic or self.order != "together"):
            yield (*loc, "delay"), "`delay` is for people who ring together", "leave out `order` and `only`"
        if self.skills and self.order != "by_skill":
            yield (*loc, "skills"), f"`order: {self.order}` does not look at skills", "write `order: by_skill`"
        if self.order == "by_skill":
            yield from skills.check(self.skills, turns, loc, folder)

    def turns(self, folder: Folder) -> list[tuple[targets.Leg, ...]]:
        """The phones in the order as written, one tuple per turn, with their times."""
        turns = [targets.timed(turn, self.for_) for turn in self.named_turns(folder)]
        if self.order == "together":
            delayed = (targets.later(turn, (self.delay or 0) * number) for number, turn in enumerate(turns))
            return [targets.cut(tuple(leg for turn in delayed for leg in turn), self.at_most)]
        timed, left = [], self.at_most
        for turn in turns:
            legs = targets.cut(turn, left)
            timed.append(legs)
            left = None if left is None else left - targets.length(legs)
        return [legs for legs in timed if legs]

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """A static order is one ``bridge``; a dynamic one is the engine's frame with that bridge as the fallback."""
        if self.music:
            here.set("transfer_ringback", sound_path(self.music))
        if not self.is_dynamic:
            here.ring_caller()
            here.do("bridge", self.bridge(out, self.turns(out.folder)))
            return here
        asking = here
        if self.order == "in_order_waiting":
            here.set(WAITS, "")
            here.do("transfer", out.go(f"{path}.ask"))
            asking = out.context.extension(f"{path}.ask")
        if self.order == "together":
            here.set("routing_legs", "")
        self.emit_frame(out, asking, path, out.go(after), undecided=out.go(f"{path}.static"))
        static = out.context.extension(f"{path}.static")
        static.do("bridge", self.bridge(out, self.turns(out.folder)))
        static.do("transfer", out.go(after))
        return None

    def emit_own(self, out: Emitter, path: str, own: str, then: str) -> None:
        """Decisions that list names, to ring in order or together."""
        turns = self.single_turns(out.folder)
        if self.order == "together":
            start = common([turn.legs for turn in turns], out.folder, **self.leg_variables())
            orders.all_at_once(out, path, own, then, out.go(f"{path}.static"), start)
            number = self.caller_id or out.number
            orders.legs(
                out, path, [(turn, together(turn.legs, out.folder, number, self.label or "")) for turn in turns]
            )
            return
        if self.order == "in_order_waiting":
            orders.waiting(out, path, own, then, self._wait_seconds)
        orders.one_after_another(out, path, own, then)
        orders.turns(out, path, [(turn, self.bridge(out, [turn.legs])) for turn in turns])

    @property
    def _wait_seconds(self) -> int:
        return self.at_most or WAIT_SECONDS

    def own_seconds(self, folder: Folder) -> float:
        """The watchdog's time of a dynamic order, every round of waiting, all turns and the time to confirm."""
        decision_seconds: float = self.watchdog_seconds if self.is_dynamic else 0
        if self.order == "in_order_waiting":
            decision_seconds += orders.rounds(self._wait_seconds) * (TURN_SECONDS + self.budget_seconds)
        turns = self.turns(folder)
        return decision_seconds + sum(
            targets.length(turn) + CONFIRM_SECONDS * any(leg.phone.confirm for leg in turn) for turn in turns
        )

    @classmethod
    def variations(cls, table: Mapping[str, Any], person: str, schemes: Sequence[str]) -> Iterator[Variation]:
        """See DynamicStep."""
        yield from (("state", who["person"], "busy") for who in table["people"][:1])
        yield from super().variations(table, person, schemes)

    def runtime(self, folder: Folder) -> dict[str, Any] | None:
        """The people whom the engine may name: accounts, ring times, weights and skills."""
        if not self.is_dynamic:
            return None
        turns = self.single_turns(folder)
        return {
            "kind": self.kind,
            "order": self.order,
            "project": folder.project.name,
            "timezone": folder.project.timezone,
            "timeout_s": self.budget_seconds,
            "at_most_s": None if self.order == "in_order_waiting" else self.at_most,
            "skills": {name: skills.source(name, wish, turns, folder) for name, wish in self.skills.items()},
            "people": [targets.table_of(turn, folder) for turn in turns],
        }
