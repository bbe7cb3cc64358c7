"""Recording on demand (``project: {record_key: "*1"}``): a person's keys begin and end it, where nothing is recorded.

The keys run ``keyed`` on the client's leg, as those of the mask do. The announcement, if one is due, is heard by both
sides once a call; only then the recording begins. Begun again, it is appended: one file, in order.

Measured on FreeSWITCH 1.10.12: a key's extension runs on one leg, and the other one hears nothing of it;
``sched_broadcast`` runs an extension on both within half a second. ``RECORD_APPEND`` creates the file, and keeps one of
under three seconds. ``RECORD_COMMENT`` is taken from the leg as the file has been opened; it stays where that failed.
"""

from __future__ import annotations

from routing.compile.client_leg import add_client_leg
from routing.compile.recording import MASKS, OUTSIDE, PLACE, UNMASKS, no_keys, recording_context, tones_by_leg
from routing.model.folder import Folder
from routing.model.recording import (
    ANNOUNCE,
    ANNOUNCES,
    BY_KEY,
    FILE,
    INTO,
    MASKED,
    RECORDING,
    SCHEME,
    SOUND,
    UNWRITTEN,
)
from routing.steps.dialplan import Condition, Context
from routing.steps.menu import INVALID
from routing.steps.recording import DUE, MASK_KEYS, heard

_RECORDS = Condition(f"${{{BY_KEY}}}", "^true$")


def recordings_context(folder: Folder) -> Context:
    """The dialplan of all recordings."""
    context = recording_context(folder)
    if folder.project.record_key:
        _add_keys(context, bool(folder.project.record_announcement), bool(folder.project.record_pause))
    add_client_leg(context, folder)
    return context


def _add_keys(context: Context, announces: bool, masks: bool) -> None:
    """What the keys do: end, begin again, begin for the first time."""
    no_keys(context.extension("keyed", OUTSIDE))
    context.extension("keyed", Condition(f"${{{BY_KEY}}}", f"^{SCHEME}$")).do("log", "DEBUG recorded from its start")
    ends = context.extension("keyed", _RECORDS)
    ends.set(BY_KEY, "false")
    ends.do("stop_record_session", f"${{{RECORDING}}}")
    ends.do("execute_extension", f"key_off {PLACE}")
    begins = context.extension("keyed")
    begins.set(BY_KEY, "true")
    begins.set("RECORD_STEREO", "true")
    begins.set("RECORD_APPEND", "true")
    begins.set(RECORDING, f"${{{INTO}}}")
    if announces:
        begins.do("execute_extension", DUE)
        begins.set("bridge_pre_execute_aleg_app", "execute_extension")
        begins.set("bridge_pre_execute_aleg_data", f"late {PLACE}")
    begins.do("execute_extension", f"begins {PLACE}")
    if announces:
        _announced(context)
    _begins(context, masks=masks)
    tones_by_leg(context, "key_on", UNMASKS)
    tones_by_leg(context, "key_off", MASKS)
    tones_by_leg(context, "key_fails", INVALID)


def _announced(context: Context) -> None:
    """Both legs hear it; the called one has none of the calling one's variables. Who is sent on meanwhile hears it
    as the next talk begins."""
    late = context.extension("late", _RECORDS, Condition(f"${{{ANNOUNCE}}}", SOUND))
    late.do("playback", "$1")
    heard(late)
    late.do("execute_extension", f"begins {PLACE}")
    context.extension("late").do("log", "DEBUG no announcement is due")
    both = context.extension("begins", Condition(f"${{{ANNOUNCE}}}", SOUND))
    both.do("sched_broadcast", f"+0 'execute_extension::announced@$1 {PLACE}' both")
    hears = context.extension("announced", pattern="^announced@((?:file_string:/)?(/.+?)/sounds/.+)$")
    hears.set(ANNOUNCES, "$1")
    hears.do("playback", "$1")
    hears.do("execute_extension", f"announced XML:$2/{FILE}.xml {FILE}")
    records = context.extension("announced", _RECORDS)
    heard(records)
    records.do("execute_extension", f"begins {PLACE}")


def _begins(context: Context, *, masks: bool) -> None:
    """A recording that was masked is masked when it begins again. Without a file the keys are as before."""
    begins = context.extension("begins")
    begins.set(UNWRITTEN, "true")
    begins.do("record_session", f"${{{RECORDING}}}")
    begins.do("execute_extension", f"begun {PLACE}")
    fails = context.extension("begun", Condition(f"${{{UNWRITTEN}}}", "^true$"))
    fails.set(UNWRITTEN, "")
    fails.set(BY_KEY, "false")
    fails.do("execute_extension", f"key_fails {PLACE}")
    begun = context.extension("begun")
    if masks:
        begun.do("execute_extension", f"begins_masked {PLACE}")
    begun.do("execute_extension", f"key_on {PLACE}")
    if masks:
        masked = context.extension("begins_masked", Condition(f"${{{MASKED}}}", "^true$"))
        masked.do("record_session_mask", f"${{{RECORDING}}}")
        context.extension("begins_masked").do("execute_extension", MASK_KEYS)
