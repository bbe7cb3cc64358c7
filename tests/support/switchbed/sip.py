"""SIPp as phones and as the carrier: starts it on a scenario, ends it, reads from its trace what it saw and when."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import jinja2

from routing.model.parking import PARK
from routing.offline import phones as behaviours
from support.processes import launch

from . import ports
from .cases import Case
from .pressed import RECORDED, key
from .uttered import HEARD_MS, uttered

SCENARIOS = Path(__file__).parents[2] / "switch" / "sipp"
SPEECH = RECORDED / "g711a.pcap"
FINALS = (302, 400, 401, 403, 404, 408, 410, 480, 484, 486, 487, 488, 500, 501, 502, 503, 504, 600, 603, 604)

#: How long a question of the bed's menu takes that gets no answer, or a wrong one.
PASSING_MS = 4_500
_FOREVER_MS = 600_000
#: How much later than meant things may come on a machine that does much at once.
_SLOW_MS = 20_000
#: SIPp's own end, should nobody end it.
_LONGEST_LIFE = "240s"
_STAMP = re.compile(r"-{10,} (\d{4}-\d\d-\d\d[ T\t]\d\d:\d\d:\d\d\.\d+)")
_MEDIA_PORTS = 4


@dataclass(frozen=True)
class Message:
    """One SIP message of a trace: seconds since the epoch, whether it was received, its text."""

    at: float
    received: bool
    text: str

    @property
    def start(self) -> str:
        """The request's method, or the response's status: ``INVITE``, ``486``."""
        first = self.text.split(None, 2)
        return first[1] if first[0] == "SIP/2.0" else first[0]

    def is_final_of(self, method: str) -> bool:
        """Whether this is a final response to a request of this method."""
        return self.start.isdigit() and int(self.start) >= 200 and self.header("CSeq").endswith(method)

    def header(self, name: str) -> str:
        """A header's value, or the empty string."""
        found = re.search(rf"^{re.escape(name)}:\s*(.*?)\s*$", self.text, re.I | re.M)
        return found.group(1) if found else ""


@dataclass
class Sipp:
    """One SIPp process."""

    scenario: str
    folder: Path
    remote: str = ""
    options: Sequence[str] = ()
    port: int = field(default_factory=lambda: ports.free(2))
    address: str = "127.0.0.1"

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.media = ports.free(_MEDIA_PORTS)
        self.trace = self.folder / "messages"
        file = self.folder / "scenario.xml"
        file.write_text(self.scenario, encoding="utf-8")
        arguments = ["sipp", *([self.remote] if self.remote else []), "-sf", str(file), "-i", self.address]
        arguments += ["-p", str(self.port), "-mp", str(self.media), "-ci", "127.0.0.1", "-cp", str(self.port + 1)]
        arguments += ["-timeout", _LONGEST_LIFE, "-nostdin", "-trace_msg", "-message_file", str(self.trace)]
        arguments += ["-trace_err", "-error_file", str(self.folder / "errors"), *self.options]
        with (self.folder / "output").open("wb") as output:
            self.process = launch(
                arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True, cwd=self.folder, env=os.environ | {"TERM": "dumb"},
            )  # fmt: skip

    def wait(self, seconds: float) -> int:
        """Wait for its own end and return its exit status (0 when every call went by the scenario)."""
        return self.process.wait(seconds)

    def wait_listening(self) -> None:
        """Wait until its SIP port is open."""
        deadline = time.monotonic() + 30
        while not ports.is_bound(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "output").read_text(errors="replace"))
            time.sleep(0.01)

    def stop(self) -> None:
        """End it, by its pid."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        ports.give_back(self.port, 2)
        ports.give_back(self.media, _MEDIA_PORTS)

    def messages(self) -> list[Message]:
        """All SIP messages in order, as far as SIPp has written them."""
        return list(_parse(self.trace.read_text(errors="replace"))) if self.trace.exists() else []


def scenario(template: str, **values: object) -> str:
    """Render one of the scenario templates."""
    loader = jinja2.FileSystemLoader(SCENARIOS)
    environment = jinja2.Environment(loader=loader, undefined=jinja2.StrictUndefined, autoescape=False)
    return environment.get_template(template).render(values)


def phone(
    ring_ms: int = 0, status: int = 0, talk_ms: int = _FOREVER_MS, digits: str = "", extra: str = "",
    digit_ms: int = 600, early: str = "", hold_ms: int = 0, refer: tuple[str, int] | None = None,
    presses: Sequence[tuple[int, Path]] = (),
) -> str:  # fmt: skip
    """A called phone's scenario: rings, then refuses with ``status`` or answers, sends digits, talks, hangs up.

    ``early``: sound that it sends with 183 instead of ringing; ``hold_ms``: it holds so long after the answer.
    ``refer``: to whom it sends the caller of its first call, and so many ms after the answer. ``presses``: keys in its
    talk, each with the milliseconds before it.
    """
    files = [(300 if place else 600, str(key(digit, place))) for place, digit in enumerate(digits)]
    files += [(delay_ms, str(path)) for delay_ms, path in presses]
    return scenario(
        "phone.xml.j2", ring_ms=max(ring_ms, 1), status=status, talk_ms=talk_ms, digits=files, extra=extra,
        early=early, hold_ms=hold_ms, refer=refer,
    )  # fmt: skip


def silent_phone() -> str:
    """A phone that rings until the caller gives up."""
    return phone(ring_ms=_FOREVER_MS, status=480)


def caller(
    to: str, sender: str, *, request: str = "", name: str = "", headers: Sequence[str] = (), wait_ms: int = _FOREVER_MS,
    talk_ms: int = _FOREVER_MS, sounds: Sequence[tuple[int, Path]] = (), media: int = 0,
) -> str:  # fmt: skip
    """The carrier's call to a number, ``request`` its request line's user where that is another than To's.

    ``sounds`` are (delay in ms, pcap file) to send once answered; ``media`` the port that hears the call, where it is
    not SIPp's own.
    """
    files = [(delay_ms, str(path)) for delay_ms, path in sounds]
    return scenario(
        "caller.xml.j2", to=to, request=request or to, sender=sender, name=name, headers=headers, wait_ms=wait_ms,
        talk_ms=talk_ms, sounds=files, finals=FINALS, media=media,
    )  # fmt: skip


def colleague(
    account: str, password: str, to: str, refer: tuple[str, int] | None = None,
    sounds: Sequence[tuple[int, Path]] = (), talk_ms: int = _FOREVER_MS,
) -> str:  # fmt: skip
    """A registered phone's call: answers the challenge, waits for whatever end comes.

    ``refer``: to whom it sends the one that it has reached, and so many ms after the answer. ``sounds``: keys in its
    talk, each with the milliseconds before it.
    """
    finals = [each for each in FINALS if each not in (401, 407)]
    keys = [(max(delay_ms, 1), str(path)) for delay_ms, path in sounds]
    return scenario(
        "colleague.xml.j2", finals=finals, to=to, account=account, password=password, refer=refer, sounds=keys,
        talk_ms=talk_ms,
    )  # fmt: skip


def of_colleague(case: Case) -> dict[str, Any]:
    """The keys that a case's calling phone presses, and when it hangs up."""
    sounds = [*_pressed(case)]
    if case.hangs_up_after_s is None:
        return {"sounds": sounds}
    left_ms = round((case.hangs_up_after_s - case.answered_s) * 1000) - sum(delay_ms for delay_ms, _ in sounds)
    return {"sounds": sounds, "talk_ms": max(left_ms, 1)}


