"""A running call: the caller's leg, its ports, and the loop that routes and executes.

`switch` builds one per call; applications receive it. Bounds: 10,000 actions and 24 virtual hours.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from routing.model.spoken import Phrase
from routing.model.spoken_file import FOLDER
from routing.offline.argument import atoi
from routing.offline.decider import Decider
from routing.offline.document import BadDialplan, ParsedExtension, is_true, parse
from routing.offline.events import Event
from routing.offline.files import Files
from routing.offline.hunt import Chosen, hunt
from routing.offline.leaving import HandedOver, Joined, LegState, Rests, TalkKey
from routing.offline.limits import Limits
from routing.offline.line import LONGEST_MS, CallerLine, HungUp, Reset, Transfer
from routing.offline.phones import PhoneTransfer, ScriptedCaller, ScriptedPhones
from routing.offline.profile import Profile

MOST_ACTIONS = 30_000
DEEPEST = 32
FORWARDS = 70

Sounds = Callable[[str], int | None]
#: Held call, phone, its transfer, when the held party hangs up (ms from now) -> events, and whom it hands over to.
Dial = Callable[["RunningCall", str, PhoneTransfer, int | None], tuple[Sequence[Event], HandedOver | None]]


@dataclass
class RunningCall:
    """See the module. `switch` passes ``run_application``, so that applications need not import the table."""

    line: CallerLine
    caller: ScriptedCaller
    phones: ScriptedPhones
    files: Files
    dialplan: str
    decider: Decider
    sounds: Sounds
    limits: Limits
    run_application: Callable[[RunningCall, str, str], None]
    #: Makes the consultation call of a phone that holds this call's other party.
    dial: Dial
    #: Talks with another leg that `intercept` names, or rests while that one does.
    join: Callable[[RunningCall, Joined | Rests], NoReturn]
    #: The phone at this leg's other end, where it is the project's.
    party: str = ""
    actions: int = 0
    typed: int = 0
    phrases_spoken: int = 0
    #: What a key leads to while a speech menu listens.
    listens_for: dict[str, Transfer] = field(default_factory=dict)
    depth: int = 0
    #: The address of the engine that decided last.
    engine: str = ""
    broken: bool = False  # `uuid_break` came before the leg waited for anything
    #: What the keys of a talk run, by the key and whose it is.
    talk_keys: dict[tuple[str, str], TalkKey] = field(default_factory=dict)
    #: Its place among the legs of its call (`routing.offline.legs`).
    own: LegState = field(default_factory=LegState)
    #: Phones that have transferred the caller.
    transferred_by: set[str] = field(default_factory=set)
    #: Dial strings of whom this caller invites to the next room.
    invitations: list[str] = field(default_factory=list)
    #: The rooms of the switch by name (`routing.offline.rooms`).
    rooms: dict[str, Any] = field(default_factory=dict)
    #: What a voice has spoken for this call, by the name of its file.
    speech: dict[str, Phrase] = field(default_factory=dict)

    def route(self, first: Transfer | None = None) -> NoReturn:
        """Run the call until its leg is hung up, or joined with another call: raises HungUp or HandedOver."""
        next_: Transfer | Joined | Rests | None = first
        while True:
            try:
                if isinstance(next_, Transfer):
                    self._transfer(next_)
                elif next_:
                    self.join(self, next_)
                self._run()
            except (Transfer, Joined, Rests) as leaving:
                next_ = leaving

    def _run(self) -> None:
        try:
            self._execute(self._hunt(self.line.profile))
        except Reset:
            self.line.note("error", "an abandoned socket reset the call: nothing is left to run")
            self.line.hear("nothing")
            while True:  # only a scheduled transfer or hangup, or the caller, ends this
                with contextlib.suppress(Reset):
                    self.line.wait(LONGEST_MS)

    def _execute(self, chosen: Chosen | None) -> None:
        if not chosen:
            raise HungUp("NO_ROUTE_DESTINATION", "no route")
        for application, data in chosen:
            self.apply(application, data)
        raise HungUp("NORMAL_CLEARING", "end of the dialplan")

    def execute_extension(self, extension: str, dialplan: str | None, context: str | None) -> None:
        """Run an extension's actions as a subroutine; an unknown one does nothing."""
        where = self.line.where
        if self.depth > DEEPEST:
            self.line.note("error", "too many stacked extensions")
            return
        self.line.hunting = inner = replace(
            where,
            destination_number=extension,
            dialplan=dialplan or where.dialplan,
            context=context or where.context,
        )
        self.depth += 1
        try:
            for application, data in self._hunt(inner) or ():
                self.apply(application, data)
        except Transfer as leaving:
            leaving.dialplan = leaving.dialplan or inner.dialplan
            leaving.context = leaving.context or inner.context
            raise
        finally:
            self.depth -= 1
            self.line.hunting = None

    def chosen(self, extension: str, dialplan: str, context: str) -> list[tuple[str, str]]:
        """The actions that an extension would run now, with their arguments; nothing is run."""
        place = replace(self.line.where, destination_number=extension, dialplan=dialplan, context=context)
        self.line.hunting = place
        try:
            return [(application, self.line.expand(data)) for application, data in self._hunt(place) or ()]
        finally:
            self.line.hunting = None

    def apply(self, application: str, data: str) -> None:
        """Run one application with its argument expanded."""
        self.actions += 1
        if self.actions > MOST_ACTIONS:
            self.line.note("error", f"more than {MOST_ACTIONS} actions")
            raise HungUp("EXCHANGE_ROUTING_ERROR", "bounds")
        self.run_application(self, application, self.line.expand(data))

    def answer(self) -> None:
        """Answer the caller's leg and run ``execute_on_answer``."""
        if self.line.answer():
            self.execute_on("execute_on_answer")

    def execute_on(self, prefix: str) -> None:
        """Run what variables of this prefix name."""
        for name in sorted(self.line.variables):
            if name.startswith(prefix):
                application, _, data = self.line.variables[name].replace("::", " ", 1).partition(" ")
                self.apply(application, data)

    def next_digit(self) -> str:
        """The next key of the caller; empty when there is none or they skip this prompt."""
        if self.typed >= len(self.caller.digits):
            return ""
        digit = self.caller.digits[self.typed]
        self.typed += 1
        return "" if digit == "-" else digit

    def duration_ms(self, path: str) -> int | None:
        """How long a sound plays: a silence stream's own length; a looped tone has no end; None for a missing file."""
        if path.startswith("tone_stream://") and path.endswith(";loops=-1"):
            return LONGEST_MS
        if path.startswith("silence_stream://"):
            lasts = atoi(path.removeprefix("silence_stream://"))
            return lasts if lasts >= 0 else LONGEST_MS
        if path.startswith("file_string://"):
            parts = [self.sounds(part) for part in path.removeprefix("file_string://").split("!")]
            return sum(part or 0 for part in parts)
        if phrase := self.spoken_for_it(path):
            return round(phrase.usual_seconds * 1000)
        return self.sounds(path)

    def spoken_for_it(self, path: str) -> Phrase | None:
        """The words of a file that a voice has spoken for this call."""
        folder, _, file = path.rpartition("/")
        return self.speech.get(file.removesuffix(".wav")) if folder.endswith(f"/{FOLDER}") else None

    def readable(self) -> Iterator[tuple[str, str]]:
        """Every channel variable, and the fields of the caller profile."""
        yield from self.line.variables.items()
        profile = self.line.profile
        for name in ("uuid", "destination_number", "caller_id_number", "caller_id_name", "context"):
            yield name, profile.field(name) or ""
        yield "created_us", str(round(self.line.start.timestamp() * 1_000_000))
        yield "asked_us", str(round(self.line.moment.timestamp() * 1_000_000))

    def _hunt(self, profile: Profile) -> Chosen | None:
        for name in self.line.expand(profile.dialplan).split(","):
            kind, _, path = name.partition(":")
            if kind != "XML":
                continue
            extensions = self._extensions(path, profile.context)
            if extensions is None:
                continue
            if chosen := hunt(extensions, self.line, self.apply):
                return chosen
        return None

    def _extensions(self, path: str, context: str) -> tuple[ParsedExtension, ...] | None:
        text = self.files.read(path) if path else self.dialplan
        if text is None:
            self.line.note("missing", path)
            return None
        try:
            found = parse(text, included=not path).context(context)
        except BadDialplan as error:
            self.line.note("error", f"{path or 'dialplan'}: {error}")
            return None
        if found is None:
            self.line.note("error", f"no context {context} in {path or 'the fixed dialplan'}")
        return found

    def _transfer(self, transfer: Transfer) -> None:
        line = self.line
        if not is_true(line.get("limit_ignore_transfer")):
            self.limits.ended(line.profile.uuid, line.moment.timestamp())
        counter = "max_session_transfers" if line.get("max_session_transfers") else "max_forwards"
        left = atoi(line.get(counter)) - 1 if line.get(counter) else FORWARDS
        if left <= 0:
            line.note("error", f"no transfer left ({counter})")
            raise HungUp("EXCHANGE_ROUTING_ERROR", "too many transfers")
        line.set(counter, str(left))
        where = line.where
        line.profile = replace(
            line.profile,
            destination_number=transfer.extension,
            rdnis=where.destination_number,
            dialplan=transfer.dialplan or where.dialplan,
            context=transfer.context or where.context,
            profile_created_time=str(round(line.moment.timestamp() * 1_000_000)),
        )
        line.hunting = None
        line.note("transfer", f"{transfer.extension} {line.profile.context}", transfer.why)
