"""From files to calls: reads an A-leg and the B-legs that it names, and decides when a call is complete.

A call is complete when every named leg has its file, or when the A-leg's file has waited long enough for them. A fault
in one file or call affects no other: the file is put aside with a reason, and the next one is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from routing.journal import bounded, callback, cdr, dialled, parse, rooms
from routing.journal.bounded import TooLong
from routing.journal.cdr import Cdr, IncompleteCdr, InvalidCdr
from routing.journal.record import CallRecord
from routing.journal.spool import Listing, NoFile, Spool
from routing.model.callback_call import CALL_OF, CALLBACK, UNHEARD
from routing.model.talk_keys import BOUND

#: Processor time for one call; the largest real calls need a hundredth of it.
LONGEST_CPU_SECONDS = 2.0
#: Files that cannot be moved or removed are tried again after this time.
STUCK_SECONDS = 600.0
#: Nobody's leg of a callback ends when somebody picks up: the talk that follows is shorter than this.
LONGEST_CALLBACK_S = 5 * 3600.0


class Log(Protocol):
    """Writes one log line."""

    def __call__(self, level: str, event: str, **facts: object) -> None: ...


@dataclass(frozen=True, slots=True)
class GatheredCall:
    """A call and its files. ``empty``: the path of a recording without a message; ``goes_on``: the call to which a leg
    belongs that continued alone after a transfer, or was invited to a room; ``waits_s``: how long that call may last.
    """

    call: CallRecord
    files: tuple[str, ...]
    empty: str = ""
    goes_on: str = ""
    waits_s: float = 0.0


@dataclass
class _BLegs:
    """B-legs by uuid, and their files."""

    legs: dict[str, Cdr] = field(default_factory=dict)
    #: Those of ``legs`` that were invited to a room.
    invited: dict[str, Cdr] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


@dataclass
class Gatherer:
    """Reads calls. ``grace_s``: how long an A-leg waits for its B-legs; ``unreadable_s``: how long a file may stay
    unreadable before it is put aside. ``now``: seconds since the epoch."""

    spool: Spool
    context: parse.ParseContext
    log: Log
    now: Callable[[], float]
    grace_s: float = 15.0
    unreadable_s: float = 60.0
    bad: int = field(default=0, init=False)
    #: Files that can be neither moved nor removed, and when they are tried again.
    _stuck: dict[str, float] = field(default_factory=dict, init=False)

    def listing(self) -> Listing:
        """The files to read. Raises OSError when the folder cannot be read."""
        found, now = self.spool.listing(), self.now()
        self._stuck = {name: until for name, until in self._stuck.items() if 0 < until - now <= STUCK_SECONDS}
        if self._stuck:
            found.a_legs = [uuid for uuid in found.a_legs if cdr.name_of(uuid, is_a_leg=True) not in self._stuck]
            found.b_legs = {uuid for uuid in found.b_legs if cdr.name_of(uuid) not in self._stuck}
        return found

    def call(self, uuid: str) -> GatheredCall | None:
        """The call of an A-leg, or None when it is not complete yet or its file is gone."""
        name = cdr.name_of(uuid, is_a_leg=True)
        try:
            with bounded.within(LONGEST_CPU_SECONDS):
                return self._call(name)
        except OSError:
            raise  # an error of the machine: see Spool.read
        except InvalidCdr as problem:
            self.put_aside(name, str(problem))
            return None
        except Exception as problem:
            self.put_aside(name, f"it cannot be read as a call: {type(problem).__name__}: {problem}")
            return None

    def _call(self, name: str) -> GatheredCall | None:
        a_leg = self.leg(name)
        if a_leg is None:
            return None
        if self._is_part(a_leg):
            return None  # the call of nobody's leg takes it along
        if by := rooms.inviting(a_leg) or rooms.in_talk_of(a_leg):
            return self._invited(a_leg, by)
        known = self._b_legs(a_leg, name)
        if known is None or not self._adds_invited(a_leg, name, known):
            return None
        if callback.is_nobodys(a_leg):
            return self._callback(a_leg, name, known)
        call = parse.call(rooms.with_invited(a_leg, known.invited), known.legs, self.context)
        if not call.started:
            raise InvalidCdr("it does not say when the call began")
        empty = "" if call.voicemail else a_leg.get("routing_voicemail")
        goes_on = (a_leg.get(CALL_OF) or a_leg.parent) if a_leg.get("direction") == "outbound" else ""
        return GatheredCall(call, (*known.files, name), empty, goes_on)

    def _b_legs(self, a_leg: Cdr, name: str) -> _BLegs | None:
        """The B-legs that an A-leg names; None while one of them may still come."""
        found = _BLegs()
        for each in cdr.legs_named(a_leg):
            b_name = cdr.name_of(each)
            if (b_leg := self.leg(b_name)) is not None:
                found.legs[each] = b_leg
                found.files.append(b_name)
            elif self._may_come(b_name, cdr.name_of(each, is_a_leg=True)) and self._is_young(name):
                return None
        self._add_colleagues(a_leg, found)
        return found

    def _add_colleagues(self, a_leg: Cdr, found: _BLegs) -> None:
        """Add the legs of this call that asked a colleague during the talk, and those colleagues."""
        named = [*cdr.legs_named(a_leg)] if a_leg.get(BOUND) else []
        while named:
            uuid = named.pop()
            if uuid == a_leg.uuid or uuid in found.legs:
                continue
            for is_a_leg in (True, False):
                name = cdr.name_of(uuid, is_a_leg)
                leg = self.leg(name) if self.spool.has(name) else None
                if leg is not None and (rooms.in_talk_of(leg) if is_a_leg else leg.get(BOUND)) == a_leg.uuid:
                    found.legs[uuid] = rooms.as_talk(leg)
                    found.files.append(name)
                    named += cdr.legs_named(leg)

    def _adds_invited(self, a_leg: Cdr, name: str, found: _BLegs) -> bool:
        """Add the legs that an A-leg invited to a room; False while one of them may still come."""
        for uuid in rooms.invited(a_leg):
            own = cdr.name_of(uuid, is_a_leg=True)
            if (leg := self.leg(own)) is not None:
                found.invited[uuid] = found.legs[uuid] = rooms.as_talk(leg)
                found.files.append(own)
            elif own not in self._stuck and self._is_young(name):
                return False
        return True

    def _invited(self, leg: Cdr, by: str) -> GatheredCall | None:
        """A leg of a room or of a talk: its call takes it along, or was recorded without it."""
        if self.spool.has(cdr.name_of(by, is_a_leg=True)) and not rooms.picks(leg):
            return None
        own = dialled.from_cdr(rooms.as_talk(leg))
        call = replace(parse.call(leg, {}, self.context), legs=(own,), talk_s=own.talk_s)
        return GatheredCall(call, (cdr.name_of(leg.uuid, is_a_leg=True),), "", by, LONGEST_CALLBACK_S)

    def _is_part(self, a_leg: Cdr) -> bool:
        """Whether a leg belongs to a callback whose leg of nobody is in the spool."""
        of = a_leg.parent if a_leg.get("routing_direction") == CALLBACK else a_leg.get(CALL_OF)
        return bool(of) and self.spool.has(cdr.name_of(of, is_a_leg=True))

    def _callback(self, a_leg: Cdr, name: str, known: _BLegs) -> GatheredCall | None:
        """The call of a callback; None while whoever picked up first still talks, or talks with the other one."""
        went_on, files = None, [name, *known.files]
        if uuid := callback.winner(a_leg):
            own = cdr.name_of(uuid, is_a_leg=True)
            if (leg := self.leg(own)) is not None:
                theirs = self._b_legs(leg, own)
                if theirs is None or not self._adds_invited(leg, own, theirs):
                    return None
                alone = self._client_alone(leg, own, theirs) if a_leg.get(UNHEARD) else (None, ())
                if alone is None:
                    return None
                went_on = callback.WentOn(rooms.with_invited(leg, theirs.invited), theirs.legs, alone[0])
                files += [*alone[1], *theirs.files, own]
            elif uuid not in known.legs and self.spool.age_s(name, self.now()) < LONGEST_CALLBACK_S:
                return None
        call = callback.call(a_leg, known.legs, went_on, self.context)
        return GatheredCall(call, tuple(files))  # in this order none of them would wait for another that is gone

    def _client_alone(
        self, person: Cdr, own: str, theirs: _BLegs
    ) -> tuple[callback.WentOn | None, Sequence[str]] | None:
        """The client's leg of a callback and its files, where it has gone on after the talk with a person; None while
        that may still come."""
        uuid = next(iter(cdr.legs_named(person)), "")
        name = cdr.name_of(uuid, is_a_leg=True)
        if not uuid or uuid in theirs.legs:
            return None, ()
        if (client := self.leg(name)) is None:
            waits = callback.leaves_client(person) and self.spool.age_s(own, self.now()) < LONGEST_CALLBACK_S
            return None if waits else (None, ())
        more = self._b_legs(client, name)
        return (callback.WentOn(client, more.legs), (*more.files, name)) if more else None

    def _may_come(self, name: str, sent_on: str) -> bool:
        """Whether a B-leg's file may still come; one that was transferred has an A-leg's file instead."""
        return name not in self._stuck and not self.spool.has(sent_on)

    def _is_young(self, name: str) -> bool:
        return self.spool.age_s(name, self.now()) < self.grace_s

    def b_leg(self, uuid: str) -> Cdr | None:
        """`leg`, within the limits of one record."""
        name = cdr.name_of(uuid)
        try:
            with bounded.within(LONGEST_CPU_SECONDS):
                return self.leg(name)
        except TooLong as problem:
            self.put_aside(name, str(problem))
            return None

    def leg(self, name: str) -> Cdr | None:
        """The leg in a file, or None when the file is missing, not complete yet, or was put aside."""
        try:
            text = self.spool.read(name)
            return cdr.read(text) if text is not None else None
        except (NoFile, InvalidCdr) as problem:
            self.put_aside(name, str(problem))
        except IncompleteCdr as problem:
            if self.spool.age_s(name, self.now()) > self.unreadable_s:
                self.put_aside(name, str(problem))
        return None

    def put_aside(self, name: str, reason: str) -> None:
        """Move a file to `bad` and log it."""
        reason = reason[:300]
        self.bad += 1
        try:
            self.spool.put_aside(name)
        except OSError as problem:
            self._leave(name, f"{reason}; it cannot be moved to `bad`: {problem.strerror}")
            return
        self.log("error", "unusable", file=name, moved_to="bad", reason=reason)

    def remove(self, names: Iterable[str]) -> None:
        """Remove files whose call is recorded; one that cannot be removed is tried again later."""
        for name, reason in self.spool.remove(names):
            self._leave(name, f"its call is recorded, it cannot be removed: {reason}")

    def _leave(self, name: str, reason: str) -> None:
        self._stuck[name] = self.now() + STUCK_SECONDS
        self.log("error", "stuck", file=name, reason=reason, again_s=round(STUCK_SECONDS))
