"""What callers have typed and web servers have answered: names that nothing fills, and answers without a next step."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import LintFinding, OneScheme
from routing.lint.whole import WholeFolder
from routing.steps.base import Complaint
from routing.steps.lookup import LookupStep


class UnknownFact(Lint):
    """A name in a URL, a text or a condition that no `ask` and no `lookup` fills: it is always empty.

    Secret digits are empty too, everywhere but in what a `lookup` sends in its body. The step that fills a name may be
    in another scheme.

    Good::

        - ask: {into: order, prompt: greeting.wav, length: 4}
        - lookup: {url: "https://x.example/{{order}}", answer: {day: day}, missing: [hangup]}
        - match: {when: {lookup.day: today}, steps: [{ring: ivan}]}
        - hangup

    Bad::

        - ask: {into: order, prompt: greeting.wav, length: 4}
        - lookup: {url: "https://x.example/{{ordr}}", missing: [hangup]}
        - hangup

    Bad::

        - ask: {into: pin, prompt: greeting.wav, length: 4, secret: true}
        - lookup: {url: "https://x.example/{{pin}}", missing: [hangup]}
        - hangup
    """

    id = "unknown-fact"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Compare the names in use with those that any scheme fills."""
        given = {fact for facts in whole.schemes.values() for fact in facts.gives}
        for facts in whole.schemes.values():
            for fact, place in facts.needs:
                kind, _, name = fact.partition(".")
                if fact in given or (kind == "typed" and given & {f"asked.{name}", f"secret.{name}"}):
                    continue
                yield facts.at(self.id, place, *_why(kind, name, given))


def _why(kind: str, name: str, given: set[str]) -> tuple[str, str]:
    if f"secret.{name}" in given and kind == "asked":
        return (
            f"`{name}` is secret: it is empty here",
            "only the body of a `lookup` may send it: `method: POST`, `send`",
        )
    if kind == "lookup":
        return f"`lookup.{name}` is always empty: no `lookup` has it in `answer`", f"add `answer: {{{name}: ...}}`"
    return f"`{name}` is always empty: no `ask` has it as `into`", f"write `ask: {{into: {name}, ...}}` before"


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
