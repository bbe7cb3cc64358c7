"""The dialplan of a queue: the caller's own channel waits, makes the offers, and leaves.

Waiting takes turns. In each, an event reports the caller to the engine, and the call sleeps under music until the
engine wakes it with a decision. An offer is an ordinary ``bridge``. The engine acknowledges every turn: a call without
an acknowledgement waits one more turn, as most engines are back by then, and offers itself to the people as written,
one in each turn, until an engine is back. No socket is used: each would cost 1.6 MB until the call ends. With the
acknowledgement the engine says how long the call may sleep on, as a turn costs as much as half a second of music.

FreeSWITCH itself writes down when a caller came, so that the order is known to any engine, and to none.

The music is a displacement of the caller's audio: it goes on through announcements, offers and turns, and ends when a
talk begins. Keys are bound to the channel, so they work at every moment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from routing.model.callback_call import PLACE
from routing.model.decision import NOTED, TURN_SECONDS, WAITS, WAITS_EVENT
from routing.model.queue import (
    ARRIVED,
    CALLS_OF,
    COUNTED,
    ENGINE_PORT,
    ENTERED,
    FIRST_TURN_MS,
    HEARD,
    OFFERS,
    QUEUE,
    REST,
    SAY,
    TALKS,
    TRIED,
    WHY,
)  # fmt: skip
from routing.steps import orders, queue_hours
from routing.steps.base import COMFORT_NOISE, HEAR_TONES, Emitter, StepItem, label_part
from routing.steps.dialplan import Condition, Extension
from routing.steps.dynamic import when
from routing.steps.queue_alone import DECISION, MOST_TURNS, NEXT, TRANSFERS, alone
from routing.steps.queue_announcing import SOUND, quiet, say
from routing.steps.recording import TALK
from routing.steps.targets import Turn

#: What an entered caller heard before while phones rang.
_RINGBACK = "routing_ringback"
#: What FreeSWITCH sends while a call sleeps.
_SILENCE = "send_silence_when_idle"
_LEGS = "routing_legs"
#: An ``x`` for each try to ring somebody whose talk FreeSWITCH still counts; the most of them; the time between two.
_TRIES, _MOST_TRIES, _GIVEN_BACK_MS = "routing_tries", 4, 40
_HOOK = "bridge_pre_execute"
#: Offers are counted anew after so many: the engine reads counts of up to 2,000.
_MOST_OFFERS = 900
#: The moment of the last transfer, of which milliseconds are kept.
_NOW = Condition("${profile_created_time}", r"^([0-9]{13})[0-9]{3}$")


@dataclass(frozen=True)
class QueueDialplan:
    """``turns``: the people with the dial string of each; ``music``: a path; ``sounds``: announcements by name.

    ``queue``: its name; ``leave``: steps by key; ``otherwise``: steps for who leaves without a talk. ``answer``: None
    answers the call unless the owner pays for it.
    """

    path: str
    after: str
    queue: str
    turns: Sequence[tuple[Turn, str]]
    together: tuple[str, Sequence[tuple[Turn, str]]] | None
    music: str
    sounds: Mapping[str, str]
    leave: Mapping[str, Sequence[StepItem]]
    otherwise: Sequence[StepItem]
    at_most: int
    answer: bool | None

    def emit(self, out: Emitter, here: Extension) -> None:
        """Append all extensions of the queue. FreeSWITCH itself ends the longest wait."""
        here = queue_hours.entrance(out, here, self.path)
        here.ring_caller()
        here.set(_RINGBACK, "${transfer_ringback}")
        here.set(QUEUE, self.queue)
        here.set(ARRIVED, f"${{{PLACE}}}")  # a call back keeps the place that its client had
        for name in (WAITS, NOTED, OFFERS, TRIED, SAY, HEARD, ENTERED, NEXT, _LEGS, DECISION):
            here.set(name, "")
        here.set(f"{_HOOK}_aleg_app", "execute_extension")
        here.set(f"{_HOOK}_aleg_data", out.go(self._at("talk")))
        here.set(ENGINE_PORT, out.folder.engine.rpartition(":")[2])
        here.do("sched_transfer", f"+{self.at_most} {out.go(self._at('over'))}")
        here.do("transfer", out.go(self._at("ask")))
        came = out.context.extension(self._at("ask"), Condition(f"${{{ARRIVED}}}", "^$"), _NOW)
        came.set(ARRIVED, "$1")
        for first in (came, out.context.extension(self._at("ask"))):
            self._turn(first, out, FIRST_TURN_MS)
        self._decided(out)
        self._offers(out)
        self._enter(out)
        people = [turn for turn, _ in self.turns]
        alone(out, self.path, people, lambda here, milliseconds: self._turn(here, out, milliseconds))
        if self.sounds:
            say(out, self.path, self.sounds)
        self._leave(out)

    def _at(self, label: str) -> str:
        return f"{self.path}.{label}"

    def _turn(self, here: Extension, out: Emitter, milliseconds: int, rest: str = "") -> None:
        """Report the caller, sleep until the engine wakes the call, obey what it decided."""
        here.set(WAITS, f"${{{WAITS}}}x")
        _report(here)
        here.do("sleep", str(milliseconds))
        if rest:
            here.do("sleep", rest)
        here.do("transfer", out.go(self._at("decided")))

    def _decided(self, out: Emitter) -> None:
        own = re.escape(self.path)
        when(out, self.path, f"^{own}:nobody$").do("transfer", out.go(self._at("over")))
        offer = when(out, self.path, f"^{own}:order:({orders.NAME})$")
        offer.do("execute_extension", out.go(self._at("to.$1")))
        offer.do("transfer", out.go(self._at("tried")))
        if self.together:
            tried, ask = out.go(self._at("tried")), out.go(self._at("ask"))
            orders.all_at_once(out, self.path, own, tried, ask, self.together[0])
            orders.legs(out, self.path, self.together[1])
        new = Condition(f"${{{ENTERED}}}", f"^(?!{own}$)")
        out.context.extension(self._at("decided"), new).do("transfer", out.go(self._at("enter")))
        self._wait(out, self._at("decided"))

    def _offers(self, out: Emitter) -> None:
        """Ring one person, or several; afterwards say whom, and with which result, in the next turn.

        FreeSWITCH itself rings nobody who has a call: the engine may have begun a moment ago, or another call just now.
        It still counts a talk for some milliseconds when the engine knows already that it is over: hence the tries.
        """
        for turn, dial_string in self.turns:
            label = self._at(f"to.{turn.name}")
            one = out.context.extension(label)
            one.set("originate_disposition", COUNTED)
            one.do("limit_execute", f"hash routing {CALLS_OF}{turn.person} 1 bridge {dial_string}")
            again = self._at(f"again.{turn.name}")
            one.do("execute_extension", out.go(again))
            counted = rf"^{COUNTED}:x{{0,{_MOST_TRIES - 1}}}$"
            held = out.context.extension(again, Condition(f"${{originate_disposition}}:${{{_TRIES}}}", counted))
            held.set(_TRIES, f"${{{_TRIES}}}x")
            held.do("sleep", str(_GIVEN_BACK_MS))
            held.do("execute_extension", out.go(label))
            held.set(_TRIES, "")
        many = Condition(f"${{{OFFERS}}}", f"^x{{{_MOST_OFFERS},}}$")
        self._tried(out.context.extension(self._at("tried"), many), out, "x")
        self._tried(out.context.extension(self._at("tried")), out, f"${{{OFFERS}}}x")

    def _tried(self, here: Extension, out: Emitter, count: str) -> None:
        here.set(WHY, "${routing_verdict}")
        here.set(OFFERS, count)
        here.set(TRIED, f"${{{DECISION}}}:${{originate_disposition}}")
        here.set(DECISION, "")
        here.set(_LEGS, "")
        here.do("transfer", out.go(self._at("decided")))

    def _enter(self, out: Emitter) -> None:
        """The caller has to wait: music and keys."""
        label = self._at("enter")
        if self.answer is None:
            free = out.context.extension(label, Condition("${routing_caller_pays}", "^true$"))
            free.do("answer")
            self._entered(out, free)
        here = out.context.extension(label)
        here.do("answer" if self.answer else "pre_answer")
        self._entered(out, here)

    def _entered(self, out: Emitter, here: Extension) -> None:
        here.do("execute_extension", HEAR_TONES)
        here.set(ENTERED, self.path)
        here.set("transfer_ringback", "silence")
        here.set(_SILENCE, "-1")  # nobody hears what music replaces: noise would cost 4 % of a waiting call's CPU
        here.do("displace_session", f"{self.music} l")
        for key in self.leave:
            here.do("bind_digit_action", f"queue,{key},exec[i]:transfer,{out.go(self._at(label_part(key)))}")
        if self.leave:
            here.do("digit_action_set_realm", "queue")
        here.do("transfer", out.go(self._at("decided")))

    def _wait(self, out: Emitter, label: str) -> None:
        """Another turn. It is one transfer, as FreeSWITCH reads the scheme's file for each."""
        for form, then in ((r"^(x*):(?!\1$)", "alone"), (rf"^x{{{MOST_TURNS},}}:", "decided")):
            turn = out.context.extension(label, Condition(f"${{{WAITS}}}:${{{NOTED}}}", form))
            if then == "decided":
                turn.set(WAITS, "")
                turn.set(NOTED, "")
            turn.do("transfer", out.go(self._at(then)))
        if self.sounds:
            speaks = out.context.extension(label, Condition(f"${{{SAY}}}", "."))
            speaks.do("execute_extension", out.go(self._at("say")))
            self._again(speaks, out)
        self._again(queue_hours.between_turns(out, out.context.extension(label), self.path), out)

    def _again(self, here: Extension, out: Emitter) -> None:
        here.set("max_session_transfers", TRANSFERS)
        here.set(WHY, "${routing_verdict}")
        here.set(NEXT, "")
        here.set(REST, 0)
        self._turn(here, out, TURN_SECONDS * 1000, f"${{{REST}}}")

    def _leave(self, out: Emitter) -> None:
        """The ways out of the queue: a talk begins, a key, or the wait is over. Each reports to the engine."""
        talk, left = out.context.extension(self._at("talk")), out.context.extension(self._at("left"))
        self._end(talk, out, TALKS)
        talk.do("execute_extension", TALK)
        self._end(left, out, "")
        quiet(out, self.path, [self.music, *([SOUND] if self.sounds else [])], bool(self.leave))
        for key, steps in self.leave.items():
            pressed = out.context.extension(self._at(label_part(key)))
            pressed.do("execute_extension", out.go(self._at("left")))
            out.steps(steps, pressed, f"{self.path}.{label_part(key)}.", self.after)
        over = out.context.extension(self._at("over"))
        over.do("execute_extension", out.go(self._at("left")))
        over = queue_hours.after_it(out, over, self.path)
        out.steps(self.otherwise, over, f"{self.path}.otherwise.", self.after)

    def _end(self, here: Extension, out: Emitter, state: str) -> None:
        here.do("sched_cancel", "${uuid}")
        here.do("execute_extension", out.go(self._at("quiet")))
        here.set(WHY, "${routing_verdict}")
        here.set(WAITS, state)
        _report(here)
        here.set("transfer_ringback", f"${{{_RINGBACK}}}")
        here.set(_SILENCE, COMFORT_NOISE)
        here.set(ENTERED, "")
        here.set(f"{_HOOK}_aleg_app", "execute_extension")  # of talks that are recorded
        here.set(f"{_HOOK}_aleg_data", TALK)
        for part in ("_app", "_data"):
            here.set(f"{_HOOK}{part}", "")


def _report(here: Extension) -> None:
    here.do("event", f"Event-Name=CUSTOM,Event-Subclass={WAITS_EVENT}")
