"""``voicemail``: take a message and end the call.

Good::

    - voicemail: {box: head_of_sales, greeting: closed.wav, at_most: 2m}

A caller who hangs up at the tone, or says nothing, leaves no message: the call counts as missed. ``#`` and ``*`` skip
the greeting and end the message; so do six seconds of silence.

The message-waiting light of SIP phones goes on for people in ``notify``, and for the person with the name of the box.
They listen with ``*97``: the oldest message first, each once, up to twenty per call. The recording is kept.

Bad (`nothing after it would ever run`)::

    - voicemail: {box: head_of_sales}
    - ring: ivan
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from routing.model.addresses import Addressee
from routing.model.fields import Id, OneOrMany, Seconds
from routing.model.folder import Folder
from routing.model.message import LEAST, LEAST_SECONDS, SILENCE_ENERGY
from routing.model.problem import Loc
from routing.model.sound_fields import Sound
from routing.steps.base import HEAR_TONES, Complaint, Emitter, Reference, Step, sound_path
from routing.steps.dialplan import Extension

BEEP, BEEP_SECONDS = "routing/beep.wav", 0.5
#: A message ends after this many seconds of silence, and with one of these keys.
SILENCE_SECONDS, END_KEYS = 6, "*#"


class VoicemailStep(Step):
    """Record a message into a box and end the call."""

    kind: ClassVar[str] = "voicemail"
    primary: ClassVar[str] = "box"
    ends: ClassVar[bool] = True
    needs_caller: ClassVar[bool] = True

    box: Id = Field(description="Name of the box: a folder of recordings.")
    greeting: Sound | None = Field(None, description="Played before the tone.")
    at_most: Seconds = Field(120, description="Longest message.")
    at_least: Seconds = Field(
        LEAST_SECONDS,
        description="Shortest message; a shorter or silent one counts as a missed call.",
    )
    notify: Annotated[list[Addressee], OneOrMany] = Field(
        default_factory=list,
        description="Recipients of the notice: people, e-mail addresses, webhooks (`https://...`).",
    )

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """The lengths are possible, and every recipient has an address."""
        if "at_least" in self.model_fields_set and self.at_least > self.at_most:
            longest = f"the shortest message is longer than the longest, {self.at_most} s"
            yield (*loc, "at_least"), longest, "write a longer `at_most` beside it"
        for index, recipient in enumerate(self.notify):
            if complaint := folder.cannot_notify(recipient):
                yield (*loc, "notify", index), *complaint

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """Answer, greeting, tone, ``record``; the caller's hangup keeps the message."""
        box = f"${{recordings_dir}}/voicemail/{self.box}"
        file = f"{box}/${{uuid}}.wav"
        here.set("routing_end", "voicemail")
        here.set("routing_voicemail", file)
        here.set("routing_box", self.box)
        here.set("playback_terminators", END_KEYS)
        # FreeSWITCH counts whole seconds: the longest message can be almost a second shorter than set
        if (least := min(self.at_least, max(self.at_most - 1, 0))) != LEAST_SECONDS:
            here.set(LEAST, least)
        if self.notify:
            here.set("routing_notify", " ".join(self.notify))
        here.do("mkdir", box)  # without a folder `record` would end the call
        here.do("answer")
        here.do("execute_extension", HEAR_TONES)
        if self.greeting:
            here.do("playback", sound_path(self.greeting))
        here.do("playback", sound_path(BEEP))
        here.do("record", f"{file} {self.at_most} {SILENCE_ENERGY} {SILENCE_SECONDS}")
        here.do("hangup", "NORMAL_CLEARING")
        return None

    def unheard(self, out: Emitter, here: Extension, path: str, after: str) -> None:
        """Nobody leaves a message."""
        here.do("hangup", "NO_ANSWER")

    def own_seconds(self, folder: Folder) -> float:
        """The greeting and the tone; the message itself is not waiting time."""
        greeting = folder.longest_seconds(self.greeting)
        return greeting + BEEP_SECONDS

    def references(self) -> Iterator[Reference]:
        """See Step."""
        yield from (("notified", name) for name in self.notify)

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """The greeting."""
        if self.greeting:
            yield ("greeting",), self.greeting
