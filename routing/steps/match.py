"""``match``: branch by the caller, the dialled number, and what the visitor did on the site. The first match wins.

A caller is ``known`` when a person of the project has talked with them (``known_within``: within this time), or when a
``crm`` step has found them in this call. The engine looks this up once per call; without it the caller is unknown.

Good::

    - match:
        - {when: {caller: ["+38057", "+38050"]}, steps: [{scheme: kharkiv}]}
        - {when: {anonymous: true}, steps: [hangup]}

Good::

    - match: {when: {known_within: 30d}, steps: [{ring: ivan}]}

Bad, a case without a condition (``needs at least one condition``)::

    - match: [{when: {}, steps: [hangup]}]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field, field_validator, model_validator

from routing.model.fields import Fields, OneOrMany, refuse
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.steps.base import RELEASE, Complaint, Emitter, Reference, Step, StepItem
from routing.steps.dialplan import Extension
from routing.steps.known import KnownLookup
from routing.steps.lists import Steps
from routing.steps.when import When, list_variable


class MatchCase(Fields):
    """A case: its steps run when the call matches."""

    when: When = Field(description="Conditions; all must match.")
    steps: Steps = Field(description="Steps of calls that match.")

    @field_validator("when")
    @classmethod
    def _asks(cls, value: When) -> When:
        if not value.count():
            raise refuse("`when` needs at least one condition: caller, list, country, region, number, entity.NAME ...")
        return value


class MatchStep(Step):
    """Branch by the caller and the number; falls through when no case matches and there is no `otherwise`."""

    kind: ClassVar[str] = "match"
    primary: ClassVar[str] = "cases"
    falls_when: ClassVar[str] = "otherwise"

    cases: Annotated[list[MatchCase], OneOrMany] = Field(min_length=1, description="Tried in order.")
    otherwise: Steps | None = Field(None, description="Steps when no case matches.")

    @model_validator(mode="before")
    @classmethod
    def _one_case(cls, value: Any) -> Any:
        return {"cases": [value]} if isinstance(value, dict) and "when" in value else value

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """Everything that the conditions name exists."""
        for index, case in enumerate(self.cases):
            yield from case.when.check((*loc, "cases", index, "when"), folder)

    def branches(self) -> Iterator[tuple[Loc, str, Sequence[StepItem]]]:
        """The cases in order, then ``otherwise``."""
        for index, case in enumerate(self.cases):
            yield ("cases", index, "steps"), str(index + 1), case.steps
        if self.otherwise is not None:
            yield ("otherwise",), "otherwise", self.otherwise

    @property
    def asks_memory(self) -> bool:
        """Whether a case tests if the caller is known."""
        return any(case.when.asks_memory for case in self.cases)

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """One extension per case; FreeSWITCH takes the first whose conditions match."""
        for name in sorted({name for case in self.cases for _, one in case.when.everything() for name in one.list_}):
            here.set(list_variable(name), "no")
            here.do("execute_extension", f"check XML:{RELEASE}/lists/{name}.xml list")
        if self.asks_memory:
            KnownLookup().ask(out, here, path, out.go(f"{path}.case"))
        else:
            here.do("transfer", out.go(f"{path}.case"))
        for index, case in enumerate(self.cases, 1):
            extension = out.context.extension(f"{path}.case", *case.when.conditions(out.folder.project.country))
            out.steps(case.steps, extension, f"{path}.{index}.", after)
        out.steps(self.otherwise or (), out.context.extension(f"{path}.case"), f"{path}.otherwise.", after)
        return None

    def own_seconds(self, folder: Folder) -> float:
        """The watchdog's time, if the engine is asked."""
        return KnownLookup().own_seconds(folder) if self.asks_memory else 0.0

    def runtime(self, folder: Folder) -> dict[str, Any] | None:
        """The lookup, if there is one."""
        return KnownLookup().runtime(folder) if self.asks_memory else None

    def needs(self) -> Iterator[tuple[Loc, str]]:
        """Facts that conditions compare."""
        for index, case in enumerate(self.cases):
            here = ("cases", index, "when")
            facts = (f"{kind}.{name}" for _, when in case.when.everything() for kind, name in when.named())
            yield from ((here, fact) for fact in facts if fact.startswith(("asked.", "lookup.")))

    def references(self) -> Iterator[Reference]:
        """See Step."""
        for case in self.cases:
            yield from (("lists", name) for _, when in case.when.everything() for name in when.list_)

    def numbers(self) -> Iterator[tuple[Loc, str]]:
        """See Step."""
        for at, case in enumerate(self.cases):
            for where, when in case.when.everything():
                for index, number in enumerate(when.number):
                    yield ("cases", at, "when", *where, "number", index), number

    def falls_past_branches(self) -> bool:
        """Not with ``otherwise``."""
        return self.otherwise is None
