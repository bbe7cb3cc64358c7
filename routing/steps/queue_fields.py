"""Settings inside `queue`: announcements, missed offers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from routing.model import durations
from routing.model.fields import Fields, OneOrMany, Seconds, Whole, refuse, shown
from routing.model.folder import Folder
from routing.model.queue import ANNOUNCE_EVERY_MS
from routing.model.sound_fields import Sound
from routing.steps.pieces import value_sound
from routing.words.places import later, place, wait

#: Announcements of one kind: more places than a caller wants to know.
MOST_SOUNDS = 50
#: The places that a voice says one by one, and the waits in minutes.
SPOKEN_PLACES, SPOKEN_WAITS = 20, (1, 2, 3, 4, 5, 7, 10, 15, 20, 30)
LEAST_SECONDS = ANNOUNCE_EVERY_MS // 1000


def _minutes(value: Any) -> Any:
    """Waits as whole minutes -> sound: ``{2m: two.wav, 5m: five.wav}``."""
    if not isinstance(value, dict):
        raise refuse(f"{shown(value)} is not a mapping of waits", "write `{2m: two-minutes.wav, 5m: five-minutes.wav}`")
    found: dict[int, Any] = {}
    for text, sound in value.items():
        try:
            seconds = durations.parse_duration(text)
        except ValueError as problem:
            raise refuse(str(problem)) from None
        if seconds % 60:
            raise refuse(f"{shown(text)} is not whole minutes: expected waits are rounded up to minutes")
        found[seconds // 60] = sound
    return found


class AnnounceFields(Fields):
    """What waiting callers hear between pieces of music."""

    position: Annotated[list[Sound], OneOrMany] = Field(
        default_factory=list,
        max_length=MOST_SOUNDS,
        description="One sound for each place, the first for who is next; the last one also for every later place.",
    )
    wait: Annotated[
        dict[int, Sound],
        BeforeValidator(_minutes),
        WithJsonSchema({"type": "object", "additionalProperties": {"type": "string"}}),
    ] = Field(
        default_factory=dict,
        description="Expected wait -> sound: the first that is not below it. Nothing is said before 20 talks.",
        json_schema_extra={"examples": [{"2m": "two-minutes.wav", "5m": "five-minutes.wav"}]},
    )
    texts: Annotated[list[Sound], OneOrMany] = Field(
        default_factory=list, max_length=MOST_SOUNDS, description="Sounds played in turn when there is no better news."
    )
    spoken: Annotated[list[Literal["position", "wait"]], OneOrMany] = Field(
        default_factory=list,
        description="What a voice says without sounds: the place, the expected wait (after 20 talks), or both.",
    )
    every: Seconds = Field(30, description="Time between two announcements, 15 s at least.")
    first: Seconds = Field(10, description="Time before the first one.")

    @field_validator("every")
    @classmethod
    def _not_too_often(cls, value: int) -> int:
        if value < LEAST_SECONDS:
            raise refuse(f"announcements are at least {LEAST_SECONDS} s apart")
        return value

    @model_validator(mode="after")
    def _one_way(self) -> AnnounceFields:
        for name in self.spoken:
            if getattr(self, name):
                raise refuse(f"`{name}` has sounds, and `spoken` says it too", "leave one of both out")
        return self

    def phrases(self) -> dict[str, Callable[[str], str]]:
        """What a voice says, by the name that the engine uses: the sentence in a language."""
        found: dict[str, Callable[[str], str]] = {}
        if "position" in self.spoken:
            found |= {f"place{at}": partial(place, at) for at in range(1, SPOKEN_PLACES + 1)}
            found[f"place{SPOKEN_PLACES + 1}"] = later
        if "wait" in self.spoken:
            found |= {f"wait{minutes}": partial(wait, minutes) for minutes in SPOKEN_WAITS}
        return found

    def sounds(self) -> list[tuple[tuple[str | int, ...], str]]:
        """Every sound with its location."""
        places = [(("position", at), sound) for at, sound in enumerate(self.position)]
        waits = [(("wait",), sound) for sound in self.wait.values()]
        return [*places, *waits, *((("texts", at), sound) for at, sound in enumerate(self.texts))]

    def named(self, folder: Folder) -> dict[str, str]:
        """Every announcement by the name that the engine uses, ``place1``, ``wait5``, ``text2``, with its sound."""
        spoken = {name: value_sound(phrase, folder) for name, phrase in self.phrases().items()}
        places = {f"place{at}": sound for at, sound in enumerate(self.position, 1)}
        waits = {f"wait{minutes}": sound for minutes, sound in sorted(self.wait.items())}
        return places | waits | spoken | {f"text{at}": sound for at, sound in enumerate(self.texts, 1)}

    def table(self) -> dict[str, Any]:
        """As `routing.model.queue.Announcements`."""
        return {
            "places": SPOKEN_PLACES + 1 if "position" in self.spoken else len(self.position),
            "waits": list(SPOKEN_WAITS) if "wait" in self.spoken else sorted(self.wait),
            "texts": len(self.texts),
            "every_ms": self.every * 1000,
            "first_ms": self.first * 1000,
        }


class MissesFields(Fields):
    """When a person who lets calls ring is paused."""

    after: Whole = Field(3, ge=1, le=20, description="So many offers in a row without an answer.")
    pause: Seconds = Field(300, description="How long the pause lasts.")
