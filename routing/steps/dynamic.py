"""What every dynamic step has in common: the frame around the engine's socket and the re-check of its decision.

FreeSWITCH goes on with the scheme whatever becomes of the engine: refused, closed, silent, talking nonsense or too
late. A step kind says how long it waits (``timeout``), how long its target rings (``ring``), what it obeys, and its
runtime table.

The end of a socket resets the call, whatever the call does by then, where ``socket_resume`` is set (mod_event_socket).
Without it a socket that ends before the call is parked leaves it parked; with it a socket that was given up tears the
talk that came after. So it is set for the time of the question alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, WithJsonSchema

from routing.model import durations
from routing.model.decision import LONGEST_RING_SECONDS, watchdog_seconds
from routing.model.fields import Seconds, refuse
from routing.model.folder import Folder
from routing.steps.base import HEAR_WAITING, RELEASE, WAITING, Emitter, Step
from routing.steps.dialplan import Condition, Extension

#: The fallback is armed a second time, so much later: a socket that ends in the very moment between the watchdog and
#: the first action of the fallback resets the call once, and leaves it to nobody.
SECOND_CHANCE_SECONDS = 2
#: Redis and a comparison.
MEMORY_SECONDS = 0.5
_ID = "[a-z][a-z0-9_]{0,63}"
#: What `routing diff` may let be otherwise for a decision: the kind of a delta (`routing.diff.scenario`), whom, what.
Variation = tuple[str, str, str]

#: The caller hears ringing while an answer is waited for.
LONGEST_WAIT_SECONDS = 10


def _at_most(longest: int, why: str) -> AfterValidator:
    def look(seconds: int) -> int:
        if seconds > longest:
            raise refuse(why.format(longest))
        return seconds

    return AfterValidator(look)


#: How long an answer is waited for, and how long whoever it names rings.
Timeout = Annotated[
    Seconds,
    _at_most(LONGEST_WAIT_SECONDS, "the caller hears ringing meanwhile: at most {} s"),
    WithJsonSchema({"type": "string", "pattern": durations.PATTERN, "examples": ["2s", "5s"]}),
]
RingTime = Annotated[Seconds, _at_most(LONGEST_RING_SECONDS, "at most {} s: nobody waits longer")]


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
        return watchdog_seconds(self.budget_seconds)

    def own_seconds(self, folder: Folder) -> float:
        """The watchdog's time, then the decided target rings to the end."""
        return self.watchdog_seconds + self.ring_seconds

    @classmethod
    def variations(cls, table: Mapping[str, Any], person: str, schemes: Sequence[str]) -> Iterator[Variation]:
        """What may lead calls elsewhere that ask this kind: by default, that the engine is down.

        ``table``: the step's own, as compiled; ``person`` (or "") and ``schemes`` are there before and after a change.
        """
        yield "engine", "", ""

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
        here.set("routing_answered", "")
        here.set("routing_asked", "${routing_asked}x")
        fallback, decided = f"{path}.fallback", f"{path}.decided"
        for seconds in (self.watchdog_seconds, self.watchdog_seconds + SECOND_CHANCE_SECONDS):
            here.do("sched_transfer", f"+{seconds} {out.go(fallback)}")
        here.do("ring_ready")
        here.do("execute_extension", HEAR_WAITING)
        here.set("socket_resume", "true")
        here.do("socket", f"{out.folder.engine} async full")
        _abandon(here)
        if self.obeys:
            here.do("transfer", out.go(decided))
            self._decided(out, path, then, undecided or then)
        else:
            here.do("transfer", then)
        late = out.context.extension(fallback)
        _abandon(late)
        late.do("transfer", undecided or then)

    def emit_own(self, out: Emitter, path: str, own: str, then: str) -> None:
        """Extensions of ``<path>.decided`` for forms of decision of this kind alone; ``own`` is the path as a regex."""

    def _decided(self, out: Emitter, path: str, then: str, undecided: str) -> None:
        """Only ids and digits of strict form are obeyed, and only this step's; anything else goes on.

        A step may be asked again in the same call: an answer to an earlier question is none to this one.
        """
        own = re.escape(path)
        earlier = Condition("${routing_asked}:${routing_answered}", r"^(x+):(?!\1$)x")
        out.context.extension(f"{path}.decided", earlier).do("transfer", undecided)
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


def _abandon(here: Extension) -> None:
    """Before anything that takes time: whatever the engine still does with its socket moves this call no more."""
    here.set("socket_resume", "")
    here.do("sched_cancel", "${uuid}")
    here.do("stop_displace_session", WAITING)


def when(out: Emitter, path: str, expression: str) -> Extension:
    """An extension for decisions that match, of those of a step."""
    return out.context.extension(f"{path}.decided", Condition("${routing_decision}", expression))
