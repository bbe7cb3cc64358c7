"""Parking (``project: {parking: {}}``): a key sends the other party of a talk into a free place, and tells its number.

Who parks reserves the place in the name of their own leg, under a lock (`limit`), is told its number, and hangs up: a
command at the hangup sends the other party there, as a REFER to that number does. That leg then has the place in its
own name until it is picked up, comes back, or ends. Each name is given up by the end of the leg that bears it, so no
place stays taken, whoever hangs up when. The place is a global variable of FreeSWITCH: it outlives releases, and no
engine is needed.

Anybody's phone dials the number and picks up (`routing.compile.picking`). Parked too long, the phone that parked is
rung, then `otherwise` in turn, then the music goes on, some rounds at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routing.compile.people import as_colleague
from routing.compile.talk_parts import HOOK, keeps_keys
from routing.load.nodes import Document
from routing.model import emergency
from routing.model.conference import PROFILE
from routing.model.folder import Folder
from routing.model.parking import MOST_ROUNDS, PLACE, ROUNDS, SHOWN, Parking, leaves, spoken, waiting_in
from routing.model.problem import Problem, did_you_mean
from routing.model.recording import CLIENT
from routing.model.talk_keys import BOUND, FILE, HEARS, SENT_ON
from routing.steps.base import RELEASE, sound_path
from routing.steps.dialplan import Condition, Context, Extension
from routing.steps.recording import TALK as RECORDED

#: A place was not free in the very moment; the lock is tried so often.
_TRIES, _PAUSE_MS = 5, 100
_REPORTS = "api_reporting_hook"
#: The file of a release for who is parked, and its context.
PARKING = "parking"
_PLACE_FILE = f"XML:{RELEASE}/{PARKING}.xml {PARKING}"
#: Who is in a place.
_WHO = f"${{uuid}}@${{{BOUND}}}@${{{SHOWN}}}"
_TEN, _ONE = "routing/ten.wav", "routing/one.wav"


def _locked(here: Extension, extension: str) -> None:
    """One call at a time chooses a place."""
    for _ in range(_TRIES):
        here.do("limit_execute", f"hash routing parking 1 execute_extension {extension}")
        here.do("execute_extension", f"unlocked_{extension}")


def parks(here: Extension) -> None:
    """What the key does on the leg that has pressed it."""
    here.do("clear_digit_action", "all")
    here.set("routing_digits", "")
    _locked(here, f"choose {FILE}")
    here.do("execute_extension", f"place {FILE}")
    here.do("playback", f"{RELEASE}/sounds/routing/invalid.wav")
    here.do("transfer", f"back {FILE}")


def add_places(context: Context, folder: Folder) -> None:
    """To the context of talks: ``choose`` a free place, tell its number (``place``)."""
    if folder.project.parking is None:
        return
    numbers = folder.project.parking.numbers
    chosen = Condition("${routing_digits}", ".")
    context.extension("choose", chosen).do("log", "DEBUG there is a place")
    for number in numbers:
        place = waiting_in(number, folder.project.name)
        free = context.extension("choose", Condition(f"${{{place}}}", "^$"))
        free.do("set_global", f"{place}=${{uuid}}")
        free.set("routing_digits", number)
        free.set(_REPORTS, leaves(place, "${uuid}"))
    context.extension("unlocked_choose", Condition("${routing_digits}", "^$")).do("sleep", str(_PAUSE_MS))
    for number in numbers:
        leads = context.extension("place", Condition("${routing_digits}", f"^{number}$"))
        leads.set(HOOK, SENT_ON)
        for sound in _heard(number, folder):
            leads.do("playback", sound)
        leads.do("hangup", "NORMAL_CLEARING")


def _heard(number: str, folder: Folder) -> Iterator[str]:
    """The number in words where the project has a voice; else long tones for tens and short ones for what is over."""
    if folder.project.speech:
        yield sound_path(spoken(number))
        return
    tens, ones = divmod(int(number[-2:]), 10)
    names = [_TEN] * tens + [_ONE] * ones
    yield "file_string://" + "!".join(f"{RELEASE}/sounds/{name}" for name in names)


def add_dialled(context: Context, folder: Folder) -> None:
    """To the context of transfers: a place's number, dialled by the phone that sends somebody there."""
    for number in folder.project.parking.numbers if folder.project.parking else ():
        context.extension(number).do("transfer", f"{number} {_PLACE_FILE}")


