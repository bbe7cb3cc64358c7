"""The sticky step's decision: the last talks with a caller -> who rings first; or of a caller -> their last client.

The engine, `routing trace` and scheme tests call the same ``decide``. Pure: talks, people's states and the time are
arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from routing.decide.directory import Directory
from routing.decide.known import talks
from routing.decide.our_caller import calling_person, certain_person, for_our_caller
from routing.decide.ports import Ports, Step
from routing.decide.verdict import Verdict
from routing.model.call import Call
from routing.model.decision import Continue, RingNumber, RingPerson
from routing.model.memory import State, Talk


def answer(step: Step, call: Call, ports: Ports) -> Verdict:
    """Ring the person who talked with this caller last, or continue. Raises Forgotten."""
    project, directory = step["project"], ports.directory(call.release)
    if step.get("whom") == "client":
        if not (person := certain_person(call, directory)) and calling_person(call, directory):
            return _on("the caller has not proven who they are: a number can be forged")
        past = ports.memory.clients(project, person) if person else ()
        return for_our_caller(last_client(step, person, past, directory, ports.now()), call, directory)
    presence = ports.presence(call.uuid)

    def state(person: str) -> State | None:
        if person not in directory.phones:
            return None
        if ports.memory.is_away(project, person):
            return "absent"
        return presence.state(person, directory.sip.get(person, ()), directory.has_outside(person))

    return decide(step, talks(step, call.lookup_number, ports), state, ports.now())


def decide(
    step: Mapping[str, Any],
    past: Iterable[Talk],
    state: Callable[[str], State | None],
    now_s: float,
) -> Verdict:
    """Ring the person of the last talk that counts, or continue with the scheme. ``past``: talks, the newest first.

    ``step``: its entry in ``schemes/<id>.json`` (``calls``: in, out or both; ``within_s``; ``talked_s``: the shortest
    talk that counts; ``ring_s``). ``state`` of a person, None for nobody of this release; ``now_s``: seconds since the
    epoch.
    """
    newest = None
    for talk in past:
        if not _against(step, talk, now_s):
            return _last(step, talk, state(talk.person), now_s)
        newest = newest or talk
    if newest is None:
        return _on("nobody has talked with this caller")
    return _on(f"the last talk, with {newest.person}, does not count: {_against(step, newest, now_s)}")


def last_client(
    step: Mapping[str, Any], person: str, past: Iterable[Talk], directory: Directory, now_s: float
) -> Verdict:
    """Ring the client with whom a person of ours has talked last, or continue. ``person``: "" for a stranger;
    ``past``: their talks, the newest first; phones of the company are no clients."""
    if not person:
        return _on("the caller is nobody of the project")
    against = "has talked with no client"
    for talk in past:
        if talk.client in directory.numbers:
            continue
        if not (against := _against(step, talk, now_s)):
            return _ring_client(step, person, talk, directory, now_s)
        against = f"the last talk does not count: {against}"
    return _on(f"{person}: {against}")


def _ring_client(step: Mapping[str, Any], person: str, talk: Talk, directory: Directory, now_s: float) -> Verdict:
    if not directory.allows(talk.client):
        return _on(f"{person}: the last client's number is not an allowed destination")
    reason = f"{person} talked {round(talk.talk_s)} s, {_ago(max(0, round(now_s - talk.at)))} ago"
    return Verdict(RingNumber(talk.client, int(step["ring_s"])), "decided", reason)


def _last(step: Mapping[str, Any], talk: Talk, found: State | None, now_s: float) -> Verdict:
    """Ring the person of a talk that counts, when they are free."""
    if found != "free":
        return _on(f"{talk.person} is {found or 'no longer a person of the project'}")
    ago_s = max(0, round(now_s - talk.at))  # the clock may have been set back since
    reason = f"talked {round(talk.talk_s)} s, {_ago(ago_s)} ago, {_WHO[talk.direction]}"
    return Verdict(RingPerson(talk.person, int(step["ring_s"])), "decided", reason)


def _against(step: Mapping[str, Any], talk: Talk, now_s: float) -> str:
    """Why a talk does not count for the step, "" when it does."""
    if step["calls"] not in ("both", talk.direction):
        return _WHO[talk.direction]
    if talk.talk_s < step["talked_s"]:
        return f"{int(talk.talk_s)} s long, less than {step['talked_s']} s"
    if now_s - talk.at > step["within_s"]:
        return f"{_ago(round(now_s - talk.at))} ago, more than {_ago(step['within_s'])}"
    return ""


_WHO = {"in": "the client called", "out": "called the client"}


def _on(reason: str) -> Verdict:
    return Verdict(Continue(), "continued", reason)


def _ago(seconds: int) -> str:
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
