"""Settings without effect."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import LintFinding, OneScheme, Rung
from routing.lint.whole import WholeFolder
from routing.steps.base import Complaint
from routing.steps.queue import QueueStep
from routing.steps.ring import RingStep
from routing.steps.webhook import WebhookStep

#: Settings that only Ringostat's form has.
_RINGOSTAT = ("submit", "answer_type", "rpc_method")
#: Settings of `ring` that only apply to outside phones.
_OUTSIDE = ("confirm", "confirm_prompt", "reject", "caller_id")


class NoEffect(Lint):
    """A setting has no effect here: an order of one person, a confirm key in a step without outside phones.

    Good::

        - ring: {to: [ivan, {olena: {weight: 3}}], order: weighted}
        - ring: {to: ivan.mobile, confirm: "1"}
        - hangup

    Bad, an order of one person::

        - ring: {to: ivan, order: random}
        - hangup

    Bad, weights are for `order: weighted`::

        - ring: {to: [ivan, {olena: {weight: 3}}], order: random}
        - hangup

    Bad, desk phones do not confirm::

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
            if isinstance(rung.step, RingStep | QueueStep):
                yield from _ring(rung, rung.step)
        for step, loc, _ in one.steps:
            if isinstance(step, WebhookStep) and step.form == "routing":
                for name in _RINGOSTAT:
                    if name in step.model_fields_set:
                        yield (*loc, name), f"`{name}` is for `form: ringostat`", "leave it out"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Keys and gateways of SIP phones."""
        for name, person in whole.folder.people.items():
            for label, phone in person.phones.items():
                loc = ("people", name, "phones", label)
                if phone.sip and phone.gateway:
                    yield whole.at(self.id, (*loc, "gateway"), "a SIP account needs no gateway", "leave it out")
                if phone.sip and phone.confirm:
                    hint = "keep it only if the phone has a voicemail of its own"
                    yield whole.at(self.id, (*loc, "confirm"), "a SIP phone is always answered by a person", hint)


def _ring(rung: Rung, step: RingStep | QueueStep) -> Iterator[Complaint]:
    _, loc, turns, _ = rung
    is_chosen = "order" in step.model_fields_set and step.order not in ("together", "in_order_waiting")
    if is_chosen and len(turns) == 1:
        yield (*loc, "order"), f"`order: {step.order}` of only one person", "leave it out"
    for at, ring in enumerate(step.to):
        if "weight" in ring.model_fields_set and step.order != "weighted":
            yield (*loc, "to", at), f"`order: {step.order}` ignores `weight`", "write `order: weighted`"
    if not any(leg.phone.number for turn in turns for leg in turn.legs):
        for name in _OUTSIDE:
            if name in step.model_fields_set:
                yield (*loc, name), f"`{name}` is for outside phones, and this step rings none", "leave it out"
