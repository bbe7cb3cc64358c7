"""Sends notices through a mail server: ``smtp://[user@]host[:587]`` with STARTTLS, ``smtps://[user@]host[:465]``.

A server on this machine (a loopback address or ``localhost``) needs no STARTTLS. The server's answer decides:
delivered, refused for good (5xx), or try again later (anything else). Knows nothing of when a notice is due.
"""

from __future__ import annotations

import io
import re
import ssl
import time
import wave
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from smtplib import (
    SMTP,
    SMTP_SSL,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from typing import Any, Literal
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from routing.model.budget import Budget, Counted
from routing.model.notice import (
    AnyNotice,
    CallbackNotice,
    CardNotice,
    FloodNotice,
    Later,
    MissedOut,
    NewNetwork,
    NoticeRefused,
)
from routing.notify.message import (
    MOST_ATTACHED_BYTES,
    Recording,
    message,
    of_callback,
    of_card,
    of_flood,
    of_missed_out,
    of_network,
)

#: Timeout of a server's answer, and of sending a whole recording over a slow line.
TIMEOUT_SECONDS = 120.0
#: Limits of a session: its duration, and the size of all replies.
SESSION_SECONDS = 600.0
REPLY_BYTES = 64 * 1024
#: The status for a message that is too large, already in the answer to MAIL FROM.
_TOO_LARGE = 552
_URL = re.compile(
    r"(?P<form>smtps?)://(?:(?P<user>[^@/:\s]+)@)?(?P<host>\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::(?P<port>\d{1,5}))?/?"
)
_PORTS = {"smtp": 587, "smtps": 465}


class BadServer(ValueError):
    """The URL is not valid, or its password is missing; the text shows neither."""


@dataclass(frozen=True)
class MailServer:
    """A mail server. ``security``: TLS from the first byte, STARTTLS, or none."""

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    user: str = ""
    password: str = field(default="", repr=False)


def parse(url: str, password: str = "") -> MailServer:
    """The server in a URL. Raises BadServer."""
    match = _URL.fullmatch(url)
    if match is None or int(match["port"] or 1) not in range(1, 65536):
        raise BadServer(
            "the mail server's URL is not valid: write `smtp://mail.example.com:587` or `smtps:`, a user and `@` first"
        )
    if match["user"] and not password:
        raise BadServer("the mail server's URL names a user, but the password is missing")
    host, user = match["host"].strip("[]"), unquote(match["user"] or "")
    security: Literal["tls", "starttls", "none"] = "none" if _is_here(host) else "starttls"
    if match["form"] == "smtps":
        security = "tls"
    return MailServer(host, int(match["port"] or _PORTS[match["form"]]), security, user, password if user else "")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Replies:
    """Limits smtplib's client, which would read a reply's lines for ever: all replies of a session share one budget."""

    file: Any
    sock: Any
    timeout: float

    def __init__(self, budget: Budget, server: MailServer, timeout_s: float, **tls: Any) -> None:
        self._budget = budget
        super().__init__(server.host, server.port, timeout=timeout_s, **tls)  # type: ignore[call-arg]

    def getreply(self) -> tuple[int, bytes]:
        """See smtplib."""
        if self.file is None:
            self.file = io.BufferedReader(Counted(self._received))
        reply: tuple[int, bytes] = super().getreply()  # type: ignore[misc]
        return reply

    def _received(self, most: int) -> bytes:
        self.sock.settimeout(min(self.timeout, self._budget.left_s()))
        came: bytes = self.sock.recv(most)
        self._budget.spend(len(came))
        return came


class _Bounded(_Replies, SMTP):
    pass


class _BoundedTls(_Replies, SMTP_SSL):
    pass


@dataclass(frozen=True)
class SmtpMail:
    """Sends notices from ``sender``, with times in ``zone``; one connection for each notice. ``trust``: the accepted
    certificates (None: the system's)."""

    server: MailServer
    sender: str
    zone: ZoneInfo
    trust: ssl.SSLContext | None = None
    timeout_s: float = TIMEOUT_SECONDS
    #: Whether voicemails are attached: not where they are encrypted at rest.
    attaches: Callable[[], bool] = lambda: True

    def send(self, notice: AnyNotice) -> Mapping[str, str]:
        """Send one notice; returns the refused addressees and the reasons. Raises Later and Refused."""
        if isinstance(notice, NewNetwork):
            mail = of_network(notice, self.zone, self.sender)
        elif isinstance(notice, MissedOut):
            mail = of_missed_out(notice, self.zone, self.sender)
        elif isinstance(notice, FloodNotice):
            mail = of_flood(notice, self.zone, self.sender)
        elif isinstance(notice, CardNotice):
            mail = of_card(notice, self.zone, self.sender)
        elif isinstance(notice, CallbackNotice):
            mail = of_callback(notice, self.zone, self.sender)
        else:
            recording = read(Path(notice.recording)) if notice.recording else Recording(None, None)
            recording = recording if self.attaches() else replace(recording, content=None)
            mail = message(notice, recording, self.zone, self.sender)
        return self.deliver(mail, notice.to)

    def deliver(self, mail: EmailMessage, to: Sequence[str]) -> Mapping[str, str]:
        """Send a message; returns the refused addressees and the reasons. Raises Later and Refused."""
        try:
            with self._connected() as client:
                refused = client.send_message(mail, self.sender, list(to))
        except SMTPRecipientsRefused as problem:
            codes = {code for code, _ in problem.recipients.values()}
            raise (NoticeRefused if min(codes) >= 500 else Later)(_listed(problem.recipients)) from None
        except SMTPDataError as problem:
            raise (NoticeRefused if problem.smtp_code >= 500 else Later)(_reply_text(problem)) from None
        except SMTPSenderRefused as problem:
            raise (NoticeRefused if problem.smtp_code == _TOO_LARGE else Later)(_reply_text(problem)) from None
        except SMTPResponseException as problem:
            raise Later(_reply_text(problem), is_away=True) from None
        except (SMTPException, OSError) as problem:
            raise Later(f"{type(problem).__name__}: {problem}"[:300], is_away=True) from None
        return {address: _answer(*answer) for address, answer in refused.items()}

    @contextmanager
    def _connected(self) -> Iterator[SMTP]:
        """A session; errors while closing it are ignored."""
        server = self.server
        budget = Budget(REPLY_BYTES, time.monotonic() + SESSION_SECONDS, time.monotonic)
        if server.security == "tls":
            client: SMTP = _BoundedTls(budget, server, self.timeout_s, context=self._trusted())
        else:
            client = _Bounded(budget, server, self.timeout_s)
        try:
            if server.security == "starttls":
                client.starttls(context=self._trusted())
            if server.user:
                client.login(server.user, server.password)
            yield client
            with suppress(SMTPException, OSError):
                client.quit()
        finally:
            client.close()

    def _trusted(self) -> ssl.SSLContext:
        return self.trust or ssl.create_default_context()


def read(path: Path) -> Recording:
    """A WAV file: its content unless it is missing or too large to attach, its length if the header is valid."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MOST_ATTACHED_BYTES else None
    except OSError:
        return Recording(None, None)
    try:
        with wave.open(str(path)) as sound:
            return Recording(content, sound.getnframes() / sound.getframerate())
    except (OSError, wave.Error, EOFError, ZeroDivisionError):
        return Recording(content, None)


def _reply_text(problem: SMTPResponseException) -> str:
    return _answer(problem.smtp_code, problem.smtp_error)


def _answer(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"[:300]


def _listed(refused: Mapping[str, tuple[int, bytes]]) -> str:
    return "; ".join(f"{address}: {_answer(*answer)}" for address, answer in refused.items())[:300]
