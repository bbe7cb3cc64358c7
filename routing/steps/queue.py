"""``queue``: let the caller wait with music until a person is free; the longest wait is served first.

The engine offers waiting callers to people: k free people ring for the k first callers at the same time. A person is
offered one caller at a time, over all queues, and none while they talk, wrap up, pause or are signed out. Who lets
`misses` calls ring in a row is paused for a while. Callers keep their place through refusals, restarts of the engine
and the loss of Redis. Without any engine they ring the people one after another, as written, under the same music.

People sign in and out with ``*45`` and ``*46``, pause and return with ``*47`` and ``*48``; ``routing queue`` does the
same. A waiting caller leaves by a key of `leave` at any moment, also during an announcement or while a phone rings.

The queue ends after `at_most`, when the scheme's `hours` end, when it is full, and when nobody works in it: then the
steps of `otherwise` follow, or the next step. On a number with ``caller_pays: false`` the caller is not answered before
a person is, and hears the music as early media; some carriers then pass on no keys. ``answer: true`` answers there too.

Good::

    - queue: {to: kharkiv_mobiles, at_most: 5m, wrap_up: 15s, music: greeting.wav}

Good::

    - queue:
        to: [ivan, olena]
        announce: {position: [greeting.wav, menu.wav], every: 40s}
        leave: {"1": [{voicemail: {box: sales}}]}
        otherwise: [{hangup: {cause: NO_ANSWER}}]

Good, a voice of the project says the place, 1 to 20, and the expected wait::

    - queue: {to: ivan, announce: {spoken: [position, wait], every: 40s}}

Bad, announcements follow each other too closely (``announcements are at least 15 s apart``)::

    - queue: {to: ivan, announce: {texts: greeting.wav, every: 5s}}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from routing.model.fields import Flag, Id, Key, Seconds, Whole
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.model.ringback import HOLD
from routing.steps import capacity, skills, targets
from routing.steps.base import Complaint, Emitter, StepItem, Variation, label_part, sound_path
from routing.steps.dialplan import Extension
from routing.steps.dialstring import CONFIRM_SECONDS, common, together
from routing.steps.lists import Steps
from routing.steps.pieces import languages, value_sound, voice_complaint
from routing.steps.queue_dialplan import QueueDialplan
from routing.steps.queue_fields import AnnounceFields, MissesFields
from routing.steps.ring_people import RingPeopleStep

QueueOrder = Literal[
    "longest_idle", "in_order", "together", "random", "weighted", "round_robin", "fewest_calls", "least_talk",
    "by_skill",
]  # fmt: skip
#: The longest `at_most`: nobody waits longer for anything.
LONGEST_WAIT_SECONDS = 7200


class QueueStep(RingPeopleStep):
    """Wait for a free person; falls through when nobody talked in time, or by a key's steps."""

    kind: ClassVar[str] = "queue"
    primary: ClassVar[str] = "to"
    falls_when: ClassVar[str] = "nobody talked"

    name: Id | None = Field(None, description="Name of the queue; default: the scheme's. Steps may share one.")
    order: QueueOrder = Field("longest_idle", description="Which free person rings first, as in `ring`.")
    at_most: Seconds = Field(600, description="Longest wait.")
    size: Whole | None = Field(None, ge=1, description="Callers who may wait; others go on at once.")
    expect_at_most: Seconds | None = Field(None, description="A caller whose expected wait is longer goes on at once.")
    wrap_up: Seconds | None = Field(None, description="Time after a talk without the next one; `*48` ends it.")
    misses: MissesFields = Field(
        default_factory=MissesFields, description="Offers without an answer before the person is paused."
    )
    announce: AnnounceFields = Field(default_factory=AnnounceFields, description="What waiting callers hear.")
    leave: dict[Key, Steps] = Field(default_factory=dict, description="Keys that leave the queue, with their steps.")
    prefer_last: Seconds | None = Field(
        None, description="So long only the person whom the caller talked with last is offered the caller."
    )
    relax: Seconds | None = Field(None, description="After so long `skills` count no more; default: they always count.")
    priority: Whole = Field(0, ge=0, le=60, description="Each point counts as a minute of waiting.")
    resume: Seconds = Field(300, description="Who lost the call and calls again within this time keeps their place.")
    sign_in: Flag = Field(False, description="People work in this queue only after they have signed in.")
    answer: Flag | None = Field(
        None, description="Answer the call before the music: default on numbers that the caller pays."
    )
    otherwise: Steps | None = Field(None, description="Steps when the wait ends without a talk.")

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """People and skills are known, and the wait is not endless."""
        yield from self.check_people(loc, folder)
        turns = targets.named_turns(self.to, folder)
        for wrong in capacity.exceeded(turns, self.order == "together", True):
            yield (*loc, "to"), *wrong
        if self.at_most > LONGEST_WAIT_SECONDS:
            yield (*loc, "at_most"), f"at most {LONGEST_WAIT_SECONDS // 3600} h: nobody waits longer", ""
        if self.order == "by_skill" or self.skills:
            yield from skills.check(self.skills, turns, loc, folder)
        if self.announce.spoken and (complaint := voice_complaint(folder)):
            yield (*loc, "announce", "spoken"), *complaint
        if self.relax is not None and not self.skills:
            yield (*loc, "relax"), "`relax` is about `skills`, and there are none", "write `skills: {language: uk}`"

    def branches(self) -> Iterator[tuple[Loc, str, Sequence[StepItem]]]:
        """The steps of each key, then `otherwise`."""
        for key, steps in self.leave.items():
            yield ("leave", key), label_part(key), steps
        if self.otherwise is not None:
            yield ("otherwise",), "otherwise", self.otherwise

    def falls_past_branches(self) -> bool:
        """Not with `otherwise`."""
        return self.otherwise is None

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """See `routing.steps.queue_dialplan`."""
        turns = self.single_turns(out.folder)
        QueueDialplan(
            path=path,
            after=after,
            queue=self.name or out.scheme,
            turns=[(turn, self.bridge(out, [turn.legs])) for turn in turns],
            together=self._together(out, turns) if self.order == "together" else None,
            music=sound_path(self.music) if self.music else HOLD,
            sounds=self.announce.named(out.folder),
            leave=self.leave,
            otherwise=self.otherwise or (),
            at_most=self.at_most,
            answer=self.answer,
        ).emit(out, here)
        return None

    def _together(self, out: Emitter, turns: Sequence[targets.Turn]) -> tuple[str, list[tuple[targets.Turn, str]]]:
        """The start of the dial string of all, and the legs of each."""
        number, label = self.caller_id or out.number, self.label or ""
        start = common([turn.legs for turn in turns], out.folder, **self.leg_variables())
        return start, [(turn, together(turn.legs, out.folder, number, label)) for turn in turns]

    def own_seconds(self, folder: Folder) -> float:
        """The longest wait, and the confirm key of an offer that began before its end."""
        return self.at_most + CONFIRM_SECONDS

    def runtime(self, folder: Folder) -> dict[str, Any] | None:
        """As `routing.model.queue.QueueSettings` reads it."""
        turns = self.single_turns(folder)
        table = {
            "kind": self.kind,
            "name": self.name or "",
            "project": folder.project.name,
            "timezone": folder.project.timezone,
            "order": self.order,
            "people": [targets.table_of(turn, folder) for turn in turns],
            "skills": {name: skills.source(name, wish, turns, folder) for name, wish in self.skills.items()},
            "size": self.size,
            "expect_ms": _ms(self.expect_at_most),
            "wrap_up_ms": _ms(self.wrap_up),
            "misses": self.misses.after,
            "pause_ms": _ms(self.misses.pause),
            "priority": self.priority,
            "relax_ms": _ms(self.relax),
            "prefer_last_ms": _ms(self.prefer_last),
            "resume_ms": _ms(self.resume),
            "sign_in": self.sign_in,
            "announce": self.announce.table(),
        }
        return {name: value for name, value in table.items() if value is not None}

    @classmethod
    def variations(cls, table: Mapping[str, Any], person: str, schemes: Sequence[str]) -> Iterator[Variation]:
        """See Step."""
        first = table["people"][:1]
        yield from (("state", who["person"], "signed_in") for who in first if table["sign_in"])
        yield from (("state", who["person"], "busy") for who in first)
        yield from super().variations(table, person, schemes)

    def spoken(self, folder: Folder) -> Iterator[str]:
        """Announcements that a voice says."""
        if not languages(folder):
            return iter(())
        return (value_sound(phrase, folder) for phrase in self.announce.phrases().values())

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """Prompts, whisper, music and announcements."""
        yield from super().sounds()
        yield from ((("announce", *place), sound) for place, sound in self.announce.sounds())


def _ms(seconds: int | None) -> int | None:
    return None if seconds is None else seconds * 1000
