"""The project's settings of recordings: the announcement that the law asks for, and the key that masks a recording."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from routing.model.fields import Fields, Id, OneOrMany, Region, parsed_by, refuse, shown
from routing.model.secret import is_key
from routing.model.sound_fields import Sound

#: Channel variables of the leg that records. The file; the sound that is still to be heard (a path), or `HEARD`; the
#: client's number, by which the announcement is chosen; whether the recording is masked.
RECORDING, ANNOUNCE, CLIENT = "routing_recording", "routing_announce", "routing_client"
MASKED = "routing_masked"
HEARD = "heard"
#: The file into which keys record a call, and in which a call that a person has made is recorded by its client's leg;
#: ``true``: this is that leg, and it is ready.
INTO, CLIENT_LEG = "routing_record_into", "routing_client_leg"
#: The announcement of a call, heard or not; a leg that is invited to its room hears it before it enters.
ANNOUNCES = "routing_announces"
#: What `playback` takes.
SOUND = "^((?:file_string:/)?/.+)$"
#: Whether keys have begun the recording (``true``) or ended it (``false``); `SCHEME`: it began with the talk.
BY_KEY, SCHEME = "routing_record_by_key", "scheme"
#: FreeSWITCH's own, a remark in the file: as long as it is there, no file has been opened.
UNWRITTEN = "RECORD_COMMENT"
#: The end of an encrypted sound file's name, behind the clear one's.
SEALED = ".age"
#: Of a phone's leg: its whisper, which comes after the announcement.
WHISPER = "routing_whisper"
#: The release's file for recordings.
FILE = "recording"
_PAUSE = re.compile(r"[*#][0-9]{1,2}")


class Announcement(Fields):
    """One announcement, and the clients who hear it."""

    sound: Sound = Field(description="What is played.")
    countries: Annotated[list[Region], OneOrMany] = Field(
        default_factory=list, description="Countries of the client's number; default: every client."
    )

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        is_whole = isinstance(value, dict) and bool(cls.model_fields.keys() & value)
        return value if is_whole else {"sound": value}


def _pause(value: Any) -> str:
    if not isinstance(value, str) or not _PAUSE.fullmatch(value):
        raise ValueError(f"{shown(value)} is not a key for a talk: write `*5`, a star and one or two digits")
    return value


def keys_clash(key: str, others: Iterable[tuple[str, str | None]]) -> None:
    """Refuse keys of a talk that begin, or are begun by, those of another setting. Raises ValueError."""
    for name, other in others:
        if other and (key.startswith(other) or other.startswith(key)):
            raise refuse(f"`{key}` and `{name}` (`{other}`) cannot be told apart", "write keys that begin otherwise")


PauseKey = Annotated[
    str,
    BeforeValidator(parsed_by(_pause)),
    WithJsonSchema({"type": "string", "pattern": f"^{_PAUSE.pattern}$"}),
]


def _key_name(value: Any) -> Any:
    if isinstance(value, str) and is_key(value):
        raise refuse(
            "a key itself stands here, not its name",
            "write `encrypt_recordings: y2026`, and RECORDING_KEY_Y2026=age1... into the secrets file",
        )
    return value


#: The name of a key for which recordings are encrypted.
KeyName = Annotated[Id, BeforeValidator(_key_name)]
