"""What every step kind is: its fields, what it checks, what it compiles to, how long it can take.

A step either ends the call or falls through to the next; `Emitter` lays a list of steps out as extensions so that
falling through is the next action or a transfer. Knows nothing of files, and of the switch only applications.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from pydantic import model_validator

from routing.model.fields import Fields
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.model.secret import Purpose
from routing.steps.dialplan import Condition, Context, Extension

#: (where, what is wrong, hint)
Complaint = tuple[Loc, str, str]
RELEASE = "${routing_release}"
#: The release's file that hears keys pressed as tones; an argument of `execute_extension`.
KEYS = "keys"
HEAR_TONES = f"tones XML:{RELEASE}/{KEYS}.xml {KEYS}"
#: An answered caller hears music or the ringing tone from here on, whatever the call waits for; and no more.
HEAR_WAITING = f"waiting XML:{RELEASE}/{KEYS}.xml {KEYS}"
HEAR_HELD = f"held XML:{RELEASE}/{KEYS}.xml {KEYS}"
WAITING = "${transfer_ringback}"
#: The caller's leg is answered.
ANSWERED = Condition("${endpoint_disposition}", "^ANSWER$")
LONGEST_JUMPS = 10
#: What a step may name besides sounds and schemes. ``confirmed``, ``unconfirmed``: people, groups and phones that it
#: rings, with a key to press or without; ``told``: who is notified; ``asked``: the kind of decision it asks for.
ReferenceKind = Literal["calendars", "lists", "confirmed", "unconfirmed", "told", "crm", "extensions", "asked"]
Reference = tuple[ReferenceKind, str]


class Step(Fields):
    """Base of all step kinds. ``primary`` is the setting that a bare value stands for: ``ring: ivan``."""

    kind: ClassVar[str]
    primary: ClassVar[str] = ""
    #: The step never falls through.
    ends: ClassVar[bool] = False
    #: The step answers the call before anybody was reached.
    answers: ClassVar[bool] = False
    #: When the call goes on after the step, for pictures; empty where it simply does.
    falls_when: ClassVar[str] = ""

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, value: Any) -> Any:
        if value is None:
            return {}
        if cls.primary and not isinstance(value, dict):
            return {cls.primary: value}
        return value

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """Names that do not resolve and settings that contradict each other, nested steps not included."""
        return iter(())

    def branches(self) -> Iterator[tuple[Loc, str, Sequence[StepItem]]]:
        """Nested lists: where they stand below the step, their label part, the list."""
        return iter(())

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """Append this step's dialplan to ``here``; return where the next step goes on, None when it cannot."""
        raise NotImplementedError

    @property
    def longer_seconds(self) -> float:
        """For how much longer than `own_seconds` an answer to the step's question may have somebody rung."""
        return 0.0

    def own_seconds(self, folder: Folder) -> float:
        """The longest time this step itself can take, without its branches."""
        return 0.0

    def falls_past_branches(self) -> bool:
        """Whether the call can go on after the step without having been in any branch."""
        return True

    def jumps(self) -> tuple[str, ...]:
        """Schemes this step can go to by itself; ``*`` stands for any."""
        return ()

    def runtime(self, folder: Folder) -> dict[str, Any] | None:
        """What the engine must know of a dynamic step, as JSON; None for static steps."""
        return None

    def references(self) -> Iterator[Reference]:
        """Everything of the project that this step names, sounds and schemes excepted: see `sounds` and `jumps`."""
        return iter(())

    def numbers(self) -> Iterator[tuple[Loc, str]]:
        """Numbers of the company that this step asks about, with their place below the step."""
        return iter(())

    def secrets(self) -> Iterator[tuple[Loc, str, Purpose]]:
        """Names of secrets that the engine needs for this step, with their place below the step and what they do."""
        return iter(())

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """Sound files this step plays, with their place below the step."""
        return iter(())


class StepItem(Fields):
    """A step as it stands in a list: a mapping of which exactly one kind is set."""

    @property
    def step(self) -> Step:
        """The step itself."""
        (kind,) = self.model_fields_set
        step = getattr(self, kind)
        assert isinstance(step, Step)
        return step


@dataclass
class Emitter:
    """Lays steps out in one scheme's context."""

    scheme: str
    folder: Folder
    hours: str | None
    number: str
    context: Context = field(init=False)

    def __post_init__(self) -> None:
        self.context = Context(self.scheme)

    def go(self, label: str) -> str:
        """Argument of ``transfer`` to an extension of this scheme, in the release that the call began with."""
        return f"{label} XML:{RELEASE}/schemes/{self.scheme}.xml {self.scheme}"

    def go_scheme(self, scheme: str) -> str:
        """Argument of ``transfer`` to the start of a scheme; ``$1`` of a regex is allowed."""
        return f"start XML:{RELEASE}/schemes/{scheme}.xml {scheme}"

    def steps(self, steps: Sequence[StepItem], here: Extension, prefix: str, after: str) -> None:
        """Append a list of steps to ``here``; after its last one the call goes on at the label ``after``."""
        place: Extension | None = here
        for index, item in enumerate(steps, 1):
            path = f"{prefix}{index}"
            last = index == len(steps)
            following = after if last else f"{prefix}{index + 1}"
            if place is None:
                place = self.context.extension(path)
            place.enter(path, item.step.kind)
            place = item.step.emit(self, place, path, following)
            if not goes_on(item.step):
                return
        if place is not None and after:
            place.do("transfer", self.go(after))


def goes_on(step: Step) -> bool:
    """Whether a call can come to what stands after a step."""
    if step.ends:
        return False
    lists = (nested for _, _, nested in step.branches())
    return step.falls_past_branches() or any(all(goes_on(item.step) for item in nested) for nested in lists)


def sound_path(sound: str) -> str:
    """Where a project's sound file lies in a release."""
    return f"{RELEASE}/sounds/{sound}"


def label_part(text: str) -> str:
    """A menu key as part of a label: ``*`` and ``#`` mean something elsewhere."""
    return {"*": "star", "#": "hash"}.get(text, text)
