"""Starts the reports by e-mail beside a desk, and renders one to look at."""

from __future__ import annotations

import os
from dataclasses import dataclass
from email.message import EmailMessage
from threading import Thread
from zoneinfo import ZoneInfo

from flask import Flask

from routing.desk.plan import ReportMail
from routing.desk.report_mail import Render, due, written
from routing.desk.report_mails import ReportMails
from routing.desk.services import Services
from routing.journal.figures_read import FigureReader
from routing.model.addresses import EMAIL
from routing.model.problem import UserFailure
from routing.notify.smtp import BadServer, SmtpMail, parse
from routing.process.log import Lines

#: The mail server's password, as `routing journal` has it.
PASSWORD = "ROUTING_SMTP_PASSWORD"  # noqa: S105 - the variable's name


@dataclass(frozen=True)
class DeskMail:
    """How reports are sent: the mail server's URL, "" for not at all; the sender; where people reach the desk."""

    smtp: str = ""
    sender: str = ""
    address: str = ""


def mailing(settings: DeskMail, services: Services, app: Flask, lines: Lines) -> ReportMails | None:
    """Reports are sent from now on, by a thread of their own; None without a mail server. Raises UserFailure."""
    if not settings.smtp:
        plan = services.live()
        if plan and plan.mails:
            hint = "--smtp and --mail-from"
            lines.write(
                "warning", "missing", words=f"the release has reports by e-mail, but no mail server (hint: {hint})"
            )
        return None
    mails = ReportMails(services.database, services.live, services.now, _server(settings), renderer(app), lines.write,
                        settings.address)  # fmt: skip
    Thread(target=mails.run, name="reports", daemon=True).start()
    return mails


def _server(settings: DeskMail) -> SmtpMail:
    if not EMAIL.fullmatch(settings.sender):
        raise UserFailure("--smtp needs --mail-from, the e-mail address that reports come from")
    try:
        return SmtpMail(parse(settings.smtp, os.environ.get(PASSWORD, "")), settings.sender, ZoneInfo("UTC"))
    except BadServer as problem:
        raise UserFailure(f"--smtp: {problem} (hint: the password stands in {PASSWORD}, never in the URL)") from None


def renderer(app: Flask) -> Render:
    """Renders a template of the desk outside of requests."""
    return lambda name, **facts: app.jinja_env.get_template(name).render(**facts)


def preview(services: Services, app: Flask, mail: ReportMail, settings: DeskMail) -> EmailMessage:
    """The report that was due last, as it would be sent."""
    plan = services.plan
    reader = FigureReader(services.database, plan.project, mail.view.id)
    ready = due(mail, services.now(), plan.zone)
    return written(ready, plan, reader, renderer(app), settings.sender or "desk@localhost", settings.address)
