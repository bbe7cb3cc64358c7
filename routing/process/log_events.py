"""Every line that a process of ours may log: what it means, and what to do. `routing.process.log` says how lines look.

``docs/reference/logs.rst`` shows this table; a test compares it with the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class LogEvent(NamedTuple):
    """Who writes a line, at which levels, what it means, and what an operator does then ("" for nothing)."""

    writer: str
    levels: tuple[str, ...]
    meaning: str
    action: str = ""


_INFO, _WARNING, _ERROR = ("info",), ("warning",), ("error",)

# fmt: off
_ENGINE: Mapping[str, LogEvent] = {
    "decision": LogEvent(
        "engine", ("info", "warning"),
        "A step of a call was decided: `verdict`, `decision`, `reason`, `ms`; a warning when nothing was.",
        "For warnings read `reason`: it names the handler, CRM or Redis that failed",
    ),
    "undecided": LogEvent(
        "engine", _INFO,
        "A connection of FreeSWITCH ended without a decision: the caller hung up, or it asked nonsense.",
    ),
    "fault": LogEvent(
        "any process", _ERROR, "An error of the program itself; calls take their compiled fallback.",
        "Report it with the line",
    ),
    "states": LogEvent("engine", _INFO, "The connection to FreeSWITCH that tells who is free came or went."),
    "redis": LogEvent(
        "any process", ("info", "warning"), "Redis answers, or does not, and from when it is asked again.",
        "Start Redis, or look at its address; calls go on without memory",
    ),
    "secrets": LogEvent(
        "engine", _ERROR, "The file of secrets cannot be read; the ones read before stay.",
        "Mend the file, then SIGHUP",
    ),
    "missing": LogEvent(
        "any process", _WARNING, "Something that the release names is not there: `words` says what and how to give it.",
        "Do what `words` says",
    ),
    "recogniser": LogEvent(
        "engine", ("info", "warning"),
        "A recogniser of speech is ready, or died, hangs or rests: menus take digits then.",
        "For warnings run its command by hand",
    ),
    "utterances kept": LogEvent("engine", ("info", "warning"), "What callers say at menus can be kept again."),
    "utterances not kept": LogEvent(
        "engine", ("info", "warning"), "What callers say at menus cannot be kept; menus hear them all the same.",
        "Read `reason`: the folder, its rights or the disk",
    ),
    "guesses": LogEvent(
        "engine", _WARNING,
        "An address or account gave wrong passwords of screen pops too often and is refused for a while.",
        "Look at who `address` is",
    ),
    "inline": LogEvent(
        "FreeSWITCH", _ERROR, "Decisions inside FreeSWITCH hang or fail; calls ask the engine until they work again.",
        "Read `problem`; `routing doctor`",
    ),
    "drained": LogEvent(
        "engine", _WARNING,
        "It stopped while `open_calls` decisions were under way; calls take their compiled fallback.",
        "Give it more time with `--drain`",
    ),
    "worker_died": LogEvent(
        "engine", _ERROR, "A worker ended by itself and is started anew; calls take their compiled fallback meanwhile.",
        "`status` -9 with nobody who killed it: the machine has too little memory",
    ),
    "worker_stuck": LogEvent(
        "engine", _ERROR, "A worker did not answer and is killed; another one is started.",
        "Report it with the lines before",
    ),
    "missed": LogEvent(
        "engine", _WARNING, "A person missed so many offers of a queue in a row that they are paused.",
        "Ask whether they are at their desk",
    ),
}
_CALLBACKS: Mapping[str, LogEvent] = {
    "callback": LogEvent("engine", _INFO, "A client is called back now: `order`, `call`."),
    "callback ordered": LogEvent("journal", _INFO, "A missed call ordered a call back."),
    "callback expired": LogEvent("engine", _INFO, "An order reached its end before the client was reached."),
    "callback not possible": LogEvent(
        "engine", _ERROR, "The release does not know the scheme or number of an order.",
        "Publish a release that has it, or cancel the order",
    ),
    "callback without a result": LogEvent(
        "engine", _WARNING, "What became of an attempt is unknown, as when FreeSWITCH died; it is tried again later.",
    ),
    "callbacks not dialled": LogEvent(
        "engine", ("warning", "error"),
        "The database or FreeSWITCH cannot be reached; orders stay, and are tried again.",
        "Start what `problem` names",
    ),
    "lease of callbacks not given back": LogEvent(
        "engine", _ERROR, "Another engine dials only when the lease has run out, in less than a minute.",
    ),
    "colleagues connected": LogEvent("engine", _INFO, "A colleague who waited for a person talks with them."),
}
_JOURNAL: Mapping[str, LogEvent] = {
    "started": LogEvent("any process", _INFO, "It serves, with the addresses that it listens at."),
    "stopped": LogEvent("any process", _INFO, "It was asked to stop, and did."),
    "journal": LogEvent(
        "web server", _ERROR, "The journal's database does not answer: `problem`.",
        "Start the database",
    ),
    "journal cannot be opened": LogEvent(
        "journal", _ERROR, "The database cannot be opened at the start; calls stay in the spool.",
        "Start the database",
    ),
    "journal cannot be written": LogEvent(
        "journal", _ERROR, "The database refused calls; they stay in the spool and are tried again in `again_s`.",
        "Start the database, or free its disk",
    ),
    "memory does not answer": LogEvent(
        "journal", _WARNING, "Redis cannot be told who talked with whom; calls are recorded all the same.",
        "Start Redis",
    ),
    "event socket unknown": LogEvent(
        "journal", _WARNING, "Without FreeSWITCH's events, calls that it took with it when it died are not recorded.",
        "Give `--esl` and its password",
    ),
    "calls lost": LogEvent(
        "journal", _ERROR, "So many calls ended without a CDR that their facts could not be kept.",
        "Look why FreeSWITCH writes no CDRs: `routing doctor`",
    ),
    "call lost": LogEvent(
        "journal", _ERROR, "The facts of a call without a CDR are no call.",
        "Report it with the line",
    ),
    "calls without a CDR": LogEvent(
        "journal", _ERROR, "FreeSWITCH wrote no CDR for `count` calls; they are recorded as unfinished.",
        "Look at FreeSWITCH's disk and at whether it was killed",
    ),
    "calls of a FreeSWITCH that died cannot be recorded": LogEvent(
        "journal", _ERROR, "Its table of channels cannot be read.",
        "Look at the rights of FreeSWITCH's database folder",
    ),
    "stuck": LogEvent(
        "journal", _ERROR, "A file of the spool cannot be recorded now, nor moved; the others are.",
        "Read `reason`",
    ),
    "unusable": LogEvent(
        "journal", _ERROR, "A file of the spool is no CDR and was moved to `bad` there.",
        "Report it with the file",
    ),
    "is the clock right?": LogEvent(
        "journal", _ERROR, "By the clock, most calls would be old enough to be forgotten; a part of them is, at most.",
        "Set the clock; when it is right, start once with `--trust-clock`",
    ),
    "old * kept": LogEvent(
        "journal", _ERROR,
        "Calls, recordings or other sounds are old enough to be forgotten and their files cannot be removed.",
        "Look at the rights of the folders of recordings",
    ),
    "utterances of no call removed": LogEvent(
        "journal", _WARNING, "Old files of what callers had said at menus belonged to no call of the journal.",
    ),
    "recording not encrypted": LogEvent(
        "journal", _ERROR, "A recording could not be encrypted; it stays as it is and is tried again.",
        "Read `problem`: the key, the disk or the file's rights",
    ),
    "new network": LogEvent(
        "journal", _WARNING, "An account registered from a network that it was never seen in.",
        "Ask its person; change the password when it was not them",
    ),
    "flood": LogEvent(
        "journal", _WARNING,
        "A number gets a flood of calls: `callers`, `until`, `reason`; `consequence` says what is done.",
        "`routing floods show`; `routing floods lift` when it is none",
    ),
    "flood not in the journal": LogEvent(
        "journal", _WARNING, "The database did not take a flood; FreeSWITCH refuses it all the same.",
        "Look whether the database runs",
    ),
    "floods are not compared with the journal": LogEvent(
        "journal", _WARNING,
        "The database does not tell the minutes of the day; the callers of a flood may be called back.",
        "Look whether the database runs",
    ),
    "flood not refused": LogEvent(
        "journal", _ERROR, "FreeSWITCH could not be told to refuse a flood.",
        "Look whether its event socket answers",
    ),
    "floods are judged without the journal": LogEvent(
        "journal", _ERROR, "The database does not tell who is a customer: `consequence`.",
        "Start the database",
    ),
}
_MAIL: Mapping[str, LogEvent] = {
    "addressee refused": LogEvent(
        "journal, desk", _WARNING, "The mail server refused one address of a notice or report.",
        "Correct the address",
    ),
    "addressees without an e-mail address": LogEvent(
        "journal", _WARNING, "`names` are to get notices and have no `email` in the project.",
        "Add it",
    ),
    "no mail server": LogEvent(
        "journal", _WARNING, "A notice waits for a mail server.",
        "Give `--smtp` and `--mail-from`",
    ),
    "notice not sent": LogEvent("journal", _WARNING, "A mail or webhook failed and is tried again.", "Read `problem`"),
    "notice refused": LogEvent("journal", _ERROR, "A mail or webhook was refused for good.", "Read `reason`"),
    "notice given up": LogEvent("journal", _ERROR, "A notice could not be sent while it was worth anything."),
    "notice lost": LogEvent("journal", _WARNING, "A notice could not be written to Redis.", "Start Redis"),
    "notices cannot be sent": LogEvent("journal", _ERROR, "An error of the program or the database.", "Read `problem`"),
    "notices of callbacks cannot be sent": LogEvent(
        "journal", _ERROR, "The database does not answer.",
        "Read `problem`",
    ),
    "report not sent": LogEvent("desk", _WARNING, "A report by mail failed and is tried again.", "Read `problem`"),
    "report refused": LogEvent("desk", _ERROR, "A report was refused for good.", "Read `reason`"),
    "reports cannot be sent": LogEvent("desk", _ERROR, "An error of the program or the database.", "Read `problem`"),
    "calls cannot be exported": LogEvent("journal", _ERROR, "The database does not answer.", "Read `problem`"),
    "call not exported": LogEvent(
        "journal", ("warning", "error"), "Google or a webhook failed: tried again (warning) or given up (error).",
        "`routing exports list`",
    ),
    "plan": LogEvent(
        "web server", _ERROR, "A table of the release cannot be read; the one before stays.",
        "Publish again",
    ),
    "sign_in": LogEvent("desk", _WARNING, "The server of OpenID refused or did not answer.", "Read `problem`"),
    "log": LogEvent(
        "any process", ("warning", "error"), "A library's own line: `logger`, `message`.",
        "Read `message`",
    ),
}
# fmt: on

LOG_EVENTS: Mapping[str, LogEvent] = {**_ENGINE, **_CALLBACKS, **_JOURNAL, **_MAIL}
