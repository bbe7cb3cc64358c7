"""The application ``conference``: callers and invited phones talk in a room, as in FreeSWITCH 1.10.12.

Who is alone waits. Once two have met, a room that holds one is over: that caller goes on with the dialplan. The last
caller ends the talks of those who were invited. As in FreeSWITCH, invited phones ring at the same time, and of one
invitation whoever picks up first enters.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field

from routing.model.recording import ANNOUNCES, SOUND
from routing.offline import room_keys
from routing.offline.attempt import Attempt
from routing.offline.dialstring import parse
from routing.offline.leg import CalledLeg
from routing.offline.line import LONGEST_MS, CallerLine
from routing.offline.running import RunningCall
from routing.offline.world import Freed

#: The end of a group's ring time that a room sets, in seconds.
_TIMEOUT = "conference_auto_outcall_timeout"


@dataclass
class InvitedLeg:
    """A phone in a room: since when it talks, and when its person hangs up; moments of the switch's clock in ms.

    ``presses``: the keys that are still to come, each with its moment.
    """

    leg: CalledLeg
    since_ms: int
    until_ms: int
    presses: list[tuple[int, str]]


@dataclass
class Room:
    """``callers`` by uuid, in the order in which they entered; ``met``: two have been in it at once."""

    callers: dict[str, CallerLine] = field(default_factory=dict)
    legs: list[InvitedLeg] = field(default_factory=list)
    met: bool = False

    @property
    def count(self) -> int:
        """How many are in it."""
        return len(self.callers) + len(self.legs)


def invite(call: RunningCall, data: str) -> None:
    """``conference_set_auto_outcall dial-string``: rung when this caller enters a room."""
    call.invitations.append(data)


def conference(call: RunningCall, data: str) -> None:
    """``conference room@profile+flags{...}``: talk there until the others have left."""
    call.answer()
    line, name = call.line, data.partition("@")[0]
    if name not in call.rooms and "join-only" in data:
        return  # whoever waited there has gone
    room = call.rooms.setdefault(name, Room())
    inside = _Inside(call, room, [_Invitation(call, each) for each in call.invitations])
    call.invitations = []
    room.callers[line.profile.uuid] = line
    if "mandatory_member_endconf" in data:  # a room of the step, not one where a talk's party waits
        line.note("conference", name)
    place = f"room {name}"  # in use, as a phone is
    line.rings(place)
    line.talks(place)
    line.hear("audio")
    inside.look()
    _tell(room, line)
    colleague, since_ms = _colleague(call, room), line.now_ms
    ends = "person"
    try:
        while not (room.met and room.count < 2):
            with suppress(Freed):
                line.wait(inside.next_ms())
            inside.turn()
        ends = "caller"
    finally:
        if colleague:
            line.note("talk_end", colleague, ends, line.now_ms - since_ms)
        inside.leave()
        line.leaves(place)
        if not room.callers:
            call.rooms.pop(name, None)
        _tell(room, line)
    line.hear("nothing")


def _colleague(call: RunningCall, room: Room) -> str:
    """Who enters by a key of a talk, where somebody is; such a leg was called."""
    if call.own.leg is None or room.count < 2:
        return ""
    call.line.note("talk", call.own.leg.target)
    return call.own.leg.target


def end_time_alone(call: RunningCall, uuid: str) -> None:
    """``sched_cancel`` of another caller's group: whoever enters ends the time alone of who waits in a room."""
    for room in call.rooms.values():
        if line := room.callers.get(uuid):
            line.tasks = [task for task in line.tasks if task.group != uuid]


