"""Settings that change nothing where they stand."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import LintFinding, OneScheme, Rung
from routing.lint.whole import WholeFolder
from routing.steps.base import Complaint
from routing.steps.webhook import WebhookStep

#: Settings of Ringostat's form that ours does not look at.
_RINGOSTAT = ("submit", "answer_type", "rpc_method")
#: Settings of `ring` that only outside phones know.
_OUTSIDE = ("confirm", "confirm_prompt", "reject", "caller_id")


class NoEffect(Lint):
    """A setting does nothing here: an order of one person, a key that no outside phone of the step could press.

    Good::

        - ring: {to: [ivan, {olena: {weight: 3}}], order: weighted}
        - ring: {to: ivan.mobile, confirm: "1"}
        - hangup

    Bad, there is nobody to put in order::

        - ring: {to: ivan, order: random}
        - hangup

    Bad, weights are for `order: weighted`::

        - ring: {to: [ivan, {olena: {weight: 3}}], order: random}
        - hangup

    Bad, desks need not confirm::

        - ring: {to: ivan.desk, confirm: "1"}
        - hangup

    Bad, a setting of Ringostat's form::

        - webhook: {url: "http://127.0.0.1/", submit: json}
        - hangup
    """

    id = "no-effect"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Settings of `ring` and `webhook`."""
        for rung in one.rings:
            yield from _ring(rung)
        for step, loc, _ in one.steps:
            if isinstance(step, WebhookStep) and step.form == "routing":
                for name in _RINGOSTAT:
                    if name in step.model_fields_set:
                        yield (*loc, name), f"`{name}` is for `form: ringostat`", "leave it out"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Prompts of phones that need not confirm."""
        for name, person in whole.folder.people.items():
            for label, phone in person.phones.items():
                loc = ("people", name, "phones", label)
                if phone.sip and phone.gateway:
                    yield whole.at(self.id, (*loc, "gateway"), "a SIP account needs no gateway", "leave it out")
                if phone.sip and phone.confirm:
                    hint = "write it only where a voicemail of the phone's own could answer"
                    yield whole.at(self.id, (*loc, "confirm"), "whoever answers a SIP phone is a person", hint)


def _ring(rung: Rung) -> Iterator[Complaint]:
    step, loc, turns, _ = rung
    if step.order not in ("together", "in_order_waiting") and len(turns) == 1:
        yield (*loc, "order"), f"`order: {step.order}` of one person alone", "leave it out"
    for at, ring in enumerate(step.to):
        if "weight" in ring.model_fields_set and step.order != "weighted":
            yield (*loc, "to", at), f"`order: {step.order}` does not look at `weight`", "write `order: weighted`"
    if not any(leg.phone.number for turn in turns for leg in turn.legs):
        for name in _OUTSIDE:
            if name in step.model_fields_set:
                yield (*loc, name), f"no outside phone is rung here that `{name}` could be for", "leave it out"
