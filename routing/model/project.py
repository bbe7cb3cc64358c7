"""Settings of a whole scheme folder: the project and its gateways."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, WithJsonSchema, field_validator

from routing.model.addresses import Addressee
from routing.model.allow import ALLOW, Allow
from routing.model.callback_settings import Callbacks
from routing.model.desk import WebDesk
from routing.model.engine_use import EngineUse
from routing.model.exports import Exports
from routing.model.fields import (
    Fields,
    Flag,
    Id,
    NotEmpty,
    OneOrMany,
    Region,
    Seconds,
    Text,
    refuse,
    shown,
)
from routing.model.flood import Floods
from routing.model.gateway import EarlyMedia
from routing.model.keeping import KeepTimes
from routing.model.parking import Parking
from routing.model.pools import Tracking
from routing.model.recording import Announcement, KeyName, PauseKey, keys_clash
from routing.model.screens import Screens
from routing.model.speech_fields import Language, SpeechRecognisers, VoiceCommand
from routing.model.srtp import Srtp
from routing.model.talk_keys import ASK, HOLD
from routing.model.zones import Zone


class ProjectSticky(Fields):
    """Project-wide stickiness: after an outgoing call, the same person rings first."""

    within: Seconds = Field(14 * 86400, description="How long an outgoing talk counts.")
    talked: Seconds = Field(10, description="Shortest talk that counts.")
    ring: Seconds = Field(20, le=300, description="Ring time of the person.")


_SECRETS_FILE = {
    "type": "object",
    "properties": {"file": {"type": "string", "description": "Path of the file, outside git, mode 0600."}},
    "required": ["file"],
}
_SECRETS_SCHEMA = {"anyOf": [{"const": "env"}, {**_SECRETS_FILE, "additionalProperties": False}]}


class Project(Fields):
    """Settings that apply to every scheme."""

    name: Id = Field(description="The project's name in Redis keys and in the journal.")
    timezone: Zone = Field(description="Default time zone of calendars.")
    country: Region | None = Field(None, description="For numbers written without +, holidays and destinations.")
    secrets: Annotated[Text, WithJsonSchema(_SECRETS_SCHEMA)] = Field(
        "env", description="`env`, or `file: path` of a 0600 file outside git."
    )
    destinations: list[Region] = Field(
        default_factory=list, description="Countries that people, webhooks and callbacks may dial."
    )
    engine: EngineUse | None = Field(None, description="How calls ask for decisions; default: the engine, by a socket.")
    longest_wait: Seconds = Field(180, description="Lint limit for a caller's wait.")
    early_media: EarlyMedia = Field(
        "ring",
        description="What a caller hears before an outside phone answers: ringing, or the carrier's sound (`pass`).",
    )
    srtp: Srtp | None = Field(
        None,
        description="SRTP of SIP phones: `required`, `optional` both ways, or `never`; default: accepted when a phone "
        "offers it, but not offered to ringing phones.",
    )
    sticky: ProjectSticky | None = Field(
        None, description="The person who called a client rings first when the client calls back, in every scheme."
    )
    record: Literal["both", "caller", "no"] = Field(
        "no",
        description="Record people's outgoing calls; `record` of a scheme is for incoming calls.",
    )
    speech: Annotated[dict[Language, VoiceCommand], NotEmpty] = Field(
        default_factory=dict,
        description="Language -> the command that speaks its texts while compiling: it reads the text and writes a WAV "
        "file. The first language is that of texts and calls without another.",
        examples=[{"uk": "espeak-ng -v uk --stdin --stdout"}],
    )
    languages: Annotated[list[Language], OneOrMany] = Field(
        default_factory=list,
        description="Languages of calls and texts, the first where nothing chooses another; default: of `speech`.",
    )
    recognisers: SpeechRecognisers = Field(
        default_factory=dict,
        description="Recognisers of speech by name, with their languages; the engine's `--recogniser` has the command.",
        examples=[{"english": "en"}],
    )
    announce_recording: Flag = Field(
        False, description="Schemes announce the recording themselves, in a sound before the talk: a lint checks it."
    )
    talk_keys: Flag = Field(False, description="People ask colleagues and send callers on by keys during a talk.")
    parking: Parking | None = Field(
        None, description="Clients are parked in places by key and picked up: `{}`, or how."
    )
    record_announcement: Annotated[list[Announcement], OneOrMany] = Field(
        default_factory=list,
        description="Played to both sides when a talk begins, before its recording: one sound, or several by country, "
        "of which the first that fits the client is heard. Hidden numbers count as every country.",
    )
    record_pause: PauseKey | None = Field(
        None,
        description="A person's keys in a recorded talk that mask both sides until they are pressed again: `*5`.",
    )
    record_key: PauseKey | None = Field(
        None,
        description="A person's keys in a talk that begin and end its recording, where a scheme has none: `*1`.",
    )
    card_key: PauseKey | None = Field(
        None,
        description="A person's keys in a talk that send them the client's card, by e-mail and to their screens: `*4`.",
    )
    encrypt_recordings: Annotated[list[KeyName], OneOrMany] = Field(
        default_factory=list,
        description="Keys, by name, for which finished recordings and voicemails are encrypted: the secret "
        "`RECORDING_KEY_<NAME>` is a public key of age, the desk's `RECORDING_IDENTITY_<NAME>` the private one.",
    )
    tracking: Tracking | None = Field(None, description="Sites whose visitors are tracked.")
    callbacks: Callbacks | None = Field(None, description="Clients are called back: `{}`, or how.")
    exports: Exports | None = Field(None, description="Where finished calls go: Google Analytics, web servers.")
    floods: Floods | None = Field(
        None, description="Floods of calls to numbers that the company pays for: `{}` watches them, or how."
    )
    desk: WebDesk | None = Field(None, description="Roles at the desk, the web page of calls.")
    pops: Screens | None = Field(None, description="Pages that show the caller while a person's phone rings.")
    notify: Annotated[list[Addressee], OneOrMany] = Field(
        default_factory=list,
        description="Recipients of missed-call notices for schemes without `notify`: e-mail, or webhook (`https://...`).",
    )
    keep: KeepTimes | None = Field(
        None,
        description="How long the journal keeps a call with its sounds: `365d`; or by kind: "
        "`{calls: 365d, recordings: 90d, voicemails: 30d, utterances: 14d}`; default: for ever, and no utterances.",
    )

    allow: Allow = Field(default_factory=dict, description=f"{ALLOW} Applies to the whole folder.")

    @property
    def decides_inside(self) -> bool:
        """Whether FreeSWITCH decides by itself what needs Redis alone."""
        return bool(self.engine and self.engine.transport == "inline")

    @property
    def call_languages(self) -> tuple[str, ...]:
        """The languages of calls; the first is that of calls for which nothing chooses another."""
        return tuple(dict.fromkeys((*self.languages, *self.speech)))

    @field_validator("secrets", mode="before")
    @classmethod
    def _secrets(cls, value: Any) -> Any:
        if isinstance(value, dict) and list(value) == ["file"] and isinstance(value["file"], str):
            return f"file:{value['file']}"
        if value != "env":
            raise refuse(f"{shown(value)} is not a place for secrets", "write `env` or `{file: path}`")
        return value

    @field_validator("record_pause", "record_key")
    @classmethod
    def _distinct(cls, key: str | None, info: ValidationInfo) -> str | None:
        given = info.data
        others: list[tuple[str, str | None]] = [("record_pause", given.get("record_pause"))]
        others += [("talk_keys", of_talk) for of_talk in (ASK, HOLD) if given.get("talk_keys")]
        others.append(("parking", given["parking"].keys if given.get("parking") else None))
        if key:
            keys_clash(key, others)
        return key

    @field_validator("card_key")
    @classmethod
    def _distinct_card(cls, key: str | None, info: ValidationInfo) -> str | None:
        if key:
            keys_clash(key, [("record_key", info.data.get("record_key"))])
        return cls._distinct(key, info)

    @field_validator("parking")
    @classmethod
    def _distinct_park(cls, parking: Parking | None) -> Parking | None:
        if parking:
            keys_clash(parking.keys, [("talk_keys", of_talk) for of_talk in (ASK, HOLD)])
        return parking

    @property
    def regions(self) -> tuple[str, ...]:
        """Countries that may be dialled: `destinations`, or the project's own country."""
        return tuple(self.destinations) or ((self.country,) if self.country else ())


__all__ = ["Project", "ProjectSticky"]