class _Invitation:
    """The phones of one invitation, while they ring."""

    def __init__(self, call: RunningCall, data: str) -> None:
        names = (call.line.get("conference_auto_outcall_export_vars") or "").split(",")
        exported = {name: value for name in names if (value := call.line.get(name))}
        parts, timeout = parse(data, exported), call.line.get(_TIMEOUT)
        self.attempts = [Attempt(call.line, part, call.phones, timeout) for part in parts]
        for attempt in self.attempts:
            attempt.next_group()

    def turn(self) -> CalledLeg | None:
        """Whoever enters now; nobody rings on then."""
        winner = next((leg for attempt in self.attempts if (leg := attempt.turn())), None)
        if winner:
            self.stop("LOSE_RACE", winner)
        return winner

    def stop(self, cause: str, but: CalledLeg | None = None) -> None:
        """End the phones that ring."""
        for attempt in self.attempts:
            for leg in attempt.legs:
                if leg is not but and leg.live:
                    attempt.end(leg, cause)
        self.attempts = []

    def next_ms(self) -> int:
        """When it may change."""
        return min((at for attempt in self.attempts if (at := attempt.next_ms()) is not None), default=LONGEST_MS)


class _Inside:
    """A caller in a room. The room's first caller sees to the invited ones who talk there."""

    def __init__(self, call: RunningCall, room: Room, invitations: list[_Invitation]) -> None:
        self.call, self.line, self.room = call, call.line, room
        self.invitations = invitations
        self._offset_ms = round(self.line.start.timestamp() * 1000)

    @property
    def _now_ms(self) -> int:
        return self.line.now_ms + self._offset_ms

    def turn(self) -> None:
        """Let those enter and leave who do it now."""
        for invitation in self.invitations:
            if leg := invitation.turn():
                self._enters(leg)
        if self._is_first:
            for inside in self.room.legs:
                while inside.presses and inside.presses[0][0] <= self._now_ms:
                    room_keys.press(self.call, inside.leg, inside.presses.pop(0)[1])
            for inside in [each for each in self.room.legs if each.until_ms <= self._now_ms]:
                self._ends(inside, "person")
                _tell(self.room, self.line)
        self.look()

    def look(self) -> None:
        """Two have met: their time alone is over, and what they say is recorded."""
        room = self.room
        if room.met or room.count < 2:
            return
        room.met = True
        first = next(iter(room.callers.values()))
        if file := first.get("conference_auto_record"):
            first.note("record", file, "session")

    def next_ms(self) -> int:
        """When something may change here."""
        legs = self.room.legs if self._is_first else []
        coming = [at_ms for each in legs for at_ms in (each.until_ms, *(at_ms for at_ms, _ in each.presses[:1]))]
        here = [at_ms - self._offset_ms for at_ms in coming]
        return min([*here, *(each.next_ms() for each in self.invitations), LONGEST_MS])

    def leave(self) -> None:
        """The caller is gone; without any caller the room ends."""
        for invitation in self.invitations:
            invitation.stop("ORIGINATOR_CANCEL")
        self.room.callers.pop(self.line.profile.uuid, None)
        if not self.room.callers:
            for inside in list(self.room.legs):
                self._ends(inside, "caller")

    @property
    def _is_first(self) -> bool:
        return next(iter(self.room.callers), "") == self.line.profile.uuid

    def _enters(self, leg: CalledLeg) -> None:
        lasts = LONGEST_MS if leg.phone.talks_ms is None else leg.phone.talks_ms
        presses = sorted((self._now_ms + at_ms, key) for key, at_ms in leg.phone.presses)
        self.room.legs.append(InvitedLeg(leg, self._now_ms, self._now_ms + lasts, presses))
        room_keys.bind(self.call, leg)
        end_time_alone(self.call, self.line.profile.uuid)
        if re.fullmatch(SOUND, sound := self.line.get(ANNOUNCES) or ""):
            self.line.note("whisper", sound, leg.target, self.call.duration_ms(sound) or 0)
        self.line.talks(leg.target)
        self.line.note("talk", leg.target)
        self.look()
        _tell(self.room, self.line)

    def _ends(self, inside: InvitedLeg, who: str) -> None:
        self.room.legs.remove(inside)
        target = inside.leg.target
        self.line.note("talk_end", target, who, self._now_ms - inside.since_ms)
        self.line.leaves(target)


def _tell(room: Room, line: CallerLine) -> None:
    """Let the other callers of a room look at who is there now."""
    for other in list(room.callers.values()):
        if other is not line and other.world is not None:
            other.world.wake(other.profile.uuid, Freed())


IN_ROOM = {"conference": conference, "conference_set_auto_outcall": invite, "lua": room_keys.script}
