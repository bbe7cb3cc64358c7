"""What happens when a recorded talk begins: one file of the release, which every recorded leg runs.

``due`` chooses the announcement by the client's number. ``talk`` runs on the calling leg once the call is answered and
the legs are bridged: it plays the announcement, then starts the recording (``record``), so that nothing is recorded
before the announcement has been heard to its end, whatever the way to the talk was. ``hear`` plays the same sound to
the called leg at the same time, before the whisper; ``announce`` to a caller who enters a room. ``mask`` changes
between masked and recorded: FreeSWITCH then writes silence for both sides, as long as what it leaves out.

Measured on FreeSWITCH 1.10.12: ``execute_extension`` as an application of a bridge holds up the sound of both legs
while it runs. ``bind_digit_action`` with ``peer`` takes the keys of the other leg alone, by telephone-event and by
INFO; keys that match nothing are passed on. Without ``[H]`` the other leg would hear music while the key's extension
runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from routing.load.nodes import Document
from routing.model import numbers
from routing.model.callback_call import UNHEARD
from routing.model.caller_shown import PERSON_LEG, WITH_OUTSIDE
from routing.model.folder import Folder
from routing.model.problem import Problem
from routing.model.recording import (
    ANNOUNCE,
    ANNOUNCES,
    BY_KEY,
    CLIENT,
    FILE,
    HEARD,
    MASKED,
    RECORDING,
    SCHEME,
    SOUND,
    WHISPER,
    Announcement,
)
from routing.model.talk_keys import IN_ROOM, REALM
from routing.steps.base import RELEASE, sound_path
from routing.steps.dialplan import Condition, Context, Extension, any_of
from routing.steps.recording import MASK_KEYS, OTHER_LEG, TALK, heard

_NOBODY = Condition(f"${{{UNHEARD}}}", "^true$")
_NOT_RECORDED = Condition(f"${{{RECORDING}}}", "^$")
#: Recorded from the start of the talk, not by a person's keys.
FROM_START = Condition(f"${{{BY_KEY}}}@${{{RECORDING}}}", f"^(?:{SCHEME})?@.")
#: A client whose country is unknown: the number is hidden, or none.
_HIDDEN = r"^(?!\+[0-9]{7,15}$)"
PLACE = f"XML:{RELEASE}/{FILE}.xml {FILE}"
#: A client whom a person has sent on to an outside number.
OUTSIDE = Condition(f"${{{WITH_OUTSIDE}}}", "^true$")
#: The tones that tell the person; by the leg that hears them, the options of `displace_session`.
MASKS, UNMASKS = "routing/masked.wav", "routing/unmasked.wav"
_HEARS = {"peer": "mr", "self": "m"}


def recording_context(folder: Folder) -> Context:
    """The dialplan of recordings."""
    context = Context(FILE)
    if folder.project.record_announcement:
        _due(context, folder.project.record_announcement)
    for nothing in (_NOT_RECORDED, _NOBODY):
        context.extension("talk", nothing).do("log", "DEBUG nothing is recorded")
    if folder.project.record_announcement:
        _announced(context)
    for label in ("talk", "record") if folder.project.record_announcement else ("talk",):
        _record(context, label, masks=bool(folder.project.record_pause))
    if folder.project.record_announcement:
        _hear(context)
    if folder.project.talk_keys:
        _left(context, announces=bool(folder.project.record_announcement))
    if folder.project.record_pause:
        _mask(context, folder.project.record_pause)
    return context


def recording_problems(folder: Folder, documents: Sequence[Document]) -> Iterator[Problem]:
    """Announcements without a file, and those that no client would ever hear."""
    document = next((each for each in documents if isinstance(each.data, dict) and "project" in each.data), None)
    if document is None:
        return
    covered: set[str] = set()
    whole = False
    for at, each in enumerate(folder.project.record_announcement):
        given = document.data["project"].get("record_announcement")
        loc = ("project", "record_announcement", *((at,) if isinstance(given, list) else ()))
        if complaint := folder.sound_complaint(each.sound):
            own = given[at] if isinstance(given, list) else given
            yield document.problem((*loc, "sound") if isinstance(own, dict) else loc, *complaint)
        if whole or (each.countries and covered.issuperset(each.countries)):
            message = "nobody would hear this announcement: an earlier one is for the same clients"
            yield document.problem(loc, message, "write the one for all other clients last")
        whole |= not each.countries
        covered |= set(each.countries)


def _due(context: Context, announcements: Sequence[Announcement]) -> None:
    """Chosen once for a call. A hidden number gets the one for all clients, else the first."""
    for nothing in (_NOT_RECORDED, _NOBODY, Condition(f"${{{ANNOUNCE}}}", f"^{HEARD}$")):
        context.extension("due", nothing).do("log", "DEBUG no announcement is due")
    general = [each for each in announcements if not each.countries]
    of_countries = [each for each in announcements if each.countries]
    if of_countries:
        _chosen(context, (general or of_countries)[0], Condition(f"${{{CLIENT}}}", _HIDDEN))
    for each in of_countries:
        _chosen(context, each, _client_in(map(numbers.country_pattern, each.countries)))
    for each in of_countries:  # numbers of no plan that we know
        neighbours = list(map(numbers.country_pattern, _neighbours(each.countries)))
        if neighbours and not general:
            context.extension("due", _client_in(neighbours)).do("log", "DEBUG another country's number")
        elif neighbours:
            _chosen(context, general[0], _client_in(neighbours))
        _chosen(context, each, _client_in(rf"^\+{numbers.dialling(region)[0]}" for region in each.countries))
    for each in general[:1]:
        _chosen(context, each)


def _client_in(patterns: Iterable[str]) -> Condition:
    return any_of((f"${{{CLIENT}}}", pattern) for pattern in dict.fromkeys(patterns))


def _neighbours(countries: Sequence[str]) -> list[str]:
    """The other countries with the same calling codes."""
    return [each for region in countries for each in numbers.same_code(region) if each not in countries]


def _chosen(context: Context, each: Announcement, *conditions: Condition) -> None:
    """The phone that is rung learns of it for colleagues whom it asks."""
    chosen = context.extension("due", *conditions)
    chosen.set(ANNOUNCE, sound_path(each.sound))
    chosen.set(ANNOUNCES, sound_path(each.sound))
    chosen.do("export", f"nolocal:{ANNOUNCES}={sound_path(each.sound)}")
    chosen.set(OTHER_LEG, "execute_extension")
    chosen.set("bridge_pre_execute_bleg_data", f"hear@{sound_path(each.sound)} {PLACE}")


def _announced(context: Context) -> None:
    for label in ("talk", "announce"):
        plays = context.extension(label, Condition(f"${{{ANNOUNCE}}}", SOUND))
        plays.do("playback", "$1")
        heard(plays)
        if label == "talk":
            plays.do("execute_extension", f"record {PLACE}")


def _hear(context: Context) -> None:
    """The called leg has none of the calling one's variables: the release comes in the extension's name."""
    listens = context.extension("hear", pattern="^hear@((?:file_string:/)?(/.+?)/sounds/.+)$")
    listens.do("playback", "$1")
    listens.do("execute_extension", f"whisper XML:$2/{FILE}.xml {FILE}")
    context.extension("whisper", Condition(f"${{{WHISPER}}}", SOUND)).do("playback", "$1")


def _record(context: Context, label: str, *, masks: bool) -> None:
    records = context.extension(label)
    records.do("record_session", f"${{{RECORDING}}}")
    if masks:
        records.do("execute_extension", MASK_KEYS)


def _left(context: Context, *, announces: bool) -> None:
    """A person's key has taken both legs out of a talk, perhaps before its recording had begun: it begins while the
    client waits. They hear the announcement in their room, as others may join them there meanwhile."""
    context.extension("left", _NOBODY).do("log", "DEBUG nothing is recorded")
    if announces:
        due = (FROM_START, Condition(f"${{{ANNOUNCE}}}", SOUND))
        context.extension("left", *due).set("api_on_conference_create", IN_ROOM)
    context.extension("left", FROM_START).do("execute_extension", TALK)


def _mask(context: Context, key: str) -> None:
    """By the leg that is the person's, first the way back."""
    binds = context.extension("mask_keys")
    action = f"exec[H]:execute_extension,mask {PLACE}"
    binds.do("bind_digit_action", f"{REALM},{key},{action},${{{PERSON_LEG}}},self")
    no_keys(context.extension("mask", OUTSIDE))
    context.extension("mask", Condition(f"${{{BY_KEY}}}", "^false$")).do("log", "DEBUG nothing is recorded")
    masked = Condition(f"${{{MASKED}}}", "^true$")
    back = context.extension("mask", masked)
    back.do("record_session_unmask", f"${{{RECORDING}}}")
    back.set(MASKED, "false")
    back.do("execute_extension", f"unmasks {PLACE}")
    masks = context.extension("mask")
    masks.do("record_session_mask", f"${{{RECORDING}}}")
    masks.set(MASKED, "true")
    masks.do("execute_extension", f"masks {PLACE}")
    tones_by_leg(context, "masks", MASKS)
    tones_by_leg(context, "unmasks", UNMASKS)


def no_keys(extension: Extension) -> None:
    """Whoever has pressed is nobody of ours."""
    extension.do("log", "DEBUG an outside number has no keys")


def tones_by_leg(context: Context, label: str, sound: str) -> None:
    """Tones that the person alone hears, on whichever leg they are."""
    for leg, hears in _HEARS.items():
        tells = context.extension(label, Condition(f"${{{PERSON_LEG}}}", f"^{leg}$"))
        tells.do("displace_session", f"{sound_path(sound)} {hears}")
