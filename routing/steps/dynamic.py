"""The common part of all dynamic steps: the frame around the engine's socket, and the re-check of its decision.

FreeSWITCH goes on with the scheme whatever the engine does: refuses or closes the connection, stays silent, answers
nonsense or too late. A step kind defines its timeout (``timeout``), its target's ring time (``ring``), the decisions it
obeys, and its runtime table.

With ``socket_resume`` set, the end of a socket resets the call whatever it does by then (mod_event_socket): an
abandoned socket would tear down the talk that follows. Without it, a socket that ends before the call is parked leaves
it parked. So it is set only while a decision is pending.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from pydantic import AfterValidator, WithJsonSchema

from routing.model import durations
from routing.model.decision import LABEL, LONGEST_RING_SECONDS, watchdog_seconds
from routing.model.fields import Seconds, refuse
from routing.model.folder import Folder
from routing.model.inline import APPLICATION, IS_READY, MODULE, READY
from routing.steps.base import HEAR_WAITING, RELEASE, WAITING, Emitter, Step
from routing.steps.dialplan import Condition, Extension

#: The fallback is scheduled twice, the second time this much later: a socket that ends exactly between the watchdog
#: and the first action of the fallback resets the call, which would otherwise wait for ever.
SECOND_CHANCE_SECONDS = 2
#: Timeout of a Redis lookup.
MEMORY_SECONDS = 0.5
_ID = "[a-z][a-z0-9_]{0,63}"

#: Longest timeout of a decision; the caller hears ringing meanwhile.
LONGEST_WAIT_SECONDS = 10


def _at_most(longest: int, why: str) -> AfterValidator:
    def look(seconds: int) -> int:
        if seconds > longest:
            raise refuse(why.format(longest))
        return seconds

    return AfterValidator(look)


#: The timeout of a decision, and the ring time of its target.
Timeout = Annotated[
    Seconds,
    _at_most(LONGEST_WAIT_SECONDS, "the caller hears ringing meanwhile: at most {} s"),
    WithJsonSchema({"type": "string", "pattern": durations.PATTERN, "examples": ["2s", "5s"]}),
]
RingTime = Annotated[Seconds, _at_most(LONGEST_RING_SECONDS, "at most {} s: nobody waits longer")]


class DynamicStep(Step):
    """A step that asks the engine; falls through without a valid decision in time, or when nobody talked."""

    #: Decisions that the compiled dialplan obeys: person, phone, number, order, together, wait, scheme, end.
    obeys: ClassVar[frozenset[str]] = frozenset({"person", "phone"})
    #: The branch that calls take without the engine; "" when they fall through.
    fallback: ClassVar[str] = ""
    #: Redis alone answers it: it may be decided inside FreeSWITCH (`routing.model.inline`).
    may_be_inline: ClassVar[bool] = False
    #: Ringing or music plays to the caller while the engine decides.
    hears_waiting: ClassVar[bool] = True

    def obeyed(self) -> frozenset[str]:
        """The decisions that this step obeys: of `obeys`, where its settings say less."""
        return self.obeys

    @property
    def budget_seconds(self) -> float:
        """The engine's timeout."""
        raise NotImplementedError

    @property
    def ring_seconds(self) -> float:
        """The longest ring time of the decided target; of an order, the sum. 0 for kinds that ring nobody."""
        return 0.0

    @property
    def watchdog_seconds(self) -> int:
        """When FreeSWITCH goes to the fallback."""
        return watchdog_seconds(self.budget_seconds)

    def own_seconds(self, folder: Folder) -> float:
        """The watchdog's time and the ring time."""
        return self.watchdog_seconds + self.ring_seconds

    def jumps(self) -> tuple[str, ...]:
        """Any scheme, if this kind obeys decisions that name one."""
        return ("*",) if "scheme" in self.obeyed() else ()

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """Schedule the watchdog, connect to the engine, then re-check the decision by strict regexes."""
        self.emit_frame(out, here, path, out.go(after))
        return None

    def emit_frame(self, out: Emitter, here: Extension, path: str, then: str, undecided: str = "") -> None:
        """The frame. Arguments of ``transfer``: ``then`` for when nobody talked, ``undecided`` (``then`` when empty)
        for when there is no valid decision."""
        here.set("routing_decision", "")
        here.set(LABEL, "")
        here.set("routing_answered", "")
        here.set("routing_asked", "${routing_asked}x")
        if self.may_be_inline and out.folder.project.decides_inside:
            here.do("transfer", out.go(f"{path}.asked"))
            inside = out.context.extension(f"{path}.asked", Condition(f"${{{READY}}}", f"^{IS_READY}$"))
            inside.do(APPLICATION, MODULE)
            self._obey(out, inside, path, then)
            here = out.context.extension(f"{path}.asked")
        fallback = f"{path}.fallback"
        for seconds in (self.watchdog_seconds, self.watchdog_seconds + SECOND_CHANCE_SECONDS):
            here.do("sched_transfer", f"+{seconds} {out.go(fallback)}")
        if self.hears_waiting:
            here.do("ring_ready")
            here.do("execute_extension", HEAR_WAITING)
        here.set("socket_resume", "true")
        here.do("socket", f"{out.folder.engine} async full")
        _abandon(here)
        self._obey(out, here, path, then)
        if self.obeyed():
            self._decided(out, path, then, undecided or then)
        late = out.context.extension(fallback)
        _abandon(late)
        late.do("transfer", undecided or then)

    def _obey(self, out: Emitter, here: Extension, path: str, then: str) -> None:
        here.do("transfer", out.go(f"{path}.decided") if self.obeyed() else then)

    def emit_own(self, out: Emitter, path: str, own: str, then: str) -> None:
        """Extensions of ``<path>.decided`` for decisions that only this kind has; ``own`` is the path as a regex."""

    def _decided(self, out: Emitter, path: str, then: str, undecided: str) -> None:
        """Obey only ids and digits of strict form, and only this step's decision; otherwise fall through.

        A call may reach a step again: the decision of an earlier request is ignored.
        """
        own = re.escape(path)
        earlier = Condition("${routing_asked}:${routing_answered}", r"^(x+):(?!\1$)x")
        out.context.extension(f"{path}.decided", earlier).do("transfer", undecided)
        for kind, target, execute in _RINGS:
            if kind in self.obeyed():
                ring = when(out, path, f"^{own}:ring:{target}$")
                ring.do("execute_extension", execute)
                ring.do("transfer", then)
        self.emit_own(out, path, own, then)
        if "scheme" in self.obeyed():
            scheme = when(out, path, f"^{own}:scheme:({_ID})$")
            # executed, not transferred to: a scheme that is not in the release must not end the call
            scheme.do("execute_extension", f"jump XML:{RELEASE}/schemes/$1.xml $1")
            scheme.do("transfer", then)
        if "end" in self.obeyed():
            when(out, path, f"^{own}:end:([A-Z][A-Z0-9_]{{1,39}})$").do("hangup", "$1")
        out.context.extension(f"{path}.decided").do("transfer", undecided)


