"""Queues on numbers that the owner pays for."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import OneScheme
from routing.model.durations import spoken
from routing.steps.base import Complaint
from routing.steps.queue import QueueStep


class PaidQueue(Lint):
    """Callers wait on a number with ``caller_pays: false``: the owner pays for it, or they wait unanswered.

    Unanswered callers hear the music as early media. Some carriers pass on no keys then, others end the call after a
    minute or two.

    Good, whoever rings the free number waits shortly and without keys::

        scheme: front
        numbers: [{number: "+380440000001", caller_pays: false}]
        steps: [{queue: {to: ivan, at_most: 60s}}, hangup]

    Bad, a key that may never arrive::

        scheme: front
        numbers: [{number: "+380440000001", caller_pays: false}]
        steps: [{queue: {to: ivan, at_most: 60s, leave: {"1": [hangup]}}}, hangup]

    Bad, five paid minutes for every caller::

        scheme: front
        numbers: [{number: "+380440000001", caller_pays: false}]
        steps: [{queue: {to: ivan, at_most: 5m, answer: true}}, hangup]
    """

    id = "paid-queue"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Queues of schemes with a number that the owner pays for."""
        if all(number.caller_pays for number in one.fields.numbers):
            return
        for step, loc, _ in one.steps:
            if not isinstance(step, QueueStep):
                continue
            if step.answer:
                message = f"the owner pays up to {spoken(step.at_most)} of waiting for each caller of its free numbers"
                yield (*loc, "answer"), message, "leave out `answer`, or allow this lint"
            elif step.leave:
                message = "callers of the free numbers wait unanswered, and some carriers pass on no keys then"
                yield (*loc, "leave"), message, "write `answer: true` if waiting may cost, or leave out the keys"
            elif step.at_most > LONGEST_UNANSWERED_SECONDS:
                message = f"callers of the free numbers wait unanswered for up to {spoken(step.at_most)}"
                hint = f"carriers end such calls: at most {spoken(LONGEST_UNANSWERED_SECONDS)}, or `answer: true`"
                yield (*loc, "at_most"), message, hint


#: Many carriers end a call that is not answered after two or three minutes.
LONGEST_UNANSWERED_SECONDS = 120
