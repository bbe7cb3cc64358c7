"""The base of all step kinds: fields, checks, dialplan, longest duration.

A step either ends the call or falls through to the next one. `Emitter` writes a list of steps as extensions; falling
through is the next action, or a transfer. This module knows no files, and of FreeSWITCH only its applications.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from pydantic import model_validator

from routing.model.callback_call import UNHEARD
from routing.model.fields import Fields
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.model.secret import Purpose
from routing.model.spoken import SpokenSound, parts_of
from routing.steps.dialplan import Condition, Context, Extension
from routing.steps.uses_facts import UsesFacts

#: (where, what is wrong, hint)
Complaint = tuple[Loc, str, str]
RELEASE = "${routing_release}"
#: The divisor of FreeSWITCH's comfort noise; its own default while it records a message.
COMFORT_NOISE = "1400"
#: The release's file for keys and waiting tones. The rest are arguments of `execute_extension`.
KEYS = "keys"
#: Detect keys that come as in-band tones.
HEAR_TONES = f"tones XML:{RELEASE}/{KEYS}.xml {KEYS}"
#: Play music or the ringing tone to an answered caller: while the engine decides, and while a person is busy.
HEAR_WAITING = f"waiting XML:{RELEASE}/{KEYS}.xml {KEYS}"
HEAR_HELD = f"held XML:{RELEASE}/{KEYS}.xml {KEYS}"
WAITING = "${transfer_ringback}"
#: The caller's leg is answered.
ANSWERED = Condition("${endpoint_disposition}", "^ANSWER$")
#: A callback whose client has not been called yet.
NOBODY_HEARS = Condition(f"${{{UNHEARD}}}", "^true$")
LONGEST_JUMPS = 10
#: A circumstance that `routing diff` varies for a decision: kind of delta (`routing.diff.scenario`), subject, value.
Variation = tuple[str, str, str]
#: What a step may name besides sounds and schemes. ``confirmed``, ``unconfirmed``: people, groups and phones that it
#: rings with or without a confirm key; ``notified``: recipients of notices; ``decisions``: the decision it requests;
#: ``callbacks``: schemes by which clients are called back.
ReferenceKind = Literal[
    "calendars", "lists", "confirmed", "unconfirmed", "notified", "crm", "extensions", "decisions", "callbacks"
]
Reference = tuple[ReferenceKind, str]


class Step(UsesFacts, Fields):
    """Base of all step kinds. ``primary`` is the setting that a bare value sets: ``ring: ivan`` sets ``to``."""

    kind: ClassVar[str]
    primary: ClassVar[str] = ""
    #: The step never falls through.
    ends: ClassVar[bool] = False
    #: The step answers the call before a person does.
    answers: ClassVar[bool] = False
    #: The step is for somebody on the line: a callback whose client has not been rung yet passes it by.
    needs_caller: ClassVar[bool] = False
    #: The step may stand without any setting, as a bare word.
    bare: ClassVar[bool] = True
    #: When the call falls through, as diagrams label it; empty for steps that always do.
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
        """Unknown names and contradicting settings, without those of nested steps."""
        return iter(())

    def branches(self) -> Iterator[tuple[Loc, str, Sequence[StepItem]]]:
        """Nested lists of steps: the location below the step, the part of the label, the list."""
        return iter(())

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """Append this step's dialplan to ``here``; return the extension for the next step, None when there is none."""
        raise NotImplementedError

    def unheard(self, out: Emitter, here: Extension, path: str, after: str) -> None:
        """Append what happens instead of a step that `needs_caller`, while nobody hears it: the call falls through."""
        here.do(*(("transfer", out.go(after)) if after else ("hangup", "NO_ANSWER")))

    @property
    def picks_up(self) -> bool:
        """Whether this very step answers the call."""
        return self.answers

    @property
    def extra_ring_seconds(self) -> float:
        """By how much a decision may extend the ring time beyond `own_seconds`."""
        return 0.0

    def own_seconds(self, folder: Folder) -> float:
        """The longest time this step itself can take, without its branches."""
        return 0.0

    def falls_past_branches(self) -> bool:
        """Whether the call can fall through without entering a branch."""
        return True

    def jumps(self) -> tuple[str, ...]:
        """Schemes this step can go to by itself; ``*`` stands for any."""
        return ()

    def runtime(self, folder: Folder) -> dict[str, Any] | None:
        """The engine's settings of a dynamic step, as JSON; None for static steps."""
        return None

    @classmethod
    def variations(cls, table: Mapping[str, Any], person: str, schemes: Sequence[str]) -> Iterator[Variation]:
        """Circumstances that may change this kind's decision: by default, only that the engine is down.

        ``table``: the step's own, as compiled; ``person`` (or "") and ``schemes`` exist before and after a change.
        """
        yield "engine", "", ""

    def references(self) -> Iterator[Reference]:
        """Everything of the project that this step names, except sounds and schemes (`sounds`, `jumps`)."""
        return iter(())

    def numbers(self) -> Iterator[tuple[Loc, str]]:
        """Numbers of the company that this step compares, with their location below the step."""
        return iter(())

    def secrets(self) -> Iterator[tuple[Loc, str, Purpose]]:
        """Names of the secrets that the engine needs for this step, with location below the step and purpose."""
        return iter(())

    def spoken(self, folder: Folder) -> Iterator[str]:
        """Sounds that nobody has written: the step says them in the project's languages."""
        return iter(())

    def openings(self, default_hours: str | None) -> Iterator[str]:
        """Calendars of which this step says when they open."""
        return iter(())

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """Sound files that this step plays, with their location below the step."""
        return iter(())


