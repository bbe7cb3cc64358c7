"""``ring``: ring people, phones or groups, together or in order.

Good::

    - ring: {to: [ivan, {kharkiv_mobiles: after 10s}], for: 3 rings}

Bad, nobody is called that (``nobody is called `ivn``` with the hint ``did you mean `ivan`?``)::

    - ring: ivn
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field

from routing.model.fields import Key, Label, Number, Seconds, Sound
from routing.model.folder import Folder
from routing.model.people import RingList
from routing.model.problem import Loc
from routing.steps import targets
from routing.steps.base import Complaint, Emitter, Step, sound_path
from routing.steps.dialplan import Extension
from routing.steps.dialstring import CONFIRM_SECONDS, dial_string


class RingStep(Step):
    """Ring people, phones or groups; falls through when nobody talked."""

    kind: ClassVar[str] = "ring"
    primary: ClassVar[str] = "to"

    to: RingList = Field(description="People, groups or single phones (`ivan.mobile`); `{ivan: after 10s}` delays one.")
    order: Literal["together", "in_order"] = Field("together", description="All at once, or one after another.")
    for_: Seconds = Field(20, alias="for", description="Ring time of one person: `20s` or `3 rings`.")
    at_most: Seconds | None = Field(None, description="Longest time of the whole step.")
    confirm: Key | None = Field(None, description="Key that outside phones of this step must press.")
    confirm_prompt: Sound | None = Field(None, description="What is played to ask for the key.")
    caller_id: Number | None = Field(None, description="One of the company's numbers to show on outside phones.")
    label: Label | None = Field(None, description="Name shown on the ringing phones.")
    whisper: Sound | None = Field(None, description="Played to the person before the caller is connected.")
    music: Sound | None = Field(None, description="Instead of the ringing tone, once the call is answered.")

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """Every name is somebody, and outside phones have a gateway."""
        found = False
        for index, ring in enumerate(self.to):
            if complaint := targets.unknown(ring.name, folder):
                found = True
                yield (*loc, "to", index), *complaint
        turns = targets.turns(self.to, folder)
        if not turns and not found and not folder.broken:
            yield (*loc, "to"), "there is no phone to ring", "give the people phones"
        if not folder.gateways and not folder.broken and any(leg.phone.number for turn in turns for leg in turn):
            yield (*loc, "to"), "outside numbers need a gateway and the project has none", "add `gateways:`"

    def turns(self, folder: Folder) -> list[tuple[targets.Leg, ...]]:
        """The phones that ring, one tuple for each turn, with their times."""
        turns = [self._confirmed(turn) for turn in targets.turns(self.to, folder)]
        if self.order == "together":
            return [targets.cut(tuple(leg for turn in turns for leg in turn), self.for_, self.at_most)]
        timed, left = [], self.at_most
        for turn in turns:
            legs = targets.cut(turn, self.for_, left)
            timed.append(legs)
            left = None if left is None else left - targets.length(legs)
        return [legs for legs in timed if legs]

    def _confirmed(self, legs: tuple[targets.Leg, ...]) -> tuple[targets.Leg, ...]:
        """The step's own confirm key on outside phones that have none."""
        if not (self.confirm or self.confirm_prompt):
            return legs
        return tuple(self._with_key(leg) if leg.phone.number else leg for leg in legs)

    def _with_key(self, leg: targets.Leg) -> targets.Leg:
        update = {
            "confirm": leg.phone.confirm or self.confirm,
            "confirm_prompt": self.confirm_prompt or leg.phone.confirm_prompt,
        }
        return replace(leg, phone=leg.phone.model_copy(update=update))

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """One ``bridge``; when nobody talked FreeSWITCH runs the next action."""
        if self.music:
            here.set("transfer_ringback", sound_path(self.music))
        extra = {}
        if self.whisper:
            extra = {
                "bridge_pre_execute_app": "playback",
                "bridge_pre_execute_data": sound_path(self.whisper),
            }
        here.do(
            "bridge",
            dial_string(self.turns(out.folder), out.folder, self.caller_id or out.number, self.label or "", **extra),
        )
        return here

    def own_seconds(self, folder: Folder) -> float:
        """All turns to their end, and the time to confirm."""
        return sum(
            targets.length(turn) + CONFIRM_SECONDS * any(leg.phone.confirm for leg in turn)
            for turn in self.turns(folder)
        )

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """Prompts, whisper and music."""
        for name in ("confirm_prompt", "whisper", "music"):
            if sound := getattr(self, name):
                yield (name,), sound
