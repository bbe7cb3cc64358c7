"""The extension that a called leg runs when it is picked up (``group_confirm_key=exec`` of the calling leg).

If the leg is up afterwards it has won. The extension asks for one key: either the leg needs it to win, or it refuses
by it. What the key does is read from the compiled XML: what runs without the key.
"""

from __future__ import annotations

from routing.model.confirming import RUNS_EXTENSION
from routing.offline.argument import separate
from routing.offline.confirm_prompt import ConfirmPrompt
from routing.offline.dialogue import DigitPrompt, parse_question
from routing.offline.running import RunningCall

#: An extension is run by the application of this name; its argument is the extension, the dialplan, the context.
_RUNS = "execute_extension"


def prompt_of(call: RunningCall) -> ConfirmPrompt | None:
    """The prompt of the legs that this call rings; None where they need none, or ask for keys of their own."""
    application, _, place = (call.line.get("group_confirm_file") or "").partition(" ")
    if call.line.get("group_confirm_key") != RUNS_EXTENSION or application != _RUNS:
        return None
    actions = call.chosen(*separate(place, " ", 3))
    asking = next((data for name, data in actions if name == "play_and_get_digits"), None)
    if asking is None:
        return None
    question = parse_question(asking)
    sound_ms = call.duration_ms(question.prompt) or 0
    last_name, last_data = actions[-1]
    after = call.chosen(*separate(last_data, " ", 3)) if last_name == _RUNS else []
    needs_key = any(name == "hangup" for name, _ in after)
    return ConfirmPrompt(question.prompt, sound_ms, _takes_ms(call, question, sound_ms), needs_key)


def _takes_ms(call: RunningCall, question: DigitPrompt, sound_ms: int) -> int:
    return question.tries * (sound_ms + question.wait_ms + (call.duration_ms(question.invalid) or 0))
