"""What a step used and what came of it, in the journal's words (`routing.journal.executed`), from a simulated call's
events. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from routing.journal.dialled import why
from routing.model.rating import SCORE
from routing.model.spoken import LANGUAGE
from routing.model.typed_digits import MASK
from routing.offline.applications import REFUSED
from routing.offline.events import Event

#: What a step used, what came of it.
StepText = tuple[str, str]


def step_text(kind: str, inside: Sequence[Event]) -> StepText:
    """The texts of one step: its events begin with its own."""
    return _TEXTS.get(kind, _others)(inside)


def leg_text(ring_end: Event, *, talked: bool) -> str:
    """What became of a phone that was rung, without the phone; "" for a talk."""
    return "" if talked else why(ring_end.detail, ring_end.detail == "answered", "")


def decided(decision: Event) -> tuple[str, str]:
    """An engine's decision, and its reason; "" for none."""
    obeyed, _, reason = decision.detail.partition(" (")
    return obeyed, reason.removesuffix(")")


def _subjects(inside: Sequence[Event], kind: str) -> list[str]:
    return [event.subject for event in inside if event.kind == kind]


def _values(inside: Sequence[Event], variable: str) -> list[str]:
    """What a variable was set to."""
    parts = (subject.partition("=") for subject in _subjects(inside, "variable"))
    return [value for name, _, value in parts if name == variable]


def _last(inside: Sequence[Event], kind: str) -> Event | None:
    return next((event for event in reversed(inside) if event.kind == kind), None)


def _left(inside: Sequence[Event], otherwise: str) -> str:
    return "hung up" if inside[-1].kind == "end" else otherwise


def _rung(inside: Sequence[Event]) -> str:
    talked = {event.subject for event in inside if event.kind == "talk"}
    legs = [event for event in inside if event.kind == "ring_end"]
    texts = ((leg.subject, leg_text(leg, talked=leg.subject in talked) or "talked") for leg in legs)
    return ", ".join(f"{target} {text}" for target, text in texts)


def _others(inside: Sequence[Event]) -> StepText:
    """The engine's decision, if it was asked; the phones that rang."""
    fallback, decision = _last(inside, "fallback"), _last(inside, "decision")
    texts = [_rung(inside)]
    if fallback is not None:
        texts = ["the engine decided nothing in time: went on"]
    elif decision is not None:
        obeyed, _ = decided(decision)
        texts.insert(0, {"continue": "go on"}.get(obeyed, obeyed.replace(":", " ")))
    return "", "; ".join(filter(None, texts))


def _ring(inside: Sequence[Event]) -> StepText:
    inputs, outcome = _others(inside)
    return inputs, outcome or "nobody was rung"


def _queue(inside: Sequence[Event]) -> StepText:
    decision = _last(inside, "decision")
    reason = decided(decision)[1] if decision else ""
    waited = " / ".join(filter(None, (inside[0].scheme, reason)))
    left = "" if _last(inside, "talk") else _left(inside, "")
    return waited, ", ".join(filter(None, (_rung(inside), left))) or "nobody was rung"


def _conference(inside: Sequence[Event]) -> StepText:
    return "", _rung(inside) or "nobody was invited"


def _play(inside: Sequence[Event]) -> StepText:
    sounds = [sound.rpartition("/")[2] for sound in _subjects(inside, "play")]
    return ", ".join(sounds), "played" if sounds else _left(inside, "skipped")


def _typed(inside: Sequence[Event]) -> str:
    """The valid digits; "" for none."""
    digits = _last(inside, "digits")
    return "" if digits is None or digits.detail.startswith(("-", "!")) else digits.detail


def _menu(inside: Sequence[Event]) -> StepText:
    typed = _typed(inside)
    if len(typed) > 1:
        return "a key", "; ".join(filter(None, (f"extension {typed}", _rung(inside))))
    return "a key", f"key {typed}" if typed else _left(inside, "no choice")


def _ask(inside: Sequence[Event]) -> StepText:
    digits = _last(inside, "digits")
    if digits is not None and MASK in digits.detail:
        return "", "secret"
    typed = _typed(inside)
    return "", f"entered {typed}" if typed else _left(inside, "nothing entered")


def _rate(inside: Sequence[Event]) -> StepText:
    """The step runs before the talk, to mark the call, and after it, to ask."""
    if (refused := _last(inside, "limit")) and refused.reason == REFUSED:
        seconds = refused.detail.rpartition("/")[2]
        return "", f"not asked: talked less than {seconds} s"
    if (decision := _last(inside, "decision")) is None:
        return "", "for after the talk"
    obeyed, reason = decided(decision)
    if obeyed == "continue":
        return "", f"not asked: {reason}"
    return "asked", _score(inside)


def _score(inside: Sequence[Event]) -> str:
    digits = [event for event in inside if event.kind == "digits" and event.subject == SCORE]
    if typed := _typed(digits):
        return f"rated {typed}"
    has_wrong = any(event.detail.startswith("!") for event in digits)
    return _left(inside, "wrong keys" if has_wrong else "nothing pressed")


def _hours(inside: Sequence[Event]) -> StepText:
    schemes = [f"to scheme {each}" for each in _subjects(inside, "scheme")[-1:]]
    return "", ", ".join([*_values(inside, "routing_hours")[-1:], *schemes])


def _language(inside: Sequence[Event]) -> StepText:
    return "", next(iter(_values(inside, LANGUAGE)), "") or "the project's"


def _scheme(inside: Sequence[Event]) -> StepText:
    schemes = _subjects(inside, "scheme")
    return "", f"to scheme {schemes[-1]}" if schemes else "to no scheme"


def _voicemail(inside: Sequence[Event]) -> StepText:
    return "", "recorded" if _subjects(inside, "voicemail") else "hung up before the tone"


def _tag(inside: Sequence[Event]) -> StepText:
    return "", f"labels {', '.join(_subjects(inside, 'tag'))}"


def _hangup(inside: Sequence[Event]) -> StepText:
    return "", next(iter(_subjects(inside, "end")), "hung up")


_TEXTS: dict[str, Callable[[Sequence[Event]], StepText]] = {
    "ring": _ring, "queue": _queue, "conference": _conference, "play": _play, "say": _play, "menu": _menu,
    "listen": _menu, "ask": _ask, "ask_number": _ask, "rate": _rate, "hours": _hours, "open_branch": _hours,
    "scheme": _scheme, "voicemail": _voicemail, "tag": _tag, "language": _language, "hangup": _hangup,
}  # fmt: skip
