"""Steps that ask somebody else: how long the caller waits for the answers, and who can read the question."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import LintFinding, OneScheme
from routing.lint.ways import Ways
from routing.lint.whole import WholeFolder
from routing.model.problem import Loc
from routing.model.web import is_near, is_read_on_the_way
from routing.steps.base import Complaint, Step
from routing.steps.dynamic import DynamicStep
from routing.steps.ring import RingStep
from routing.steps.voicemail import VoicemailStep
from routing.steps.webhook import WebhookStep

_NOTICE = "the caller's number in this notice can be read on the way"
#: A ring: 1 s of tone and 4 s of pause.
RING_SECONDS = 5.0


class _Waits(Ways[float]):
    """The state is how long the caller may have waited for decisions since a phone rang or they heard anything."""

    def enter(self, step: Step, loc: Loc, state: float) -> float:
        if not isinstance(step, DynamicStep) or isinstance(step, RingStep):
            return 0.0
        waited = state + step.budget_seconds
        if waited <= RING_SECONDS or state > RING_SECONDS:
            return waited
        together = "" if not state else ", with those before it"
        message = f"the caller may wait {waited:g} s for decisions here{together}, and nobody is rung meanwhile"
        self.complaints_found.append(
            (loc, message, f"a ring is {RING_SECONDS:g} s: shorten `timeout`, or ring somebody between")
        )
        return waited

    def join(self, one: float, other: float) -> float:
        return max(one, other)


class SlowDecision(Lint):
    """The caller hears a whole ring go by while nobody's phone rings.

    The time limits of dynamic steps one after another add up when what they ask is down.

    Good::

        - webhook: {url: "https://x.example/", timeout: 2s, secret: KEY}
        - crm: {system: bitrix24, timeout: 2s}
        - ring: ivan
        - hangup

    Bad::

        - webhook: {url: "https://x.example/", timeout: 8s, secret: KEY}
        - ring: ivan
        - hangup

    Bad, together::

        - webhook: {url: "https://x.example/", timeout: 3s, secret: KEY}
        - crm: {system: bitrix24, timeout: 3s}
        - ring: ivan
        - hangup
    """

    id = "slow-decision"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """The step with which it becomes too long."""
        return _Waits(one).complaints(0.0)


class PlainHttp(Lint):
    """Callers' numbers travel unencrypted over networks of others.

    Good::

        - webhook: {url: "https://x.example/route", secret: KEY}
        - webhook: {url: "http://127.0.0.1:8085/route"}
        - hangup

    Bad::

        - webhook: {url: "http://x.example/route", secret: KEY}
        - hangup

    Bad, the caller's number in a notice::

        - ring: ivan
        - voicemail: {box: sales, notify: "http://x.example/told"}
    """

    id = "plain-http"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Webhooks by http to a host that is not near, and notices of calls."""
        for step, loc in _webhooks(one):
            if is_read_on_the_way(step.url):
                yield (*loc, "url"), "what the webhook is sent can be read on the way", "write https://"
        recipients: list[tuple[Loc, str]] = [(("notify", at), address) for at, address in enumerate(one.fields.notify)]
        boxes = [(step, loc) for step, loc, _ in one.steps if isinstance(step, VoicemailStep)]
        recipients += [((*loc, "notify", at), address) for step, loc in boxes for at, address in enumerate(step.notify)]
        for where, address in recipients:
            if "://" in address and is_read_on_the_way(address):
                yield where, _NOTICE, "write https://"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """CRMs by http, and the project's own notices."""
        for name, crm in whole.folder.crm.items():
            if (url := str(getattr(crm, "url", None) or "")) and is_read_on_the_way(url):
                message = "what the CRM is asked and answers can be read on the way"
                yield whole.at(self.id, ("crm", name, "url"), message, "write https://")
        for at, address in enumerate(whole.folder.project.notify):
            if "://" in address and is_read_on_the_way(address):
                yield whole.at(self.id, ("project", "notify", at), _NOTICE, "write https://")


class UnsignedWebhook(Lint):
    """The handler cannot tell this engine's questions from those of anybody who knows its address.

    Without `secret` requests are not signed. A handler on this machine or in a private network is left alone, and
    Ringostat's form has no signature.

    Good::

        - webhook: {url: "https://x.example/route", secret: WEBHOOK_SECRET}
        - hangup

    Bad::

        - webhook: {url: "https://x.example/route"}
        - hangup
    """

    id = "unsigned-webhook"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Webhooks to far hosts without a secret."""
        for step, loc in _webhooks(one):
            if step.secret is None and step.form == "routing" and not is_near(step.url):
                yield loc, "requests to this handler are not signed", "add `secret: NAME` of a signing key"


def _webhooks(one: OneScheme) -> Iterator[tuple[WebhookStep, Loc]]:
    return ((step, loc) for step, loc, _ in one.steps if isinstance(step, WebhookStep))
