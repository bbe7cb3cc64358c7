"""A report as an e-mail: HTML that mail programs show (tables and colors, no scripts, no pictures to load), and the
same as plain text. The same report gives the same message with the same Message-ID. Pure but for its template.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from routing.desk.plan import DeskPlan, ReportMail
from routing.desk.report import CallReport, ReportFocus
from routing.desk.report_columns import ReportSort
from routing.desk.report_period import ReportPeriod, period_of
from routing.desk.report_source import read_report
from routing.desk.report_view import ReportTable, ReportTile, tables, tiles
from routing.desk.texts import Texts
from routing.journal.figures import CallSums
from routing.journal.figures_read import FigureReader

WEEK = "week"
#: Rows of a table in a message; the page has all.
MOST_ROWS = 10
#: Columns of a table in a message: it must fit a phone.
MOST_COLUMNS = 5
#: How many days the bars show.
BARS = 7
_BAR_PIXELS = 320
Render = Callable[..., str]


@dataclass(frozen=True, slots=True)
class DueMail:
    """A report that is to be sent: at this time, of this period."""

    mail: ReportMail
    at_s: float
    period: ReportPeriod

    @property
    def id(self) -> str:
        """The same for the same report of the same period."""
        parts = (self.mail.to, self.mail.every, self.mail.view.id, self.period.first.isoformat())
        return "/".join(parts)


@dataclass(frozen=True, slots=True)
class MailBar:
    """A day of the bars: widths in pixels."""

    shown: str
    answered: int
    missed: int
    sums: CallSums


def due(mail: ReportMail, now: float, zone: ZoneInfo) -> DueMail:
    """The newest report of a setting whose time has come."""
    hour, minute = map(int, mail.at.split(":"))
    moment = datetime.fromtimestamp(now, zone)
    day = moment.date()
    at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    if at.timestamp() > now:
        day -= timedelta(days=1)
    if mail.every == WEEK:
        day -= timedelta(days=day.weekday())
    at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    first = day - timedelta(days=7 if mail.every == WEEK else 1)
    dates = {"since": first.isoformat(), "until": (day - timedelta(days=1)).isoformat()}
    return DueMail(mail, at.timestamp(), period_of(dates, day))


def written(
    ready: DueMail, plan: DeskPlan, reader: FigureReader, render: Render, sender: str, address: str
) -> EmailMessage:
    """The message. ``render``: a template by name; ``address``: where people reach the desk."""
    texts = Texts(plan.language, plan.zone)
    report = read_report(reader, ready.period, ReportFocus(), plan.zone)
    recent = read_report(reader, _recent(ready.period.last), ReportFocus(), plan.zone)
    title = texts(f"reports.mail.{ready.mail.every}", span=span_of(ready.period, texts))
    facts: dict[str, Any] = {
        "t": texts,
        "title": title,
        "project": plan.project,
        "tiles": tiles(report, texts),
        "bars": _bars(recent, texts),
        "tables": list(tables(report, texts, plan.named, ReportSort(), MOST_ROWS)),
        "columns": MOST_COLUMNS,
        "report": report,
        "link": f"{address.rstrip('/')}/reports?since={ready.period.first}&until={ready.period.last}"
        if address
        else "",
    }
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = (
        sender,
        ready.mail.email,
        f"{plan.project}: {_subject(report, title, texts)}",
    )
    mail["Date"] = datetime.fromtimestamp(int(ready.at_s), plan.zone)
    token = sha256(f"{plan.project}/{ready.id}".encode()).hexdigest()[:24]
    mail["Message-ID"] = f"<report-{token}@{plan.project}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = plan.language
    mail.set_content(_plain(facts, texts))
    mail.add_alternative(render("report_mail.html", **facts), subtype="html")
    mail.set_boundary(f"=={token}==")
    return mail


def _link(address: str, period: ReportPeriod) -> str:
    dates = "&".join(f"{key}={value}" for key, value in period.dates.items())
    return f"{address.rstrip('/')}/reports?{dates}" if address else ""


def span_of(period: ReportPeriod, texts: Texts) -> str:
    """The days of a period."""
    first, last = texts.day(period.first, "d MMM y"), texts.day(period.last, "d MMM y")
    return first if period.first == period.last else f"{first} – {last}"


def _subject(report: CallReport, title: str, texts: Texts) -> str:
    if not report.total.incoming:
        return title
    share = texts.percent(report.total.missed_share).replace("\xa0", " ")
    return f"{title}: {texts('reports.mail.subject', share=share)}"


def _recent(last: date) -> ReportPeriod:
    dates = {"since": (last - timedelta(days=BARS - 1)).isoformat(), "until": last.isoformat()}
    return period_of(dates, last)


def _bars(report: CallReport, texts: Texts) -> list[MailBar]:
    most = max((sums.answered + sums.missed for _, sums in report.days), default=0) or 1
    return [
        MailBar(
            texts.day(day), round(sums.answered * _BAR_PIXELS / most), round(sums.missed * _BAR_PIXELS / most), sums
        )
        for day, sums in report.days
    ]


def _plain(facts: dict[str, Any], texts: Texts) -> str:
    lines = [facts["title"], ""]
    found: Sequence[ReportTile] = facts["tiles"]
    for tile in found:
        before = f" ({texts('reports.before', value=tile.before)})" if tile.before else ""
        lines.append(f"{texts(f'reports.column.{tile.key}')}: {tile.value}{before}; {tile.detail}")
    shown: Sequence[ReportTable] = facts["tables"]
    for table in shown:
        columns = table.columns[:MOST_COLUMNS]
        lines += ["", texts(f"reports.by.{table.kind}")]
        for row in table.rows:
            cells = zip(columns, row.cells, strict=False)
            figures = ", ".join(f"{texts(f'reports.column.{column.key}')}: {cell.shown}" for column, cell in cells)
            lines.append(f"  {_line(row.shown)} – {figures}")
    return "\n".join([*lines, "", facts["link"], ""])


def _line(text: str) -> str:
    """Text of one line: names come from outside."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
