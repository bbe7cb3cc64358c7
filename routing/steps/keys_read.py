"""A prompt for keys with several tries: the sound for wrong keys is for wrong keys alone.

FreeSWITCH's own tries would play it after silence too. Each try is executed: a transfer discards keys that are pressed
meanwhile, and so does a sound that is played by itself; so it is played before the next prompt, as one with it.
"""

from __future__ import annotations

from collections.abc import Callable

from routing.steps.base import Emitter, sound_files, sound_path
from routing.steps.dialplan import Condition, Extension

#: What was typed, and what of it was wrong.
DIGITS, WRONG = "routing_digits", "routing_digits_invalid"
#: FreeSWITCH's own: the key that ended the input; `failure` when nothing was typed.
ENDED_BY, RESULT = "read_terminator_used", "read_result"
#: Nothing is chosen yet, and wrong keys came, or none.
_ANYTHING = f"${{{DIGITS}}}@${{{WRONG}}}@${{{ENDED_BY}}}"
_TYPED_WRONG, _NOTHING_YET = Condition(_ANYTHING, "^@(?:[^@]|@.)"), Condition(_ANYTHING, "^@@$")
#: FreeSWITCH plays this after a failed try; nobody hears it.
UNHEARD_SOUND = "silence_stream://20"


def read_keys(
    out: Emitter,
    here: Extension,
    path: str,
    *,
    prompt: str,
    invalid: str,
    tries: int,
    read: Callable[[Extension, str], None],
) -> None:
    """Read `DIGITS`, at most ``tries`` times. ``read`` appends one try, for what is to be played before it."""
    for variable in (DIGITS, WRONG, ENDED_BY):
        here.set(variable, "")
    for _ in range(tries):
        here.do("execute_extension", out.go(f"{path}.ask"))
    here.do("execute_extension", out.go(f"{path}.wrong"))
    again = f"file_string://{sound_files(invalid)}!{sound_files(prompt)}"
    for condition, sounds in ((_NOTHING_YET, sound_path(prompt)), (_TYPED_WRONG, again)):
        asking = out.context.extension(f"{path}.ask", condition)
        asking.set(ENDED_BY, "")
        read(asking, sounds)
    out.context.extension(f"{path}.wrong", _TYPED_WRONG).do("playback", sound_path(invalid))
