"""The recording of talks, from their start, into a folder that FreeSWITCH creates.

What happens when a talk begins stands in one file of the release (`routing.compile.recording`): the announcement, then
the recording, then the key that masks it.
"""

from __future__ import annotations

from typing import Literal

from routing.model.caller_shown import PERSON_LEG
from routing.model.folder import Folder
from routing.model.recording import ANNOUNCE, BY_KEY, CLIENT, FILE, HEARD, INTO, RECORDING, SCHEME
from routing.model.talk_keys import REALM
from routing.steps.base import RELEASE
from routing.steps.card_key import tell_client_leg
from routing.steps.dialplan import Extension

#: What a leg runs when its talk begins: the argument of `execute_extension`.
TALK = f"talk XML:{RELEASE}/{FILE}.xml {FILE}"
#: Chooses the client's announcement, if there is one for them.
DUE = f"due XML:{RELEASE}/{FILE}.xml {FILE}"
#: The announcement alone, for a caller who enters a recorded room.
ANNOUNCE_NOW = f"announce XML:{RELEASE}/{FILE}.xml {FILE}"
#: Binds the keys that mask the recording.
MASK_KEYS = f"mask_keys XML:{RELEASE}/{FILE}.xml {FILE}"
#: The file of a call's recording.
CALL_FILE = "${recordings_dir}/calls/${uuid}.wav"
#: What the called leg runs when the talk begins.
OTHER_LEG = "bridge_pre_execute_bleg_app"
#: What a leg passes on, when another one of its call talks and records in its stead.
SETTINGS = (
    "bridge_pre_execute_aleg_app", "bridge_pre_execute_aleg_data", "RECORD_STEREO", "RECORD_READ_ONLY", RECORDING,
    CLIENT, PERSON_LEG, BY_KEY,
)  # fmt: skip


def record_talks(
    extension: Extension,
    sides: str,
    folder: Folder,
    client: str = "${routing_caller}",
    person: Literal["peer", "self"] = "peer",
) -> None:
    """From here on record every talk of this leg: ``both`` sides, only the ``caller``'s, or ``no``.

    ``client``: the outside party's number; ``person``: whether our person is the other leg or this one, which
    `by_client_leg` follows then.
    """
    if sides == "no":
        _by_key(extension, folder, client, person)
        return
    if folder.project.record_key:
        extension.set(BY_KEY, SCHEME)
    one = "RECORD_READ_ONLY" if person == "peer" else "RECORD_WRITE_ONLY"  # as the client's leg sees it
    extension.set("RECORD_STEREO" if sides == "both" else one, "true")
    extension.set(RECORDING, CALL_FILE)
    # starts with the talk and creates the folder; `record_session` before the talk would open media
    extension.set("bridge_pre_execute_aleg_app", "execute_extension")
    extension.set("bridge_pre_execute_aleg_data", TALK)
    parties(extension, folder, client, person)


def _by_key(extension: Extension, folder: Folder, client: str, person: str) -> None:
    """The keys with which a person begins a recording."""
    if not folder.project.record_key:
        return
    extension.set(CLIENT, client)
    extension.set(INTO, CALL_FILE)
    if person == "peer":
        extension.set(PERSON_LEG, person)
        record_key(extension, folder.project.record_key)


def record_key(extension: Extension, key: str) -> None:
    """On the client's leg: the other leg's keys."""
    action = f"exec[H]:execute_extension,keyed XML:{RELEASE}/{FILE}.xml {FILE}"
    extension.do("bind_digit_action", f"{REALM},{key},{action},peer,self")


def parties(extension: Extension, folder: Folder, client: str, person: str) -> None:
    """Whose keys mask the recording, and which client hears the announcement."""
    if folder.project.record_pause:
        extension.set(PERSON_LEG, person)
    if folder.project.record_announcement:
        extension.set(CLIENT, client)
        extension.do("execute_extension", DUE)


def has_client_leg(folder: Folder) -> bool:
    """Whether the client's leg of a call that a person makes has anything to do."""
    project = folder.project
    return project.record != "no" or bool(project.record_key or project.talk_keys or project.card_key)


def by_client_leg(extension: Extension, client: str, folder: Folder) -> None:
    """The client's leg, which this leg dials, records and knows the keys of the talk: `routing.compile.client_leg`."""
    extension.set(CLIENT, client)
    tell_client_leg(extension, folder, client)
    extension.do("execute_extension", f"by_client_leg XML:{RELEASE}/{FILE}.xml {FILE}")


def heard(extension: Extension) -> None:
    """The caller has heard the announcement: a talk does not begin with it."""
    extension.set(ANNOUNCE, HEARD)
    extension.set(OTHER_LEG, "")


def announces(sound: str, folder: Folder) -> bool:
    """Whether a sound is one of the project's announcements."""
    return sound in {each.sound for each in folder.project.record_announcement}
