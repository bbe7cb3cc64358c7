"""A mail server that replies without end is away, like one that says nothing: the notice goes later."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from routing.model.notice import Later, Notice
from routing.notify import smtp
from support.hostile_http import Hostile

NOTICE = Notice("id", "lab", "+380800330521", "s", "+380671234567", "", 0.0, 1.0, "", ("head@example.com",))


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (b"", b"220-still here\r\n"),
        (b"220 here\r\n", b"250-AND\r\n"),
        (b"220 here\r\n250 yes\r\n", b"250-yes\r\n"),
        (b"220 here\r\n250 yes\r\n250 yes\r\n250 yes\r\n", b"354-go\r\n"),
        (b"", b"2"),
        (b"", b"\r\n"),
        (b"", b"\0"),
    ],
    ids=["greeting", "extensions", "sender", "data", "one line", "empty lines", "zeros"],
)
def test_replies_without_end_are_no_reply(first, again):
    server = Hostile(first, again, waits=False)
    mail = smtp.SmtpMail(smtp.parse(f"smtp://127.0.0.1:{server.port}"), "pbx@example.com", ZoneInfo("UTC"))
    try:
        with pytest.raises(Later):
            mail.send(NOTICE)
    finally:
        server.stop()


def test_replies_in_drops_end_with_the_session(monkeypatch):
    monkeypatch.setattr(smtp, "SESSION_SECONDS", 0.2)
    server = Hostile(b"", b"220-still here\r\n", pause_s=0.01, waits=False)
    mail = smtp.SmtpMail(smtp.parse(f"smtp://127.0.0.1:{server.port}"), "pbx@example.com", ZoneInfo("UTC"))
    try:
        with pytest.raises(Later, match=r"no answer in time|timed out"):
            mail.send(NOTICE)
    finally:
        server.stop()
