"""What keys of a talk and parking share."""

from __future__ import annotations

from routing.model.folder import Folder
from routing.model.recording import ANNOUNCES
from routing.model.talk_keys import BOUND, WAITS
from routing.steps.base import RELEASE
from routing.steps.dialplan import Extension

#: A command at the hangup of a leg.
HOOK = "api_hangup_hook"


def talk_with(here: Extension) -> None:
    """Talk with who waits: in a bridge, where keys work as before. The configuration forbids it to INVITEs with
    ``Replaces`` alone; a called leg that waits still counts as bridged."""
    for only in ("unanswered", "unbridged"):
        here.set(f"intercept_{only}_only", "false")
    here.do("intercept", f"${{{WAITS}}}")


def keeps_keys(here: Extension, folder: Folder) -> None:
    """Phones that are rung after a transfer have keys too: FreeSWITCH's list of what legs are told began anew. The time
    that somebody may wait for them is over, or it would end the talk to come."""
    if folder.project.talk_keys:
        here.do("sched_cancel", "${uuid}")
        here.do("export", f"routing_release={RELEASE}")
        here.do("export", f"{BOUND}=${{{BOUND}}}")
        tells_of_recording(here, folder)


def tells_of_recording(here: Extension, folder: Folder) -> None:
    """Legs that are dialled from here on know the announcement of a call that is recorded: a colleague of theirs who
    enters its room hears it."""
    if folder.project.record_announcement:
        here.do("export", f"nolocal:{ANNOUNCES}=${{{ANNOUNCES}}}")
