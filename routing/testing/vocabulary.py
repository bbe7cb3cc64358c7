"""The values that each kind of expectation allows, from the names of a release."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from routing.model import numbers
from routing.model.addresses import EMAIL, HOOK
from routing.model.rating import SCORES
from routing.testing.kinds import ENGINE_KINDS
from routing.testing.names import Names

_HEARD = ("nothing", "ringing", "audio")
_RATED = (*map(str, SCORES), "wrong", "nothing")
_HOURS = ("open", "closed", "holiday")
#: What an engine's answer may be, for hints.
ANSWERS = "write answered, continue, scheme ID, ring NAME, end CAUSE, or how the engine failed: silent, refused, closed"
#: Of a recogniser, besides options.
_HEARD_AS = ("answered", "unclear", "noinput", "continue", "silent", "refused", "closed")
_ENGINE_ANSWERS = (
    "answered", "ordered", "ask", "continue", "silent", "refused", "closed", "nobody", "wait", "found", "missing",
)  # fmt: skip
_LOOKED_UP = ("found", "missing", "down", "continue", "silent", "refused", "closed")


def vocabulary(kind: str, names: Names) -> tuple[Collection[str] | None, str]:
    """The values that a kind allows; None where all are allowed."""
    if kind == "listen":
        return {*names.options, *_HEARD_AS}, "no option is called"
    if kind == "lookup":
        return _LOOKED_UP, "no lookup ends with"
    if kind in ENGINE_KINDS:
        return _ENGINE_ANSWERS, "there is no answer"
    tables: dict[str, tuple[Callable[[], Collection[str]], str]] = {
        "scheme": (lambda: names.schemes, "no scheme is called"),
        "hours": (lambda: _HOURS, "no calendar state is"),
        "rated": (lambda: _RATED, "nobody presses"),
        "play": (lambda: names.sounds, "there is no sound file"),
        "whisper": (lambda: names.sounds, "there is no sound file"),
        "says": (lambda: names.published.spoken.texts, "no text of the release says"),
        "speaks": (lambda: names.published.spoken.languages, "the project does not speak"),
        "conference": (lambda: names.rooms, "no room is called"),
        "voicemail": (lambda: names.boxes, "no voicemail box is called"),
        "tag": (lambda: names.tags, "no step of the release sets the label"),
        "notify": (lambda: names.people, "nobody is called"),
        "hears": (lambda: _HEARD, "a caller hears no"),
        "end": (lambda: names.causes, "no hangup cause is called"),
    }
    known, message = tables.get(kind, (lambda: None, ""))
    return known(), message


def is_one(kind: str, word: str, known: Collection[str], names: Names) -> bool:
    """Whether a kind allows a value; ``known``: those of `vocabulary`."""
    if kind in ("play", "whisper"):
        return any(sound == word or sound.endswith(f"/{word}") for sound in known)
    if kind == "says":
        return any(word.casefold() in text.casefold() for text in known)
    if kind == "notify":
        return word in known or bool(EMAIL.fullmatch(word) or HOOK.fullmatch(word))
    if kind == "crm" and _is_sent_field(word, names):
        return True
    return word in known or (kind in ENGINE_KINDS and _is_answer(word, names))


def _is_sent_field(word: str, names: Names) -> bool:
    """``told entity.region=521``, ``told source.utm_campaign=``: a visitor's field in the request of a CRM step."""
    place, equals, _ = word.removeprefix("told ").partition("=")
    return word.startswith("told ") and bool(equals) and place in names.sent_fields


def _is_answer(word: str, names: Names) -> bool:
    """``scheme lviv``, ``ring ivan``, ``ring person ivan``, ``end USER_BUSY``, ``order ivan,olena``."""
    verb, _, what = word.partition(" ")
    targets = what.removeprefix("person ").removeprefix("phone ").removeprefix("number ")
    if verb == "scheme":
        return what in names.schemes
    if verb == "end":
        return what in names.causes
    return verb in ("ring", "order", "together") and all(_is_target(target, names) for target in targets.split(","))


def offered_answers(names: Names) -> Iterator[str]:
    """Answers of an engine that name something of the release."""
    yield from (f"scheme {scheme}" for scheme in names.schemes)
    yield from (f"ring {phone}" for phone in names.phones)


def _is_target(name: str, names: Names) -> bool:
    return name in names.phones or (name.startswith("+") and _is_number(name))


def _is_number(text: str) -> bool:
    try:
        numbers.normalise(text, None)
    except ValueError:
        return False
    return True
