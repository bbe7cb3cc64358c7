"""The key that masks the recording of a room (`record_pause` of the project), for the people whom it invites.

Each of their phones has the key for itself, and runs the room's ``mask``. The recording of all is mod_conference's,
and paused by a command only; no application runs commands but a script. What is masked is left out: the recording
is shorter by it. Where the scheme records the caller alone, their leg records, and holds silence instead.

The room's state is a variable of FreeSWITCH that names the call which recorded it; so it ends with that room.
"""

from __future__ import annotations

from routing.model.conference import PAUSED, PAUSES, masked_by, waiting
from routing.steps.base import KEYS, RELEASE, Emitter, sound_path
from routing.steps.dialplan import Condition
from routing.steps.menu import INVALID

#: The extension of `routing.compile.keys` that binds the key, on the leg whose it is.
ROOM_KEYS = f"room_keys XML:{RELEASE}/{KEYS}.xml {KEYS}"
_TONES = {"mask": "routing/masked.wav", "unmask": "routing/unmasked.wav"}
#: What one of the two commands says where it has done it.
_DONE = Condition(f"${{{PAUSES}}}", r"^\+OK [^\n]+\n(?!-ERR non-existant)|OK Success")


def mask_place(out: Emitter, path: str) -> str:
    """Where the key of a room leads, for the variable of a leg."""
    return out.go(f"{path}.mask") if out.folder.project.record_pause else ""


def add_mask(out: Emitter, path: str, room: str) -> None:
    """``.mask`` changes between masked and recorded."""
    is_masked = Condition(f"${{{masked_by(room)}}}@${{{waiting(room)}}}", r"^(.+)@\1$")
    for does, command, conditions in (("unmask", "resume", (is_masked,)), ("mask", "pause", ())):
        changes = out.context.extension(f"{path}.mask", *conditions)
        changes.do("lua", _script(room, command, does))
        changes.do("execute_extension", out.go(f"{path}.{does}ed"))
        changes.set(PAUSES, "")
        changed = out.context.extension(f"{path}.{does}ed", _DONE)
        changed.do("set_global", f"{masked_by(room)}={f'${{{waiting(room)}}}' if does == 'mask' else ''}")
        changed.do("displace_session", f"{sound_path(_TONES[does])} m")
        nothing = out.context.extension(f"{path}.{does}ed")
        nothing.do("displace_session", f"{sound_path(INVALID)} m")


def _script(room: str, command: str, does: str) -> str:
    call = f"${{{waiting(room)}}}"
    file = f"${{recordings_dir}}/calls/{call}.wav"
    return PAUSED.format(result=PAUSES, room=room, command=command, file=file, call=call, does=does)
