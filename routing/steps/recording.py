"""How a talk is recorded: from its beginning, into a folder that FreeSWITCH makes."""

from __future__ import annotations

from routing.steps.dialplan import Extension


def record_talks(extension: Extension, sides: str) -> None:
    """From here on record whatever talk this leg has: ``both`` sides, the ``caller``'s alone, or ``no``."""
    if sides == "no":
        return
    extension.set("RECORD_STEREO" if sides == "both" else "RECORD_READ_ONLY", "true")
    # begins with the talk and makes its folder; `record_session` before the talk would open media
    extension.set("bridge_pre_execute_aleg_app", "record_session")
    extension.set("bridge_pre_execute_aleg_data", "${recordings_dir}/calls/${uuid}.wav")
