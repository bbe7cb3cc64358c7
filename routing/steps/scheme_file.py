"""A scheme file: its numbers, settings and steps, and the checks that need no other scheme.

Linking checks the rest: whether other schemes exist, how long a chain of jumps can take.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from routing.model.addresses import Addressee
from routing.model.allow import ALLOW, Allow
from routing.model.fields import Fields, Flag, Id, Label, NotEmpty, Number, OneOrMany, refuse
from routing.model.folder import RESERVED, Folder
from routing.model.problem import Loc, did_you_mean
from routing.model.secret import Purpose
from routing.model.sound_fields import SoundFile
from routing.steps import AnyStep
from routing.steps.base import Complaint, Step, StepItem
from routing.steps.sticky import StickyStep

#: Path of the project's sticky step in the dialplan of a scheme.
STICKY = "sticky"
#: Prefix of the schemes of pools.
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
    music: SoundFile | None = Field(None, description="Instead of the ringing tone, once answered.")
    notify: Annotated[list[Addressee], OneOrMany] = Field(
        default_factory=list,
        description="Recipients of missed-call notices, by e-mail or webhook (`https://...`); default: the project's.",
    )
    callback: Literal["missed"] | None = Field(
        None, description="`missed`: who has called and reached nobody is called back."
    )
    steps: Annotated[list[AnyStep], OneOrMany, NotEmpty] = Field(
        description="What happens to a call, in this order: a step ends it or falls through to the next."
    )
    otherwise: Annotated[list[AnyStep], OneOrMany] = Field(
        default_factory=list, description="Steps after ten jumps between schemes; they must end the call."
    )
    allow: Allow = Field(default_factory=dict, description=ALLOW)

    @field_validator("scheme")
    @classmethod
    def _not_reserved(cls, value: str) -> str:
        if value in RESERVED:
            raise refuse(f"`{value}` is a reserved name of the dialplan: choose another")
        return value


@dataclass(frozen=True)
class Jump:
    """A jump to another scheme (``*``: any): its location, and the longest time until the call takes it."""

    scheme: str
    loc: Loc
    seconds: float


@dataclass
class Summary:
    """A scheme's steps as linking needs them; times in seconds from the scheme's start."""

    longest: float = 0.0
    #: By how much all handlers together may extend ring times beyond those of their steps.
    longer: float = 0.0
    jumps: list[Jump] = field(default_factory=list)
    answers: list[tuple[Loc, str]] = field(default_factory=list)
    dynamic: dict[str, dict[str, Any]] = field(default_factory=dict)
    falls_off: list[Loc] = field(default_factory=list)
    secrets: list[tuple[Loc, str, Purpose]] = field(default_factory=list)


def walk(steps: Sequence[StepItem], loc: Loc, prefix: str) -> Iterator[tuple[Step, Loc, str]]:
    """Every step with its location in the file and its path in the dialplan, nested steps after their parent."""
    for index, item in enumerate(steps):
        step, path = item.step, f"{prefix}{index + 1}"
        here = (*loc, index, step.kind)
        yield step, here, path
        for below, part, nested in step.branches():
            yield from walk(nested, (*here, *below), f"{path}.{part}.")


def every_step(fields: SchemeFields) -> Iterator[tuple[Step, Loc, str]]:
    """`walk` through `steps` and `otherwise`."""
    yield from walk(fields.steps, ("steps",), "")
    yield from walk(fields.otherwise, ("otherwise",), "otherwise.")


def summarise(fields: SchemeFields, folder: Folder) -> Summary:
    """Times, jumps, answering steps and runtime tables of a valid scheme."""
    summary, sticky = _timed(fields, folder), project_sticky(fields, folder)
    summary.longer = sum(step.extra_ring_seconds for step, _, _ in every_step(fields))
    summary.answers = [(loc, step.kind) for step, loc, _ in every_step(fields) if step.picks_up]
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
    """Times, jumps and open ends of a scheme, even if some names in it are unknown."""
    summary = Summary()
    sticky = project_sticky(fields, folder)
    first = sticky.own_seconds(folder) if sticky else 0.0
    end = _times(fields.steps, ("steps",), first, folder, summary)
    if end is not None:
        summary.falls_off.append(("steps",))
        summary.longest = max(summary.longest, end)
    return summary


def project_sticky(fields: SchemeFields, folder: Folder) -> StickyStep | None:
    """The project's sticky step before this scheme's steps, if numbers lead here and no step of its own is sticky.

    A pool's number leads to its scheme through a scheme of the pool, which has no sticky step.
    """
    wish = folder.project.sticky
    lead = fields.numbers or any(pool.scheme == fields.scheme for pool in folder.pools.values())
    if wish is None or not lead or any(fields.scheme == f"{POOL}{pool}" for pool in folder.pools):
        return None
    if any(isinstance(step, StickyStep) for step, _, _ in every_step(fields)):
        return None
    return StickyStep.model_construct(calls="out", within=wish.within, talked=wish.talked, ring=wish.ring)


def seconds(steps: Sequence[StepItem], folder: Folder) -> float:
    """The longest duration of a list of steps."""
    summary = Summary()
    return max(_times(steps, (), 0.0, folder, summary) or 0.0, summary.longest)


def _times(steps: Sequence[StepItem], loc: Loc, start: float, folder: Folder, summary: Summary) -> float | None:
    """The latest time at which the call leaves this list at its end; None when it never does."""
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
    """Unknown names, and each step's complaints about its own settings."""
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
    """Every complaint about a scheme by itself: names, order of steps, paths without an end."""
    yield from check_names(fields, folder)
    yield from _after_the_end(fields.steps, ("steps",))
    yield from _after_the_end(fields.otherwise, ("otherwise",))
    yield from _ends(fields, folder)


def _sound(loc: Loc, sound: str, folder: Folder) -> Iterator[Complaint]:
    if complaint := folder.sound_complaint(sound):
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
