"""The kinds of expectations, and which event of a call meets one. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from routing.model.rating import SCORE
from routing.model.typed_digits import SECRET, TYPED
from routing.offline.crm_answers import sent_fields_in
from routing.offline.events import Event
from routing.testing.spans import Span

#: Kinds that are facts of the call rather than moments of it: their order does not matter.
ANY_TIME = frozenset({"notify"})
#: Kinds that callers and people notice: under `exactly` none may happen that is not listed.
NOTICED = frozenset({"ring", "confirm", "talk", "transferred", "play", "whisper", "digits", "voicemail", "rated"})
#: Expectation of an engine's answer -> kind of the dynamic step; `order` is a ring step whose order needs memory.
ENGINE_KINDS = {
    "webhook": "webhook",
    "crm": "crm",
    "sticky": "sticky",
    "visitor": "visitor",
    "order": "ring",
    "queue": "queue",
    "callback": "callback",
    "lookup": "lookup",
    "rate": "rate",
    "listen": "listen",
}


@dataclass(frozen=True)
class Expectation:
    """One line of `expect`: a kind and its values; several values are a set of phones, in any order.

    ``at``: when, from the INVITE; ``lasts``: the length, by value. ``line`` is its line in the file.
    """

    kind: str
    values: tuple[str, ...]
    at: Span | None = None
    lasts: tuple[tuple[str, Span], ...] = ()
    line: int = field(default=0, compare=False)

    def __str__(self) -> str:
        lasts = dict(self.lasts)
        values = [f"{word} for {lasts[word]}" if word in lasts else word for word in self.values]
        return f"{self.kind}: {', '.join(values)}" + (f" at {self.at}" if self.at else "")


def engine_answer(event: Event) -> str:
    """The engine's answer or failure: ``scheme lviv``, ``ring person ivan``, ``continue``, ``silent``, ``refused``."""
    if event.kind == "fallback":
        return event.reason
    return event.detail.partition(" ")[0].replace(":", " ")


def _subject(kind: str) -> Callable[[Event, str], bool]:
    return lambda event, word: event.kind == kind and event.subject == word


def _phone(kind: str) -> Callable[[Event, str], bool]:
    """A person's name matches any of their phones."""
    return lambda event, word: event.kind == kind and word in (event.subject, event.subject.partition(".")[0])


def _file(kind: str) -> Callable[[Event, str], bool]:
    return lambda event, word: event.kind == kind and event.subject.endswith(f"/{word}")


def _variable(name: str) -> Callable[[Event, str], bool]:
    return lambda event, word: (
        event.kind == "variable"
        and word in event.subject.removeprefix(f"{name}=").split()
        and (event.subject.startswith(f"{name}="))
    )


def _answer(step_kind: str) -> Callable[[Event, str], bool]:
    """The event's subject is the kind of the step where that is known, else the engine's address, for any kind."""

    def meets(event: Event, word: str) -> bool:
        if event.kind not in ("decision", "fallback") or not (":" in event.subject or event.subject == step_kind):
            return False
        answer = engine_answer(event)
        if word == "answered":
            return event.kind == "decision" and answer != "continue"
        targets = (
            answer.replace(" person ", " ").replace(" phone ", " ").replace(" number ", " ").removeprefix("option ")
        )
        return word in (answer, targets, *(sent_fields_in(event.detail) if step_kind == "crm" else ()))

    return meets


def _answer_or_down(step_kind: str) -> Callable[[Event, str], bool]:
    """As `_answer`; ``down``, the name of the scheme's branch, is every way to have no answer."""
    meets = _answer(step_kind)

    def meets_or_down(event: Event, word: str) -> bool:
        if word == "down":
            return meets(event, "continue") or (event.kind == "fallback" and event.subject == step_kind)
        return meets(event, word)

    return meets_or_down


def _typed(event: Event) -> tuple[str, ...]:
    """The name of what was asked, alone and with the digits; nothing for other events."""
    name = event.subject.removeprefix(TYPED).removeprefix(SECRET)
    if event.kind != "digits" or name == event.subject or event.detail.startswith("!"):
        return ()
    return (f"{name} nothing",) if event.detail == "-" else (name, f"{name} {event.detail}")


#: What happens to a recording, by the kind and the detail of its event.
_RECORDING = {
    ("record", "session"): "begins",
    ("record_end", ""): "ends",
    ("mask", "on"): "masked",
    ("mask", "off"): "unmasked",
}


def _rated(event: Event) -> str:
    """The score that a caller gave, `wrong` for another key, `nothing` for silence; "" for other events."""
    if event.kind != "digits" or event.subject != SCORE:
        return ""
    return "nothing" if event.detail == "-" else "wrong" if event.detail.startswith("!") else event.detail


def _step(event: Event, word: str) -> bool:
    return event.kind == "step" and word in (event.subject, f"{event.scheme}/{event.subject}")