def parking_context(folder: Folder, parking: Parking) -> Context:
    """Somebody takes a place, waits in it, and comes back."""
    context = Context(PARKING)
    for number in parking.numbers:
        dialled = context.extension(number)
        dialled.set(PLACE, "")
        dialled.do("execute_extension", f"shows {_PLACE_FILE}")
        _locked(dialled, f"take_{number} {_PLACE_FILE}")
        dialled.do("execute_extension", f"parked {_PLACE_FILE}")
        dialled.do("transfer", f"back XML:{RELEASE}/transfer.xml transfer")
        place = waiting_in(number, folder.project.name)
        own = Condition(f"${{{place}}}@${{bridge_uuid}}", r"^(?:@.*|(.+)@\1)$")
        takes = context.extension(f"take_{number}", own, Condition(f"${{{PLACE}}}", "^$"))
        takes.do("set_global", f"{place}={_WHO}")
        takes.set(PLACE, number)
        takes.set(_REPORTS, leaves(place, _WHO))
        context.extension(f"left_{number}").do("set_global", f"{place}=")
    locked = context.extension("unlocked", Condition(f"${{{PLACE}}}", "^$"), pattern=r"^unlocked_take_\d+$")
    locked.do("sleep", str(_PAUSE_MS))
    waits = context.extension("parked", Condition(f"${{{PLACE}}}", r"^\d+$"))
    waits.do("sched_cancel", "${uuid}")
    waits.do("sched_transfer", f"+{parking.for_} too_long {_PLACE_FILE}")
    waits.do("conference", f"${{uuid}}@{PROFILE}+flags{{mintwo}}")
    waits.do("hangup", "NORMAL_CLEARING")
    context.extension(HEARS).do("execute_extension", RECORDED)
    _shows(context)
    _comes_back(context, folder, parking.otherwise)
    return context


def _shows(context: Context) -> None:
    """The client's number, whoever has called."""
    for number in (r"^(\+[0-9]+)@", r"^@(\+[0-9]+)$"):
        context.extension("shows", Condition(f"${{{CLIENT}}}@${{routing_caller}}", number)).set(SHOWN, "$1")
    context.extension("shows").set(SHOWN, "")


def _comes_back(context: Context, folder: Folder, others: Sequence[str]) -> None:
    """The phone that parked, the others in turn, then the same place again."""
    by = Condition("${routing_by}", r"^(([a-z][a-z0-9_]*)\.[a-z][a-z0-9_]*)$")
    back = context.extension("too_long", by)
    back.set(_REPORTS, "")
    back.do("execute_extension", f"left_${{{PLACE}}} {_PLACE_FILE}")
    keeps_keys(back, folder)
    back.set("routing_ring_for", 30)
    back.do("execute_extension", f"$1 XML:{RELEASE}/people/$2.xml person")
    for name in others:
        back.set("routing_ring_for", as_colleague(name, folder))
        back.do("execute_extension", f"{name} XML:{RELEASE}/people/{name}.xml person")
    back.set(ROUNDS, f"${{{ROUNDS}}}x")
    back.do("execute_extension", f"rounds {_PLACE_FILE}")
    back.do("transfer", f"${{{PLACE}}} {_PLACE_FILE}")
    ended = context.extension("rounds", Condition(f"${{{ROUNDS}}}", f"^x{{{MOST_ROUNDS},}}$"))
    ended.do("playback", f"{RELEASE}/sounds/routing/invalid.wav")
    ended.do("hangup", "NO_ANSWER")


def parking_problems(folder: Folder, documents: Sequence[Document]) -> Iterator[Problem]:
    """Places that are somebody's number, people who are not there, and parking without keys of a talk."""
    document = next((each for each in documents if isinstance(each.data, dict) and "project" in each.data), None)
    parking = folder.project.parking
    if document is None or parking is None:
        return
    loc = ("project", "parking")
    if not folder.project.talk_keys:
        yield document.problem(loc, "parking needs the keys of a talk", "write `talk_keys: true`")
    assigned = {*folder.extensions, *folder.accounts}
    for number in parking.numbers:
        if number in assigned or emergency.is_emergency(number, folder.project.country):
            yield document.problem((*loc, "places"), f"`{number}` is somebody's number already", "choose other places")
    for index, name in enumerate(parking.otherwise):
        if name not in folder.people and not folder.excuses("people", name):
            message = f"there is no person `{name}`"
            yield document.problem((*loc, "otherwise", index), message, did_you_mean(name, folder.people))
