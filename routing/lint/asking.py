"""What callers type and web servers answer: names that nothing fills, answers without a next step, readable PINs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import LintFinding, OneScheme
from routing.lint.whole import WholeFolder
from routing.model.call_fields import CALL_FIELDS
from routing.model.in_clear import is_name
from routing.model.problem import closest, did_you_mean
from routing.model.spoken import parts_of, phrases_of
from routing.steps.ask import AskStep
from routing.steps.base import Complaint
from routing.steps.lookup import LookupStep


class UnknownFact(Lint):
    """A name in a URL, a text or a condition that no `ask` and no `lookup` fills: it is always empty.

    The step that fills a name may be in another scheme.

    Good::

        - ask: {into: order, prompt: greeting.wav, length: 4}
        - lookup: {url: "https://x.example/{{order}}", answer: {day: day}, missing: [hangup]}
        - match: {when: {lookup.day: today}, steps: [{ring: ivan}]}
        - hangup

    Bad::

        - ask: {into: order, prompt: greeting.wav, length: 4}
        - lookup: {url: "https://x.example/{{ordr}}", missing: [hangup]}
        - hangup
    """

    id = "unknown-fact"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Compare the names in use with those that any scheme fills."""
        given = {fact for facts in whole.schemes.values() for fact in facts.gives}
        for facts in whole.schemes.values():
            for fact, place in facts.needs:
                kind, _, name = fact.partition(".")
                if fact in given or (kind != "lookup" and given & {f"asked.{name}", f"secret.{name}"}):
                    continue  # secret digits where none may be are a problem, not a lint
                yield facts.at(self.id, place, *_why(kind, name, given))


def _why(kind: str, name: str, given: set[str]) -> tuple[str, str]:
    if kind == "lookup":
        fields = [fact.removeprefix("lookup.") for fact in sorted(given) if fact.startswith("lookup.")]
        near = closest(name, fields)
        hint = f"did you mean `lookup.{near}`?" if near else f"add `answer: {{{name}: ...}}`"
        return f"`lookup.{name}` is always empty: no `lookup` has it in `answer`", hint
    known = [each for fact in sorted(given) for how, _, each in [fact.partition(".")] if how != "lookup"]
    hint = did_you_mean(name, [*known, *CALL_FIELDS]) or f"write `ask: {{into: {name}, ...}}` before"
    return f"`{name}` is always empty: no `ask` has it as `into`", hint


class LookupWithoutMissing(Lint):
    """A `lookup` has no `missing`: who typed a wrong number hears nothing of it and goes on as everybody does.

    Good::

        - ask: {into: order, prompt: greeting.wav, length: 4}
        - lookup: {url: "https://x.example/{{order}}", missing: [{play: greeting.wav}]}
        - ring: ivan
        - hangup

    Bad::

        - ask: {into: order, prompt: greeting.wav, length: 4}
        - lookup: {url: "https://x.example/{{order}}", found: [hangup]}
        - ring: ivan
        - hangup
    """

    id = "lookup-without-missing"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Every `lookup`."""
        for step, loc, _ in one.steps:
            if isinstance(step, LookupStep) and step.missing is None:
                yield loc, "nothing follows when the server knows no such thing", "add `missing: [{play: ...}]`"


#: Words in the names of digits that nobody else should read; in prompts, the same in the four languages.
_PIN_NAMES = frozenset({"pin", "pincode", "cvv", "cvc", "parol", "haslo"})
_PIN_PROMPT = re.compile(
    r"\b(pin|pin.code|cvv2?|cvc2?|passwords?|passcode|п[іи]н|п[іи]н.код\w*|парол[ьяеюі]\w*|has[łl][oa])\b",
    re.IGNORECASE,
)
_CARD_NAMES = frozenset({"card", "karta", "karty", "kartka", "kartky"})
#: Numbers of payment cards have 12 digits and more.
_CARD_DIGITS = 12


class ReadablePin(Lint):
    """Callers type what seems to be a PIN or a card number, and everybody who reads the journal can read it.

    Digits without `secret: true` are in call records, logs, the journal, webhooks, and in the URLs of lookups, which
    web servers log. Judged by the name under `into`, and by the words of the prompt's text.

    Good::

        - ask: {into: pin, prompt: greeting.wav, length: 4, secret: true}
        - lookup: {url: "https://x.example/", method: POST, send: {pin: "{{pin}}"}, secret: KEY, missing: [hangup]}
        - hangup

    Bad::

        - ask: {into: pin, prompt: greeting.wav, length: 4}
        - lookup: {url: "https://x.example/?pin={{pin}}", secret: KEY, missing: [hangup]}
        - hangup

    Bad, the number of a payment card::

        - ask: {into: card, prompt: greeting.wav, length: 16}
        - hangup
    """

    id = "readable-pin"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Every `ask` that keeps its digits."""
        for step, loc, _ in one.steps:
            if isinstance(step, AskStep) and not step.secret and (sign := _pin_sign(step)):
                message = f"{sign} is kept readable: in call records, logs, the journal, URLs"
                yield (*loc, "into"), message, "write `secret: true`, and send it in the body of a `lookup`"


def _pin_sign(step: AskStep) -> str:
    """What of a step says that its digits are secret; the empty string for nothing."""
    parts = {*step.into.split("_"), step.into}
    if any(part in _PIN_NAMES or is_name(part) for part in parts):
        return f"`{step.into}`"
    if parts & _CARD_NAMES and step.length.most >= _CARD_DIGITS:
        return f"`{step.into}`, with {step.length.most} digits a card number,"
    phrases = [phrase for part in parts_of(step.prompt) for phrase in phrases_of(part)]
    found = next(filter(None, (_PIN_PROMPT.search(phrase.text) for phrase in phrases)), None)
    return f"`{step.into}`, which the prompt calls `{found[0]}`," if found else ""
