"""The applications that compiled dialplans use, one small function each; the table at the end lists all of them.

An application takes the running call (`RunningCall`) and its expanded argument. Those in ``NEED_MEDIA`` pre-answer an
unanswered leg first, as FreeSWITCH does for every application that needs media.
"""

from __future__ import annotations

from collections.abc import Callable

from routing.model.causes import cause_of_status
from routing.model.queue import CALLS_OF
from routing.model.tags import TAGS, tags_of
from routing.offline import (
    bound_keys,
    bridging,
    dialogue,
    holding,
    intercepting,
    listening,
    rooms,
    socketing,
    talk_keys,
)
from routing.offline.argument import atoi, cause_named, separate
from routing.offline.leaving import way
from routing.offline.line import HungUp, ScheduledTask, Transfer
from routing.offline.running import RunningCall

Application = Callable[[RunningCall, str], None]

#: The reason of a ``limit`` event when the limit refused the call.
REFUSED = "refused"
#: Variables whose change is an event of its own kind.
_EVENT_KINDS = {"routing_scheme": "scheme", "routing_step": "step"}


def set_variable(call: RunningCall, data: str) -> None:
    """``set name=value``; the value is expanded a second time, as in FreeSWITCH."""
    name, equals, value = data.partition("=")
    if not equals:
        name, _, value = data.partition(",")
    assign(call, name, call.line.expand(value))


def assign(call: RunningCall, name: str, value: str) -> None:
    """Set a variable; write an event for one of this project's (``routing_...``)."""
    line = call.line
    before = line.variables.get(name)
    line.set(name, value)
    if name in _EVENT_KINDS and value and (name == "routing_step" or before != value):
        line.note(_EVENT_KINDS[name], value, line.variables.get("routing_kind", "") if name == "routing_step" else "")
    elif name != "routing_kind" and name.startswith("routing_"):
        line.note("variable", f"{name}={value}")
    for label in tags_of(value) if name == TAGS else ():
        if label not in tags_of(before or ""):
            line.note("tag", label)


def multiset(call: RunningCall, data: str) -> None:
    """``multiset ^^|a=1|b=2``."""
    delimiter, rest = (data[2], data[3:]) if data.startswith("^^") and len(data) > 2 else (" ", data)
    for pair in rest.split(delimiter):
        if pair:
            set_variable(call, pair)


def export(call: RunningCall, data: str) -> None:
    """``export [nolocal:]name=value``: for this leg (not so with ``nolocal:``) and every leg it dials."""
    name, _, value = data.partition("=")
    assign(call, name, value)
    call.line.set("export_vars", ",".join(filter(None, [call.line.get("export_vars"), name])))


def unset(call: RunningCall, data: str) -> None:
    """``unset name``."""
    assign(call, data, "")


def set_global(call: RunningCall, data: str) -> None:
    """``set_global name=value``: for every call; an empty value removes it."""
    name, _, value = data.partition("=")
    call.line.globals[name] = value
    call.line.note("variable", data)


def answer(call: RunningCall, data: str) -> None:
    """Answer the caller, then run ``execute_on_answer``."""
    call.answer()


def pre_answer(call: RunningCall, data: str) -> None:
    """Early media."""
    call.line.pre_answer()


def ring_ready(call: RunningCall, data: str) -> None:
    """180 to the caller."""
    call.line.ring()


def transfer(call: RunningCall, data: str) -> None:
    """``transfer [-both] extension [dialplan] [context]``."""
    if leads := way(data):
        raise leads


def execute_extension(call: RunningCall, data: str) -> None:
    """Run an extension's actions and return."""
    arguments = separate(data, " ", 4)
    if arguments:
        call.execute_extension(arguments[0], *_two(arguments[1:]))


def sched_transfer(call: RunningCall, data: str) -> None:
    """Schedule a transfer at ``+seconds``; it stays scheduled through bridges until it is cancelled."""
    arguments = separate(data, " ", 4)
    if len(arguments) >= 2:
        call.line.tasks.append(
            ScheduledTask(
                _moment(call, arguments[0]),
                call.line.profile.uuid,
                Transfer(arguments[1], *_two(arguments[2:]), "watchdog"),
            )
        )


def sched_hangup(call: RunningCall, data: str) -> None:
    """Schedule a hangup at ``+seconds``."""
    arguments = separate(data, " ", 3)
    if arguments:
        cause = cause_named(arguments[1]) if len(arguments) > 1 else "ALLOTTED_TIMEOUT"
        if not atoi(arguments[0][1:]):
            raise HungUp(cause, "dialplan")
        call.line.tasks.append(
            ScheduledTask(_moment(call, arguments[0]), call.line.profile.uuid, HungUp(cause, "sched_hangup"))
        )