class MemoryLookup(DynamicStep):
    """A lookup in the engine's memory that rings nobody: it stores the result in variables and falls through."""

    obeys: ClassVar[frozenset[str]] = frozenset()
    may_be_inline: ClassVar[bool] = True

    @property
    def budget_seconds(self) -> float:
        """One lookup in a store on the node or near it."""
        return MEMORY_SECONDS


#: (form, regex of the target, extension that rings it: the dial string is in the compiled directory)
_RINGS = (
    ("person", f"person:({_ID})", f"$1 XML:{RELEASE}/people/$1.xml person"),
    ("phone", f"phone:(({_ID})\\.{_ID})", f"$1 XML:{RELEASE}/people/$2.xml person"),
    ("number", r"number:(\+[1-9]\d{6,14})", f"$1 XML:{RELEASE}/outbound.xml outbound"),
)


def _abandon(here: Extension) -> None:
    """Detach the call from the engine, before anything that takes time: the socket no longer affects it."""
    here.set("socket_resume", "")
    here.do("sched_cancel", "${uuid}")
    here.do("stop_displace_session", WAITING)


def when(out: Emitter, path: str, expression: str) -> Extension:
    """An extension for the decisions of a step that match an expression."""
    return out.context.extension(f"{path}.decided", Condition("${routing_decision}", expression))