def behaving(does: behaviours.ScriptedPhone, outside: bool) -> str:
    """A called phone's scenario for the words that the offline switch knows too; outside phones press keys."""
    talk_ms = _FOREVER_MS if does.talks_ms is None else does.talks_ms
    early = str(SPEECH) if does.early_media else ""
    match does.does:
        case "busy":
            return phone(ring_ms=max(does.after_ms, 100), status=486, early=early)
        case "rejects":
            return phone(ring_ms=max(does.after_ms, 100), status=603, early=early)
        case "no answer":
            return phone(ring_ms=_FOREVER_MS, status=480, early=early)
        case _:
            pressed = does.confirms_ms if does.refuses_ms is None else does.refuses_ms
            digits = ("1" if does.refuses_ms is None else "2") if outside and pressed is not None else ""
            refer = (does.sends.to, does.sends.after_ms) if does.sends else None
            presses = [*_in_talk(does.presses, len(digits))]
            left_ms = max(talk_ms - sum(delay_ms for delay_ms, _ in presses), 300)
            return phone(
                ring_ms=does.after_ms, talk_ms=left_ms, digits=digits, digit_ms=pressed or 0, early=early,
                refer=refer, presses=presses,
            )  # fmt: skip


def _in_talk(presses: Sequence[tuple[str, int]], pressed: int) -> Iterator[tuple[int, Path]]:
    """Keys of a talk; each takes its time. ``pressed``: how many were pressed before."""
    now_ms = 0
    for keys, at_ms in presses:
        for place, each in enumerate(PARK if keys == behaviours.PARKS else keys):
            wait_ms = 300 if place else max(at_ms - now_ms, 300)
            yield wait_ms, key(each, pressed)
            now_ms += wait_ms
            pressed += 1


def of_case(case: Case) -> dict[str, object]:
    """The words of ``caller`` for a case's call."""
    words: dict[str, object] = {"to": case.to.lstrip("+"), "sender": case.caller, "headers": case.headers}
    words["request"] = case.request
    words["name"] = f'"{case.shown}" ' if case.shown else ""
    words["sounds"] = [
        *uttered(case.says),
        *_typed(case.digits, HEARD_MS / 1000 if case.says else case.digits_after_s),
        *_pressed(case),
        *([(1500, SPEECH)] if case.speaks else []),
    ]
    if case.hangs_up_after_s is not None:
        words["talk_ms"] = round(case.hangs_up_after_s * 1000)
        # whoever is to be answered is patient: a machine with much to do is no reason to give up
        words["wait_ms"] = words["talk_ms"] + (_SLOW_MS if case.status == 200 else 0)
    return words


def _typed(digits: str, after_s: float) -> Iterator[tuple[int, Path]]:
    """Keys with the milliseconds before each; ``-`` lets a question pass."""
    wait_ms = round(after_s * 1000)
    for place, digit in enumerate(digits):
        if digit == "-":
            wait_ms += PASSING_MS
        else:
            yield wait_ms, key(digit, place)
            wait_ms = 300


def _pressed(case: Case) -> Iterator[tuple[int, Path]]:
    """Keys at their moments, with the milliseconds before each; they begin when the call is answered."""
    now_s = case.answered_s
    place = len(case.digits)
    for keys, at_s in case.presses:
        for nth, pressed in enumerate(keys):
            yield 300 if nth else round((at_s - now_s) * 1000), key(pressed, place)
            place += 1
        now_s = at_s + (len(keys) - 1) * 0.3


def _parse(text: str) -> Iterator[Message]:
    parts = _STAMP.split(text)[1:]
    for stamp, body in zip(parts[::2], parts[1::2], strict=True):
        head, _, message = body.strip("\n").partition("\n\n")
        if message.strip():
            at = datetime.fromisoformat(stamp.replace("\t", " ")).timestamp()
            yield Message(at, "received" in head, message.strip("\n"))