def sched_cancel(call: RunningCall, data: str) -> None:
    """Cancel the group's scheduled tasks; without a name those of this leg."""
    group = data or call.line.profile.uuid
    rooms.end_time_alone(call, group)
    call.line.tasks = [task for task in call.line.tasks if task.group != group]


def hangup(call: RunningCall, data: str) -> None:
    """End the call."""
    raise HungUp(cause_named(data), "dialplan")


def respond(call: RunningCall, data: str) -> None:
    """``respond 503 ...``: a SIP status; 400 and above ends the call."""
    status = atoi(data) or 488
    if status >= 400 and not (call.line.answered and status == 488):
        raise HungUp(cause_of_status(status), f"respond {data}")


def no_effect(call: RunningCall, data: str) -> None:
    """A line in the log, a folder on the disk, the detection of in-band keys: no effect on a scripted call."""


def limit(call: RunningCall, data: str) -> None:
    """``limit hash realm id max[/interval] [extension dialplan context | !CAUSE]``."""
    arguments = separate(data, " ", 7)
    if len(arguments) < 3 or _take(call, arguments):
        return
    over = arguments[4] if len(arguments) > 4 else "limit_exceeded"
    if over.startswith("!"):
        raise HungUp(cause_named(over[1:]), "limit")
    raise Transfer(over, *_two(arguments[5:]))


def limit_execute(call: RunningCall, data: str) -> None:
    """``limit_execute hash realm id max[/interval] application argument``: holds the resource while it runs; a leg that
    is transferred out of it keeps it, as in FreeSWITCH."""
    arguments = separate(data, " ", 6)
    if len(arguments) < 6 or not _take(call, arguments):
        return
    APPLICATIONS[arguments[4]](call, arguments[5])
    call.limits.give_back(_resource(arguments), call.line.profile.uuid, call.line.moment.timestamp())


def _take(call: RunningCall, arguments: list[str]) -> bool:
    """Count the call against ``words[3]``, ``max[/interval]``; without it, or with ``-``, it is only counted."""
    bounds = arguments[3] if len(arguments) > 3 else "-"
    most, _, interval = bounds.partition("/")
    bound = -1 if most.startswith("-") else max(atoi(most), 0)
    resource, line = _resource(arguments), call.line
    person = resource.removeprefix(f"routing_{CALLS_OF}")
    if person != resource and line.finds_person_calling(person):
        bound = min(bound, 0)  # a node counts their legs too
    now_s, interval_s = line.moment.timestamp(), max(atoi(interval), 0)
    usage, admitted = call.limits.take(resource, line.profile.uuid, bound, interval_s, now_s)
    if admitted:
        line.set("limit_usage", str(usage))
    line.note("limit", resource, f"{usage} of {bounds}", reason="" if admitted else REFUSED)
    return admitted


def _resource(arguments: list[str]) -> str:
    return f"{arguments[1]}_{arguments[2]}"


def _two(arguments: list[str]) -> tuple[str | None, str | None]:
    dialplan, context, *_ = [*arguments, None, None]
    return dialplan, context


def _moment(call: RunningCall, word: str) -> int:
    if word.startswith("+"):
        return call.line.now_ms + max(atoi(word[1:]), 0) * 1000
    return max(round(atoi(word) * 1000 - call.line.start.timestamp() * 1000), call.line.now_ms)


NEED_MEDIA = frozenset(
    {"playback", "endless_playback", "play_and_get_digits", "record", "record_session", "detect_audio"}
)

APPLICATIONS: dict[str, Application] = {
    "set": set_variable,
    "multiset": multiset,
    "export": export,
    "unset": unset,
    "set_global": set_global,
    "answer": answer,
    "pre_answer": pre_answer,
    "ring_ready": ring_ready,
    **dialogue.DIALOGUE,
    **bound_keys.BINDING,
    **talk_keys.IN_TALK,
    **listening.LISTENING,
    "bridge": bridging.bridge,
    **rooms.IN_ROOM,
    "transfer": transfer,
    "execute_extension": execute_extension,
    "sched_transfer": sched_transfer,
    "sched_hangup": sched_hangup,
    "sched_cancel": sched_cancel,
    "socket": socketing.socket,
    "hangup": hangup,
    "respond": respond,
    "sleep": holding.sleep,
    "event": holding.event,
    "limit": limit,
    "limit_execute": limit_execute,
    "intercept": intercepting.intercept,
    **dict.fromkeys(("log", "mkdir", "start_dtmf"), no_effect),
}
