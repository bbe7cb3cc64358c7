"""The e-mail about a voicemail, a missed call, a low rating, a phone in a new network, a person whom missed offers have
paused, a client's card or an order to call back. Pure: a notice, its recording and the project's zone in, a message
out.

The same notice gives the same bytes, so that a message sent twice has the same Message-ID. Text from a caller or a
scheme always stays one line of plain text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from zoneinfo import ZoneInfo

from routing.model.durations import spoken
from routing.model.notice import AnyNotice, CallbackNotice, CardNotice, FloodNotice, MissedOut, NewNetwork, Notice

#: Larger recordings are not attached: mail servers refuse large messages.
MOST_ATTACHED_BYTES = 10 * 1024 * 1024
_LONGEST_WORD = 200
_NEW_NETWORK = """The account was never registered from there before. If its owner is not there, somebody has its
password: give it another one, and publish.
"""
_MISSED_OUT = """Their phone rang for callers of the queue and nobody picked up. They are offered callers again after
the pause, or as soon as they dial *48.
"""
_FLOOD_REFUSED = """They are refused before they cost anything. Callers who have talked with the company before get
through. To let everybody pass: routing floods lift {number}
"""
_FLOOD_WATCHED = """Nobody is refused, as the project only watches floods. To refuse them: `floods: {mode: refuse}`.
"""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording: its WAV file's content (None: not attached) and length in seconds (None: unknown)."""

    content: bytes | None
    length_s: float | None


def message(notice: Notice, recording: Recording, zone: ZoneInfo, sender: str) -> EmailMessage:
    """The message to all addressees of a call's notice; ``sender``: its From address."""
    what = "Voicemail" if notice.recording else f"Rating {notice.rating}" if notice.rating else "Missed call"
    subject = f"{what} from {_line(notice.caller)} to {_line(notice.number)} ({_line(notice.scheme)})"
    mail = _addressed(notice, subject, datetime.fromtimestamp(int(notice.ended), zone), sender)
    mail.set_content(_text(notice, recording, zone))
    if recording.content is not None:
        name = f"{_atom(notice.call)}.wav"
        mail.add_attachment(recording.content, maintype="audio", subtype="x-wav", filename=name)
        mail.set_boundary(f"=={_atom(notice.call)}==")
    return mail


def of_network(notice: NewNetwork, zone: ZoneInfo, sender: str) -> EmailMessage:
    """The message about a phone in a new network."""
    at = datetime.fromtimestamp(int(notice.at), zone)
    whose = notice.phone or notice.account
    mail = _addressed(notice, f"New network of phone {_line(whose)}: {_line(notice.network)}", at, sender)
    facts = {
        "Phone": notice.phone,
        "Account": notice.account,
        "Network": notice.network,
        "Address": notice.address,
        "Program": notice.agent,
        "Node": notice.node,
        "Time": f"{at:%Y-%m-%d %H:%M:%S} {zone.key}",
    }
    mail.set_content(f"{_lines(facts)}\n{_NEW_NETWORK}")
    return mail


def of_missed_out(notice: MissedOut, zone: ZoneInfo, sender: str) -> EmailMessage:
    """The message about a person whom missed offers have paused."""
    at, until = (datetime.fromtimestamp(int(each), zone) for each in (notice.at, notice.until))
    mail = _addressed(notice, f"{_line(notice.person)} is paused in queues: calls were not answered", at, sender)
    facts = {
        "Person": notice.person,
        "Queue": notice.queue,
        "Paused": f"{at:%Y-%m-%d %H:%M:%S} {zone.key}",
        "Until": f"{until:%Y-%m-%d %H:%M:%S} {zone.key}",
    }
    mail.set_content(f"{_lines(facts)}\n{_MISSED_OUT}")
    return mail


def of_flood(notice: FloodNotice, zone: ZoneInfo, sender: str) -> EmailMessage:
    """The message about a flood of calls."""
    at, until = (datetime.fromtimestamp(int(each), zone) for each in (notice.at, notice.until))
    mail = _addressed(notice, f"Flood of calls to {_line(notice.number)}", at, sender)
    facts = {
        "Number": notice.number,
        "Callers": ", ".join(f"{each}..." if each.isdigit() else each or "everybody unknown" for each in notice.starts),
        "Noticed": f"{at:%Y-%m-%d %H:%M:%S} {zone.key}",
        "Reason": notice.why,
        **({"Refused until": f"{until:%Y-%m-%d %H:%M:%S} {zone.key}"} if notice.refused else {}),
    }
    what = _FLOOD_REFUSED.format(number=notice.number) if notice.refused else _FLOOD_WATCHED
    mail.set_content(f"{_lines(facts)}\n{what}")
    return mail


