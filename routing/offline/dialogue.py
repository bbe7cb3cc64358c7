"""Applications for sounds, digits and recordings.

As in FreeSWITCH: a digit interrupts its prompt; the ``invalid`` file is played after every failed try, the last and the
empty one included; a missing prompt file uses up the tries without waiting; too few digits stay in the variable; a
leading terminator empties a one-digit answer, one written with a ``+`` is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from routing.model.message import least_seconds
from routing.model.rating import SCORE
from routing.model.recognition import ENDING
from routing.model.recording import UNWRITTEN
from routing.model.typed_digits import MASK, SECRET, TYPED
from routing.offline.argument import atoi, separate
from routing.offline.line import LONGEST_MS
from routing.offline.pattern import BadPattern, compiled, to_bytes
from routing.offline.running import RunningCall
from routing.offline.sounds import heard_as

BETWEEN_DIGITS_MS = 300
#: The variable of a prompt that reads the digits after those of the prompt before (`routing.steps.typed`).
FURTHER = "routing_further"


def playback(call: RunningCall, data: str) -> None:
    """Play a file to its end; a missing file takes no time."""
    if play(call, data.partition("@@")[0]):
        call.line.set("current_application_response", "FILE PLAYED")


def endless_playback(call: RunningCall, data: str) -> None:
    """Play a file in a loop until the leg leaves the application."""
    while play(call, data):
        pass


def displace_session(call: RunningCall, data: str) -> None:
    """Play a sound to the caller in place of the switch's audio while the call goes on."""
    path, _, options = data.partition(" ")
    if options in MIXED:
        return
    if not call.line.media or (lasts := call.duration_ms(path)) is None:
        return
    if call.line.displaced and not options:  # over the music, which goes on
        for part in path.removeprefix("file_string://").split("!"):
            call.line.note("play", part, "", lasts)
        return
    call.line.displaced = path
    call.line.hear(heard_as(path))


#: Mixed into what one side of a talk hears, the called one's or the caller's: a tone for a person's keys.
MIXED = ("mr", "m")


def stop_displace_session(call: RunningCall, data: str) -> None:
    """End the sound of ``displace_session``."""
    if call.line.displaced and call.line.displaced == data:
        call.line.displaced = ""
        call.line.hear("nothing")


def play(call: RunningCall, path: str) -> bool:
    """Play one file; False when FreeSWITCH does not find it."""
    lasts = call.duration_ms(path)
    if lasts is None:
        call.line.note("error", f"sound not found: {path}")
        return False
    for part in path.removeprefix("file_string://").split("!"):
        part_ms = call.duration_ms(part) or 0
        if not part.startswith("silence_stream://"):
            call.line.note("play", part, "", part_ms, speaks=call.spoken_for_it(part))
            call.line.hear("audio")
        call.line.wait(call.line.now_ms + part_ms)
    call.line.hear("nothing")
    return True


@dataclass(frozen=True)
class DigitPrompt:
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


def parse_question(data: str) -> DigitPrompt:
    """Parse the argument as FreeSWITCH does, its silent corrections included."""
    arguments = [*separate(data, " ", 11), *[""] * 11]
    least = max(atoi(arguments[0]), 0)
    wait = max(atoi(arguments[3]) if arguments[3] else 1000, 1000)
    most, tries, terminators = max(atoi(arguments[1]), least), atoi(arguments[2]), arguments[4] or "#"
    prompt, invalid, variable, pattern = arguments[5:9]
    digit_ms, failure = atoi(arguments[9]) or wait, arguments[10]
    return DigitPrompt(least, most, tries, wait, terminators, prompt, invalid, variable, pattern, digit_ms, failure)


def play_and_get_digits(call: RunningCall, data: str) -> None:
    """Read digits until they match or the tries are used up."""
    question = parse_question(data)
    call.line.set(f"{question.variable}_invalid", None)
    for _ in range(question.tries):
        digits, terminator, complete = _read(call, question)
        if digits or not complete:
            call.line.set(question.variable, digits)
        _note_end(call, digits, terminator, complete)
        if question.least == 0 and not digits and terminator:
            return
        if complete and digits:
            if _valid(call, question, digits):
                _note_digits(call, question, digits)
                return
            call.line.set(question.variable, None)
            call.line.set(f"{question.variable}_invalid", digits)
        _note_digits(call, question, f"!{digits}" if digits else "-")
        if question.invalid:
            play(call, question.invalid)
    if question.failure:
        call.apply("transfer", question.failure)


