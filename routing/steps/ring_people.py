"""What the steps share that ring people of the project: whom, for how long, with which keys, shown and played how."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pydantic import Field

from routing.model.fields import Id, Key, Label, Number, Seconds
from routing.model.folder import Folder
from routing.model.people import RingList
from routing.model.problem import Loc
from routing.model.recording import WHISPER
from routing.model.sound_fields import Sound, SoundFile
from routing.steps import keyed, targets
from routing.steps.base import Complaint, Emitter, Reference, ReferenceKind, Step, person_sound_path
from routing.steps.dialstring import dial_string
from routing.steps.skills import Wish


class RingPeopleStep(Step):
    """A step that rings people, groups or single phones."""

    to: RingList = Field(description="People, groups or single phones (`ivan.mobile`); `{ivan: after 10s}` delays one.")
    skills: dict[Id, Wish] = Field(
        default_factory=dict,
        description="Skills required by `by_skill`: a value, the lowest level, or `{{country}}`, `{{region}}`, "
        "`{{language}}`, `{{known}}`, `{{entity.NAME}}`.",
    )
    for_: Seconds = Field(20, alias="for", description="Ring time of one person, delays included: `20s` or `3 rings`.")
    confirm: Key | None = Field(None, description="Key that must be pressed on outside phones to take the call.")
    confirm_prompt: Sound | None = Field(None, description="Prompt that asks for the key.")
    reject: Key | None = Field(None, description="Key that rejects the call on outside phones.")
    caller_id: Number | None = Field(None, description="One of the company's numbers to show on outside phones.")
    label: Label | None = Field(None, description="Name shown on the ringing phones.")
    whisper: Sound | None = Field(None, description="Played to the person before the caller is connected.")
    music: SoundFile | None = Field(None, description="Replaces the ringing tone once the call is answered.")

    @property
    def turn_at_most(self) -> int | None:
        """The bound on one person's ring time, in seconds; None for `for` alone."""
        return None

    def check_people(self, loc: Loc, folder: Folder) -> Iterator[Complaint]:
        """Every name is known, outside phones have a gateway, keys and numbers fit."""
        for index, ring in enumerate(self.to):
            if complaint := targets.unknown(ring.name, folder):
                yield (*loc, "to", index), *complaint
        legs = [leg for turn in targets.named_turns(self.to, folder) for leg in turn.legs]
        has_no_gateway = not folder.gateways and folder.is_whole("gateways")
        if has_no_gateway and any(leg.phone.number for leg in legs):
            yield (*loc, "to"), "outside numbers need a gateway and the project has none", "add `gateways:`"
        yield from keyed.clashes((leg for turn in self.named_turns(folder) for leg in turn.legs), self, loc)
        yield from targets.not_ours(self.caller_id, loc, folder)

    def named_turns(self, folder: Folder) -> list[targets.Turn]:
        """One turn of phones per named person, with the step's keys."""
        turns = targets.named_turns(self.to, folder)
        return [replace(turn, legs=keyed.keyed(turn.legs, self)) for turn in turns]

    def single_turns(self, folder: Folder) -> list[targets.Turn]:
        """Every turn with its times if it rang alone."""
        turns = self.named_turns(folder)
        cut = [replace(turn, legs=targets.cut(targets.timed(turn, self.for_), self.turn_at_most)) for turn in turns]
        return [turn for turn in cut if turn.legs]

    def turns(self, folder: Folder) -> list[tuple[targets.Leg, ...]]:
        """The phones that ring, one tuple per turn, with their times."""
        return [turn.legs for turn in self.single_turns(folder)]

    def bridge(self, out: Emitter, turns: Sequence[tuple[targets.Leg, ...]]) -> str:
        """The dial string of these turns, one after another."""
        return dial_string(turns, out.folder, self.caller_id or out.number, self.label or "", **self.leg_variables())

    def leg_variables(self) -> dict[str, str]:
        """Variables of the phones' legs: the whisper."""
        if not self.whisper:
            return {}
        sound = person_sound_path(self.whisper)
        # an announcement takes the place of that application, and is followed by the sound of the last variable
        return {"bridge_pre_execute_app": "playback", "bridge_pre_execute_data": sound, WHISPER: sound}

    def references(self) -> Iterator[Reference]:
        """See Step."""
        kind: ReferenceKind = "confirmed" if self.confirm else "unconfirmed"
        yield from ((kind, ring.name) for ring in self.to)

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """Prompts, whisper and music."""
        for name in ("confirm_prompt", "whisper", "music"):
            if sound := getattr(self, name):
                yield (name,), sound
