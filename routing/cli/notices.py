"""Notices by e-mail and webhook beside ``routing journal``: its options, and the thread that sends."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from routing.cli.errors import UserError
from routing.decide.request import headers
from routing.journal.notices import Notices
from routing.journal.worker import JournalWorker
from routing.model.addresses import EMAIL
from routing.model.web import Reply
from routing.notify.hook import WebHooks
from routing.notify.smtp import BadServer, MailServer, SmtpMail, parse

PASSWORD = "ROUTING_SMTP_PASSWORD"  # noqa: S105 - the variable's name
#: What notices by webhook are signed with; two separated by a space while one replaces the other.
SIGNING = "ROUTING_NOTICE_SECRET"
#: How long a message that is being sent may hold up the end; one that is cut off goes out again after the next start.
END_SECONDS = 10.0


@dataclass(frozen=True)
class MailOptions:
    """The mail server's URL, "" for no notices, and the sender's address."""

    smtp: str
    sender: str


def check_mail(options: MailOptions) -> None:
    """Raises UserError for what could never be sent with."""
    try:
        _headers("id", 0, b"")
    except ValueError as problem:
        raise UserError(f"{SIGNING}: {problem}") from None
    if not options.smtp:
        return
    _server(options)
    if not options.sender:
        raise UserError("--smtp needs --mail-from, the e-mail address that notices come from")
    if not EMAIL.fullmatch(options.sender):
        raise UserError(f"--mail-from: `{options.sender}` is no e-mail address (hint: pbx@example.com)")


def _server(options: MailOptions) -> MailServer:
    try:
        return parse(options.smtp, os.environ.get(PASSWORD, ""))
    except BadServer as problem:
        raise UserError(f"--smtp: {problem} (hint: the password stands in {PASSWORD}, never in the URL)") from None


def open_notices(options: MailOptions, worker: JournalWorker, zone: ZoneInfo, project: str) -> Notices:
    """The notices of a worker's journal; web addresses are told without a mail server too."""
    mail = SmtpMail(_server(options), options.sender, zone) if options.smtp else None
    hooks = WebHooks(_post, _headers, worker.now)
    return Notices(worker.engine, mail, hooks, worker.log, worker.now, project, worker.stop, worker.counts)


def _headers(message_id: str, now_s: int, body: bytes) -> Mapping[str, str]:
    return headers(message_id, now_s, body, tuple(os.environ.get(SIGNING, "").split()))


def _post(method: str, url: str, headers: Mapping[str, str], body: bytes, deadline_s: float) -> Reply:
    """As webhooks of steps are asked: no redirects, no link-local addresses, TLS verified."""
    from routing.http.address import Resolver  # gevent: only where somebody is told by webhook
    from routing.http.client import HttpClient

    return HttpClient(Resolver(time.monotonic)).exchange(method, url, headers, body, deadline_s)


@contextmanager
def sending(notices: Notices | None, once: bool) -> Iterator[None]:
    """Notices are sent while the calls are recorded, or of ``once``, afterwards."""
    if notices is None:
        yield
        return
    if once:
        yield
        _once(notices)
        return
    thread = Thread(target=notices.run, name="notices", daemon=True)
    thread.start()
    yield
    thread.join(END_SECONDS)


def _once(notices: Notices) -> None:
    try:
        notices.work()
    except SQLAlchemyError as problem:
        raise UserError(f"the journal cannot be written, notices are kept: {type(problem).__name__}") from None
