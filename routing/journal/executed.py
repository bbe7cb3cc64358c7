"""The steps that a call executed, from the applications that ran: the inputs and the result of each. Pure.

Kinds without a row in `_READERS` show what all kinds share: the engine's decision, the phones
that rang.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from routing.journal import rated
from routing.journal.cdr import Cdr
from routing.journal.draft_facts import branch as _branch
from routing.journal.draft_facts import decision as _decision
from routing.journal.drafts import Draft
from routing.journal.record import LegRecord, StepRecord
from routing.journal.result import StepResult, stated_number, undecided
from routing.model.callback_call import UNHEARD
from routing.model.flood import REFUSED, STEP, refused_text
from routing.model.queue import QUEUE, WHY
from routing.model.spoken import LANGUAGE
from routing.model.stated_number import STATED_NUMBER
from routing.model.tags import TAGS, tags_of
from routing.model.typed_digits import SECRET, TYPED

_CALENDAR = re.compile(r"^check XML:\S*/([^/]+)\.xml calendar$")
_EXTENSION = re.compile(r"^(\S+) XML:\S+ colleagues$")
#: Reasons of a wait that the journal keeps, the last ones.
_MOST_REASONS = 10
#: A value of the call in a step's text.
_VALUE = re.compile(r"\{\{(\w+)\}\}")
_START = re.compile(r"^start XML:\S+ (\S+)$")


def step(
    n: int, draft: Draft, legs: Sequence[LegRecord], call: Cdr, text_of: Callable[[str, str], str] = lambda *_: ""
) -> StepRecord:
    """The record of one step. ``text_of``: what a voice says in a sound, by release folder and path."""
    inputs, result, outcome = _READERS.get(draft.kind, _any)(draft, legs, call)
    if draft.kind in ("play", "say"):
        inputs = ", ".join(_sound(path, _text(draft, call, text_of, path)) for path in inputs.split("!"))
    decision, verdict, asked_ms = _decision(draft)
    took_s = round(max(draft.ended - draft.started, 0.0), 3)
    return StepRecord(
        n, draft.scheme, draft.path, draft.kind, draft.started, took_s, inputs, outcome, decision, verdict, asked_ms,
        result,
    )  # fmt: skip


def _text(draft: Draft, call: Cdr, text_of: Callable[[str, str], str], path: str) -> str:
    """What is said in a sound; of one that was spoken for this call, the step's text with what the caller typed."""
    release = call.get("routing_release")
    if (text := text_of(release, path)) or draft.kind != "say":
        return text
    written = text_of(release, f"{draft.scheme}/{draft.path}/{call.get(LANGUAGE)}")
    return _VALUE.sub(lambda value: call.get(TYPED + value[1]) or value[0], written)


#: A step's inputs as text, its result, its outcome as text.
StepTexts = tuple[str, StepResult, str]


def _any(draft: Draft, legs: Sequence[LegRecord], call: Cdr) -> StepTexts:
    if draft.data("socket") is not None:
        return _decided(draft, legs, call)
    return "", _talked(legs) if legs else StepResult.DONE, _legs_text(legs)


def _parties(call: Cdr) -> str:
    """Who called which number; nothing of a phone that dialled a feature code."""
    return f"caller {call.get('routing_caller')}, number {number}" if (number := call.get("routing_number")) else ""


def _decided(draft: Draft, legs: Sequence[LegRecord], call: Cdr) -> StepTexts:
    decision, _, took_ms = _decision(draft)
    rung = _legs_text(legs)
    inputs = _parties(call)
    if (times := sum(app.name == "socket" for app in draft.apps)) > 1:
        inputs = ", ".join(filter(None, (inputs, f"{times} decision requests")))
    if took_ms < 0:
        if draft.is_last and not legs:
            return inputs, StepResult.LEFT, "the caller hung up meanwhile"
        return inputs, StepResult.UNDECIDED, f"{undecided(draft.variable)}: went on"
    text = {"continue": "go on", "": "nothing"}.get(decision, decision.replace(":", " "))
    return inputs, StepResult.DECIDED, f"{text}; {rung}" if rung else text


