"""What every dynamic step has in common: the frame around the engine's socket and the re-check of its decision.

FreeSWITCH goes on with the scheme whatever becomes of the engine: refused, closed, silent or talking nonsense. A step
kind says how long it waits (``timeout``), how long its target rings (``ring``), what it obeys, and its runtime table.
"""

from __future__ import annotations

import math
import re
from typing import ClassVar

from routing.model.folder import Folder
from routing.steps.base import RELEASE, Emitter, Step
from routing.steps.dialplan import Condition, Extension

#: ``sched_transfer +N`` fires after N-1 to N seconds, and the engine may answer half a second after its budget.
WATCHDOG_MARGIN_SECONDS = 2
#: Redis and a comparison.
MEMORY_SECONDS = 0.5
_ID = "[a-z][a-z0-9_]{0,63}"


class DynamicStep(Step):
    """A step that asks the engine; falls through when there is no usable decision in time or nobody talked."""

    #: Forms of decision that the compiled dialplan obeys: person, phone, number, order, together, wait, scheme, end.
    obeys: ClassVar[frozenset[str]] = frozenset({"person", "phone"})

    @property
    def budget_seconds(self) -> float:
        """How long the engine may take."""
        raise NotImplementedError

    @property
    def ring_seconds(self) -> float:
        """How long the decided target can ring, all of an order together."""
        raise NotImplementedError

    @property
    def watchdog_seconds(self) -> int:
        """When FreeSWITCH stops waiting for the engine."""
        return math.ceil(self.budget_seconds) + WATCHDOG_MARGIN_SECONDS

    def own_seconds(self, folder: Folder) -> float:
        """The watchdog's time, then the decided target rings to the end."""
        return self.watchdog_seconds + self.ring_seconds

    def jumps(self) -> tuple[str, ...]:
        """A decision can name any scheme, if this kind obeys such decisions."""
        return ("*",) if "scheme" in self.obeys else ()

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """Watchdog, socket, then the decision re-checked by strict regexes."""
        self.emit_frame(out, here, path, out.go(after))
        return None

    def emit_frame(self, out: Emitter, here: Extension, path: str, then: str, undecided: str = "") -> None:
        """The frame. Arguments of ``transfer``: ``then`` is what follows when nobody talked, ``undecided`` when nothing
        was decided (``then`` when it is empty)."""
        here.set("routing_decision", "")
        here.set("routing_label", "")
        here.set("socket_resume", "true")
        here.do("sched_transfer", f"+{self.watchdog_seconds} {out.go(f'{path}.fallback')}")
        here.do("ring_ready")
        here.do("socket", f"{out.folder.engine} async full")
        here.do("sched_cancel", "${uuid}")
        here.do("transfer", out.go(f"{path}.decided"))
        self._decided(out, path, then, undecided or then)
        fallback = out.context.extension(f"{path}.fallback")
        fallback.do("sched_cancel", "${uuid}")
        fallback.do("transfer", undecided or then)

    def emit_own(self, out: Emitter, path: str, own: str, then: str) -> None:
        """Extensions of ``<path>.decided`` for forms of decision of this kind alone; ``own`` is the path as a regex."""

    def _decided(self, out: Emitter, path: str, then: str, undecided: str) -> None:
        """Only ids and digits of strict form are obeyed, and only this step's; anything else goes on."""
        own = re.escape(path)
        for kind, target, execute in _RINGS:
            if kind in self.obeys:
                ring = when(out, path, f"^{own}:ring:{target}$")
                ring.do("execute_extension", execute)
                ring.do("transfer", then)
        self.emit_own(out, path, own, then)
        if "scheme" in self.obeys:
            scheme = when(out, path, f"^{own}:scheme:({_ID})$")
            # executed, not transferred to: a scheme that is not in the release must not end the call
            scheme.do("execute_extension", f"jump XML:{RELEASE}/schemes/$1.xml $1")
            scheme.do("transfer", then)
        if "end" in self.obeys:
            when(out, path, f"^{own}:end:([A-Z][A-Z0-9_]{{1,39}})$").do("hangup", "$1")
        out.context.extension(f"{path}.decided").do("transfer", undecided)


class MemoryQuestion(DynamicStep):
    """A step that asks the engine's memory and rings nobody: what it learns stands in variables; it always goes on."""

    obeys: ClassVar[frozenset[str]] = frozenset()

    @property
    def budget_seconds(self) -> float:
        """One question to a store on the node or near it."""
        return MEMORY_SECONDS

    @property
    def ring_seconds(self) -> float:
        """Nobody is rung."""
        return 0.0


#: (form, regex of the target, what rings it: the dial string is in the compiled directory)
_RINGS = (
    ("person", f"person:({_ID})", f"$1 XML:{RELEASE}/people/$1.xml person"),
    ("phone", f"phone:(({_ID})\\.{_ID})", f"$1 XML:{RELEASE}/people/$2.xml person"),
    ("number", r"number:(\+[1-9]\d{6,14})", f"$1 XML:{RELEASE}/outbound.xml outbound"),
)


def when(out: Emitter, path: str, expression: str) -> Extension:
    """An extension for decisions that match, of those of a step."""
    return out.context.extension(f"{path}.decided", Condition("${routing_decision}", expression))
