"""Numbers that nobody can have dialled, and countries that cannot be dialled."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import LintFinding, OneScheme
from routing.lint.phones import routed_numbers
from routing.lint.whole import WholeFolder
from routing.steps.base import Complaint
from routing.steps.webhook import WebhookStep


class UnknownNumber(Lint):
    """A case of `match` tests for a number that leads to no scheme: it never matches.

    Good::

        scheme: front
        numbers: "+380440000001"
        steps: [{match: [{when: {number: "+380440000001"}, steps: [{ring: ivan}]}]}, hangup]

    Bad::

        scheme: front
        numbers: "+380440000001"
        steps: [{match: [{when: {number: "+380440000002"}, steps: [{ring: ivan}]}]}, hangup]
    """

    id = "unknown-number"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Compare the numbers in cases with those that lead to schemes."""
        leads = routed_numbers(whole)
        for facts in whole.schemes.values():
            for number, place in facts.matched_numbers:
                if number not in leads:
                    message = f"this case never matches: {number} leads to no scheme"
                    yield facts.at(self.id, place, message, "list it under `numbers:` of a scheme")


class BarredDestination(Lint):
    """A webhook may answer with numbers of a country that no gateway may dial: such calls would fail.

    Gateways only dial outside numbers in the project's `destinations`.

    Good::

        - webhook: {url: "https://x.example/", secret: KEY, destinations: [UA]}
        - hangup

    Bad::

        - webhook: {url: "https://x.example/", secret: KEY, destinations: [DE]}
        - hangup
    """

    id = "barred-destination"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Compare the destinations of webhooks with the project's."""
        allowed = one.folder.project.regions
        for step, loc, _ in one.steps:
            for at, region in enumerate((step.destinations or ()) if isinstance(step, WebhookStep) else ()):
                if region not in allowed:
                    message = f"{region} is not among the project's destinations: such an answer rings nobody"
                    yield (*loc, "destinations", at), message, "add it to `project: {destinations: ...}`"
