"""Applications in which the switch and the caller talk: sounds, digit questions, recordings.

Kept from FreeSWITCH: a digit interrupts its prompt; the ``invalid`` file is played after every failed
try, the last and the empty one included; a missing prompt file burns the tries without waiting; too few
digits stay in the variable; a leading terminator empties a one-digit answer, one written with a ``+`` is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from routing.model.message import least_seconds
from routing.offline.line import LONGEST_MS
from routing.offline.pattern import BadPattern, compiled, to_bytes
from routing.offline.running import Running
from routing.offline.words import atoi, separate

BETWEEN_DIGITS_MS = 300
#: The variable of a question for what follows the keys of the one before (`routing.steps.typed`).
FURTHER = "routing_further"


def playback(call: Running, data: str) -> None:
    """Play a file to its end; a missing file takes no time."""
    if play(call, data.partition("@@")[0]):
        call.line.set("current_application_response", "FILE PLAYED")


def endless_playback(call: Running, data: str) -> None:
    """Play a file again and again until the leg is taken away."""
    while play(call, data):
        pass


def displace_session(call: Running, data: str) -> None:
    """Play a sound in place of what the switch would send, beside whatever the call does."""
    path = data.partition(" ")[0]
    if call.line.answered and call.duration_ms(path) is not None:
        call.line.displaced = path
        call.line.hear("ringing" if path.startswith("tone_stream://") else "audio")


def stop_displace_session(call: Running, data: str) -> None:
    """End that sound."""
    if call.line.displaced and call.line.displaced == data:
        call.line.displaced = ""
        call.line.hear("nothing")


def play(call: Running, path: str) -> bool:
    """Play one file; False when FreeSWITCH would not find it."""
    lasts = call.duration_ms(path)
    if lasts is None:
        call.line.note("error", f"sound not found: {path}")
        return False
    call.line.note("play", path, "", lasts)
    call.line.hear("audio")
    call.line.wait(call.line.now_ms + lasts)
    call.line.hear("nothing")
    return True


@dataclass(frozen=True)
class Question:
    """The arguments of play_and_get_digits; times in milliseconds."""

    least: int
    most: int
    tries: int
    wait_ms: int
    terminators: str
    prompt: str
    invalid: str
    variable: str
    pattern: str
    digit_ms: int
    failure: str


def question(data: str) -> Question:
    """Parse the argument as FreeSWITCH does, its silent corrections included."""
    words = [*separate(data, " ", 11), *[""] * 11]
    least = max(atoi(words[0]), 0)
    wait = max(atoi(words[3]) if words[3] else 1000, 1000)
    return Question(
        least, max(atoi(words[1]), least), atoi(words[2]), wait, words[4] or "#", words[5], words[6],
        words[7], words[8], atoi(words[9]) or wait, words[10],
    )  # fmt: skip


def play_and_get_digits(call: Running, data: str) -> None:
    """Ask for digits until they match or the tries are used up."""
    asked = question(data)
    call.line.set(f"{asked.variable}_invalid", None)
    for _ in range(asked.tries):
        digits, terminator, complete = _read(call, asked)
        if digits or not complete:
            call.line.set(asked.variable, digits)
        if asked.least == 0 and not digits and terminator:
            return
        if complete and digits:
            if _valid(call, asked, digits):
                _tell(call, asked, digits)
                return
            call.line.set(asked.variable, None)
            call.line.set(f"{asked.variable}_invalid", digits)
        _tell(call, asked, f"!{digits}" if digits else "-")
        if asked.invalid:
            play(call, asked.invalid)
    if asked.failure:
        call.apply("transfer", asked.failure)


def _tell(call: Running, asked: Question, typed: str) -> None:
    """One event for what was typed, however many questions asked for it."""
    if asked.variable != FURTHER:
        call.line.note("digits", asked.variable, typed)
    elif typed != "-" and (begun := call.line.taken_back("digits")):
        wrong = "!" * typed.startswith("!")
        call.line.note("digits", begun.subject, f"{wrong}{begun.detail}{typed.removeprefix('!')}")


def _read(call: Running, asked: Question) -> tuple[str, str, bool]:
    """One try: the digits, the terminator pressed, and whether there are enough of them."""
    call.line.set(asked.variable, None)
    goes_on = asked.variable == FURTHER
    if asked.prompt and asked.prompt != "silence" and not play(call, asked.prompt):
        return "", "", False
    digits, terminator = "", ""
    while len(digits) < asked.most and not terminator:
        pause = BETWEEN_DIGITS_MS if digits or goes_on else call.caller.types_after_ms
        allowed = asked.digit_ms if digits else asked.wait_ms
        pressed = call.next_digit() if pause < allowed else ""
        call.line.wait(call.line.now_ms + (pause if pressed else allowed))
        if not pressed:
            break
        if pressed in asked.terminators:
            terminator = pressed
            digits += pressed * (f"+{pressed}" in asked.terminators)
        else:
            digits += pressed
    return digits, terminator, len(digits) >= asked.least and bool(digits or asked.least == 0)


def _valid(call: Running, asked: Question, digits: str) -> bool:
    if not asked.pattern:
        return True
    try:
        return compiled(asked.pattern).search(to_bytes(digits)) is not None
    except BadPattern as error:
        call.line.note("error", f"bad pattern {error}")
        return False


def record(call: Running, data: str) -> None:
    """Record the caller: they speak for their scripted time and hang up, or the limit ends the recording; what is too
    short is no message."""
    words = separate(data, " ", 4)
    if not words:
        return
    line = call.line
    limit_s = atoi(words[1].lstrip("+")) if len(words) > 1 else 0
    line.note("record", words[0])
    line.hear("audio")
    since, speaks = line.now_ms, call.caller.message_ms
    end = since + (limit_s * 1000 if limit_s else LONGEST_MS)
    if line.gives_up_ms is None or line.gives_up_ms > since + speaks:
        line.gives_up_ms = since + speaks
    try:
        line.wait(end)
    finally:
        lasted_ms = line.now_ms - since
        if speaks and lasted_ms >= least_seconds(line.variables) * 1000:
            line.note("voicemail", words[0], "", lasted_ms)
    line.hear("nothing")


def record_session(call: Running, data: str) -> None:
    """Record the call from now on; takes no time."""
    words = separate(data, " ", 2)
    if words:
        call.line.note("record", words[0], "session")
