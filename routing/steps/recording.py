"""The recording of talks, from their start, into a folder that FreeSWITCH creates."""

from __future__ import annotations

from routing.steps.dialplan import Extension


def record_talks(extension: Extension, sides: str) -> None:
    """From here on record every talk of this leg: ``both`` sides, only the ``caller``'s, or ``no``."""
    if sides == "no":
        return
    extension.set("RECORD_STEREO" if sides == "both" else "RECORD_READ_ONLY", "true")
    # starts with the talk and creates the folder; `record_session` before the talk would open media
    extension.set("bridge_pre_execute_aleg_app", "record_session")
    extension.set("bridge_pre_execute_aleg_data", "${recordings_dir}/calls/${uuid}.wav")