#: Kind of expectation -> whether an event meets one of its values.
KINDS: dict[str, Callable[[Event, str], bool]] = {
    "scheme": _subject("scheme"),
    "step": _step,
    "hours": _variable("routing_hours"),
    "ring": _phone("ring"),
    "confirm": _phone("confirm"),
    "talk": _phone("talk"),
    "transferred": lambda event, word: (
        _phone("transferred")(event, word) or (event.kind == "transferred" and word == event.detail)
    ),
    "play": _file("play"),
    "says": lambda event, word: event.kind in ("play", "whisper") and word.casefold() in event.text.casefold(),
    "speaks": lambda event, word: event.kind in ("play", "whisper") and event.language == word,
    "whisper": _file("whisper"),
    "digits": lambda event, word: event.kind == "digits" and event.detail == word,
    "asked": lambda event, word: word in _typed(event),
    "rated": lambda event, word: _rated(event) == word,
    **{kind: _answer(step_kind) for kind, step_kind in ENGINE_KINDS.items()},
    "lookup": _answer_or_down("lookup"),
    "conference": _subject("conference"),
    "voicemail": lambda event, word: event.kind == "voicemail" and f"/voicemail/{word}/" in event.subject,
    "notify": _variable("routing_notify"),
    "tag": _subject("tag"),
    "card": _phone("card"),
    "recording": lambda event, word: _RECORDING.get((event.kind, event.detail)) == word,
    "answered": lambda event, word: event.kind == "answered",
    "hears": _subject("hears"),
    "end": _subject("end"),
}

#: The description of each kind.
MEANINGS = {
    "scheme": "The call enters this scheme.",
    "step": "The call enters this step: `3`, `3.open.1` or `kharkiv/3`.",
    "hours": "A calendar is `open`, `closed` or `holiday`.",
    "ring": "A person, a group's member or a phone rings.",
    "confirm": "A phone is picked up and must press its confirm key.",
    "talk": "The caller talks with a person or a phone.",
    "transferred": "A phone transfers the caller: its name, or the number that it dials.",
    "play": "The caller hears this sound file.",
    "says": "A voice says this, or a part of it, to the caller, or to the person in a whisper.",
    "speaks": "A voice speaks this language, or the call's own file for it is played: `uk`.",
    "whisper": "The person hears this sound file before the caller.",
    "digits": "The caller has typed these keys.",
    "asked": "The caller has typed this at an `ask` step: `order 123456`, `order nothing`; `pin` alone, when secret.",
    "rated": "After the talk the caller has pressed this: `1` to `5`, `wrong`, or `nothing`.",
    "webhook": "The decision after a handler's answer: `answered`, `ring ivan`, `scheme lviv`; `silent` without one.",
    "crm": "The decision after a CRM's answer: `answered`, `ring ivan`, `continue`; `silent` without one.",
    "sticky": "The decision by the last talk: `answered`, `ring ivan`, `continue`; `silent` without an engine.",
    "visitor": "The engine looked up the visitor who holds the number: `continue`; `silent` without an engine.",
    "callback": "A call back to the caller: `ordered`, `continue` when there can be none; `silent` without an engine.",
    "lookup": "What a server answers: `found`, `missing`; `down` without a valid answer, or without an engine.",
    "conference": "The caller enters this room.",
    "rate": "Whether the caller is asked to rate the talk: `ask`, `continue` when not; `silent` without an engine.",
    "listen": "What a recogniser hears: an option's name, `unclear`, `noinput`; `continue` when it is down.",
    "order": "The engine's order: `answered`, `wait`, `order ivan,olena`; `refused` without an engine.",
    "queue": "What the queue decides: `wait`, `order ivan`, `nobody` when the caller cannot wait.",
    "voicemail": "A message is left in this box.",
    "notify": "This person or address is notified of the message.",
    "tag": "The call gets this label.",
    "card": "This person, or this phone, asks for the client's card by keys.",
    "recording": "The talk's recording `begins`, `ends`, is `masked` or `unmasked`.",
    "answered": "`true`: the caller's leg is answered: the call begins to cost.",
    "hears": "What the caller hears from now on: `nothing`, `ringing` or `audio`.",
    "end": "The call ends with this hangup cause.",
}


def is_kind(event: Event, kind: str) -> bool:
    """Whether an event is of a kind of expectation, whatever its value."""
    if kind in ("hours", "notify"):
        return event.subject.startswith(f"routing_{kind}=")
    if kind in ("asked", "rated"):
        return bool(_typed(event) if kind == "asked" else _rated(event))
    if kind == "recording":
        return (event.kind, event.detail) in _RECORDING
    if kind in ENGINE_KINDS:
        return event.kind in ("decision", "fallback") and event.subject == ENGINE_KINDS[kind]
    return event.kind == kind


def met(event: Event, expectation: Expectation) -> bool:
    """Whether an event is what is expected, whatever its time."""
    return any(KINDS[expectation.kind](event, word) for word in expectation.values)


def describe(event: Event, kind: str) -> str:
    """An event as a value of a kind of expectation."""
    if kind in ("hours", "notify"):
        return event.subject.partition("=")[2]
    if event.kind in ("decision", "fallback"):
        return engine_answer(event)
    if kind == "voicemail":
        return event.subject.rpartition("/")[0].rpartition("/")[2]
    if kind in ("asked", "rated"):
        return _typed(event)[-1] if kind == "asked" else _rated(event)
    if kind == "recording":
        return _RECORDING[event.kind, event.detail]
    return event.detail if kind == "digits" else event.subject.rpartition("/")[2] or kind
