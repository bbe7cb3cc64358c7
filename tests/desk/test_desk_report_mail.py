"""Reports by e-mail: at their time, once whichever desks are up, to who may see them, readable without pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from routing.cli.report import report
from routing.desk.plan import ReportMail, plan_of
from routing.desk.report_mail import due
from routing.desk.report_mails import LEASE_SECONDS, ReportMails
from routing.desk.report_serving import DeskMail, mailing, renderer
from routing.journal.figures import FigureView
from routing.model.problem import UserFailure
from routing.notify.smtp import SmtpMail, parse
from routing.process.log import Lines
from support.desk_bed import NOW, TABLE, DeskBed
from support.figures_bed import record_two_weeks
from support.smtp_bed import SmtpServer

KYIV = ZoneInfo("Europe/Kyiv")
SALES = ["ivan", "olena", "petro"]
#: Monday, 23 November 2026, 12:00: the week before is over, and so is Sunday.
DAILY = {"to": "nataliia", "email": "nataliia@example.com", "every": "day", "at": "08:00", "people": [], "schemes": []}
WEEKLY = {**DAILY, "to": "olena", "email": "olena@example.com", "every": "week", "people": SALES}


def table(*reports: dict[str, Any], language: str = "en") -> dict[str, Any]:
    return {**TABLE, "language": language, "reports": list(reports)}


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[DeskBed]:
    bed = DeskBed(tmp_path, table(DAILY, WEEKLY))
    record_two_weeks(bed, NOW - 86_400)
    yield bed
    bed.close()


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


def mails(bed: DeskBed, url: str, log: list[Any] | None = None) -> ReportMails:
    def write(level: str, event: str, **facts: object) -> None:
        (log if log is not None else []).append((event, facts))

    sender = SmtpMail(parse(url), "desk@example.com", KYIV, timeout_s=5)
    return ReportMails(bed.database, lambda: bed.plan, lambda: bed.now, sender, renderer(bed.application), write,
                       "https://desk.example.com/")  # fmt: skip


def test_two_desks_send_each_report_once(bed: DeskBed, server: SmtpServer) -> None:
    one, other = mails(bed, server.url), mails(bed, server.url)
    assert [one.work(), other.work(), one.work()] == [2, 0, 0]
    assert [received.to for received in server.received] == [["nataliia@example.com"], ["olena@example.com"]]
    bed.now += 86_400
    assert other.work() + one.work() == 1
    assert len({received.mail["Message-ID"] for received in server.received}) == 3


def test_a_report_has_the_figures_of_its_days(bed: DeskBed, server: SmtpServer) -> None:
    mails(bed, server.url).work()
    daily, weekly = (received.mail for received in server.received)
    assert daily["Subject"] == "shop: Calls of 22 Nov 2026: 10% missed"
    assert weekly["Subject"] == "shop: Calls of the week 16 Nov 2026 – 22 Nov 2026: 8% missed"
    plain = daily.get_body(("plain",)).get_content()
    assert "Missed share: 10%; 2 missed" in plain
    assert "  Ivan Koval – Rang: 7, Talks: 6" in plain
    assert "https://desk.example.com/reports?since=2026-11-22&until=2026-11-22" in plain
    rich = daily.get_body(("html",)).get_content()
    assert 'bgcolor="#c2410c"' in rich
    assert not any(part in rich for part in ("<svg", "<script", "<img", "http://", "class="))


def test_a_head_gets_the_calls_of_their_people(bed: DeskBed, server: SmtpServer) -> None:
    mails(bed, server.url).work()
    text = server.received[1].mail.get_body(("plain",)).get_content()
    assert "Ivan Koval" in text
    assert "Maria" not in text and "google" in text


@pytest.mark.parametrize(
    ("language", "title"),
    [("uk", "Дзвінки за 22 лист. 2026"), ("pl", "Połączenia z 22 lis 2026"), ("ru", "Звонки за 22")],
)
def test_reports_speak_the_projects_language(bed: DeskBed, server: SmtpServer, language: str, title: str) -> None:
    bed.plan = plan_of(table(DAILY, language=language))
    mails(bed, server.url).work()
    assert title in server.received[0].mail["Subject"].replace("\xa0", " ")


def test_a_mail_server_that_is_away_delays_a_report(bed: DeskBed) -> None:
    bed.plan, log = plan_of(table(DAILY)), []
    with SmtpServer() as server:
        url = server.url
    desk = mails(bed, url, log)
    assert desk.work() == 0
    assert log[0][1]["again_s"] == 60
    with SmtpServer(int(url.rpartition(":")[2])) as server:
        assert desk.work() == 0
        bed.now += 61
        assert desk.work() == 1
        assert len(server.received) == 1


def test_a_report_that_is_refused_is_not_sent_again(bed: DeskBed) -> None:
    bed.plan, log = plan_of(table(DAILY)), []
    with SmtpServer(replies={"nataliia@example.com": "550 no"}) as server:
        desk = mails(bed, server.url, log)
        assert [desk.work(), desk.work()] == [0, 0]
    assert [event for event, _ in log] in (["report refused"], ["addressee refused"])


def test_a_desk_that_died_while_it_sent_is_followed_by_another(bed: DeskBed, server: SmtpServer) -> None:
    bed.plan = plan_of(table(DAILY))
    dead, other = mails(bed, server.url), mails(bed, server.url)
    assert bed.plan is not None
    assert dead._is_mine(dead._key(bed.plan, due(bed.plan.mails[0], bed.now, KYIV)))
    assert other.work() == 0
    bed.now += LEASE_SECONDS + 1
    assert other.work() == 1


def test_a_report_waits_for_its_figures_and_for_its_time(bed: DeskBed, server: SmtpServer) -> None:
    unknown = {**DAILY, "people": ["maria"]}
    bed.plan, log = plan_of(table(unknown)), []
    assert mails(bed, server.url, log).work() == 0
    assert log[0][1]["problem"] == "the figures are not prepared yet"
    bed.plan = plan_of(table({**DAILY, "at": "15:00"}))
    assert mails(bed, server.url).work() == 0, "yesterday's is 21 hours old"


@pytest.mark.parametrize(
    ("every", "at", "now", "first", "last"),
    [
        ("day", "08:00", NOW, "2026-11-22", "2026-11-22"),
        ("day", "12:01", NOW, "2026-11-21", "2026-11-21"),
        ("week", "08:00", NOW, "2026-11-16", "2026-11-22"),
        ("week", "13:00", NOW, "2026-11-09", "2026-11-15"),
        ("week", "08:00", NOW + 3 * 86_400, "2026-11-16", "2026-11-22"),
    ],
)
def test_when_reports_are_due(every: str, at: str, now: float, first: str, last: str) -> None:
    ready = due(ReportMail("nataliia", "n@example.com", every, at), now, KYIV)
    assert ready.period.dates == {"since": first, "until": last}
    assert ready.at_s <= now


def test_names_from_outside_are_text(bed: DeskBed, server: SmtpServer) -> None:
    hostile = {**TABLE["people"], "ivan": {"name": "<b>\nBcc: x</b>", "phones": {}, "skills": {}}}
    bed.plan = plan_of({**table(DAILY), "people": hostile})
    mails(bed, server.url).work()
    mail = server.received[0].mail
    assert "<b>\n" not in mail.get_body(("html",)).get_content()
    assert mail["Bcc"] is None
    assert "<b> Bcc: x</b>" in mail.get_body(("plain",)).get_content()


def test_a_desk_without_a_mail_server_says_so(bed: DeskBed, capsys: pytest.CaptureFixture[str]) -> None:
    assert mailing(DeskMail(), bed.services, bed.application, Lines()) is None
    with pytest.raises(UserFailure, match="--mail-from"):
        mailing(DeskMail("smtp://127.0.0.1"), bed.services, bed.application, Lines())
    with pytest.raises(UserFailure, match="--smtp"):
        mailing(DeskMail("http://x", "a@example.com"), bed.services, bed.application, Lines())


def test_a_report_is_looked_at_before_it_is_sent(bed: DeskBed, tmp_path: Path) -> None:
    release = tmp_path / "releases" / "1"
    release.mkdir(parents=True)
    (release / "desk.json").write_text(json.dumps(table(WEEKLY)))
    (tmp_path / "current").symlink_to(release)

    def run(*words: str) -> Any:
        return CliRunner().invoke(report, [*words, "--root", str(tmp_path)])

    shown = run("olena", "--html", str(tmp_path / "mail.html"))
    assert shown.exit_code == 0, shown.output
    assert "Calls of the week" in shown.output
    assert "<table" in (tmp_path / "mail.html").read_text()
    assert "Calls of" in run("nataliia", "--every", "day").output
    assert "`ivan` is a person at the desk and sees no reports" in str(run("ivan").exception)
    assert "nobody is called `olga`" in str(run("olga").exception)


def test_the_view_of_a_report_is_its_people_and_schemes() -> None:
    plan = plan_of(table({**WEEKLY, "schemes": ["shop"]}))
    assert plan.mails[0].view == FigureView(frozenset(SALES), frozenset({"shop"}))
