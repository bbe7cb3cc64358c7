"""A notice's message says what it must and nothing that a caller made up; passwords travel by TLS only."""

import shutil
import ssl
import subprocess
import wave
from dataclasses import replace
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.model.notice import Later, Notice
from routing.notify.message import MOST_ATTACHED_BYTES, Recording, message
from routing.notify.smtp import BadServer, MailServer, SmtpMail, parse, read
from support.smtp_bed import SmtpServer

ZONE = ZoneInfo("Europe/Kyiv")
NOTICE = Notice("uuid-1", "company", "+380800330004", "kharkiv", "+380671230026", "office", 1795318204.5, 1795318225.0,
                "/recordings/uuid-1.wav", ("head@example.com", "other@example.com"))  # fmt: skip
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
HOSTILE = "x\r\nBcc: thief@example.com\r\n\r\nhello\x85\u2028\x00\u202e=?utf-8?q?=0ABcc:_a?="


SOUND = Recording(b"RIFF", 75.4)


def arrived(notice, recording=SOUND):
    return message_from_bytes(message(notice, recording, ZONE, "pbx@example.com").as_bytes(), policy=policy.default)


def assert_plain(notice):
    mail = arrived(notice)
    assert [name for name in mail if not name.startswith("Content-")] == HEADERS[:-1]
    assert mail["To"] == "head@example.com, other@example.com" and mail["From"] == "pbx@example.com"
    assert len(mail.get_body().get_content().splitlines()) == 7 and len(list(mail.iter_attachments())) == 1


def test_hostile_callers_and_schemes_inject_nothing():
    names = ("call", "project", "number", "scheme", "caller", "box")
    for name in names:
        assert_plain(replace(NOTICE, **{name: HOSTILE}))
    assert_plain(replace(NOTICE, **dict.fromkeys(names, HOSTILE * 20)))


def test_a_low_rating_names_the_score_and_the_person():
    mail = arrived(replace(NOTICE, recording="", box="", rating=2, person="ivan", talk_s=95.0), Recording(None, None))
    assert mail["Subject"] == "Rating 2 from +380671230026 to +380800330004 (kharkiv)"
    lines = mail.get_body().get_content().splitlines()
    assert [line for line in lines if "Rating" in line or "Person" in line or "Talked" in line] == [
        "Rating:    2", "Person:    ivan", "Talked:    1 min 35 s",
    ]  # fmt: skip


def hidden_words():
    parts = ["=?", "utf-8", "?q?", "?b?", "=0A", "=0D", "Bcc:", "_", "?=", " ", "\n", "x" * 70]
    return st.lists(st.sampled_from(parts)).map("".join)


@given(caller=hidden_words(), scheme=hidden_words())
def test_nothing_hidden_in_encoded_words_is_found(caller, scheme):
    assert_plain(replace(NOTICE, caller=caller, scheme=scheme))


@pytest.mark.thorough
@given(caller=st.text(), scheme=st.text(), project=st.text(), call=st.text())
def test_no_text_injects_anything(caller, scheme, project, call):
    assert_plain(replace(NOTICE, caller=caller, scheme=scheme, project=project, call=call))


def test_what_the_message_says():
    mail = arrived(NOTICE)
    assert mail["Date"] == "Sun, 22 Nov 2026 05:30:25 +0200" and mail["Message-ID"] == "<uuid-1@company>"
    words = mail.get_body().get_content()
    assert "Length:    1 min 15 s\r\n" in words and "/recordings" not in words
    assert arrived(replace(NOTICE, scheme="Харків"))["Subject"].endswith("(Харків)")
    assert "Length:    unknown\r\n" in arrived(NOTICE, Recording(b"", None)).get_body().get_content()


def test_a_recording_that_is_not_attached_is_told_by_its_path():
    mail = arrived(NOTICE, Recording(None, 3600))
    assert list(mail.iter_attachments()) == []
    assert "Recording: /recordings/uuid-1.wav\r\n" in mail.get_content() and "Length:    1 h\r\n" in mail.get_content()


def test_recordings_on_disk(tmp_path):
    file = tmp_path / "large.wav"
    assert read(file) == Recording(None, None)
    file.write_bytes(b"no sound")
    assert read(file) == Recording(b"no sound", None)
    with wave.open(str(file), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(MOST_ATTACHED_BYTES - 44))
    recording = read(file)
    assert len(recording.content) == MOST_ATTACHED_BYTES and round(recording.length_s) == 655
    with file.open("ab") as more:
        more.write(b"x")
    assert read(file).content is None and round(read(file).length_s) == 655


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://user@mail.example.com:2525", MailServer("mail.example.com", 2525, "starttls", "user", "secret")),
        (
            "smtps://me%40example.com@mail.example.com",
            MailServer("mail.example.com", 465, "tls", "me@example.com", "secret"),
        ),
        ("smtp://mail.example.com/", MailServer("mail.example.com", 587, "starttls")),
        ("smtp://localhost:25", MailServer("localhost", 25, "none")),
        ("smtp://[::1]:25", MailServer("::1", 25, "none")),
    ],
)
def test_servers(url, server):
    assert parse(url, "secret") == server and "secret" not in repr(server)


@pytest.mark.parametrize(
    "url", ["mail.example.com", "smtp://", "smtp://user:secret@host", "smtp://h:0", "smtp://h:99999"]
)
def test_urls_of_no_server(url):
    with pytest.raises(BadServer) as problem:
        parse(url, "password")
    assert "secret" not in str(problem.value)


def test_nothing_is_said_to_a_server_without_starttls():
    with SmtpServer() as server:
        mail = SmtpMail(MailServer("127.0.0.1", server.port, "starttls", "user", "secret"), "pbx@example.com", ZONE)
        with pytest.raises(Later, match="STARTTLS"):
            mail.send(NOTICE)
        assert [line.split()[0] for line in server.commands] == ["ehlo"] and server.received == []


@pytest.fixture
def tls(tmp_path):
    """A server's context and a client's that trusts it."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make a certificate with")
    files = ["-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    name = ["-subj", "/CN=fake", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(["openssl", "req", "-x509", *kind, *name, *files], check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    return server, ssl.create_default_context(cafile=tmp_path / "cert.pem")


def test_a_password_is_said_after_starttls_to_a_server_that_is_trusted(tls):
    with SmtpServer(tls=tls[0], says=["STARTTLS", "AUTH PLAIN"], replies={"AUTH": "235 yes"}) as server:
        there = MailServer("127.0.0.1", server.port, "starttls", "user", "secret")
        with pytest.raises(Later, match="certificate"):
            SmtpMail(there, "pbx@example.com", ZONE).send(NOTICE)
        assert not [line for line in server.commands if line.startswith("AUTH")]
        assert SmtpMail(there, "pbx@example.com", ZONE, tls[1]).send(NOTICE) == {}
        words = [line.split()[0].upper() for line in server.commands[2:]]
        assert words[:5] == ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL"] and len(server.received) == 1


def test_a_wrong_password_is_tried_later(tls):
    with SmtpServer(tls=tls[0], says=["STARTTLS", "AUTH PLAIN"], replies={"AUTH": "535 no"}) as server:
        there = MailServer("127.0.0.1", server.port, "starttls", "user", "secret")
        with pytest.raises(Later, match="535 no") as problem:
            SmtpMail(there, "pbx@example.com", ZONE, tls[1]).send(NOTICE)
        assert "secret" not in str(problem.value)
