"""The caller's leg: its variables, its virtual clock and its scheduled tasks.

Every wait goes through ``CallerLine.wait``: a scheduled transfer or the caller's hangup that comes meanwhile raises
Transfer or HungUp at its moment, as FreeSWITCH takes the leg out of the application that is running. Scheduled tasks
fire at their nominal second; the real scheduler is up to a second early, leg timeouts up to a second late.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from routing.model.moments import later
from routing.model.spoken import Phrase
from routing.offline.events import Event
from routing.offline.expand import expand
from routing.offline.profile import Profile
from routing.offline.sounds import heard_as
from routing.offline.world import World

LONGEST_MS = 24 * 3600 * 1000


class Interrupted(Exception):
    """The leg leaves the application that is running."""


class HungUp(Interrupted):
    """The leg ends with ``cause``; ``who`` ended it."""

    def __init__(self, cause: str, who: str) -> None:
        super().__init__(cause)
        self.cause = cause
        self.who = who


class Transfer(Interrupted):
    """The leg goes to an extension; None keeps the running dialplan or context."""

    def __init__(self, extension: str, dialplan: str | None, context: str | None, why: str = "") -> None:
        super().__init__(extension)
        self.extension = extension
        self.dialplan = dialplan or None
        self.context = context or None
        self.why = why


class Reset(Interrupted):
    """A socket ended and reset the leg: a parked leg goes on, any other has nothing left to run."""


@dataclass(frozen=True)
class ScheduledTask:
    """A task of sched_transfer or sched_hangup, at virtual milliseconds."""

    at_ms: int
    group: str
    outcome: Interrupted


@dataclass(frozen=True)
class Speech:
    """The answer to come on an engine's socket, at virtual milliseconds; ``end()``: whether its end resets the leg."""

    at_ms: int
    end: Callable[[], bool]


