"""The sounds of a call as its page shows them: recording, voicemail, and what the caller said at speech menus."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from routing.desk.sounds import RECORDING, UTTERANCE, VOICEMAIL
from routing.journal.masked import spans
from routing.journal.record import CallRecord, UtteranceRecord


@dataclass(frozen=True)
class CallSound:
    """One sound. ``name``: in addresses: its kind, of an utterance with its place: ``utterance-2``; ``gone``: when it
    was deleted, ``gone_why``; ``masked``: spans of silence in seconds; ``utterance``: what was heard."""

    kind: str
    name: str
    path: str
    gone: float
    gone_why: str
    masked: tuple[tuple[float, float], ...] = ()
    utterance: UtteranceRecord | None = None


def sounds_of(call: CallRecord) -> Iterator[CallSound]:
    """The call's sounds, those that were deleted too."""
    if call.recording:
        masked = tuple(spans(call.masked))
        yield CallSound(RECORDING, RECORDING, call.recording, call.recording_gone, call.gone_why, masked)
    if call.voicemail:
        yield CallSound(VOICEMAIL, VOICEMAIL, call.voicemail, call.voicemail_gone, call.gone_why)
    for place, each in enumerate(call.utterances, 1):
        name = f"{UTTERANCE}-{place}"
        yield CallSound(UTTERANCE, name, each.path, each.gone, each.gone_why, utterance=each)


def sound_named(call: CallRecord, name: str) -> CallSound | None:
    """The sound of this name that was not deleted."""
    return next((each for each in sounds_of(call) if each.name == name and not each.gone), None)
