"""``conference``: a room where callers and invited people talk together.

The first caller invites `people`: each of them rings for `for`, and whoever picks up enters the room. Callers who come
later enter without ringing anybody. Who is alone hears music, for `alone` at most. The step falls through when the
others have left; the room ends with its last caller, and an invited person is not left behind in it. A tone tells who
joins or leaves. Keys do nothing in the room but for that of the mask (`record_pause`), on phones of `people`.

With `pin`, the name of a secret of 4 to 12 digits, callers type it and `#`. After `tries` wrong ones, and when `size`
callers are in the room, `otherwise` follows, or the next step. No call record holds the PIN; FreeSWITCH's debug log
shows every key that is pressed. In scheme tests every PIN is 1234.

A scheme with `record` records the room as one call, from the second person on: that of the caller who came first.

Good::

    - conference: {room: site_visit, people: [ivan, olena], for: 30s, alone: 2m}

Good::

    - conference: {room: board, pin: BOARD_PIN, prompt: menu.wav, otherwise: [{hangup: {cause: CALL_REJECTED}}]}

Bad, nobody tells the caller to type the PIN (``callers must be asked for the PIN``)::

    - conference: {room: board, pin: BOARD_PIN}
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from routing.model.conference import ADMITTED, ENTERED, PINS, PROFILE, TYPED, waiting
from routing.model.fields import Id, Label, Name, OneOrMany, Seconds, Whole
from routing.model.folder import Folder
from routing.model.people import Ring, ring_entry
from routing.model.problem import Loc
from routing.model.secret import PIN, Purpose
from routing.model.sound_fields import Sound
from routing.model.typed_digits import FORGET
from routing.steps import targets
from routing.steps.base import HEAR_TONES, RELEASE, Complaint, Emitter, Reference, Step, StepItem, sound_path
from routing.steps.dialplan import Condition, Extension
from routing.steps.dialstring import invitation
from routing.steps.keys_read import RESULT, UNHEARD_SOUND
from routing.steps.lists import Steps
from routing.steps.menu import INVALID
from routing.steps.recording import ANNOUNCE_NOW
from routing.steps.room_mask import add_mask, mask_place

#: FreeSWITCH's bounds of the ring time of who is invited, in seconds.
SHORTEST_RING, LONGEST_RING = 10, 500
#: Seconds for the first key of a PIN, and for each further one.
FIRST_KEY_SECONDS, NEXT_KEY_SECONDS = 8, 4
MOST_KEYS = 16
#: A dial string holds commas: FreeSWITCH splits what it dials by this character instead.
_DELIMITER = "^"


class ConferenceStep(Step):
    """A room for several; falls through when the others have left."""

    kind: ClassVar[str] = "conference"
    primary: ClassVar[str] = "room"
    falls_when: ClassVar[str] = "the last one left"
    answers: ClassVar[bool] = True
    needs_caller: ClassVar[bool] = True

    room: Id = Field(description="Name of the room: steps of any scheme may lead to it.")
    pin: Name | None = Field(None, description="Name of the secret with the PIN, 4 to 12 digits.")
    prompt: Sound | None = Field(None, description="Prompt that asks for the PIN, and for `#` after it.")
    invalid: Sound | None = Field(None, description="Played after a wrong PIN.")
    tries: Whole = Field(3, ge=1, le=5, description="How often the PIN may be typed.")
    people: Annotated[list[Annotated[Ring, BeforeValidator(ring_entry)]], OneOrMany] = Field(
        default_factory=list, description="People, groups or single phones whom the first caller invites."
    )
    for_: Seconds = Field(
        30, ge=SHORTEST_RING, le=LONGEST_RING, alias="for", description="Ring time of who is invited.",
        examples=["30s"],
    )  # fmt: skip
    label: Label | None = Field(None, description="Name shown on the ringing phones.")
    alone: Seconds = Field(300, ge=5, description="Longest time alone in the room.", examples=["5m"])
    size: Whole = Field(30, ge=2, le=200, description="Most callers in the room.")
    otherwise: Steps | None = Field(None, description="Steps without the PIN, and when the room is full.")

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """The PIN is asked for, and everybody is known."""
        if self.pin and not self.prompt:
            yield (*loc, "pin"), "callers must be asked for the PIN", "write a `prompt`"
        for name in ("prompt", "invalid", "tries"):
            if not self.pin and name in self.model_fields_set:
                yield (*loc, name), f"`{name}` is for a PIN, and there is none", "write `pin: NAME_OF_THE_SECRET`"
        for index, ring in enumerate(self.people):
            if complaint := targets.unknown(ring.name, folder):
                yield (*loc, "people", index), *complaint
        legs = [leg for turn in targets.named_turns(self.people, folder) for leg in turn.legs]
        if not folder.gateways and folder.is_whole("gateways") and any(leg.phone.number for leg in legs):
            yield (*loc, "people"), "outside numbers need a gateway and the project has none", "add `gateways:`"

    def branches(self) -> Iterator[tuple[Loc, str, Sequence[StepItem]]]:
        """``otherwise``."""
        if self.otherwise is not None:
            yield ("otherwise",), "otherwise", self.otherwise

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """Answer, read the PIN, enter; who leaves goes on at ``.left``, whether or not they were admitted."""
        here.do("answer")
        here.set("hangup_after_conference", "false")
        for name in (ENTERED, ADMITTED):
            here.set(name, "")
        if self.pin:
            self._ask(out, here, path, self.pin)
        here.do("transfer", out.go(f"{path}.enter"))
        self._enter(out, path)
        been = out.context.extension(f"{path}.left", Condition(f"${{{ENTERED}}}", "^true$"))
        been.do("sched_cancel", "${uuid}")
        if out.folder.project.record_pause and self.people:
            add_mask(out, path, self.room)
        been.do(*(("transfer", out.go(after)) if after else ("hangup", "NORMAL_CLEARING")))
        out.steps(self.otherwise or (), out.context.extension(f"{path}.left"), f"{path}.otherwise.", after)
        return None

    def _ask(self, out: Emitter, here: Extension, path: str, pin: str) -> None:
        """Each try reads all keys; FreeSWITCH compares them in a file that only it may read."""
        here.do("execute_extension", HEAR_TONES)
        here.set("digits_dialed_filter", ".+")
        for variable, value in FORGET:
            here.set(variable, value)
        for _ in range(self.tries):
            here.do("execute_extension", out.go(f"{path}.try"))
        trying = out.context.extension(f"{path}.try", Condition(f"${{{ADMITTED}}}", "^$"))
        trying.do("play_and_get_digits", self._question())
        trying.do("execute_extension", f"{pin} XML:{RELEASE}/{PINS}.xml {PINS}")
        trying.set(TYPED, "")
        trying.do("execute_extension", out.go(f"{path}.wrong"))
        typed = Condition(f"${{{ADMITTED}}}@${{{RESULT}}}", "^@(?:success|timeout)$")  # silence is no mistake
        wrong = out.context.extension(f"{path}.wrong", typed)
        wrong.do("playback", sound_path(self.invalid or INVALID))

    def _question(self) -> str:
        times = f"{FIRST_KEY_SECONDS * 1000} # {sound_path(self.prompt or '')} {UNHEARD_SOUND} {TYPED}"
        return f"1 {MOST_KEYS} 1 {times} ^[0-9A-D*]+$ {NEXT_KEY_SECONDS * 1000}"

    def _enter(self, out: Emitter, path: str) -> None:
        """The first caller waits for others and invites; a later one ends that wait."""
        admitted = (Condition(f"${{{ADMITTED}}}", "^true$"),) if self.pin else ()
        enter = out.context.extension(f"{path}.enter", *admitted)
        counted = f"hash routing conference_{self.room} {self.size}"
        enter.do("limit_execute", f"{counted} execute_extension {out.go(f'{path}.in')}")
        enter.do("transfer", out.go(f"{path}.left"))
        if admitted:
            out.context.extension(f"{path}.enter").do("transfer", out.go(f"{path}.left"))
        first = out.context.extension(f"{path}.in", Condition("${limit_usage}", "^1$"))
        later = out.context.extension(f"{path}.in")
        if out.folder.project.record_announcement:
            for comes in (first, later):
                comes.do("execute_extension", ANNOUNCE_NOW)
        first.set(ENTERED, "true")
        first.do("sched_transfer", f"+{self.alone} {out.go(f'{path}.left')}")
        first.do("set_global", f"{waiting(self.room)}=${{uuid}}")
        first.do("execute_extension", out.go(f"{path}.record"))
        self._invite(out, first, mask_place(out, path))
        _join(first, self.room)
        later.set(ENTERED, "true")
        later.do("sched_cancel", f"${{{waiting(self.room)}}}")
        _join(later, self.room)
        _record(out, path)

    def _invite(self, out: Emitter, here: Extension, masks: str) -> None:
        turns = targets.named_turns(self.people, out.folder)
        if not turns:
            return
        for name, value in (
            ("timeout", str(self.for_)), ("delimiter", _DELIMITER), ("profile", PROFILE), ("maxwait", "1"),
            ("skip_member_beep", "true"), ("caller_id_name", self.label or "${routing_caller}"),
            ("caller_id_number", "${routing_caller}"),
            ("export_vars", "nolocal:outbound_redirect_fatal,hold_music,${routing_leg}"),
        ):  # fmt: skip
            here.set(f"conference_auto_outcall_{name}", value)
        for turn in turns:
            legs = targets.timed(turn, self.for_)
            here.do("conference_set_auto_outcall", invitation(legs, out.folder, out.number, self.label or "", masks))

    def own_seconds(self, folder: Folder) -> float:
        """Every try at its longest, then the longest time alone."""
        if not self.pin:
            return self.alone
        sounds = folder.longest_seconds(self.prompt) + folder.longest_seconds(self.invalid)
        return self.alone + self.tries * (sounds + FIRST_KEY_SECONDS + (MOST_KEYS - 1) * NEXT_KEY_SECONDS)

    def references(self) -> Iterator[Reference]:
        """See Step."""
        yield from (("unconfirmed", ring.name) for ring in self.people)

    def secrets(self) -> Iterator[tuple[Loc, str, Purpose]]:
        """The PIN."""
        if self.pin:
            yield ("pin",), self.pin, PIN

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """The prompts."""
        for name in ("prompt", "invalid"):
            if sound := getattr(self, name):
                yield (name,), sound


def _join(here: Extension, room: str) -> None:
    here.do("conference", f"{room}@{PROFILE}+flags{{mintwo|mandatory_member_endconf}}")


def _record(out: Emitter, path: str) -> None:
    """What the scheme records of a talk: both sides are the whole room, the caller's alone is their leg."""
    file = "${recordings_dir}/calls/${uuid}.wav"
    alone = out.context.extension(f"{path}.record", Condition("${RECORD_READ_ONLY}", "^true$"))
    alone.do("record_session", file)
    whole = out.context.extension(f"{path}.record", Condition("${RECORD_STEREO}", "^true$"))
    whole.do("mkdir", "${recordings_dir}/calls")  # the conference does not make it
    whole.set("conference_auto_record", file)