def of_card(notice: CardNotice, zone: ZoneInfo, sender: str) -> EmailMessage:
    """The message with the card of the client with whom a person talks."""
    at = datetime.fromtimestamp(int(notice.at), zone)
    subject = f"Card of {_line(notice.name or notice.client)}"
    mail = _addressed(notice, subject, at, sender)
    found = dict(notice.card)
    named = {"Entity": notice.entities, "Source": notice.source, "Typed": notice.typed}
    facts = {
        "Client": notice.client,
        "Says": notice.stated,
        "Name": notice.name,
        "Card": found.get("url", ""),
        "In": " ".join(filter(None, (found.get("system"), found.get("kind"), found.get("id")))),
        "Number": notice.number,
        "Scheme": notice.scheme,
        **{f"{what} {name}": value for what, values in named.items() for name, value in values.items()},
        "Labels": ", ".join(tag for tag in notice.tags if tag != "card"),
        "Time": f"{at:%Y-%m-%d %H:%M:%S} {zone.key}",
        "Call": notice.call,
    }
    mail.set_content(_lines({name: value for name, value in facts.items() if value}))
    return mail


def of_callback(notice: CallbackNotice, zone: ZoneInfo, sender: str) -> EmailMessage:
    """The message about an order to call back that ended without a talk."""
    at = datetime.fromtimestamp(int(notice.at), zone)
    what = notice.status.replace("_", " ")
    mail = _addressed(notice, f"Callback to {_line(notice.number)} {what} ({_line(notice.scheme)})", at, sender)
    facts = {
        "Client": notice.number,
        "Scheme": notice.scheme,
        "Attempts": str(len(notice.facts.get("attempts") or ())),
        "Time": f"{at:%Y-%m-%d %H:%M:%S} {zone.key}",
        "Order": notice.order,
    }
    mail.set_content(_lines(facts))
    return mail


def _addressed(notice: AnyNotice, subject: str, at: datetime, sender: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = ", ".join(notice.to)
    mail["Subject"] = subject.replace("=?", "= ?")  # or `=?utf-8?q?=0A?=` would be decoded to what it hides
    mail["Date"] = at
    mail["Message-ID"] = f"<{_atom(notice.id)}@{_atom(notice.project)}>"
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def _text(notice: Notice, recording: Recording, zone: ZoneInfo) -> str:
    at = datetime.fromtimestamp(notice.started, zone)
    facts = {
        "Caller": notice.caller,
        "Number": notice.number,
        "Scheme": notice.scheme,
        "Time": f"{at:%Y-%m-%d %H:%M:%S} {zone.key}",
        "Call": notice.call,
        **_of_kind(notice, recording),
    }
    return _lines(facts)


def _lines(facts: Mapping[str, str]) -> str:
    return "".join(f"{name + ':':<11}{_line(value)}\n" for name, value in facts.items())


def _of_kind(notice: Notice, recording: Recording) -> dict[str, str]:
    if notice.rating:
        return {"Rating": str(notice.rating), "Person": notice.person, "Talked": spoken(round(notice.talk_s))}
    return _voicemail(notice, recording) if notice.recording else _missed(notice)


def _voicemail(notice: Notice, recording: Recording) -> dict[str, str]:
    length = "unknown" if recording.length_s is None else spoken(round(recording.length_s))
    where = {"Recording": notice.recording} if recording.content is None else {}
    return {"Box": notice.box, "Length": length, **where}


def _missed(notice: Notice) -> dict[str, str]:
    return {"Ended": notice.status, "Waited": f"{notice.wait_s:.0f} s"}


def _line(text: str) -> str:
    """Text without characters that could end the line or change the writing direction."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:_LONGEST_WORD])


def _atom(text: str) -> str:
    """Text as a part of an id: ASCII letters, digits, ``_`` and ``-``."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text)[:_LONGEST_WORD] or "-"
