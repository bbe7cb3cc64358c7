"""A voicemail's addressees get one e-mail, whatever dies or is away; recording calls never waits for it."""

import json
import shutil
import socket
from dataclasses import replace
from threading import Event, Thread

import pytest
from alembic import command
from alembic.config import Config
from click.testing import CliRunner

from routing.cli.journal import journal
from routing.journal import cdr, database, parse, query, release
from routing.journal.counts import Counts
from routing.journal.sending import CLAIM_SECONDS, STALE_SECONDS
from support.journal_bed import CDR, Fuse, Killed, whole
from support.notices_bed import HEAD, OTHER, Telling
from support.smtp_bed import SmtpServer


@pytest.fixture
def server():
    with SmtpServer() as running:
        yield running


@pytest.fixture
def telling(bed, server):
    return Telling(bed, server.url)


def test_one_mail_a_call_with_the_recording(telling, server):
    telling.record()
    notices = telling.notices()
    assert notices.work() and notices.work() and telling.notices().work()
    (received,) = server.received
    assert (received.sender, received.to) == ("pbx@example.com", [HEAD, OTHER])
    mail = received.mail
    (attached,) = mail.iter_attachments()
    assert attached.get_content() == telling.sound.read_bytes() and attached.get_content_type() == "audio/x-wav"
    assert mail["Message-ID"] == f"<{telling.call.id}@bed>" and mail["To"] == f"{HEAD}, {OTHER}"
    assert mail["Subject"] == "Voicemail from +380671230026 to +380800330004 (escalation)"
    words = mail.get_body().get_content()
    for fact in ("+380671230026", "+380800330004", "escalation", "2026-11-22 05:30:04 Europe/Kyiv", "5 s", "office"):
        assert fact in words
    assert notices.counts.notified == 1 and telling.bed.log == [] and telling.is_told()


def test_calls_without_a_voicemail_or_addressees_tell_nobody(telling, server):
    telling.record(replace(telling.call, notify=()), replace(whole("closed"), id="another"))
    assert telling.notices().work() and server.connections == 0


def test_a_missed_call_is_told_with_the_callers_number_and_nothing_attached(telling, server):
    missed = replace(telling.call, voicemail="", box="", status="busy", wait_s=42.4, notify=(HEAD,))
    telling.record(missed)
    assert telling.notices().work() and telling.is_told()
    (received,) = server.received
    assert received.to == [HEAD] and list(received.mail.iter_attachments()) == []
    assert received.mail["Subject"] == "Missed call from +380671230026 to +380800330004 (escalation)"
    words = received.mail.get_content()
    assert "busy" in words and "42 s" in words and "Recording" not in words


@pytest.mark.parametrize(
    ("case", "of_schemes", "of_project", "told"),
    [
        ("order_nobody", {"order": ["ivan"]}, [OTHER], (HEAD,)),
        ("order_nobody", {}, ["olena", OTHER], ("olena", OTHER)),
        ("closed", {}, [], ()),
        ("unknown_number", {}, [OTHER], (OTHER,)),
        ("webhook_person", {"webhook": ["ivan"]}, [OTHER], ()),
        ("phone_out_busy", {}, [OTHER], ()),
        ("withheld", {"match": ["ivan"]}, [OTHER], ()),
    ],
)
def test_who_is_told_of_a_missed_call(tmp_path, case, of_schemes, of_project, told):
    (tmp_path / "schemes").mkdir()
    people = {"ivan": {"email": HEAD}, "olena": {}}
    (tmp_path / "table.json").write_text(json.dumps({"people": people, "notify": of_project}))
    for scheme, names in of_schemes.items():
        (tmp_path / "schemes" / f"{scheme}.json").write_text(json.dumps({"steps": {}, "notify": names}))
    (file,) = (CDR / case).glob("a_*")
    leg = cdr.read(file.read_bytes())
    leg = replace(leg, variables={**leg.variables, "routing_release": str(tmp_path)})
    place = parse.ParseContext(email_of=release.email_of, notify_of=release.notify_of)
    assert parse.call(leg, {}, place).notify == told


