"""The lookup whether the caller is known, which ``match`` and ``play`` make before they branch.

One lookup per call, only for callers who show their number. Without the engine or its memory the caller is unknown. A
caller whom a ``crm`` step has found in this call is known without a lookup.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from routing.model import known
from routing.model.folder import Folder
from routing.steps.base import Emitter, Variation
from routing.steps.dialplan import Condition, Extension
from routing.steps.dynamic import MEMORY_SECONDS, MemoryLookup


class KnownLookup(MemoryLookup):
    """Part of other steps, not a step for authors."""

    kind: ClassVar[str] = "known"

    def ask(self, out: Emitter, here: Extension, path: str, then: str) -> None:
        """Look the caller up, unless it is done already or the number is hidden; ``then``: argument of ``transfer``."""
        here.do("transfer", out.go(f"{path}.known"))
        unanswered = Condition(f"${{{known.KNOWN}}}", "^$")
        asking = out.context.extension(f"{path}.known", Condition("${routing_caller}", r"^\+"), unanswered)
        asking.set(known.KNOWN, known.NOBODY)
        self.emit_frame(out, asking, path, then)
        out.context.extension(f"{path}.known").do("transfer", then)

    @classmethod
    def variations(cls, table: Mapping[str, Any], person: str, schemes: Sequence[str]) -> Iterator[Variation]:
        """See DynamicStep."""
        if person:
            yield "sticky", "", person
        yield from super().variations(table, person, schemes)

    def runtime(self, folder: Folder) -> dict[str, Any]:
        """The project in whose memory to look."""
        return {"kind": self.kind, "project": folder.project.name, "timeout_s": MEMORY_SECONDS}


def is_known(expected: bool) -> Condition:
    """Whether somebody has talked with the caller, or a CRM has found them."""
    return Condition(known.EITHER, known.IS_KNOWN if expected else known.IS_UNKNOWN)


def talked_within(seconds: int) -> Condition:
    """Whether the last talk with the caller ended at most ``seconds`` ago."""
    return Condition(f"${{{known.KNOWN}}}", known.within(seconds))