class StepItem(Fields):
    """An item of a list of steps: a mapping in which exactly one kind is set."""

    @property
    def step(self) -> Step:
        """The step itself."""
        (kind,) = self.model_fields_set
        step = getattr(self, kind)
        assert isinstance(step, Step)
        return step


@dataclass
class Emitter:
    """Writes the steps of one scheme into its context."""

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
        """Append a list of steps to ``here``; after the last one the call continues at the label ``after``."""
        place: Extension | None = here
        for index, item in enumerate(steps, 1):
            path = f"{prefix}{index}"
            last = index == len(steps)
            following = after if last else f"{prefix}{index + 1}"
            if place is None:
                place = self.context.extension(path)
            place.enter(path, item.step.kind)
            if item.step.needs_caller and self.folder.project.callbacks:
                place = self._if_heard(item.step, place, path, following)
            else:
                place = item.step.emit(self, place, path, following)
            if not goes_on(item.step):
                return
        if place is not None and after:
            place.do("transfer", self.go(after))

    def _if_heard(self, step: Step, here: Extension, path: str, after: str) -> Extension | None:
        """A step that `needs_caller`, beside what happens to calls that nobody hears."""
        here.do("transfer", self.go(f"{path}.heard"))
        step.unheard(self, self.context.extension(f"{path}.heard", NOBODY_HEARS), path, after)
        place = step.emit(self, self.context.extension(f"{path}.heard"), path, after)
        if place is None or not after:
            return place
        place.do("transfer", self.go(after))
        return None


def goes_on(step: Step) -> bool:
    """Whether a call can reach the item after a step."""
    if step.ends:
        return False
    lists = (nested for _, _, nested in step.branches())
    return step.falls_past_branches() or any(all(goes_on(item.step) for item in nested) for nested in lists)


def sound_path(sound: str, release: str = RELEASE) -> str:
    """What FreeSWITCH plays to a caller for a sound of the project: in the call's language, where it has several."""
    return _played(sound_files(sound, release))


def sound_files(sound: str, release: str = RELEASE) -> str:
    """The same without ``file_string://``: one file, or several separated by ``!``."""
    return _files((part.by_language if isinstance(part, SpokenSound) else part for part in parts_of(sound)), release)


def person_sound_path(sound: str, release: str = RELEASE) -> str:
    """The same for a person of the project: in the project's language, whatever the caller's is."""
    return _played(_files(parts_of(sound), release))


def _files(names: Iterable[str], release: str) -> str:
    return "!".join(f"{release}/sounds/{name}" for name in names)


def _played(files: str) -> str:
    return f"file_string://{files}" if "!" in files else files


def label_part(text: str) -> str:
    """A menu key as part of a label; ``*`` and ``#`` have other meanings in labels."""
    return {"*": "star", "#": "hash"}.get(text, text)
