"""Talks that people's keys move: to a colleague, into a room, into a place; who hears whom, what the journal has."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from routing.journal.database import open_database

from ..journal_bed import LATER_S, Bed
from .agent import Agent, Call
from .dialog import media_port, speak, speak_event
from .lab import Lab, until
from .sip import Message
from .talks import Side
from .voices import offer_to

#: Dialled by a person, it reaches the carrier.
CLIENT = "+380501120002"
#: Whom a person asks: extension and account.
COLLEAGUE, COLLEAGUES_ACCOUNT = "103", "2003"


def last_answer(agent: Agent) -> Message:
    """The last SDP of the switch to an agent."""
    return [each for each in agent.log if each.received and "m=audio" in each.text][-1]


def hears(agent: Agent, speaker: Agent) -> bool:
    """Whether an agent gets sound that another one speaks."""

    def heard() -> bool:
        speak(speaker.rtp, media_port(last_answer(speaker)), 0.2)
        return agent.packets(0.1) > 0

    return bool(until(heard))


def press_events(agent: Agent, keys: Iterable[str]) -> None:
    """Press keys as telephone-events (RFC 4733), while speaking."""
    for key in keys:
        speak_event(agent.rtp, media_port(last_answer(agent)), key)


def members(lab: Lab) -> int:
    """How many are in rooms."""
    rows = json.loads(lab.switch.esl.api("conference json_list") or "[]")
    return sum(row["member_count"] for row in rows)


def types(lab: Lab, leg: Call, keys: str, target: str = COLLEAGUE) -> None:
    """Press a key and type for whom it is."""
    leg.press(keys)
    assert until(lambda: lab.runs("play_and_get_digits")), lab._channels()
    leg.press(f"{target}#")


def reached(lab: Lab, other: Agent) -> None:
    """The colleague has picked up and talks."""
    assert until(lambda: other.received("ACK") and lab.is_joined(COLLEAGUES_ACCOUNT))


@contextlib.contextmanager
def client_talk(lab: Lab, way: str) -> Iterator[tuple[Call, Call, Agent, Agent]]:
    """The client's side of a talk, the person's side, the phone, the client's agent."""
    if way == "incoming":
        with lab.talk() as (call, leg, phone):
            yield call, leg, phone, call.agent
        return
    with lab.phone("2001") as phone, client_called(lab, phone) as (call, leg):
        yield call, leg, phone, lab.carrier


@contextlib.contextmanager
def client_called(lab: Lab, phone: Agent) -> Iterator[tuple[Call, Call]]:
    """The client's side of a talk that a phone has begun, and the phone's."""
    lab.carrier.calls.clear()
    leg = phone.call(CLIENT)
    assert phone.answered(leg).start == "200"
    assert until(lambda: lab.carrier.calls and "true" in of_channels(lab, "routing_client_leg"))
    assert hears(lab.carrier, phone)
    yield lab.carrier.rung(), leg


def of_channels(lab: Lab, name: str) -> list[str]:
    """A variable of every leg."""
    return [lab.switch.esl.api(f"uuid_getvar {row['uuid']} {name}").strip() for row in lab._channels()]


def recordings(lab: Lab) -> list[Path]:
    """Every recording."""
    return list((lab.switch.home / "recordings").rglob("*.wav"))


def size_recorded(lab: Lab) -> int:
    """Of all recordings together."""
    return sum(path.stat().st_size for path in recordings(lab))


def journal_of(lab: Lab, place: Path) -> Bed:
    """A journal of everything that the switch has written down so far."""
    bed = Bed(place)
    bed.spool.mkdir()
    open_database(bed.database).dispose()
    for file in (lab.switch.home / "spool").glob("*.json"):
        bed.spool.joinpath(file.name).write_bytes(file.read_bytes())
    bed.clock_s = LATER_S
    for _ in range(3):
        bed.worker().work()
    return bed


def _rung(other: Agent) -> Side:
    call = other.rung()
    return other, call, offer_to(other, call)


def sent_on(lab: Lab, leg: Call, other: Agent) -> Side:
    """Without asking, by `##`."""
    types(lab, leg, "##")
    reached(lab, other)
    return _rung(other)


def connected(lab: Lab, leg: Call, other: Agent) -> Side:
    """The person asks, and hangs up."""
    types(lab, leg, "*2")
    reached(lab, other)
    speak(other.rtp, media_port(last_answer(other)), 0.5)  # whoever leaves before has sent the client on
    leg.hang_up()
    assert until(lambda: members(lab) == 2)
    return _rung(other)


def all_three(lab: Lab, leg: Call, other: Agent) -> Side:
    """A room of three, which the person leaves."""
    types(lab, leg, "*2")
    reached(lab, other)
    leg.press("#")
    assert until(lambda: members(lab) == 3)
    leg.hang_up()
    assert until(lambda: members(lab) == 2)
    return _rung(other)


def picked_up(lab: Lab, leg: Call, other: Agent) -> Side:
    """Parked, and picked up."""
    leg.press("*7")
    assert until(lambda: "@" in lab.switch.esl.api("global_getvar routing_parked_lab_n701"))
    assert until(leg.is_over)
    call = other.call("701")
    answer = other.answered(call)
    assert answer.start == "200"
    return other, call, answer


def by_its_own_transfer_key(lab: Lab, leg: Call, other: Agent) -> Side:
    """By the phone's own key (REFER)."""
    refer = [f"Refer-To: <sip:103@{lab.inside[0]}:{lab.inside[1]}>", f"Contact: {leg.agent.contact}"]
    assert leg.request("REFER", *refer).start == "202"
    reached(lab, other)
    return _rung(other)


#: How a person's leg leaves the client to a colleague; each returns the colleague's side.
MOVES: tuple[Callable[[Lab, Call, Agent], Side], ...] = (
    sent_on, connected, all_three, picked_up, by_its_own_transfer_key,
)  # fmt: skip
