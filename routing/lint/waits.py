"""Ring times of phones, and waiting times of callers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from routing.compile.waits import longest_waits
from routing.lint.base import Lint
from routing.lint.findings import LintFinding, OneScheme
from routing.lint.whole import WholeFolder
from routing.model.durations import spoken
from routing.steps.base import Complaint
from routing.steps.crm import CrmStep
from routing.steps.sticky import StickyStep
from routing.steps.targets import timed
from routing.steps.webhook import WebhookStep

#: Two rings: 1 s of tone, 4 s of pause, 1 s of tone and some time to pick up.
TWO_RINGS_SECONDS = 8


class ShortRing(Lint):
    """A phone rings less than two rings: nobody picks up that fast.

    The ring time follows from `for`, or from the time that `at_most` leaves for the last phones.

    Good::

        - ring: {to: [ivan, olena], order: in_order, for: 15s, at_most: 30s}
        - hangup

    Bad::

        - ring: {to: ivan, for: 1 ring}
        - hangup

    Bad, Olena rings only five seconds::

        - ring: {to: [ivan, olena], order: in_order, for: 15s, at_most: 20s}
        - hangup
    """

    id = "short-ring"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Legs of each `ring`, targets of other steps."""
        for rung in one.rings:
            short = {leg.target: leg.seconds or 0 for leg in rung.legs if (leg.seconds or 0) < TWO_RINGS_SECONDS}
            if short:
                where = "at_most" if rung.step.turn_at_most and rung.step.for_ >= TWO_RINGS_SECONDS else "for"
                yield (*rung.loc, where), _short(short), "two rings are 8 s"
        for step, loc, _ in one.steps:
            if isinstance(step, StickyStep | CrmStep | WebhookStep) and step.ring < TWO_RINGS_SECONDS:
                yield (*loc, "ring"), f"the target rings only {step.ring} s", "two rings are 8 s"


def _short(legs: Mapping[str, int]) -> str:
    name, seconds = next(iter(legs.items()))
    rest = f", and {len(legs) - 1} more phones" if len(legs) > 1 else ""
    return f"`{name}` rings only {seconds} s{rest}"


class NeverRung(Lint):
    """The step, or the person's ring time, ends before this phone starts ringing.

    Good::

        - ring: {to: [ivan, {olena: after 10s}], at_most: 30s}
        - hangup

    Bad::

        - ring: {to: [ivan, {olena: after 30s}], at_most: 20s}
        - hangup

    Bad, Petro's ring time ends after ten seconds::

        people:
          petro: {name: P, phones: {desk: {sip: "1009"}, soft: {sip: "1010"}}, ring: [desk, {soft: after 10s}]}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [{ring: {to: petro, for: 10s}}, hangup]
    """

    id = "never-rung"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Phones that `for` or `at_most` cuts off."""
        for rung in one.rings:
            ringing = {leg.target for leg in rung.legs}
            reached = {leg.target for turn in rung.named for leg in timed(turn, rung.step.for_)}
            for target in (leg.target for turn in rung.named for leg in turn.legs):
                if target not in ringing:
                    where, what = ("at_most", "the step") if target in reached else ("for", "the person's ring time")
                    hint = f"raise `{where}`, or shorten the delay"
                    yield (*rung.loc, where), f"`{target}` never rings: {what} ends first", hint


class LongWait(Lint):
    """Callers may wait longer for a person or an end of the call than the project's `longest_wait`.

    The wait assumes that every phone rings to the end and every decision takes its full timeout, over up to ten jumps
    between schemes. It does not follow webhooks. `routing compile` and `routing graph` show it.

    Good::

        - ring: {to: ivan, for: 60s}
        - hangup

    Bad, the default limit is three minutes::

        - ring: {to: ivan, for: 2m}
        - ring: {to: olena, for: 2m}
        - hangup
    """

    id = "long-wait"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Schemes with numbers."""
        limit = whole.folder.project.longest_wait
        waits = longest_waits(whole.schemes.values())
        for name, facts in whole.schemes.items():
            if facts.numbers and waits[name] > limit:
                message = f"a caller may wait {spoken(round(waits[name]))}; `longest_wait` is {spoken(limit)}"
                yield facts.at(self.id, facts.place, message, "shorten `for`, or raise `longest_wait` of the project")