@dataclass
class CallerLine:
    """State of the caller's leg. ``start`` is the aware moment of the INVITE."""

    profile: Profile
    start: datetime
    globals: MutableMapping[str, str]
    gives_up_ms: int | None = None
    now_ms: int = 0
    answered: bool = False
    media: bool = False
    #: The sound that displaces the switch's audio.
    displaced: str = ""
    hunting: Profile | None = None
    variables: dict[str, str] = field(default_factory=dict)
    tasks: list[ScheduledTask] = field(default_factory=list)
    speeches: list[Speech] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    hears: str = ""
    #: Called with every event.
    listener: Callable[[Event], None] | None = None
    #: The other calls of the same switch, where there are any.
    world: World | None = None

    @property
    def where(self) -> Profile:
        """The profile that FreeSWITCH reads now: that of execute_extension while it runs."""
        return self.hunting or self.profile

    @property
    def moment(self) -> datetime:
        """The virtual time of day, aware."""
        return later(self.start, timedelta(milliseconds=self.now_ms))

    def get(self, name: str) -> str | None:
        """A channel variable, else a caller profile field, else a global. Names have no case."""
        value = self.variables.get(name.lower())
        if value is None:
            value = self.where.field(name)
        return self.globals.get(name) if value is None else value

    def exported(self) -> dict[str, str]:
        """The variables that every leg dialled by this one inherits: those named by ``export_vars``."""
        names = (self.get("export_vars") or "").split(",")
        return {name.removeprefix("nolocal:"): value for name in names if name and (value := self.get(name))}

    def set(self, name: str, value: str | None) -> None:
        """Set a variable. As in FreeSWITCH, an empty value removes it, and an empty name sets nothing."""
        if value and name:
            self.variables[name.lower()] = value
        else:
            self.variables.pop(name.lower(), None)

    def expand(self, text: str) -> str:
        """``text`` with ``${}`` expanded; an attempt to run an API command is an error event."""
        return expand(text, self.get, self._complain) if "$" in text or "\\" in text else text

    def _complain(self, fault: str) -> None:
        self.note("error", fault)

    def note(
        self, kind: str, subject: str = "", detail: str = "", lasted_ms: int = 0, reason: str = "",
        speaks: Phrase | None = None,
    ) -> None:  # fmt: skip
        """Write an event at the current moment. ``speaks``: the words of a sound that is in no release."""
        language, text = speaks or ("", "")
        scheme, step = self.variables.get("routing_scheme", ""), self.variables.get("routing_step", "")
        event = Event(self.now_ms, kind, subject, detail, lasted_ms, scheme, step, reason, text, language)
        self.events.append(event)
        if self.listener:
            self.listener(event)

    def remove_last(self, kind: str) -> Event | None:
        """Remove and return the last event of a kind; None when there is none."""
        at = next((at for at in range(len(self.events) - 1, -1, -1) if self.events[at].kind == kind), None)
        return None if at is None else self.events.pop(at)

    def hear(self, what: str) -> None:
        """Write an event when what the caller hears changes: nothing, ringing or audio."""
        if what == "nothing" and self.displaced:
            what = heard_as(self.displaced)
        if what != self.hears:
            self.hears = what
            self.note("hears", what)

    def pre_answer(self) -> None:
        """Early media: the caller's phone stops its own ringing tone."""
        if not self.media:
            self.media = True
            self.note("early_media")
            self.hear("nothing")

    def answer(self) -> bool:
        """Answer the leg; False when it is answered already."""
        if self.answered:
            return False
        self.answered = self.media = True
        self.variables["endpoint_disposition"] = "ANSWER"
        self.note("answered")
        self.hear("nothing")
        return True

    def ring(self) -> None:
        """Signal ringing to the caller's phone (180); no effect once there is media."""
        if not self.media and self.hears != "ringing":
            self.note("ringing")
            self.hear("ringing")

    def rings(self, target: str) -> None:
        """This call rings a phone."""
        if self.world is not None:
            self.world.rings(target, self.profile.uuid)

    def talks(self, target: str) -> None:
        """This call talks with a phone."""
        if self.world is not None:
            self.world.talks(target, self.profile.uuid)

    def leaves(self, target: str) -> None:
        """This call leaves a phone."""
        if self.world is not None:
            self.world.leaves(target, self.profile.uuid)

    def finds_talking(self, target: str) -> bool:
        """Whether a phone talks with another call."""
        return self.world is not None and self.world.is_talking(target, self.profile.uuid)

    def finds_person_talking(self, target: str) -> bool:
        """Whether the phone's person talks with another call on any of their phones."""
        return self.world is not None and self.world.is_person_talking(target, self.profile.uuid)

    def finds_person_calling(self, person: str) -> bool:
        """Whether another call rings a person or talks with them."""
        return self.world is not None and self.world.is_busy(person, self.profile.uuid)

    def wait(self, until_ms: int) -> None:
        """Let virtual time pass. Raises Transfer, HungUp or Reset at the moment a task fires, the caller gives up or
        a socket ends."""
        until_ms = min(until_ms, LONGEST_MS)
        self._listen(until_ms)
        task = min(self.tasks, key=lambda armed: armed.at_ms, default=None)
        gives_up = self.gives_up_ms
        if gives_up is not None and gives_up <= until_ms and (task is None or gives_up <= task.at_ms):
            self._reach(gives_up)
            raise HungUp("NORMAL_CLEARING" if self.answered else "ORIGINATOR_CANCEL", "caller")
        if task is not None and task.at_ms <= until_ms:
            self._reach(task.at_ms)
            self.tasks.remove(task)
            raise task.outcome
        self._reach(until_ms)
        if self.now_ms >= LONGEST_MS:
            raise HungUp("ALLOTTED_TIMEOUT", "24 hours")

    def _reach(self, at_ms: int) -> None:
        """Move the clock to a moment; other calls run up to it first, and may interrupt this one."""
        at_ms = max(self.now_ms, at_ms)
        if self.world is not None:
            began_ms = round(self.start.timestamp() * 1000)
            if (outcome := self.world.wait(self.profile.uuid, began_ms + at_ms)) is not None:
                self.now_ms = max(self.now_ms, self.world.now_ms - began_ms)
                raise outcome
        self.now_ms = at_ms

    def _listen(self, until_ms: int) -> None:
        """Handle answers on sockets that come before anything else happens to the leg."""
        for until in (self.next_task_ms(), self.gives_up_ms):
            until_ms = until_ms if until is None else min(until_ms, until)
        while speech := min(self.speeches, key=lambda each: each.at_ms, default=None):
            if speech.at_ms > until_ms or speech.at_ms == self.next_task_ms():
                return
            self._reach(speech.at_ms)
            self.speeches.remove(speech)
            if speech.end():
                raise Reset

    def next_task_ms(self) -> int | None:
        """When the next armed task fires, if any."""
        return min((task.at_ms for task in self.tasks), default=None)