def _note_end(call: RunningCall, digits: str, terminator: str, complete: bool) -> None:
    """What ended the input, in FreeSWITCH's own variables."""
    if terminator:
        call.line.set("read_terminator_used", terminator)
    ended = "success" if terminator or complete else "timeout"
    call.line.set("read_result", ended if digits else "failure")


def _note_digits(call: RunningCall, question: DigitPrompt, typed: str) -> None:
    """Write one event for the digits, however many prompts read them."""
    if question.variable.startswith((TYPED, SCORE)) and typed[0] not in "!-":
        call.line.note("variable", f"{question.variable}={typed}")
    if question.variable.startswith(SECRET):
        typed = f"!{MASK}" if typed.startswith("!") else typed if typed == "-" else MASK
    if question.variable != FURTHER:
        call.line.note("digits", question.variable, typed)
    elif typed != "-" and (begun := call.line.remove_last("digits")):
        wrong = "!" * typed.startswith("!")
        call.line.note("digits", begun.subject, f"{wrong}{begun.detail}{typed.removeprefix('!')}")


def _read(call: RunningCall, question: DigitPrompt) -> tuple[str, str, bool]:
    """One try: the digits, the terminator pressed, and whether there are enough digits."""
    call.line.set(question.variable, None)
    goes_on = question.variable == FURTHER
    if question.prompt and question.prompt != "silence" and not play(call, question.prompt):
        return "", "", False
    digits, terminator = "", ""
    while len(digits) < question.most and not terminator:
        pause = BETWEEN_DIGITS_MS if digits or goes_on else _first_ms(call)
        allowed = question.digit_ms if digits else question.wait_ms
        pressed = _next_key(call, question) if pause < allowed else ""
        call.line.wait(call.line.now_ms + (pause if pressed else allowed))
        if not pressed:
            break
        if pressed in question.terminators:
            terminator = pressed
            digits += pressed * (f"+{pressed}" in question.terminators)
        else:
            digits += pressed
    return digits, terminator, len(digits) >= question.least and bool(digits or question.least == 0)


def _first_ms(call: RunningCall) -> int:
    """After how long the caller begins to type."""
    at_ms, now_ms = call.caller.types_at_ms, call.line.now_ms
    return call.caller.types_after_ms if at_ms is None else max(at_ms - now_ms, 0)


def _next_key(call: RunningCall, question: DigitPrompt) -> str:
    if call.caller.rating and question.variable == SCORE:
        return call.caller.rating.strip("-")
    return call.next_digit()


def _valid(call: RunningCall, question: DigitPrompt, digits: str) -> bool:
    if not question.pattern:
        return True
    try:
        return compiled(question.pattern).search(to_bytes(digits)) is not None
    except BadPattern as error:
        call.line.note("error", f"bad pattern {error}")
        return False


def record(call: RunningCall, data: str) -> None:
    """Record the caller: they speak for their scripted time and hang up, or the limit ends the recording; a recording
    that is too short is no message."""
    arguments = separate(data, " ", 4)
    if not arguments:
        return
    line = call.line
    limit_s = atoi(arguments[1].lstrip("+")) if len(arguments) > 1 else 0
    line.note("record", arguments[0])
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
            line.note("voicemail", arguments[0], "", lasted_ms)
    line.hear("nothing")


def record_session(call: RunningCall, data: str) -> None:
    """Record the call from now on; takes no time. The file is opened."""
    arguments = separate(data, " ", 2)
    call.line.set(UNWRITTEN, "")
    if arguments and not arguments[0].endswith(f".{ENDING}"):
        call.line.note("record", arguments[0], "session")


DIALOGUE = {
    "playback": playback,
    "endless_playback": endless_playback,
    "play_and_get_digits": play_and_get_digits,
    "displace_session": displace_session,
    "stop_displace_session": stop_displace_session,
    "record": record,
    "record_session": record_session,
}