def _menu(draft: Draft, legs: Sequence[LegRecord], call: Cdr) -> StepTexts:
    inputs = "a key"
    for app in draft.apps:
        if app.name == "execute_extension" and (dialled := _EXTENSION.match(app.data)):
            return inputs, StepResult.CHOSEN, f"extension {dialled[1]}; {_legs_text(legs)}"
    branch = _branch(draft)
    if branch and branch != "otherwise":
        return inputs, StepResult.CHOSEN, f"key {({'star': '*', 'hash': '#'}).get(branch, branch)}"
    left = draft.is_last and not draft.data("transfer")
    return inputs, StepResult.NO_CHOICE, "hung up" if left else "no choice"


def _listen(draft: Draft, legs: Sequence[LegRecord], call: Cdr) -> StepTexts:
    """The option, and how it was chosen; of what was said nothing else."""
    decision, verdict, _ = _decision(draft)
    option = _branch(draft).removesuffix("otherwise")
    if decision and decision == f"option:{option}":
        return "speech", StepResult.CHOSEN, f"option {verdict.removeprefix('decided ')}"
    if option:
        return "a key", StepResult.CHOSEN, f"option {option}"
    return "speech or a key", StepResult.NO_CHOICE, "hung up" if draft.is_last else "no choice"


def _hours(draft: Draft, legs: Sequence[LegRecord], call: Cdr) -> StepTexts:
    calendar = _CALENDAR.match(draft.data("execute_extension") or "")
    zone = draft.variable("timezone")
    return f"calendar {calendar[1] if calendar else '?'}, {zone}", StepResult.FOUND, draft.variable("routing_hours")


def _match(draft: Draft, legs: Sequence[LegRecord], call: Cdr) -> StepTexts:
    branch = _branch(draft)
    inputs = _parties(call)
    if draft.data("socket") is not None and _decision(draft)[2] < 0:
        inputs += f", {undecided(draft.variable)}: not known"
    if not branch:
        return inputs, StepResult.NOT_FOUND, "no case fits"
    if branch == "otherwise":
        return inputs, StepResult.NOT_FOUND, "no case fits: otherwise"
    return inputs, StepResult.FOUND, f"case {branch} fits"


def _ring(draft: Draft, legs: Sequence[LegRecord], call: Cdr) -> StepTexts:
    if draft.data("socket") is not None:
        return _decided(draft, legs, call)
    return "", _talked(legs), _legs_text(legs) or "nobody was rung"


def _queue(draft: Draft, legs: Sequence[LegRecord], call: Cdr) -> StepTexts:
    """The queue, the reasons of the engine's turns, each once; who was rung; how the caller left."""
    reasons = dict.fromkeys(value.partition(" ")[2] for name, value in draft.settings() if name == WHY and value)
    waited = " / ".join([draft.variable(QUEUE), *list(reasons)[-_MOST_REASONS:]])
    branch = _branch(draft)
    key = {"star": "*", "hash": "#"}.get(branch, branch) if branch != "otherwise" else ""
    result = _talked(legs)
    if result is not StepResult.TALKED and draft.is_last:
        result = StepResult.LEFT
    left = f"left by key {key}" if key else "hung up" if result is StepResult.LEFT else ""
    return waited, result, ", ".join(filter(None, (_legs_text(legs), left))) or "nobody was rung"


def _talked(legs: Sequence[LegRecord]) -> StepResult:
    return StepResult.TALKED if any(not leg.why for leg in legs) else StepResult.NO_TALK


def _legs_text(legs: Sequence[LegRecord]) -> str:
    return ", ".join(f"{leg.target or 'a phone'} {leg.why or 'talked'}" for leg in legs)


def _transferred(draft: Draft, legs: Sequence[LegRecord], call: Cdr) -> StepTexts:
    by, to = draft.variable("routing_by"), (draft.data("transfer") or "nobody").partition(" ")[0]
    return f"by {by} to {to}", _talked(legs), _legs_text(legs) or "nobody was rung"


