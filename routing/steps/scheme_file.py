"""A scheme file: its numbers, its settings, its steps, and what can be said of it alone.

Everything that needs another scheme (does it exist, how long a chain of jumps can be) is left to linking.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from routing.model.addresses import Addressee
from routing.model.allow import ALLOW, Allow
from routing.model.fields import Fields, Flag, Id, Label, NotEmpty, Number, OneOrMany, Sound, refuse
from routing.model.folder import RESERVED, Folder
from routing.model.problem import Loc, did_you_mean
from routing.model.secret import Purpose
from routing.steps import AnyStep
from routing.steps.base import Complaint, Step, StepItem
from routing.steps.sticky import StickyStep

#: Path of the project's stickiness in the dialplan of a scheme.
STICKY = "sticky"
#: Beginning of the schemes of pools.
POOL = "pool_"


def _entry(value: Any) -> Any:
    return value if isinstance(value, dict) else {"number": value}


class NumberEntry(Fields):
    """A number that leads here, and who pays for its minutes."""

    number: Number = Field(description="One of the company's numbers.")
    caller_pays: Flag = Field(True, description="False on 0800 numbers: the owner pays from the moment of answering.")


class SchemeFields(Fields):
    """A forwarding scheme."""

    scheme: Id = Field(description="Public id: webhooks, menus and callbacks name it.")
    title: Label | None = Field(None, description="Its name for people: in pictures and in the journal.")
    numbers: Annotated[list[Annotated[NumberEntry, BeforeValidator(_entry)]], OneOrMany] = Field(
        default_factory=list, description="Numbers that lead here."
    )
    hours: Id | None = Field(None, description="Default calendar of its steps.")
    record: Literal["both", "caller", "no"] = Field("no", description="Record talks: both sides, the caller's, or not.")
    music: Sound | None = Field(None, description="Instead of the ringing tone, once answered.")
    notify: Annotated[list[Addressee], OneOrMany] = Field(
        default_factory=list,
        description="Who is told of its missed calls, by e-mail, `https://...` by webhook; the project's otherwise.",
    )
    steps: Annotated[list[AnyStep], OneOrMany, NotEmpty] = Field(
        description="What happens to a call, in this order: a step ends it or falls through to the next."
    )
    otherwise: Annotated[list[AnyStep], OneOrMany] = Field(
        default_factory=list, description="When ten jumps between schemes led here: must end the call."
    )
    allow: Allow = Field(default_factory=dict, description=ALLOW)

    @field_validator("scheme")
    @classmethod
    def _not_reserved(cls, value: str) -> str:
        if value in RESERVED:
            raise refuse(f"`{value}` is a name of the dialplan itself: choose another")
        return value


@dataclass(frozen=True)
class Jump:
    """A way out to another scheme (``*``: any): where it stands and the longest time until it is taken."""

    scheme: str
    loc: Loc
    seconds: float


@dataclass
class Summary:
    """What linking needs to know of a scheme's steps: times in seconds from the scheme's start."""

    longest: float = 0.0
    #: For how much longer handlers may have somebody rung than their steps say, all together.
    longer: float = 0.0
    jumps: list[Jump] = field(default_factory=list)
    answers: list[tuple[Loc, str]] = field(default_factory=list)
    dynamic: dict[str, dict[str, Any]] = field(default_factory=dict)
    falls_off: list[Loc] = field(default_factory=list)
    secrets: list[tuple[Loc, str, Purpose]] = field(default_factory=list)


def walk(steps: Sequence[StepItem], loc: Loc, prefix: str) -> Iterator[tuple[Step, Loc, str]]:
    """Every step with its place in the file and its path in the dialplan, nested ones after their holder."""
    for index, item in enumerate(steps):
        step, path = item.step, f"{prefix}{index + 1}"
        here = (*loc, index, step.kind)
        yield step, here, path
        for below, part, nested in step.branches():
            yield from walk(nested, (*here, *below), f"{path}.{part}.")


def every_step(fields: SchemeFields) -> Iterator[tuple[Step, Loc, str]]:
    """`walk` over the steps and those of `otherwise`."""
    yield from walk(fields.steps, ("steps",), "")
    yield from walk(fields.otherwise, ("otherwise",), "otherwise.")


def summarise(fields: SchemeFields, folder: Folder) -> Summary:
    """Times, jumps, answering steps and runtime tables of a whole scheme, in which nothing is wrong."""
    summary, sticky = _timed(fields, folder), project_sticky(fields, folder)
    summary.longer = sum(step.longer_seconds for step, _, _ in every_step(fields))
    summary.answers = [(loc, step.kind) for step, loc, _ in every_step(fields) if step.answers]
    summary.secrets = [
        ((*loc, *at), name, purpose) for step, loc, _ in every_step(fields) for at, name, purpose in step.secrets()
    ]
    for step, _, path in walk(fields.steps, ("steps",), ""):
        if (runtime := step.runtime(folder)) is not None:
            summary.dynamic[path] = runtime
    if sticky and (runtime := sticky.runtime(folder)) is not None:
        summary.dynamic[STICKY] = runtime
    return summary


def _timed(fields: SchemeFields, folder: Folder) -> Summary:
    """Times, jumps and where calls fall off: all that can be told of a scheme in which names may be wrong."""
    summary = Summary()
    sticky = project_sticky(fields, folder)
    first = sticky.own_seconds(folder) if sticky else 0.0
    end = _times(fields.steps, ("steps",), first, folder, summary)
    if end is not None:
        summary.falls_off.append(("steps",))
        summary.longest = max(summary.longest, end)
    return summary


def project_sticky(fields: SchemeFields, folder: Folder) -> StickyStep | None:
    """The project's stickiness before this scheme's steps: where numbers lead and no step of its own is sticky.

    A pool's number leads to the pool's scheme by way of a scheme of the pool, which has none.
    """
    wish = folder.project.sticky
    lead = fields.numbers or any(pool.scheme == fields.scheme for pool in folder.pools.values())
    if wish is None or not lead or any(fields.scheme == f"{POOL}{pool}" for pool in folder.pools):
        return None
    if any(isinstance(step, StickyStep) for step, _, _ in every_step(fields)):
        return None
    return StickyStep.model_construct(calls="out", within=wish.within, talked=wish.talked, ring=wish.ring)


def seconds(steps: Sequence[StepItem], folder: Folder) -> float:
    """The longest time that a list of steps can take."""
    summary = Summary()
    return max(_times(steps, (), 0.0, folder, summary) or 0.0, summary.longest)


def _times(steps: Sequence[StepItem], loc: Loc, start: float, folder: Folder, summary: Summary) -> float | None:
    """The latest time at which the call leaves this list by falling off its end; None when it cannot."""
    now = start
    for index, item in enumerate(steps):
        step = item.step
        here = (*loc, index, step.kind)
        now += step.own_seconds(folder)
        summary.jumps += [Jump(scheme, here, now) for scheme in step.jumps()]
        ends = [_times(nested, (*here, *below), now, folder, summary) for below, _, nested in step.branches()]
        if step.ends:
            summary.longest = max(summary.longest, now)
            return None
        leaving = [end for end in ends if end is not None]
        if step.falls_past_branches():
            leaving.append(now)
        if not leaving:
            return None
        now = max(leaving)
    return now


def check_names(fields: SchemeFields, folder: Folder) -> Iterator[Complaint]:
    """Names that do not resolve, and what each step says of its own settings."""
    hours = fields.hours
    if hours is not None and hours not in folder.calendars and not folder.excuses("calendars", hours):
        yield ("hours",), f"no calendar is called `{hours}`", did_you_mean(hours, folder.calendars)
    for index, recipient in enumerate(fields.notify):
        if complaint := folder.cannot_notify(recipient):
            yield ("notify", index), *complaint
    if fields.music:
        yield from _sound(("music",), fields.music, folder)
    for step, loc, _ in every_step(fields):
        yield from step.check(loc, folder, fields.hours)
        for below, sound in step.sounds():
            yield from _sound((*loc, *below), sound, folder)


def check(fields: SchemeFields, folder: Folder) -> Iterator[Complaint]:
    """Everything that is wrong with a scheme by itself: names, order of steps, ways that end with nothing."""
    yield from check_names(fields, folder)
    yield from _after_the_end(fields.steps, ("steps",))
    yield from _after_the_end(fields.otherwise, ("otherwise",))
    yield from _ends(fields, folder)


def _sound(loc: Loc, sound: str, folder: Folder) -> Iterator[Complaint]:
    if complaint := folder.unheard(sound):
        yield loc, *complaint


def _after_the_end(steps: Sequence[StepItem], loc: Loc) -> Iterator[Complaint]:
    for index, item in enumerate(steps):
        here = (*loc, index, item.step.kind)
        if item.step.ends and index + 1 < len(steps):
            following = steps[index + 1].step.kind
            yield (*loc, index + 1, following), f"`{item.step.kind}` ends the call: nothing after it would ever run", ""
        for below, _, nested in item.step.branches():
            yield from _after_the_end(nested, (*here, *below))


def _ends(fields: SchemeFields, folder: Folder) -> Iterator[Complaint]:
    hint = "end it with `voicemail`, `scheme` or `hangup`"
    for loc in _timed(fields, folder).falls_off:
        last = len(fields.steps) - 1
        kind = fields.steps[last].step.kind
        yield (*loc, last, kind), "the call can go past this last step and would end with nothing", hint
    if fields.otherwise:
        if _times(fields.otherwise, ("otherwise",), 0.0, folder, Summary()) is not None:
            yield ("otherwise",), "these steps must end the call", hint
        for step, loc, _ in walk(fields.otherwise, ("otherwise",), ""):
            if step.jumps():
                yield loc, f"`{step.kind}` here could go round for ever", "use voicemail or hangup"