@pytest.mark.parametrize("size", [100, 44])
def test_addressees_come_from_the_a_leg_and_the_release(tmp_path, size):
    (tmp_path / "table.json").write_text(json.dumps({"people": {"ivan": {"email": HEAD}, "olena": {}}}))
    (file,) = (CDR / "voicemail_unconfirmed_mobile").glob("a_*")
    leg = cdr.read(file.read_bytes())
    told = {"routing_notify": f"ivan {OTHER} olena {HEAD}", "routing_release": str(tmp_path)}
    leg = replace(leg, variables={**leg.variables, **told})
    call = parse.call(leg, {}, parse.ParseContext(lambda path: size, email_of=release.email_of))
    assert call.notify == ((HEAD, OTHER, "olena") if size == 100 else ())


def test_names_without_an_address_are_logged_and_the_others_told(telling, server):
    telling.record(replace(telling.call, notify=("olena", HEAD)), replace(telling.call, id="b", notify=("olena",)))
    assert telling.notices().work() and telling.is_told()
    assert [received.to for received in server.received] == [[HEAD]]
    assert telling.said() == ["addressees without an e-mail address"] * 2


@pytest.mark.thorough
def test_killed_anywhere_the_same_message_goes_again_and_nothing_else(make_bed, server):
    sent_twice = 0
    for killed_at in range(12):
        telling = Telling(make_bed(), server.url)
        telling.record()
        server.received.clear()
        try:
            telling.notices(Fuse(killed_at)).work()
        except Killed:
            telling.clock_s += CLAIM_SECONDS + 1
            telling.notices().work()
        assert 1 <= len(server.received) <= 2 and telling.is_told(), killed_at
        assert {received.mail["Message-ID"] for received in server.received} == {f"<{telling.call.id}@bed>"}
        assert len({received.data for received in server.received}) == 1
        sent_twice += len(server.received) == 2
    assert 1 <= sent_twice <= 3  # killed between the server's yes and the commit


def test_of_two_workers_one_sends(telling, server):
    telling.record()
    one, other = telling.notices(), telling.notices()
    assert one._claim() is not None and other._claim() is None
    assert other.work() and server.received == []
    telling.clock_s += CLAIM_SECONDS + 1
    assert other.work() and len(server.received) == 1


@pytest.mark.parametrize(
    "behaviour",
    [
        {"drops": "CONNECT"}, {"drops": "MAIL"}, {"drops": "DATA"}, {"drops": "."},
        {"replies": {"CONNECT": "421 busy"}}, {"replies": {"MAIL": "550 who are you"}}, {"replies": {".": "451 disk"}},
        {"replies": {"RCPT": "450 try later"}}, {"replies": {HEAD: "550 unknown", OTHER: "450 later"}},
    ],
    ids=str,
)  # fmt: skip
def test_what_may_pass_is_tried_again(bed, behaviour):
    with SmtpServer(times=1, **behaviour) as server:
        telling = Telling(bed, server.url)
        telling.record()
        assert not telling.notices().work() and not telling.is_told()
        assert telling.said() == ["notice not sent"]
        assert telling.notices().work() and server.connections == 1  # not at once
        server.behaviour.replies.clear()
        telling.clock_s += 61
        assert telling.notices().work() and telling.is_told()
        assert {received.mail["Message-ID"] for received in server.received} == {f"<{telling.call.id}@bed>"}
        assert len(server.received) == (2 if behaviour == {"drops": "."} else 1)


def test_a_server_that_is_down_is_asked_less_and_less(bed):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    telling = Telling(bed, f"smtp://127.0.0.1:{port}")
    telling.record()
    pauses = []
    for _ in range(10):
        assert not telling.notices().work()
        pauses.append(telling.bed.log[-1][2]["again_s"])
        telling.clock_s += pauses[-1] + 1
    assert pauses == sorted(pauses) and pauses[0] == 60 and pauses[-1] == 3600
    with SmtpServer(port) as server:
        assert telling.notices().work() and len(server.received) == 1


def test_one_mailbox_that_is_full_does_not_hold_the_others_up(telling, server):
    server.behaviour.replies[HEAD] = "452 full"
    younger = replace(telling.call, id="younger", ended=telling.call.ended + 0.5, notify=(OTHER,))
    telling.record(replace(telling.call, notify=(HEAD,)), younger)
    assert not telling.notices().work()
    assert telling.notices().work() and [received.to for received in server.received] == [[OTHER]]


@pytest.mark.parametrize("replies", [{"RCPT": "550 unknown"}, {".": "554 no"}, {"MAIL": "552 too large"}], ids=str)
def test_what_is_refused_for_ever_is_logged_once(telling, server, replies):
    server.behaviour.replies = replies
    telling.record()
    notices = telling.notices()
    assert notices.work() and notices.work() and telling.is_told()
    assert telling.said() == ["notice refused"] and server.received == [] and notices.counts.notified == 0


