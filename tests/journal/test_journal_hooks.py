"""Web addresses are told of voicemails and of missed calls: one signed POST a call, whoever else is away."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from routing.cli.journal import journal
from routing.decide.request import signature
from routing.journal.sending import STALE_SECONDS
from routing.recorder.notices import SIGNING, MailSettings, open_notices
from support.http_servers import StatusServer, running
from support.journal_bed import CDR
from support.notices_bed import HEAD, Telling
from support.smtp_bed import SmtpServer


@pytest.fixture
def heard():
    with running(StatusServer("/missed?key=1")) as server:
        yield server


@pytest.fixture
def server():
    with SmtpServer() as running:
        yield running


@pytest.fixture
def telling(bed, server, monkeypatch):
    """Notices with the product's own way to web addresses."""
    monkeypatch.setenv(SIGNING, "s3cret")
    told = Telling(bed, server.url)
    told.hooks = open_notices(MailSettings("", ""), bed.worker(), None, "").hooks
    return told


def missed(telling, *notify):
    return replace(telling.call, voicemail="", box="", status="busy", wait_s=42.42, notify=notify)


def test_a_missed_call_is_told_with_the_callers_number_and_signed(telling, heard):
    telling.record(missed(telling, heard.url))
    assert telling.notices().work() and telling.notices().work() and telling.is_told()
    ((headers, said, path),) = heard.asked
    assert path == "/missed?key=1" and telling.bed.log == []
    assert json.loads(said) == {
        "kind": "missed_call", "call_id": telling.call.id, "project": "bed", "number": "+380800330004",
        "scheme": "escalation", "caller": "+380671230026", "started": "2026-11-22T03:30:04+00:00",
        "ended": "2026-11-22T03:30:25+00:00", "status": "busy", "tags": [], "node": "routing", "wait_s": 42.4,
    }  # fmt: skip
    assert headers["Webhook-Id"] == telling.call.id
    stamp = int(headers["Webhook-Timestamp"])
    assert headers["Webhook-Signature"] == signature(telling.call.id, stamp, said, "s3cret")


def test_a_voicemail_is_told_with_its_recording(telling, heard):
    telling.record(replace(telling.call, notify=(heard.url,)))
    assert telling.notices().work()
    told = json.loads(heard.asked[0][1])
    assert (told["kind"], told["box"], told["recording"]) == ("voicemail", "office", str(telling.sound))


def test_one_notice_a_call_by_mail_and_by_webhook(telling, heard, server):
    telling.record(missed(telling, HEAD, heard.url))
    notices = telling.notices()
    assert notices.work() and telling.is_told() and notices.counts.notified == 2
    assert [received.to for received in server.received] == [[HEAD]] and len(heard.asked) == 1


@pytest.mark.parametrize("status", [500, 503, 429])
def test_an_address_that_is_away_is_told_again_and_nobody_else_is(telling, heard, server, status):
    heard.statuses = [status, 204]
    telling.record(missed(telling, HEAD, heard.url))
    assert not telling.notices().work() and not telling.is_told()
    telling.clock_s += 61
    assert telling.notices().work() and telling.is_told()
    assert len(server.received) == 1
    first, second = heard.asked
    assert first[1] == second[1] and first[0]["Webhook-Id"] == second[0]["Webhook-Id"]


def test_a_mail_server_that_is_away_does_not_hold_the_webhook_up(telling, heard, server):
    server.behaviour.replies[HEAD] = "452 full"
    telling.record(missed(telling, HEAD, heard.url))
    for _ in range(2):
        assert not telling.notices().work()
        telling.clock_s += 120
    assert len(heard.asked) == 1 and server.received == []


def test_what_an_address_refuses_is_logged_and_not_tried_again(telling, heard):
    heard.statuses = [404]
    telling.record(missed(telling, heard.url))
    assert telling.notices().work() and telling.is_told()
    assert telling.said() == ["notice refused"] and len(heard.asked) == 1


def test_without_a_mail_server_web_addresses_are_told_all_the_same(telling, heard, server):
    notices = telling.notices()
    notices.mail = None
    telling.record(missed(telling, HEAD), replace(missed(telling, heard.url), id="another"))
    assert notices.work() and len(heard.asked) == 1 and server.connections == 0
    assert not telling.is_told(), "who has an e-mail address is told once there is a mail server"
    telling.record(replace(missed(telling, heard.url), id="old"))
    telling.clock_s += STALE_SECONDS
    assert notices.work() and len(heard.asked) == 1


def test_the_command_tells_of_a_voicemail_without_a_mail_server(bed, heard, tmp_path, monkeypatch):
    monkeypatch.delenv(SIGNING, raising=False)
    (file,) = (CDR / "voicemail_unconfirmed_mobile").glob("a_*")
    sound = tmp_path / "f1d8f4c8-ad86-42bc-9fba-f4cdf530a92e.wav"
    sound.write_bytes(bytes(1000))
    words = file.read_text().replace("/srv/routing/node/recordings/voicemail/office", str(tmp_path))
    words = words.replace('"routing_voicemail"', f'"routing_notify":"{heard.url}","routing_voicemail"')
    words = words.replace("17953182", f"{int(bed.now() - 100) // 100}").replace('"originated_legs"', '"legs"')
    (bed.spool / file.name).write_text(words)
    options = ["--spool", str(bed.spool), "--database", bed.database, "--project", "company", "--once"]
    for _ in range(2):
        assert CliRunner().invoke(journal, options, catch_exceptions=False).exit_code == 0
    ((headers, said, _),) = heard.asked
    assert json.loads(said)["recording"] == str(sound) and "Webhook-Signature" not in headers


def test_a_secret_that_cannot_sign_is_said(bed, monkeypatch):
    monkeypatch.setenv(SIGNING, "whsec_no base64")
    result = CliRunner().invoke(journal, ["--spool", str(bed.spool), "--database", bed.database, "--once"])
    assert result.exit_code == 1 and SIGNING in str(result.exception)


def test_a_low_rating_is_told_with_the_score_and_the_person(telling, heard):
    rated = replace(
        telling.call, voicemail="", box="", status="answered", rating=1, rated_person="ivan", notify=(heard.url,)
    )
    telling.record(rated)
    assert telling.notices().work() and telling.is_told()
    ((_, said, _),) = heard.asked
    facts = json.loads(said)
    assert (facts["kind"], facts["rating"], facts["person"], facts["status"]) == ("low_rating", 1, "ivan", "answered")
