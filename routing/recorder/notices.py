"""Notices of the recorder by e-mail and webhook: their settings, and the thread that sends."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from routing.decide.request import headers
from routing.journal.faults import text_of
from routing.journal.notices import Notices
from routing.journal.worker import JournalWorker
from routing.model.addresses import EMAIL
from routing.model.problem import UserFailure
from routing.model.web import Reply
from routing.notify.hook import WebHooks
from routing.notify.smtp import BadServer, MailServer, SmtpMail, parse

PASSWORD = "ROUTING_SMTP_PASSWORD"  # noqa: S105 - the variable's name
#: What notices by webhook are signed with; two separated by a space while one replaces the other.
SIGNING = "ROUTING_NOTICE_SECRET"
#: How long a message that is being sent may hold up the end; one that is cut off goes out again after the next start.
END_SECONDS = 10.0


@dataclass(frozen=True)
class MailSettings:
    """The mail server's URL, "" for no notices, and the sender's address."""

    smtp: str
    sender: str


def check_mail(settings: MailSettings) -> None:
    """Raises UserFailure for what could never be sent with."""
    try:
        _headers("id", 0, b"")
    except ValueError as problem:
        raise UserFailure(f"{SIGNING}: {problem}") from None
    if not settings.smtp:
        return
    _server(settings)
    if not settings.sender:
        raise UserFailure("--smtp needs --mail-from, the e-mail address that notices come from")
    if not EMAIL.fullmatch(settings.sender):
        raise UserFailure(f"--mail-from: `{settings.sender}` is no e-mail address (hint: pbx@example.com)")


def _server(settings: MailSettings) -> MailServer:
    try:
        return parse(settings.smtp, os.environ.get(PASSWORD, ""))
    except BadServer as problem:
        raise UserFailure(f"--smtp: {problem} (hint: the password stands in {PASSWORD}, never in the URL)") from None


def open_notices(
    settings: MailSettings, worker: JournalWorker, zone: ZoneInfo, project: str,
    attaches: Callable[[], bool] = lambda: True,
) -> Notices:  # fmt: skip
    """The notices of a worker's journal; web addresses get theirs without a mail server too."""
    mail = SmtpMail(_server(settings), settings.sender, zone, attaches=attaches) if settings.smtp else None
    hooks = WebHooks(post, _headers, worker.now)
    return Notices(worker.engine, mail, hooks, worker.log, worker.now, project, worker.stop, worker.counts)


def _headers(message_id: str, now_s: int, body: bytes) -> Mapping[str, str]:
    return headers(message_id, now_s, body, tuple(os.environ.get(SIGNING, "").split()))


def post(method: str, url: str, headers: Mapping[str, str], body: bytes, deadline_s: float) -> Reply:
    """As webhooks of steps are asked: no redirects, no link-local addresses, TLS verified."""
    from routing.http.address import Resolver  # gevent: only where a webhook is sent
    from routing.http.client import HttpClient

    return HttpClient(Resolver(time.monotonic)).exchange(method, url, headers, body, deadline_s)


class Sender(Protocol):
    """Sends notices: until it is asked to stop, or those that are due now."""

    def run(self) -> None: ...

    def work(self) -> object: ...


@contextmanager
def sending(notices: Sender | None, once: bool) -> Iterator[None]:
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


def _once(notices: Sender) -> None:
    try:
        notices.work()
    except SQLAlchemyError as problem:
        raise UserFailure(f"the journal cannot be written, notices are kept: {text_of(problem)}") from None