def _play(draft: Draft, legs: Sequence[LegRecord], call: Cdr) -> StepTexts:
    if (sound := draft.data("playback")) is None:
        return "", StepResult.DONE, "hung up before it was played" if draft.is_last else "skipped"
    return sound.removeprefix("file_string://"), StepResult.DONE, "played"


def _sound(path: str, text: str) -> str:
    return f'"{text}"' if text else path.rpartition("/")[2]


def _language(draft: Draft, legs: Sequence[LegRecord], call: Cdr) -> StepTexts:
    return "", StepResult.DONE, draft.variable(LANGUAGE) or "the project's"


def _conference(draft: Draft, legs: Sequence[LegRecord], call: Cdr) -> StepTexts:
    """The room, and the uuid that every call in it has; who was invited. Legs are told of the whole step."""
    room = (draft.data("conference") or "").partition("@")[0]
    if not room:
        return "", StepResult.NO_CHOICE, "not admitted"
    inputs = " ".join(filter(None, (f"room {room}", call.get("conference_uuid"))))
    met = any(not leg.why for leg in legs) or call.time("bridge") > 0
    return inputs, StepResult.TALKED if met else StepResult.NO_TALK, _legs_text(legs) or "nobody was invited"


def _voicemail(draft: Draft, legs: Sequence[LegRecord], call: Cdr) -> StepTexts:
    if call.get(UNHEARD):
        return "", StepResult.NO_MESSAGE, "passed by: nobody is on the line yet"
    box = draft.variable("routing_box")
    if draft.data("record"):
        return f"box {box}", StepResult.RECORDED, "recorded"
    return f"box {box}", StepResult.NO_MESSAGE, "hung up before the tone"


def _scheme(draft: Draft, legs: Sequence[LegRecord], call: Cdr) -> StepTexts:
    starts = (_START.match(app.data) for app in draft.apps if app.name == "transfer")
    to = next((start[1] for start in starts if start), "")
    return "", StepResult.DONE, f"to scheme {to}" if to else "to no scheme"


def _ask(draft: Draft, legs: Sequence[LegRecord], call: Cdr) -> StepTexts:
    """What was typed, by its name; secret digits are in no call record."""
    reads = next((app.data for app in draft.apps if app.name == "play_and_get_digits"), "")
    variable = next((each for each in reads.split(" ") if each.startswith((TYPED, SECRET))), "")
    name = variable.removeprefix(TYPED).removeprefix(SECRET)
    if variable.startswith(SECRET):
        return name, StepResult.DONE, "secret"
    digits = call.get(variable) if variable else ""
    if draft.is_last and not digits:
        return name, StepResult.LEFT, "hung up"
    return (
        name,
        StepResult.CHOSEN if digits else StepResult.NO_CHOICE,
        f"entered {digits}" if digits else "nothing entered",
    )


def _tag(draft: Draft, legs: Sequence[LegRecord], call: Cdr) -> StepTexts:
    return "", StepResult.DONE, f"labels {', '.join(tags_of(draft.variable(TAGS)))}"


#: Kinds with more to show than `_any` does.
_READERS: dict[str, Callable[[Draft, Sequence[LegRecord], Cdr], StepTexts]] = {
    "transferred": _transferred,
    STEP: lambda _, __, call: (_parties(call), StepResult.ENDED, refused_text(call.get(REFUSED))),
    "menu": _menu,
    "ask": _ask,
    "listen": _listen,
    "ask_number": lambda draft, _, __: (
        "",
        *stated_number(draft.variable(STATED_NUMBER), bool(draft.data("play_and_get_digits"))),
    ),
    "hours": _hours,
    "match": _match,
    "ring": _ring,
    "queue": _queue,
    "play": _play,
    "say": _play,
    "conference": _conference,
    "voicemail": _voicemail,
    "scheme": _scheme,
    "open_branch": _scheme,
    "language": _language,
    "rate": rated.outcome,
    "tag": _tag,
    "hangup": lambda draft, _, __: ("", StepResult.ENDED, draft.data("hangup") or "hung up"),
}