def test_one_addressee_who_is_refused_does_not_cost_the_other(telling, server):
    server.behaviour.replies[HEAD] = "550 unknown"
    telling.record()
    assert telling.notices().work() and telling.is_told()
    assert [received.to for received in server.received] == [[OTHER]] and telling.said() == ["addressee refused"]


@pytest.mark.parametrize("end", ["421 going", ""])
def test_a_bad_farewell_sends_nothing_twice(telling, server, end):
    server.behaviour.replies, server.behaviour.drops = {"QUIT": end or "221 bye"}, "" if end else "QUIT"
    server.behaviour.times = 1
    telling.record()
    assert telling.notices().work() and telling.is_told() and len(server.received) == 1


def test_old_voicemails_are_news_no_more(telling, server):
    telling.record()
    telling.clock_s += STALE_SECONDS
    assert telling.notices().work() and telling.is_told()
    assert server.received == [] and telling.said() == ["notice given up"]


def test_calls_are_recorded_while_the_mail_server_says_nothing(telling, bed):
    """It takes connections and is silent: the notices wait for it, the worker does not."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        telling.url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        telling.record()
        stop = Event()
        thread = Thread(target=telling.notices(stop=stop).run)
        thread.start()
        connection, _ = silent.accept()
        bed.put("closed")
        assert bed.worker().work() == 1 and thread.is_alive()
        stop.set()
        connection.close()
        thread.join()
    assert telling.said() == ["notice not sent"]


def test_a_database_that_fails_is_one_line_in_the_log(telling, monkeypatch):
    stop, counts = Event(), Counts()
    notices = telling.notices(stop=stop, counts=counts)
    telling.engine.dispose()
    monkeypatch.setattr(notices, "_claim", lambda: stop.set() or 1 / 0)
    notices.run()
    assert telling.said() == ["notices cannot be sent"]


def test_calls_of_an_older_journal_tell_nobody(telling, server):
    telling.record()
    config = Config()
    config.set_main_option("script_location", "routing:journal/migrations")
    with telling.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    database.upgrade(telling.engine)
    assert telling.notices().work() and server.connections == 0
    (call,) = query.call(telling.engine, telling.call.id)
    assert (call.voicemail, call.notify) == (telling.call.voicemail, ())


def test_the_command_tells_of_a_voicemail(bed, server, tmp_path):
    (file,) = (CDR / "voicemail_unconfirmed_mobile").glob("a_*")
    words = file.read_text()
    sound = tmp_path / "f1d8f4c8-ad86-42bc-9fba-f4cdf530a92e.wav"
    shutil.copy(Telling(bed, server.url).sound, sound)
    was = "/srv/routing/node/recordings/voicemail/office/" + sound.name
    words = words.replace(f'"routing_voicemail":"{was}"', f'"routing_voicemail":"{sound}","routing_notify":"{HEAD}"')
    # a call of this minute, whose phones' files never came
    words = words.replace("17953182", f"{int(bed.now() - 100) // 100}").replace('"originated_legs"', '"legs"')
    (bed.spool / file.name).write_text(words)
    options = ["--spool", str(bed.spool), "--database", bed.database, "--project", "company", "--once"]
    mail = ["--smtp", server.url, "--mail-from", "pbx@example.com"]
    for _ in range(2):
        assert CliRunner().invoke(journal, [*options, *mail], catch_exceptions=False).exit_code == 0
    (received,) = server.received
    assert received.to == [HEAD] and received.mail["Message-ID"] == f"<{sound.stem}@company>"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--smtp", "http://x", "--mail-from", HEAD], "smtp://mail.example.com:587"),
        (["--smtp", "smtp://user@host", "--mail-from", HEAD], "routing_smtp_password"),
        (["--smtp", "smtp://host"], "--mail-from"),
        (["--smtp", "smtp://host", "--mail-from", "a@b\r\nBcc: c@d"], "--mail-from"),
    ],
)
def test_what_cannot_be_sent_with_is_said(bed, words, problem, monkeypatch):
    monkeypatch.delenv("ROUTING_SMTP_PASSWORD", raising=False)
    result = CliRunner().invoke(journal, ["--spool", str(bed.spool), "--database", bed.database, *words])
    assert result.exit_code in (1, 2) and problem in f"{result.output} {result.exception}".lower()
