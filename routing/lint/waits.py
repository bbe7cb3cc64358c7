"""How long phones ring and callers wait."""

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
    """A phone rings for less than two rings: nobody picks up that fast.

    `for` of a person, or what `at_most` leaves of it for those who come last.

    Good::

        - ring: {to: [ivan, olena], order: in_order, for: 15s, at_most: 30s}
        - hangup

    Bad::

        - ring: {to: ivan, for: 1 ring}
        - hangup

    Bad, five seconds are left for Olena::

        - ring: {to: [ivan, olena], order: in_order, for: 15s, at_most: 20s}
        - hangup
    """

    id = "short-ring"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Legs of each `ring`, the target's time of the others."""
        for rung in one.rings:
            short = {leg.target: leg.seconds or 0 for leg in rung.legs if (leg.seconds or 0) < TWO_RINGS_SECONDS}
            if short:
                where = "at_most" if rung.step.at_most and rung.step.for_ >= TWO_RINGS_SECONDS else "for"
                yield (*rung.loc, where), _short(short), "two rings are 8 s"
        for step, loc, _ in one.steps:
            if isinstance(step, StickyStep | CrmStep | WebhookStep) and step.ring < TWO_RINGS_SECONDS:
                yield (*loc, "ring"), f"its target rings {step.ring} s only", "two rings are 8 s"


def _short(legs: Mapping[str, int]) -> str:
    name, seconds = next(iter(legs.items()))
    rest = f", and {len(legs) - 1} more phones" if len(legs) > 1 else ""
    return f"`{name}` rings {seconds} s only{rest}"


class NeverRung(Lint):
    """The step, or the time of the phone's person, is over before this phone would begin to ring.

    Good::

        - ring: {to: [ivan, {olena: after 10s}], at_most: 30s}
        - hangup

    Bad::

        - ring: {to: [ivan, {olena: after 30s}], at_most: 20s}
        - hangup

    Bad, after ten seconds Petro's time is over::

        people:
          petro: {name: P, phones: {desk: {sip: "1009"}, soft: {sip: "1010"}}, ring: [desk, {soft: after 10s}]}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [{ring: {to: petro, for: 10s}}, hangup]
    """

    id = "never-rung"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Phones that are named and cut off by `for` or by `at_most`."""
        for rung in one.rings:
            ringing = {leg.target for leg in rung.legs}
            reached = {leg.target for turn in rung.named for leg in timed(turn, rung.step.for_)}
            for target in (leg.target for turn in rung.named for leg in turn.legs):
                if target not in ringing:
                    where, what = ("at_most", "the step") if target in reached else ("for", "its person's time")
                    yield (*rung.loc, where), f"`{target}` never rings: {what} ends before", "longer, or earlier"


class LongWait(Lint):
    """A caller of this number may wait longer for a person or an end than `longest_wait` of the project.

    Every phone rings to its end, every decision takes its whole time, ten jumps between schemes are followed; where a
    handler's answer may send the call is not. It is the time that `routing compile` and `routing graph` tell.

    Good::

        - ring: {to: ivan, for: 60s}
        - hangup

    Bad, three minutes are the limit where the project says nothing::

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
