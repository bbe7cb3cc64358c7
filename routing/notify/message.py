"""The e-mail that tells of a voicemail or a missed call. Pure: a notice, its recording and the project's zone in, a
message out.

The same notice gives the same bytes, so that a message sent twice is known by its Message-ID. Nothing that a caller or
a scheme says becomes more than text of one line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from zoneinfo import ZoneInfo

from routing.model.durations import spoken
from routing.model.notice import Notice

#: Larger recordings stay where they are: mail servers refuse what is much larger.
MOST_ATTACHED_BYTES = 10 * 1024 * 1024
_LONGEST_WORD = 200


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording: its WAV file's content (None: not attached) and length in seconds (None: unknown)."""

    content: bytes | None
    length_s: float | None


def message(notice: Notice, recording: Recording, zone: ZoneInfo, sender: str) -> EmailMessage:
    """The message to all addressees of a notice; ``sender``: the address that it comes from."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = ", ".join(notice.to)
    what = "Voicemail" if notice.recording else "Missed call"
    subject = f"{what} from {_line(notice.caller)} to {_line(notice.number)} ({_line(notice.scheme)})"
    mail["Subject"] = subject.replace("=?", "= ?")  # or `=?utf-8?q?=0A?=` would be decoded to what it hides
    mail["Date"] = datetime.fromtimestamp(int(notice.ended), zone)
    mail["Message-ID"] = f"<{_atom(notice.call)}@{_atom(notice.project)}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_text(notice, recording, zone))
    if recording.content is not None:
        name = f"{_atom(notice.call)}.wav"
        mail.add_attachment(recording.content, maintype="audio", subtype="x-wav", filename=name)
        mail.set_boundary(f"=={_atom(notice.call)}==")
    return mail


def _text(notice: Notice, recording: Recording, zone: ZoneInfo) -> str:
    at = datetime.fromtimestamp(notice.started, zone)
    facts = {
        "Caller": notice.caller,
        "Number": notice.number,
        "Scheme": notice.scheme,
        "Time": f"{at:%Y-%m-%d %H:%M:%S} {zone.key}",
        "Call": notice.call,
        **(_voicemail(notice, recording) if notice.recording else _missed(notice)),
    }
    return "".join(f"{name + ':':<11}{_line(value)}\n" for name, value in facts.items())


def _voicemail(notice: Notice, recording: Recording) -> dict[str, str]:
    length = "unknown" if recording.length_s is None else spoken(round(recording.length_s))
    where = {"Recording": notice.recording} if recording.content is None else {}
    return {"Box": notice.box, "Length": length, **where}


def _missed(notice: Notice) -> dict[str, str]:
    return {"Ended": notice.status, "Waited": f"{notice.wait_s:.0f} s"}


def _line(text: str) -> str:
    """Text without anything that could end its line or turn its direction."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:_LONGEST_WORD])


def _atom(text: str) -> str:
    """Text as a part of an id: ASCII letters, digits, ``_`` and ``-``."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text)[:_LONGEST_WORD] or "-"
