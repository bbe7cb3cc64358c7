"""Requests to webhooks and CRMs: how long the caller waits for answers, and who can read the requests."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import LintFinding, OneScheme
from routing.lint.ways import Ways
from routing.lint.whole import WholeFolder
from routing.model.header_secrets import secrets_of
from routing.model.problem import Loc
from routing.model.web import is_near, is_sent_unencrypted
from routing.steps.base import Complaint, Step
from routing.steps.dynamic import DynamicStep
from routing.steps.lookup import LookupStep
from routing.steps.ring import RingStep
from routing.steps.voicemail import VoicemailStep
from routing.steps.webhook import WebhookStep

_NOTICE = "this notice sends the caller's number unencrypted"
#: A ring: 1 s of tone and 4 s of pause.
RING_SECONDS = 5.0


class _Waits(Ways[float]):
    """The state is how long the caller may have waited for decisions since a phone rang or a sound played."""

    def enter(self, step: Step, loc: Loc, state: float) -> float:
        if not isinstance(step, DynamicStep) or isinstance(step, RingStep):
            return 0.0
        waited = state + step.budget_seconds
        if waited <= RING_SECONDS or state > RING_SECONDS:
            return waited
        together = "" if not state else ", with the steps before"
        message = f"the caller may wait {waited:g} s for decisions here{together}, while no phone rings"
        self.complaints_found.append(
            (loc, message, f"a ring is {RING_SECONDS:g} s: shorten `timeout`, or ring somebody in between")
        )
        return waited

    def join(self, one: float, other: float) -> float:
        return max(one, other)


class SlowDecision(Lint):
    """The caller hears a full ring while nobody's phone rings.

    The timeouts of consecutive dynamic steps add up when the servers that they ask are down.

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
        """The step that makes the wait too long."""
        return _Waits(one).complaints(0.0)


class PlainHttp(Lint):
    """Callers' numbers are sent unencrypted over foreign networks.

    Good::

        - webhook: {url: "https://x.example/route", secret: KEY}
        - webhook: {url: "http://127.0.0.1:8085/route"}
        - hangup

    Bad::

        - webhook: {url: "http://x.example/route", secret: KEY}
        - hangup

    Bad, what a caller has typed::

        - lookup: {url: "http://x.example/orders?by={{caller}}", missing: [hangup]}
        - hangup

    Bad, the caller's number in a notice::

        - ring: ivan
        - voicemail: {box: sales, notify: "http://x.example/told"}
    """

    id = "plain-http"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Requests of steps, and notices of calls, by http to a remote host."""
        for step, loc in _asking(one):
            if is_sent_unencrypted(step.url):
                yield (*loc, "url"), f"requests of this {step.kind} are sent unencrypted", "write https://"
        recipients: list[tuple[Loc, str]] = [(("notify", at), address) for at, address in enumerate(one.fields.notify)]
        boxes = [(step, loc) for step, loc, _ in one.steps if isinstance(step, VoicemailStep)]
        recipients += [((*loc, "notify", at), address) for step, loc in boxes for at, address in enumerate(step.notify)]
        for where, address in recipients:
            if "://" in address and is_sent_unencrypted(address):
                yield where, _NOTICE, "write https://"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """CRMs by http, and the project's own notices."""
        for name, crm in whole.folder.crm.items():
            if (url := str(getattr(crm, "url", None) or "")) and is_sent_unencrypted(url):
                message = "requests to this CRM, and its answers, are sent unencrypted"
                yield whole.at(self.id, ("crm", name, "url"), message, "write https://")
        for at, address in enumerate(whole.folder.project.notify):
            if "://" in address and is_sent_unencrypted(address):
                yield whole.at(self.id, ("project", "notify", at), _NOTICE, "write https://")


class UnsignedWebhook(Lint):
    """The handler cannot tell this engine's requests from those of anybody who knows its address.

    Without `secret` requests are not signed. Handlers on this machine or in a private network are exempt, and those
    that get a secret in `headers`; Ringostat's form has no signature.

    Good::

        - webhook: {url: "https://x.example/route", secret: WEBHOOK_SECRET}
        - lookup: {url: "https://x.example/by", headers: {Authorization: "Bearer {TOKEN}"}, missing: [hangup]}
        - hangup

    Bad::

        - webhook: {url: "https://x.example/route"}
        - hangup

    Bad, a question about an order::

        - lookup: {url: "https://x.example/orders?by={{caller}}", missing: [hangup]}
        - hangup
    """

    id = "unsigned-webhook"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Requests to remote hosts without a secret."""
        for step, loc in _asking(one):
            signs = step.secret is not None or any(secrets_of(step.headers))
            is_ours = isinstance(step, LookupStep) or step.form == "routing"
            if is_ours and not signs and not is_near(step.url):
                hint = "add `secret: NAME`, the name of a signing key"
                yield loc, f"requests of this {step.kind} are not signed", hint


#: Every step that sends a request to a server of the author's choice.
ASKING = (WebhookStep, LookupStep)


def _asking(one: OneScheme) -> Iterator[tuple[WebhookStep | LookupStep, Loc]]:
    return ((step, loc) for step, loc, _ in one.steps if isinstance(step, ASKING))
