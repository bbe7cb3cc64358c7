"""Where in a scheme the caller can have proven who they are (`routing.model.proof`), and who rings by that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.model.proof import may_prove, typed_in
from routing.steps.base import Step, StepItem
from routing.steps.lookup import LookupStep
from routing.steps.scheme_file import SchemeFields, every_step
from routing.steps.sticky import StickyStep


@dataclass
class Proofs:
    """``unproven``: steps that need a proof which no step of this scheme gives; ``onward``: schemes to which a call
    can jump after one of this scheme has given it, ``*`` for any."""

    unproven: list[Loc] = field(default_factory=list)
    onward: set[str] = field(default_factory=set)


def proofs(fields: SchemeFields, folder: Folder) -> Proofs:
    """What of a scheme depends on a proof. Digits that another scheme asks for can be secret."""
    gives = {fact for step, _, _ in every_step(fields) for fact in step.gives()}
    secret = {fact.removeprefix("secret.") for fact in gives if fact.startswith("secret.")}
    plain = {fact.removeprefix("asked.") for fact in gives if fact.startswith("asked.")} - secret
    found = Proofs()
    _Walk(folder, plain, found).walk(fields.steps, ("steps",), proven=False)
    return found


@dataclass(frozen=True)
class _Walk:
    folder: Folder
    plain: set[str]
    found: Proofs

    def walk(self, steps: Sequence[StepItem], loc: Loc, *, proven: bool) -> bool:
        """Whether the caller can have proven who they are after a list of steps."""
        for index, item in enumerate(steps):
            step, here = item.step, (*loc, index, item.step.kind)
            if isinstance(step, StickyStep) and step.whom == "client" and not proven:
                self.found.unproven.append(here)
            if proven:
                self.found.onward.update(step.jumps())
            after = proven or (self._proves(step) and all(label != "found" for _, label, _ in step.branches()))
            for below, label, nested in step.branches():
                gives = label == "found" and self._proves(step)
                after |= self.walk(nested, (*here, *below), proven=proven or gives)
            proven = after
        return proven

    def _proves(self, step: Step) -> bool:
        if not isinstance(step, LookupStep):
            return False
        table = step.runtime(self.folder)
        return may_prove(table, typed_in(table) - self.plain, self.plain)
