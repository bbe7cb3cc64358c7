"""Keys of people in a room: that of the mask, which a script of FreeSWITCH's carries out."""

from __future__ import annotations

from routing.model.conference import MASKS, PAUSED_SCRIPT
from routing.offline import legs
from routing.offline.argument import separate
from routing.offline.leg import CalledLeg
from routing.offline.running import RunningCall
from routing.offline.talk_keys import SELF, is_recorded, mask, unmask
from routing.steps.room_mask import ROOM_KEYS


def bind(call: RunningCall, leg: CalledLeg) -> None:
    """Somebody of the company has entered a room: their phone has the keys that its variable names."""
    running = legs.of(call, leg)
    if running.line.get(MASKS):
        _execute(running, running.line.expand(ROOM_KEYS))


def press(call: RunningCall, leg: CalledLeg, key: str) -> None:
    """They press a key."""
    running = legs.of(call, leg)
    if bound := running.talk_keys.get((key, SELF)):
        _execute(running, bound.extension)


def _execute(running: RunningCall, place: str) -> None:
    extension, dialplan, context = [*separate(place, " ", 4), "", ""][:3]
    running.execute_extension(extension, dialplan, context)


def script(call: RunningCall, data: str) -> None:
    """``lua``: pause a recording, or let it go on, whether a room or a leg makes it."""
    found = PAUSED_SCRIPT.fullmatch(data)
    if not found:
        call.line.note("error", f"lua {data}")
        return
    result, command, file = found.group(1, 2, 3)
    if not is_recorded(call, file):
        call.line.set(result, f"+OK {command.title()} recording file {file}\n-ERR non-existant recording '{file}'\n")
        return
    call.line.set(result, f"+OK {command.title()} recording file {file}\n-ERR Cannot {command} recording session!\n")
    (mask if command == "pause" else unmask)(call, file)
